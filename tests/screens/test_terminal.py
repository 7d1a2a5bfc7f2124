"""The interface in a real terminal: however it ends, the screen is given back, the state kept, the status right."""

from __future__ import annotations

import re
import signal
import subprocess

import pytest

from tests.screens.sandbox import WIZARD, Place, come_to_a_change
from tests.support.terminal import ALTERNATE, Terminal, given_back, press_until

SGR = re.compile(rb"\x1b\[([0-9;:]*)m")


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


def test_a_terminal_that_is_gone_without_a_word_ends_it_too(place: Place) -> None:
    """It stood still for ever, at the queue of a writer that had ended."""
    with Terminal([*WIZARD, *place.words], place.environment, told=False) as terminal:
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


@pytest.mark.parametrize("typed", ["\n", "yes\n", "y\n", "harbours\n", "\x04", "\x03"], ids=repr)
def test_a_dumb_terminal_begins_nothing_without_the_typed_name(place: Place, typed: str) -> None:
    with place.terminal(TERM="dumb") as terminal:
        terminal.until(b"anything else leaves it")
        terminal.press(typed)
        assert terminal.end() == 2
    assert b"nothing was begun" in terminal.seen
    assert b"--headless" in terminal.seen
    assert b"Traceback" not in terminal.seen
    assert place.kinds() == []
    assert not (place.harbour / "board.old").exists()


def test_a_dumb_terminal_says_what_would_change_and_goes_on_headless_on_the_typed_name(place: Place) -> None:
    with place.terminal(TERM="dumb") as terminal:
        terminal.until(b"Type harbour to go on headless")
        assert b"4 of its 8 steps change something, on local" in terminal.seen
        assert place.kinds() == []
        terminal.press("harbour\n")
        assert terminal.end() == 4
    assert b"\x1b" not in terminal.seen
    assert (place.harbour / "board.old").exists()
    assert "gate_blocked" in place.kinds()


def test_a_dumb_terminal_that_changes_nothing_needs_no_word(place: Place) -> None:
    with place.terminal(*place.words, "--check", TERM="dumb") as terminal:
        terminal.end()
    assert b"With --check nothing is changed" in terminal.seen
    assert "run_started" in place.kinds()
    assert not (place.harbour / "board.old").exists()


def test_a_rollback_on_a_dumb_terminal_names_what_it_undoes_and_asks(place: Place) -> None:
    subprocess.run([*WIZARD, *place.words, "--headless"], env=place.environment, capture_output=True, check=False)
    before = place.kinds()
    with place.terminal("rollback", str(place.run), TERM="dumb") as terminal:
        terminal.until(b"newest first: lamp, write, backup")
        terminal.press("no\n")
        assert terminal.end() == 2
    assert place.kinds() == before
    with place.terminal("rollback", str(place.run), TERM="dumb") as terminal:
        terminal.until(b"Type harbour")
        terminal.press("harbour\n")
        assert terminal.end() == 1
    assert not (place.harbour / "board.old").exists()


def test_dumb_and_no_terminal_is_refused(place: Place) -> None:
    done = subprocess.run(
        [*WIZARD, *place.words],
        env={**place.environment, "TERM": "dumb"},
        input="harbour\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--headless" in done.stderr
    assert place.kinds() == []


def test_settings_that_are_wrong_are_said_and_the_run_is_shown(place: Place) -> None:
    config = place.home / "state" / "config"
    config.mkdir(mode=0o700, parents=True)
    config.parent.chmod(0o700)
    (config / "settings.yaml").write_text("theme: drak\n")
    with place.terminal() as terminal:
        terminal.until(b"Begin the first step?")
        terminal.process.terminate()
        terminal.end()
    said, _, shown = terminal.seen.partition(ALTERNATE)
    assert b"settings.yaml:1:8: theme: the text 'drak' is not allowed here; did you mean `dark`?" in said
    assert b"Your settings are not used" in shown


@pytest.mark.parametrize("environment", [{"LANG": "C"}, {"LC_ALL": "POSIX"}], ids=str)
def test_a_locale_without_utf_8_is_sent_ascii_only(place: Place, environment: dict[str, str]) -> None:
    with place.terminal(**environment) as terminal:
        terminal.until(b"Begin the first step?")
        terminal.process.terminate()
        terminal.end()
    assert terminal.seen.isascii()


@pytest.mark.parametrize("option", [["--json"], ["--answers", "a.yaml"], ["--on-fail", "rollback"]], ids=" ".join)
def test_what_only_a_headless_run_can_be_told_is_refused(place: Place, option: list[str]) -> None:
    with place.terminal(*place.words, *option) as terminal:
        assert terminal.end() == 2
    assert b"goes with --headless" in terminal.seen


def test_no_colour_is_honoured(place: Place) -> None:
    with place.terminal(NO_COLOR="1", COLORTERM="truecolor") as terminal:
        terminal.until(b"Begin the first step?")
        codes = {code for sent in SGR.findall(terminal.seen) for code in sent.split(b";")}
        assert codes <= {b"", b"0", b"1", b"2", b"3", b"4", b"7"}
        assert b"1" in codes
        terminal.process.terminate()
        terminal.end()
