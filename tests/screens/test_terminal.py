"""The interface in a real terminal: however it ends, the screen is given back, the state kept, the status right."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.commandline import ROOT
from tests.support.terminal import ALTERNATE, BACK, CURSOR, Terminal, python

CHECKLIST = ROOT / "tests" / "fixtures" / "checklists" / "harbour.yaml"
WIZARD = [sys.executable, "-m", "wizard.cli"]
RESTORED = (BACK, CURSOR)


class Place:
    """A home, a harbour, and a run directory."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.harbour = home / "harbour"
        self.run = home / "run"
        self.harbour.mkdir()
        (self.harbour / "board").write_text("yesterday\n")
        (self.harbour / "table").write_text("today\n")

    @property
    def environment(self) -> dict[str, str]:
        """What a wizard needs to start, and its places."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        state = {"HOME": str(self.home), "WIZARD_STATE_DIR": str(self.home / "state")}
        return {**state, "PATH": path, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}

    @property
    def words(self) -> list[str]:
        """A run of the harbour's checklist."""
        return ["run", str(CHECKLIST), "--set", f"where={self.harbour}", "--set", "pace=0", "--run-dir", str(self.run)]

    def terminal(self, *words: str, program: str = "", **environment: str) -> Terminal:
        """The wizard in a terminal."""
        before = python(program) if program else WIZARD
        return Terminal([*before, *(words or self.words)], {**self.environment, **environment})

    def kinds(self) -> list[str]:
        """What the journal tells, by kind."""
        journal = self.run / "events.jsonl"
        return [json.loads(line)["kind"] for line in journal.read_text().splitlines()] if journal.exists() else []

    def waits(self) -> bool:
        """The run waits for a person."""
        return "question_asked" in self.kinds()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def given_back(terminal: Terminal) -> bool:
    """The screen as it was, the cursor in sight, and the terminal set as before."""
    shown = terminal.seen.rpartition(ALTERNATE)[2]
    return all(sign in shown for sign in RESTORED) and terminal.settings() == terminal.before


def come_to_a_change(place: Place, terminal: Terminal) -> None:
    """Begin, and come to the first changing step."""
    terminal.until(b"Begin the first step?")
    press_until(terminal, "1\r", lambda: "question_answered" in place.kinds())
    terminal.until(b"Approve this change")


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)], ids=str
)
def test_a_signal_ends_it_in_order_with_the_state_kept(place: Place, number: signal.Signals, status: int) -> None:
    with place.terminal() as terminal:
        come_to_a_change(place, terminal)
        terminal.process.send_signal(number)
        assert terminal.end() == status
        assert given_back(terminal)
    assert place.kinds()[-1] == "run_paused"
    assert b"wizard resume" in terminal.seen
    assert not (place.harbour / "board.old").exists()


def test_a_terminal_that_is_closed_ends_it_with_the_state_kept(place: Place) -> None:
    with place.terminal() as terminal:
        come_to_a_change(place, terminal)
        terminal.hang_up()
        assert terminal.process.wait(60) == 129
    assert place.kinds()[-1] == "run_paused"


def test_it_is_paused_and_left_by_keys(place: Place) -> None:
    with place.terminal() as terminal:
        come_to_a_change(place, terminal)
        press_until(terminal, "3\r", lambda: "run_paused" in place.kinds())
        press_until(terminal, "4\r", lambda: terminal.process.poll() is not None)
        assert terminal.end() == 4
        assert given_back(terminal)
    assert b"wizard resume" in terminal.seen
    assert not (place.harbour / "board.old").exists()


def test_a_rollback_that_is_not_wanted_undoes_nothing(place: Place) -> None:
    subprocess.run([*WIZARD, *place.words, "--headless"], env=place.environment, capture_output=True, check=False)
    before = place.kinds()
    with place.terminal("rollback", str(place.run)) as terminal:
        terminal.until(b"undo nothing, and leave")
        press_until(terminal, "2\r", lambda: terminal.process.poll() is not None)
        assert terminal.end() == 1
        assert given_back(terminal)
    assert place.kinds() == before
    assert (place.harbour / "board.old").exists()


def press_until(terminal: Terminal, keys: str, met: Callable[[], bool]) -> None:
    """Press until it is so: a modal is deaf for a moment, which no test should have to know to the millisecond."""

    def pressed() -> bool:
        if not met():
            terminal.press(keys)
        return met()

    terminal.until(pressed, f"an effect of {keys!r}")


CRASHING = """
import sys
from screens.widgets import detail

def broken(view, step, width):
    password = "canary-of-the-test"
    raise RuntimeError("broken on purpose: " + password[:3])

detail.step_told = broken
from wizard.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_an_error_of_our_own_gives_the_screen_back_and_tells_no_secrets(place: Place) -> None:
    with place.terminal(program=CRASHING) as terminal:
        terminal.until(b"Begin the first step?")
        press_until(terminal, "1\r", lambda: terminal.process.poll() is not None)
        assert terminal.end() != 0
        assert given_back(terminal)
    shown = terminal.seen.decode(errors="replace")
    assert "canary" not in shown
    assert "Traceback" not in shown
    assert "debug.log" in shown
    assert "broken on purpose" in (place.run / "debug.log").read_text()
    assert place.kinds()[-1] == "run_paused"


def test_a_terminal_that_is_not_read_holds_up_nothing_but_itself(place: Place) -> None:
    """The engine comes to its question, and a signal ends it, while nobody takes what the interface writes."""
    with place.terminal() as terminal:
        terminal.until(lambda: bool(place.kinds()), "the beginning")
        while not place.waits():
            assert terminal.process.poll() is None
        terminal.process.send_signal(signal.SIGTERM)
        while place.kinds()[-1] != "run_paused":
            assert terminal.process.poll() is None or place.kinds()[-1] == "run_paused"
        assert terminal.end() == 143


@pytest.mark.parametrize("words", [[], ["run"], ["resume", "RUN"], ["rollback", "RUN"]], ids=" ".join)
def test_without_a_terminal_it_says_how_to_run(place: Place, words: list[str]) -> None:
    subprocess.run([*WIZARD, *place.words, "--headless"], env=place.environment, capture_output=True, check=False)
    before = place.kinds()
    given = [str(place.run) if word == "RUN" else word for word in words]
    given = [*place.words[:-1], f"{place.run}-2"] if words == ["run"] else given
    done = subprocess.run(
        [*WIZARD, *given],
        env={**place.environment, "TERM": "xterm"},
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert "--headless" in done.stderr
    assert done.stdout == ""
    assert place.kinds() == before


def test_a_dumb_terminal_is_told_so(place: Place) -> None:
    with place.terminal(TERM="dumb") as terminal:
        assert terminal.end() == 2
    assert b"--headless" in terminal.seen
    assert place.kinds() == []


@pytest.mark.parametrize("option", [["--json"], ["--answers", "a.yaml"], ["--on-fail", "rollback"]], ids=" ".join)
def test_what_only_a_headless_run_can_be_told_is_refused(place: Place, option: list[str]) -> None:
    with place.terminal(*place.words, *option) as terminal:
        assert terminal.end() == 2
    assert b"goes with --headless" in terminal.seen


def test_no_colour_is_honoured(place: Place) -> None:
    with place.terminal(NO_COLOR="1", COLORTERM="truecolor") as terminal:
        terminal.until(b"Begin the first step?")
        colours = terminal.seen.split(b"38;2;")[1:]
        assert colours
        assert all(len(set(code.partition(b"m")[0].split(b";")[:3])) == 1 for code in colours)
        terminal.process.terminate()
        terminal.end()
