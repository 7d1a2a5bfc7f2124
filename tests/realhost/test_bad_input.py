"""What can be wrong before anything is done: each a sentence that says where and what next, and its exit status."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .incident import SAVED_KEYS, UNSAVED_KEYS
from .machine import Machine
from .operator import Finished, Operator
from .project import Project
from .shipped import NAME
from .truth import Truth


def told(finished: Finished, status: int, *words: str) -> None:
    """It ended so, in words, and without a traceback."""
    assert finished.exit_status == status, finished.narration[-3000:]
    for word in words:
        assert word in finished.narration, finished.narration[-3000:]
    assert "Traceback" not in finished.narration


def make_key(path: Path) -> None:
    """A key pair that nobody knows."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


@pytest.fixture
def operator(machine: Machine, project: Project, tmp_path: Path) -> Operator:
    return Operator(machine, tmp_path, project)


def test_a_host_key_nobody_accepted_is_shown_with_its_fingerprint(operator: Operator) -> None:
    operator.accepts = False
    told(operator.run(NAME), 3, operator.machine.host_key_fingerprint, "--accept-host-key")


def test_a_host_key_that_changed_stops_the_run_although_it_is_accepted(operator: Operator) -> None:
    known = operator.home / ".ssh" / "known_hosts"
    known.parent.mkdir(mode=0o700)
    other = operator.home / "other"
    make_key(other)
    known.write_text(f"{operator.machine.address} {other.with_suffix('.pub').read_text()}")
    told(operator.run(NAME), 3, "changed")


def test_a_key_that_does_not_let_us_in_is_told(operator: Operator) -> None:
    wrong = operator.home / "wrong"
    make_key(wrong)
    told(operator.run(NAME, identity=wrong), 3, "172.16.168.23: the host does not let autobot in", str(wrong))


def test_a_key_file_that_is_not_there_is_told(operator: Operator) -> None:
    key = operator.home / "none"
    told(operator.run(NAME, identity=key), 3, str(key))


def test_a_host_that_is_down_is_told(operator: Operator) -> None:
    operator.machine.link_down()
    told(operator.run(NAME), 3, "172.16.168.23")
    operator.machine.link_up()


@pytest.mark.parametrize("machine", [{"sudo": "password"}], indirect=True)
@pytest.mark.parametrize(("password", "said"), [("wrong-password", "password"), ("", "password")])
def test_sudo_that_refuses_is_told_and_tried_once(operator: Operator, truth: Truth, password: str, said: str) -> None:
    operator.sudo_password = password
    told(operator.run(NAME), 3, "sudo", said)
    assert truth.data().count == SAVED_KEYS + UNSAVED_KEYS
