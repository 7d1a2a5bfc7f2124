"""Two runs that would change one host over SSH: one does, the other is told who; a take-over is said and on record."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.integration.commandline import Done, Wizard, checklist, wait_until
from tests.services import sshd
from tests.services.sshd import WEB, Sshd, children

CHANGE = """\
      - id: {name}
        title: Change {name}
        why: it changes
        on: web
        run:
          command: >-
            echo {name} >> {{{{ where }}}}/effects;
            until [ -e {{{{ where }}}}/{name}.gate ]; do sleep 0.02; done
          irreversible: it stays
        checks:
          - on: web
            file: {{path: "{{{{ where }}}}/effects", contains: [{name}]}}
"""
STEPS = "  - id: one\n    title: One\n    steps:\n" + CHANGE.format(name="first") + CHANGE.format(name="second")
UNDOABLE = """\
      - id: {name}
        title: Change {name}
        why: it changes
        on: web
        run:
          command: "true"
          undo: >-
            echo {name} >> {{{{ where }}}}/effects;
            until [ -e {{{{ where }}}}/{name}.gate ]; do sleep 0.02; done
        checks:
          - on: web
            command: {{command: "test -d {{{{ where }}}}"}}
"""
FAILS = """\
      - id: fails
        title: Fail
        why: so that all is undone
        on: web
        run: {command: "false", read_only: true}
        checks:
          - command: {command: "test -d {{ where }}"}
"""
UNDOABLES = (
    STEPS.partition("      - id:")[0] + "".join(UNDOABLE.format(name=name) for name in ("first", "second")) + FAILS
)
READ_ONLY = """\
  - id: one
    title: One
    steps:
      - id: look
        title: Look
        why: it looks
        on: web
        run: {command: "echo looked", read_only: true}
        checks:
          - command: {command: "true", exit_status: 0, stdout_is: ""}
