"""What is read back from a run directory is what the journal says was written, or nothing is done on its strength."""

import ast
import os
from hashlib import sha256
from pathlib import Path

import pytest

from wizard.actions.base import Before
from wizard.errors import RecordChanged
from wizard.output import OutputFile
from wizard.redact import MARKER, Redactor
from wizard.run import before, kept
from wizard.run import events as ev

ROOT = Path(__file__).parents[3]
CAPTURED: Before = {"was": {"kind": "file", "content": "bGV2ZWw9aW5mbwo="}, "path": "/etc/app.conf"}


def test_a_before_state_comes_back_as_it_was_captured(tmp_path: Path) -> None:
    name, digest = before.save(tmp_path, "edit", CAPTURED)
    assert before.load(tmp_path, name, digest) == CAPTURED


def another(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"bGV2ZWw9aW5mbwo=", b"bGV2ZWw9UExBTlRFRAo="))


def by_link(path: Path) -> None:
    path.rename(path.with_name("aside"))
    path.symlink_to("aside")


def by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (another, "is not what was captured"),
        (lambda path: path.write_bytes(path.read_bytes() + b" "), "is not what was captured"),
        (lambda path: path.write_bytes(b""), "is not what was captured"),
        (lambda path: path.unlink(), "cannot be read: No such file"),
        (by_link, "cannot be read"),
        (by_pipe, "cannot be read: not a file"),
    ],
    ids=["another value", "a byte more", "emptied", "gone", "a link to it", "a pipe"],
)
def test_a_before_state_that_was_changed_is_refused_by_its_name(tmp_path: Path, harm: object, why: str) -> None:
    name, digest = before.save(tmp_path, "edit", CAPTURED)
    assert callable(harm)
    harm(tmp_path / "before" / name)
    with pytest.raises(RecordChanged, match=rf"before/edit\.json {why}.*wizard verify"):
        before.load(tmp_path, name, digest)


@pytest.mark.parametrize("name", ["../lock", "..", "", "/etc/passwd", "a\0b"])
def test_a_name_that_leads_elsewhere_is_not_followed(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecordChanged, match="not a file name"):
        before.load(tmp_path, name, "0")


def printed(directory: Path, data: bytes, *secrets: str) -> ev.AttemptEnded:
    with OutputFile(directory / kept.OUTPUT / "k.log", Redactor(secrets)) as output:
        output.write(0, data)
        output.finish()
        sums = output.checkpoint()
    assert sums["sha256"] == sha256(data).hexdigest()
    return ev.AttemptEnded("k", "done", 0, len(data), 0, sums["sha256"], "k.log", 0.1, kept_sha256=sums["kept_sha256"])


@pytest.mark.parametrize("secrets", [(), ("hunter-22",)], ids=["as it came", "masked"])
def test_an_output_that_was_changed_since_is_refused(tmp_path: Path, secrets: tuple[str, ...]) -> None:
    ended = printed(tmp_path, b"pw=hunter-22\nversion=1.2\n", *secrets)
    whole = (tmp_path / kept.OUTPUT / "k.log").read_bytes()
    assert (MARKER in whole) is bool(secrets)
    assert kept.proven_output(tmp_path, ended, 1000) == whole
    (tmp_path / kept.OUTPUT / "k.log").write_bytes(whole.replace(b"1.2", b"6.6") + MARKER)
    with pytest.raises(RecordChanged, match=r"output/k\.log is not what was printed"):
        kept.proven_output(tmp_path, ended, 1000)


def test_a_journal_of_an_earlier_wizard_proves_what_it_can(tmp_path: Path) -> None:
    data = b"version=1.2\n"
    (tmp_path / kept.OUTPUT).mkdir(mode=0o700)
    path = tmp_path / kept.OUTPUT / "k.log"
    ended = ev.AttemptEnded("k", "done", 0, len(data), 0, sha256(data).hexdigest(), "k.log", 0.1)
    path.write_bytes(data)
    assert kept.proven_output(tmp_path, ended, 1000) == data
    path.write_bytes(b"version=6.6\n")
    with pytest.raises(RecordChanged):
        kept.proven_output(tmp_path, ended, 1000)


def test_nothing_in_the_packages_reads_a_before_state_past_its_sum() -> None:
    """The folder's name is used where it is written, where it is proven, and where a person is told of the file."""
    users = set()
    for path in [*(ROOT / "wizard").rglob("*.py"), *(ROOT / "screens").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.Attribute) and node.attr == "FOLDER"
            spelt = (
                isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.rstrip("/") == "before"
            )
            if named or (spelt and path.name == "before.py"):
                users.add(path.relative_to(ROOT).as_posix())
    assert users == {"wizard/run/before.py", "wizard/run/verification.py", "wizard/run/shellplan.py"}
