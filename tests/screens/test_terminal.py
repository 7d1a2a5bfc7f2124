"""The interface in a real terminal: however it ends, the screen is given back, the state kept, the status right."""

from __future__ import annotations

import re
import signal

import pytest

from tests.screens.sandbox import WIZARD, Sandbox, come_to_a_change
from tests.support import warm
from tests.support.terminal import ALTERNATE, Terminal, is_restored, press_until

SGR = re.compile(rb"\x1b\[([0-9;:]*)m")


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)], ids=str
)
def test_a_signal_ends_it_in_order_with_the_state_kept(sandbox: Sandbox, number: signal.Signals, status: int) -> None:
    with sandbox.terminal() as terminal:
        come_to_a_change(sandbox, terminal)
        terminal.process.send_signal(number)
        assert terminal.end() == status
        assert is_restored(terminal)
    assert sandbox.kinds()[-1] == "run_paused"
    assert b"wizard resume" in terminal.seen
    assert not (sandbox.harbour / "board.old").exists()


def test_a_terminal_that_is_closed_ends_it_with_the_state_kept(sandbox: Sandbox) -> None:
    with sandbox.terminal() as terminal:
        come_to_a_change(sandbox, terminal)
        terminal.hang_up()
        assert terminal.process.wait(60) == 129
    assert sandbox.kinds()[-1] == "run_paused"


def test_a_terminal_that_is_gone_without_a_word_ends_it_too(sandbox: Sandbox) -> None:
    """It stood still for ever, at the queue of a writer that had ended."""
    with Terminal([*WIZARD, *sandbox.words], sandbox.environment, told=False) as terminal:
        come_to_a_change(sandbox, terminal)
        terminal.hang_up()
        assert terminal.process.wait(60) == 129
    assert sandbox.kinds()[-1] == "run_paused"


@pytest.mark.parametrize("cold", [True, False], ids=["the program itself", "a fork"])
def test_it_is_paused_and_left_by_keys(sandbox: Sandbox, *, cold: bool) -> None:
    with sandbox.terminal(cold=cold) as terminal:
        come_to_a_change(sandbox, terminal)
        press_until(terminal, "3\r", lambda: "run_paused" in sandbox.kinds())
        press_until(terminal, "4\r", lambda: terminal.process.poll() is not None)
        assert terminal.end() == 4
        assert is_restored(terminal)
    assert b"wizard resume" in terminal.seen
    assert not (sandbox.harbour / "board.old").exists()


def test_a_rollback_that_is_not_wanted_undoes_nothing(sandbox: Sandbox) -> None:
    sandbox.headless()
    before = sandbox.kinds()
    with sandbox.terminal("rollback", str(sandbox.run)) as terminal:
        terminal.until(b"undo nothing, and leave")
        press_until(terminal, "2\r", lambda: terminal.process.poll() is not None)
        assert terminal.end() == 1
        assert is_restored(terminal)
    assert sandbox.kinds() == before
    assert (sandbox.harbour / "board.old").exists()


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


def test_an_error_of_our_own_gives_the_screen_back_and_tells_no_secrets(sandbox: Sandbox) -> None:
    with sandbox.terminal(program=CRASHING) as terminal:
        terminal.until(b"Begin the first step?")
        press_until(terminal, "1\r", lambda: terminal.process.poll() is not None)
        assert terminal.end() != 0
        assert is_restored(terminal)
    shown = terminal.seen.decode(errors="replace")
    assert "canary" not in shown
    assert "Traceback" not in shown
    assert "debug.log" in shown
    assert "broken on purpose" in (sandbox.run / "debug.log").read_text()
    assert sandbox.kinds()[-1] == "run_paused"


def test_a_terminal_that_is_not_read_holds_up_nothing_but_itself(sandbox: Sandbox) -> None:
    """The engine comes to its question, and a signal ends it, while nobody takes what the interface writes."""
    with sandbox.terminal() as terminal:
        terminal.until(lambda: bool(sandbox.kinds()), "the beginning")
        while not sandbox.waits():
            assert terminal.process.poll() is None
        terminal.process.send_signal(signal.SIGTERM)
        while sandbox.kinds()[-1] != "run_paused":
            assert terminal.process.poll() is None or sandbox.kinds()[-1] == "run_paused"
        assert terminal.end() == 143


@pytest.mark.parametrize("words", [[], ["run"], ["resume", "RUN"], ["rollback", "RUN"]], ids=" ".join)
def test_without_a_terminal_it_says_how_to_run(sandbox: Sandbox, words: list[str]) -> None:
    sandbox.headless()
    before = sandbox.kinds()
    given = [str(sandbox.run) if word == "RUN" else word for word in words]
    given = [*sandbox.words[:-1], f"{sandbox.run}-2"] if words == ["run"] else given
    done = warm.run([*WIZARD, *given], env={**sandbox.environment, "TERM": "xterm"}, given="", text=True)
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert "--headless" in done.stderr
    assert done.stdout == ""
    assert sandbox.kinds() == before


