"""`wizard verify --host` over SSH: a journal that was cut off or rewritten is found by what its host kept of it."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from tests.integration.commandline import Done, Wizard, checklist, wait_until
from tests.services.sshd import Sshd
from tests.support.syslog import UNABLE, Syslog

HEAD = """\
inputs:
  where: {type: path}
  vm: {type: host}
  identity: {type: path}
hosts:
  db: {ssh: "{{ vm }}", identity: "{{ identity }}", spool: "{{ where }}/spool", path: ["{{ where }}/bin"]}
"""
STEP = """\
  - id: {name}
    title: The {name}
    steps:
      - id: change-{name}
        title: Change {name}
        why: it changes
        on: db
        run: {{command: "echo {name} >>{{{{ where }}}}/effects", undo: "echo undo >>{{{{ where }}}}/effects"}}
        checks:
          - on: db
            file: {{path: "{{{{ where }}}}/effects", contains: [{name}]}}
"""
TWO = STEP.format(name="first") + STEP.format(name="second")


class Operator(Wizard):
    """Runs a checklist of two phases on a host that has a syslog."""

    def __init__(self, home: Path, server: Sshd) -> None:
        super().__init__(home)
        self.server = server
        self.syslog = Syslog(home / "bin")
        self.syslog.install()
        self.options = [f"where={home}", f"vm={server.destination}", f"identity={server.identity}"]

    def ran(self, phases: str = TWO) -> Done:
        sets = [word for one in self.options for word in ("--set", one)]
        return self.run(checklist(phases, HEAD), *sets, "--accept-host-key", self.server.fingerprint)

    @property
    def journal(self) -> Path:
        return self.directory / "events.jsonl"

    def cut_after(self, kind: str) -> None:
        """End the journal with the first event of this kind."""
        lines = self.journal.read_text().splitlines(keepends=True)
        last = next(place for place, line in enumerate(lines) if json.loads(line)["kind"] == kind)
        self.journal.write_text("".join(lines[: last + 1]))

    def rewrite(self, old: str, new: str) -> None:
        """Change a word and make the whole chain anew, as who may write the journal can."""
        head, lines = "0" * 64, []
        for line in self.journal.read_text().replace(old, new).splitlines():
            lines.append(json.dumps({**json.loads(line), "prev": head}, ensure_ascii=False, separators=(",", ":")))
            head = hashlib.sha256(lines[-1].encode()).hexdigest()
        self.journal.write_text("".join(f"{line}\n" for line in lines))

    def verified(self, *options: str) -> Done:
        return self("verify", self.directory, *options)


@pytest.fixture
def operator(home: Path, server: Sshd) -> Operator:
    return Operator(home, server)


def test_a_whole_journal_is_said_to_be_whole_by_its_host_too(operator: Operator) -> None:
    done = operator.ran()
    assert done.exit_status == 0, done.stderr
    anchors = done.of("chain_anchored")
    assert anchors
    assert [one["why"] for one in anchors] == [""] * len(anchors)
    last, kinds = anchors[-1]["number"], [one["kind"] for one in done.events]
    assert kinds[-1] == "chain_anchored"
    assert "run_ended" in kinds[:last]
    verified = operator.verified("--host")
    assert verified.exit_status == 0, verified.stdout
    assert f"all are in the chain, the last at event {last} of {len(kinds)}\n" in verified.stdout
    assert verified.stdout.endswith("the record is whole, and so say the hosts\n")
    assert anchors[-1]["head"] in (operator.directory / "report.md").read_text()
    assert operator("report", operator.directory).stdout == (operator.directory / "report.md").read_text()


def test_a_journal_that_was_cut_off_is_whole_in_itself_and_found_by_its_host(operator: Operator) -> None:
    assert operator.ran().exit_status == 0
    operator.cut_after("phase_ended")
    assert operator.verified().exit_status == 0
    verified = operator.verified("--host")
    assert verified.exit_status == 1
    assert "is not in this journal" in verified.stdout
    assert "it was cut off" in verified.stdout
    assert verified.stdout.endswith("the record is not whole\n")


def test_a_journal_that_was_cut_down_to_its_first_event_is_found_too(operator: Operator) -> None:
    assert operator.ran().exit_status == 0
    operator.cut_after("run_started")
    assert operator.verified("--host").exit_status == 1


def test_a_journal_whose_chain_was_made_anew_is_found_by_its_host(operator: Operator) -> None:
    assert operator.ran().exit_status == 0
    operator.rewrite("The first", "The worst")
    assert operator.verified().exit_status == 0
    verified = operator.verified("--host")
    assert verified.exit_status == 1
    assert "is not in this journal: it was rewritten" in verified.stdout


def test_a_line_that_another_user_of_the_host_wrote_is_not_believed(operator: Operator) -> None:
    done = operator.ran()
    run = done.of("run_started")[0]["run"]
    operator.syslog.write([*operator.syslog.lines, f"{os.getuid() + 1} incident-wizard {run} 999 {'ab' * 32}"])
    assert operator.verified("--host").exit_status == 0


def test_what_was_left_and_is_gone_is_not_known_to_be_whole(operator: Operator) -> None:
    assert operator.ran().exit_status == 0
    operator.syslog.write([])
    verified = operator.verified("--host")
    assert verified.exit_status == 1
    assert "anchors that were left there are not found" in verified.stdout
    assert verified.stdout.endswith("whether all of it is here, the hosts do not tell\n")


def test_a_host_that_cannot_take_it_is_no_hindrance_and_vouches_for_nothing(operator: Operator) -> None:
    operator.syslog.replace("logger", UNABLE)
    done = operator.ran()
    assert done.exit_status == 0, done.stderr
    assert {one["why"] for one in done.of("chain_anchored")} == {"logger: socket /dev/log: No such file or directory"}
    assert "No such file or directory" in (operator.directory / "report.md").read_text()
    verified = operator.verified("--host")
    assert verified.exit_status == 1
    assert "holds no anchor of this run" in verified.stdout


def test_a_host_that_is_not_reached_or_not_trusted_is_said(operator: Operator) -> None:
    assert operator.ran().exit_status == 0
    (operator.home / "state" / "known_hosts").unlink()
    verified = operator.verified("--host")
    assert verified.exit_status == 3
    assert "host db could not be asked: " in verified.stdout


def test_a_rollback_and_a_resumed_run_go_on_in_the_same_chain(operator: Operator) -> None:
    assert operator.ran().exit_status == 0
    assert operator("rollback", operator.directory, "--headless").exit_status == 1
    assert operator.verified("--host").exit_status == 0
    kinds = [one["kind"] for one in operator.verified().events]
    assert "chain_anchored" in kinds[kinds.index("rollback_ended") :]
    operator.cut_after("run_ended")
    assert operator.verified("--host").exit_status == 1


def test_a_wizard_that_is_killed_while_a_head_is_being_sent_goes_on(operator: Operator) -> None:
    gate = operator.home / "gate"
    plain = (operator.syslog.folder / "logger").read_text()
    operator.syslog.replace("logger", f"#!/bin/sh\ntouch {gate}\nexec sleep 30\n")
    sets = [word for one in operator.options for word in ("--set", one)]
    file = operator.write(checklist(TWO, HEAD))
    trusted = ("--accept-host-key", operator.server.fingerprint)
    process = operator.start("run", file, "--headless", "--run-dir", operator.directory, *sets, *trusted)
    wait_until(gate.exists, "a head on its way")
    process.kill()
    process.communicate()
    operator.syslog.replace("logger", plain)
    assert operator("resume", operator.directory, "--headless").exit_status == 0
    assert (operator.home / "effects").read_text().split() == ["first", "second"]
    assert operator.verified("--host").exit_status == 0
