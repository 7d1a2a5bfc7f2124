"""A run over SSH on a real Redis that becomes a replica between two steps, or is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.commandline import Done, Wizard, checklist, phase, step
from tests.services.sshd import Sshd
from tests.support.redis_lab import Lab, redis_lab

HEAD = """\
inputs:
  where: {{type: path}}
hosts:
  web:
    ssh: "{vm}"
    identity: "{identity}"
    spool: "{{{{ where }}}}/spool"
    role: {{redis: {{read: role}}}}
defaults:
  redis: {{address: "{address}"}}
"""
CHANGE = step(
    "second",
    'command: "touch {{ where }}/changed", irreversible: it stays',
    'file: {path: "{{ where }}/changed"}',
    on="web",
)


@pytest.fixture
def lab(home: Path) -> Iterator[Lab]:
    with redis_lab(home / "redis") as lab:
        yield lab


def run(home: Path, server: Sshd, lab: Lab, *words: str) -> Done:
    """A run whose first step has redis-cli say these words."""
    head = HEAD.format(vm=server.destination, identity=server.identity, address=lab.address)
    told = f'command: "redis-cli -s {lab.address} {" ".join(words)}", irreversible: it stays'
    steps = phase(step("first", told, 'command: {command: "true", exit_status: 0, stdout_is: ""}', on="web"), CHANGE)
    trusted = ("--accept-host-key", server.fingerprint)
    return Wizard(home).run(checklist(steps, head), "--set", f"where={home}", *trusted)


def test_a_replica_is_not_changed_as_the_master_it_was(home: Path, server: Sshd, lab: Lab) -> None:
    done = run(home, server, lab, "REPLICAOF", "127.0.0.1", "1")
    assert done.exit_status == 4
    (asked,) = done.of("question_asked")
    assert "was master when the run learnt it, and is slave now" in asked["text"]
    assert not (home / "changed").exists()
    lab.cli("REPLICAOF", "NO", "ONE")
    assert Wizard(home)("resume", done.directory, "--headless").exit_status == 0
    assert (home / "changed").exists()


def test_a_redis_that_the_run_stopped_holds_up_nothing(home: Path, server: Sshd, lab: Lab) -> None:
    done = run(home, server, lab, "SHUTDOWN", "NOSAVE")
    assert done.exit_status == 0
    assert [(seen["role"], bool(seen["why"])) for seen in done.of("role_seen")] == [("master", False), ("", True)]