@pytest.mark.parametrize("typed", ["\n", "yes\n", "y\n", "harbours\n", "\x04", "\x03"], ids=repr)
def test_a_dumb_terminal_begins_nothing_without_the_typed_name(sandbox: Sandbox, typed: str) -> None:
    with sandbox.terminal(TERM="dumb") as terminal:
        terminal.until(b"anything else leaves it")
        terminal.press(typed)
        assert terminal.end() == 2
    assert b"nothing was begun" in terminal.seen
    assert b"--headless" in terminal.seen
    assert b"Traceback" not in terminal.seen
    assert sandbox.kinds() == []
    assert not (sandbox.harbour / "board.old").exists()


def test_a_dumb_terminal_says_what_would_change_and_goes_on_headless_on_the_typed_name(sandbox: Sandbox) -> None:
    with sandbox.terminal(TERM="dumb") as terminal:
        terminal.until(b"Type harbour to go on headless")
        assert b"4 of its 8 steps change something, on local" in terminal.seen
        assert sandbox.kinds() == []
        terminal.press("harbour\n")
        assert terminal.end() == 4
    assert b"\x1b" not in terminal.seen
    assert (sandbox.harbour / "board.old").exists()
    assert "gate_blocked" in sandbox.kinds()


def test_a_dumb_terminal_that_changes_nothing_needs_no_word(sandbox: Sandbox) -> None:
    with sandbox.terminal(*sandbox.words, "--check", TERM="dumb") as terminal:
        terminal.end()
    assert b"With --check nothing is changed" in terminal.seen
    assert "run_started" in sandbox.kinds()
    assert not (sandbox.harbour / "board.old").exists()


def test_a_rollback_on_a_dumb_terminal_names_what_it_undoes_and_asks(sandbox: Sandbox) -> None:
    sandbox.headless()
    before = sandbox.kinds()
    with sandbox.terminal("rollback", str(sandbox.run), TERM="dumb") as terminal:
        terminal.until(b"newest first: lamp, write, backup")
        terminal.press("no\n")
        assert terminal.end() == 2
    assert sandbox.kinds() == before
    with sandbox.terminal("rollback", str(sandbox.run), TERM="dumb") as terminal:
        terminal.until(b"Type harbour")
        terminal.press("harbour\n")
        assert terminal.end() == 1
    assert not (sandbox.harbour / "board.old").exists()


def test_dumb_and_no_terminal_is_refused(sandbox: Sandbox) -> None:
    environment = {**sandbox.environment, "TERM": "dumb"}
    done = warm.run([*WIZARD, *sandbox.words], env=environment, given="harbour\n", text=True)
    assert done.returncode == 2
    assert "--headless" in done.stderr
    assert sandbox.kinds() == []


def test_settings_that_are_wrong_are_said_and_the_run_is_shown(sandbox: Sandbox) -> None:
    config = sandbox.home / "state" / "config"
    config.mkdir(mode=0o700, parents=True)
    config.parent.chmod(0o700)
    (config / "settings.yaml").write_text("theme: drak\n")
    with sandbox.terminal() as terminal:
        terminal.until(b"Begin the first step?")
        terminal.until(b"Your settings are not used")
        terminal.process.terminate()
        terminal.end()
    said, _, shown = terminal.seen.partition(ALTERNATE)
    assert b"settings.yaml:1:8: theme: the text 'drak' is not allowed here; did you mean `dark`?" in said
    assert b"Your settings are not used" in shown


@pytest.mark.parametrize("environment", [{"LANG": "C"}, {"LC_ALL": "POSIX"}], ids=str)
def test_a_locale_without_utf_8_is_sent_ascii_only(sandbox: Sandbox, environment: dict[str, str]) -> None:
    with sandbox.terminal(**environment) as terminal:
        terminal.until(b"Begin the first step?")
        terminal.process.terminate()
        terminal.end()
    assert terminal.seen.isascii()


@pytest.mark.parametrize("option", [["--json"], ["--answers", "a.yaml"], ["--on-fail", "rollback"]], ids=" ".join)
def test_what_only_a_headless_run_can_be_told_is_refused(sandbox: Sandbox, option: list[str]) -> None:
    with sandbox.terminal(*sandbox.words, *option) as terminal:
        assert terminal.end() == 2
    assert b"goes with --headless" in terminal.seen


def test_no_colour_is_honoured(sandbox: Sandbox) -> None:
    with sandbox.terminal(NO_COLOR="1", COLORTERM="truecolor") as terminal:
        terminal.until(b"Begin the first step?")
        codes = {code for sent in SGR.findall(terminal.seen) for code in sent.split(b";")}
        assert codes <= {b"", b"0", b"1", b"2", b"3", b"4", b"7"}
        assert b"1" in codes
        terminal.process.terminate()
        terminal.end()