"""


class Operators(Wizard):
    """Wizards that run one checklist on one host, each into a run directory of its own."""

    def __init__(self, home: Path, server: Sshd, steps: str = STEPS) -> None:
        super().__init__(home)
        self.server = server
        self.file = self.write(checklist(steps, WEB))

    def started(self, run: str, *options: str) -> subprocess.Popen[str]:
        given = [f"where={self.home}", f"vm={self.server.destination}", f"identity={self.server.identity}"]
        sets = [word for one in given for word in ("--set", one)]
        trusted = ("--accept-host-key", self.server.fingerprint)
        return self.start("run", self.file, "--headless", "--run-dir", self.home / run, *sets, *trusted, *options)

    def ended(self, process: subprocess.Popen[str], run: str) -> Done:
        out, err = process.communicate(timeout=180)
        return Done(process.returncode, out, err, self.home / run)

    def effects(self) -> list[str]:
        path = self.home / "effects"
        return path.read_text().split() if path.exists() else []

    def go_on(self, name: str) -> None:
        (self.home / f"{name}.gate").touch()


@pytest.fixture
def two(home: Path, server: Sshd) -> Operators:
    return Operators(home, server)


def test_one_session_of_the_server_is_enough_for_a_run(home: Path) -> None:
    with sshd.serve(home / "sshd", "MaxSessions 1") as server:
        one = Operators(home, server)
        one.go_on("first")
        one.go_on("second")
        assert one.ended(one.started("dana"), "dana").exit_status == 0
    assert one.effects() == ["first", "second"]


def kinds(done: Done) -> list[str]:
    return [str(event["kind"]) for event in done.events]


def test_the_second_is_refused_before_it_changes_anything_and_told_who_it_is(two: Operators) -> None:
    dana = two.started("dana")
    wait_until(lambda: two.effects() == ["first"], "the first one's change")
    kim = two.ended(two.started("kim"), "kim")
    first = json.loads((two.home / "dana/events.jsonl").read_text().splitlines()[0])
    assert kim.exit_status == 2
    assert f"another run changes this host: {first['who']} on " in kim.stderr
    assert first["body"]["run"] in kim.stderr
    assert "--take-over" in kim.stderr
    assert not {"before_captured", "attempt_intended"} & set(kinds(kim))
    two.go_on("first")
    two.go_on("second")
    assert two.ended(dana, "dana").exit_status == 0
    assert two.effects() == ["first", "second"]
    assert two.ended(two.started("later"), "later").exit_status == 0


def test_a_take_over_is_on_record_and_the_first_one_starts_nothing_more(two: Operators) -> None:
    dana = two.started("dana")
    wait_until(lambda: two.effects() == ["first"], "the first one's change")
    kim = two.started("kim", "--take-over")
    wait_until(lambda: two.effects() == ["first", "first"], "the second one's change")
    two.go_on("first")
    two.go_on("second")
    stopped, went_on = two.ended(dana, "dana"), two.ended(kim, "kim")
    assert went_on.exit_status == 0
    assert (stopped.exit_status, two.effects()) == (3, ["first", "first", "second"])
    assert "the host was taken over by another run" in stopped.stderr
    (held,) = went_on.of("host_held")
    assert str(stopped.of("run_started")[0]["run"]) in held["over"]
    assert "taken over" in two("report", two.home / "kim").stdout


def test_a_host_taken_over_while_the_link_is_away_is_not_changed_by_the_rest_of_a_rollback(
    home: Path, server: Sshd
) -> None:
    two = Operators(home, server, UNDOABLES)
    dana = two.started("dana", "--on-fail", "rollback")
    wait_until(lambda: two.effects() == ["second"], "the newest undo")
    for session in children(server.process.pid):
        os.kill(session, signal.SIGKILL)
    (home / "spool/incident-wizard.held.2").symlink_to("20260314-023000-77ff kim desk 2026-03-14T02:30:00Z")
    two.go_on("second")
    two.go_on("first")
    rolled_back = two.ended(dana, "dana")
    assert (rolled_back.exit_status, two.effects()) == (5, ["second"])
    assert "another run changes this host: kim on desk" in rolled_back.stderr


def test_a_crashed_run_holds_its_host_until_it_goes_on(two: Operators) -> None:
    dana = two.started("dana")
    wait_until(lambda: two.effects() == ["first"], "the first one's change")
    dana.kill()
    dana.communicate()
    assert two.ended(two.started("kim"), "kim").exit_status == 2
    two.go_on("first")
    again = two.start("resume", two.home / "dana", "--headless")
    two.go_on("second")
    assert two.ended(again, "dana").exit_status == 0
    assert two.effects() == ["first", "second"]


ANOTHER = 54321
"""The number of an account without a name."""

OTHERS = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files of another account")


@OTHERS
def test_what_another_account_lays_keeps_nobody_off_the_host(two: Operators) -> None:
    (two.home / "spool").mkdir(mode=0o700)
    for number in (1, 2, 999999999, 1000000000):
        link = two.home / f"spool/incident-wizard.held.{number}"
        link.symlink_to("-")
        os.chown(link, ANOTHER, ANOTHER, follow_symlinks=False)
    two.go_on("first")
    two.go_on("second")
    done = two.ended(two.started("dana"), "dana")
    assert (done.exit_status, two.effects()) == (0, ["first", "second"]), done.stderr


@OTHERS
def test_a_spool_below_what_another_account_may_replace_is_refused_before_anything_is_done(
    home: Path, server: Sshd
) -> None:
    (home / "theirs").mkdir()
    os.chown(home / "theirs", ANOTHER, ANOTHER)
    (home / "theirs").chmod(0o777)
    two = Operators(home, server)
    two.file.write_text(two.file.read_text().replace('/spool"', '/theirs/spool"'))
    done = two.ended(two.started("dana"), "dana")
    assert (done.exit_status, two.effects()) == (3, []), done.stderr
    assert f"{home}/theirs belongs to another account" in done.stderr
    assert not list((home / "theirs").iterdir())


def test_a_run_that_only_reads_asks_nobody(home: Path, server: Sshd) -> None:
    two = Operators(home, server, READ_ONLY)
    done = two.ended(two.started("dana"), "dana")
    assert (done.exit_status, done.of("host_held")) == (0, [])
    assert not list(home.glob("spool/*held*"))
