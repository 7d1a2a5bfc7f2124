"""Content that others may not read stands in no record of a run: each kind that carries some, done, undone and told."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.commandline import Wizard, checklist, phase
from wizard.cli import main
from wizard.kinds import registry

NEW, OLD = "canary-new-8Hq2", "canary-old-5Vx7"


@dataclass(frozen=True)
class Carrier:
    """A step of this kind, in YAML, whose file holds a canary; and how it is expected to end."""

    kind: str
    yaml: str
    status: int = 0


CARRIERS = {
    "file from a source": Carrier("file", "file: {path: PLACE, source: SOURCE, mode: '0600'}"),
    "file that keeps its mode": Carrier("file", "file: {path: PLACE, source: SOURCE}"),
    "file removed": Carrier("file", "file: {path: PLACE, absent: true}"),
    "secret file that all may read": Carrier("file", "file: {path: PLACE, source: SOURCE, mode: '0644', secret: true}"),
    "file that is secret by what is known then": Carrier(
        "file", """file: {path: PLACE, source: SOURCE, mode: '0644', secret: "{{ run.id != '' }}"}"""
    ),
    "edit": Carrier("edit", "edit: {path: PLACE, replace: [{match: 'user: a', with: 'user: b'}]}"),
    "edit of a value": Carrier("edit", "edit: {path: PLACE, replace: [{at: user, from: a, to: b}]}"),
    "refused edit": Carrier("edit", "edit: {path: PLACE, replace: [{at: pin, from: a, to: b}]}", 4),
    "ownership": Carrier("ownership", "ownership: {path: PLACE, mode: '0640'}"),
}
NO_CONTENT = {
    "ansible": "tried with real Ansible, in test_ansible_kinds.py",
    "manual": "what it shows stands in the checklist",
    "redis": "reads no password, and sets none",
    "run": "what a command prints is what the checklist asks for",
    "service": "a unit has properties and no content",
    "watch": "takes samples, which are checks",
}

STEP = """\
      - id: put
        title: Put it
        why: it is old
        CARRIER
        checks:
          - file: {path: PLACE, exists: false}
          - file: {path: PLACE, contains: [nowhere]}
          - yaml: {path: PLACE, at: pin}
          - yaml: {path: PLACE, at: pin, equals: other}
          - yaml: {path: PLACE, at: pin.deeper, equals: other}
"""
HEAD = """\
hosts: {local: {local: true, spool: SPOOL}}
evidence:
  - fact: The pin
    sources: {file: {yaml: PLACE, at: pin}}
"""
ANSWERS = "put: {answer: accept as it is, reason: it is only tried}\n"


def test_every_kind_carries_content_or_says_why_not() -> None:
    assert set(registry().actions) == {carrier.kind for carrier in CARRIERS.values()} | set(NO_CONTENT)


def spelt(canary: str) -> Iterator[bytes]:
    """A canary as a record might hold it."""
    yield canary.encode()
    yield canary.encode().hex().encode()
    # In base64 whatever stands before it.
    for before in range(3):
        yield b64encode(b" " * before + canary.encode())[4:-4]


def holding(*roots: Path) -> list[str]:
    """Files below these directories in which a canary stands; what is kept for an undo is expected to hold it."""
    files = [path for root in roots for path in root.rglob("*") if path.is_file() and path.parent.name != "before"]
    return [str(path) for path in files for canary in (NEW, OLD) for text in spelt(canary) if text in path.read_bytes()]


@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
def test_a_canary_is_told_nowhere(tmp_path: Path, carrier: Carrier, capsys: pytest.CaptureFixture[str]) -> None:
    wizard, place, source, spool = (
        Wizard(tmp_path / "home"),
        tmp_path / "place",
        tmp_path / "source",
        tmp_path / "spool",
    )
    wizard.home.mkdir()
    for file, held in ((place, f"user: a\npin: {OLD}\n"), (source, f"user: c\npin: {NEW}\n")):
        file.write_text(held)
        file.chmod(0o600)
    text = checklist(phase(STEP.replace("CARRIER", carrier.yaml)), HEAD)
    text = text.replace("PLACE", str(place)).replace("SOURCE", str(source)).replace("SPOOL", str(spool))

    done = wizard.run(text, "--json", answers=ANSWERS)
    assert done.of("attempt_intended") or carrier.status, done.stderr
    undone = wizard("rollback", wizard.directory, "--headless", "--json")
    told = done.stdout + done.stderr + undone.stdout + undone.stderr
    for command in (["plan"], ["report"], ["report", "--format", "html"], ["report", "--format", "json"], ["handover"]):
        assert main([command[0], str(wizard.directory), *command[1:]]) == 0
    assert main(["plan", str(wizard.home / "trial.yaml")]) == 0
    told += "".join(capsys.readouterr())

    assert place.read_text() == f"user: a\npin: {OLD}\n", done.stderr
    assert place.stat().st_mode & 0o777 == 0o600
    assert NEW not in told
    assert OLD not in told
    assert holding(wizard.directory, wizard.home, spool) == []
    assert not (wizard.directory / "content").exists()
