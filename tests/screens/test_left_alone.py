"""Detach and suspend by their keys: in the interface, and in a real terminal down to the shell's."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.detaching import DETACHED
from screens.interface import Interface
from screens.modals.base import Modal
from screens.modals.detach import Busy
from screens.widgets.choices import Choices
from tests.integration.commandline import checklist, wait_until
from tests.screens import stories
from tests.screens.sandbox import WIZARD, Sandbox
from tests.screens.stories import DetachableRun, Held, detachable_run, interface
from tests.support import warm
from tests.support.terminal import ALTERNATE, Terminal, is_restored, press_until
from wizard.errors import WizardError
from wizard.run.holder import holder, is_detached
from wizard.run.listing import writer


async def pressed(pilot: Pilot[int], held: Held, *keys: str) -> Interface:
    """Press, with every modal listening; the interface."""
    for key in keys:
        held.later()
        await pilot.press(key)
    await pilot.pause()
    app = pilot.app
    assert isinstance(app, Interface)
    return app


@pytest.mark.parametrize("key", ["d", "ctrl+z"])
async def test_staying_changes_nothing(key: str) -> None:
    held, run = Held(), detachable_run()
    async with interface(run, held).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app = await pressed(pilot, held, key, "1", "enter")
        assert not [one for one in app.screen_stack if isinstance(one, Modal)]
        assert app.is_running


async def test_detaching_ends_the_interface_with_a_status_of_its_own() -> None:
    held, run = Held(), detachable_run()
    app = interface(run, held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pressed(pilot, held, "d", "2", "enter")
        for _ in range(500):
            if app._exit:
                break
            await pilot.pause(0.02)
    assert app.return_code == DETACHED == 4


async def test_where_it_fails_the_interface_stays_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_run: DetachableRun) -> None:
        raise WizardError("the moon is full")

    monkeypatch.setattr(DetachableRun, "detach", fails)
    held, run = Held(), detachable_run()
    async with interface(run, held).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app = await pressed(pilot, held, "d", "2", "enter")
        for _ in range(500):
            if app._notifications:
                break
            await pilot.pause(0.02)
        assert "the moon is full" in next(iter(app._notifications)).message
        assert not [one for one in app.screen_stack if isinstance(one, Busy)]
        assert app.is_running


async def test_over_a_question_it_says_what_to_do_first() -> None:
    held, run = Held(), stories.at_gate()
    async with interface(run, held).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app = await pressed(pilot, held, "ctrl+z")
        assert "Escape closes this" in next(iter(app._notifications)).message
        await pressed(pilot, held, "escape", "ctrl+z")
        assert [one.answer for one in app.screen.query_one(Choices).choices] == ["stay", "suspend"]
    assert run.submitted == []


async def test_suspending_is_the_shells_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(Interface, "action_suspend_process", lambda _: asked.append(True))
    held = Held()
    async with interface(detachable_run(), held).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pressed(pilot, held, "ctrl+z", "3", "enter")
    assert asked == [True]


STEPS = """\
  - id: one
    title: One
    steps:
      - id: wait
        title: Wait
        why: somebody opens the gate
        run: {command: "cat {{ where }}/gate; echo once >> {{ where }}/effects", read_only: true}
        checks:
          - file: {path: "{{ where }}/effects"}
      - id: ask
        title: Ask
        why: only a person knows
        manual: {ask: Shall we?}
"""


def waiting(sandbox: Sandbox) -> list[str]:
    """A run whose first step waits until its gate is opened."""
    os.mkfifo(sandbox.home / "gate")
    (sandbox.home / "trial.yaml").write_text(checklist(STEPS, "inputs:\n  where: {type: path}\n"))
    return ["run", str(sandbox.home / "trial.yaml"), "--set", f"where={sandbox.home}", "--run-dir", str(sandbox.run)]


def open_gate(sandbox: Sandbox) -> None:
    """Let the step end."""
    (sandbox.home / "gate").write_text("")


def come_to_work(sandbox: Sandbox, terminal: Terminal) -> None:
    """Begin, until the first step is under way."""
    terminal.until(b"Begin the first step?")
    press_until(terminal, "1\r", lambda: "question_answered" in sandbox.kinds())
    terminal.until(lambda: sandbox.kinds().count("attempt_claimed") == 1, "the first step")


def stopped(process: subprocess.Popen[bytes]) -> bool:
    """The process was suspended."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_suspended_and_brought_back_the_screen_is_as_it_was(sandbox: Sandbox) -> None:
    with sandbox.terminal(*waiting(sandbox)) as terminal:
        come_to_work(sandbox, terminal)
        press_until(terminal, "\x1a", lambda: b"Leave the run to itself" in terminal.seen)
        press_until(terminal, "3\r", lambda: stopped(terminal.process))
        terminal.read()
        assert is_restored(terminal)
        before = terminal.seen.count(ALTERNATE)
        terminal.process.send_signal(signal.SIGCONT)
        terminal.until(lambda: terminal.seen.count(ALTERNATE) > before, "the screen again")
        open_gate(sandbox)
        terminal.until(sandbox.waits, "the question")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() == 143


def test_detached_in_a_terminal_it_goes_on_is_watched_and_taken_back(sandbox: Sandbox) -> None:
    # Cold: a successor is begun by what the program finds of itself, its Python and its path.
    with sandbox.terminal(*waiting(sandbox), cold=True) as terminal:
        come_to_work(sandbox, terminal)
        press_until(terminal, "d", lambda: b"Leave the run to itself" in terminal.seen)
        press_until(terminal, "2\r", lambda: terminal.process.poll() is not None)
        assert terminal.end() == DETACHED
        assert is_restored(terminal)
        assert b"wizard watch" in terminal.seen
        assert b"wizard resume" in terminal.seen
    found = holder(sandbox.run)
    assert found is not None
    assert is_detached(sandbox.run)
    words = [*WIZARD, "watch", str(sandbox.run)]
    with Terminal(words, sandbox.environment) as watched:
        watched.until(b"READ-ONLY")
        watched.until(f"process {found.pid}".encode())
        press_until(watched, "q", lambda: watched.process.poll() is not None)
        assert watched.end() == 0
        assert is_restored(watched)
    with Terminal([*WIZARD, "resume", str(sandbox.run)], sandbox.environment) as back:
        back.until(lambda: sandbox.kinds().count("run_resumed") == 2, "the run taken back")
        open_gate(sandbox)
        back.until(sandbox.waits, "the question")
        back.process.send_signal(signal.SIGTERM)
        assert back.end() == 143
    assert b"taking the run over from" in back.seen
    assert sandbox.kinds().count("attempt_intended") == 1
    assert (sandbox.home / "effects").read_text() == "once\n"


def test_a_detached_run_outlives_the_terminal_it_came_from(sandbox: Sandbox) -> None:
    with sandbox.terminal(*waiting(sandbox)) as terminal:
        come_to_work(sandbox, terminal)
        press_until(terminal, "d", lambda: b"Leave the run to itself" in terminal.seen)
        press_until(terminal, "2\r", lambda: terminal.process.poll() is not None)
    assert writer(sandbox.run)
    open_gate(sandbox)
    wait_until(lambda: not writer(sandbox.run), "the detached engine at the question")
    assert sandbox.kinds()[-1] == "run_paused"
    assert sandbox.kinds().count("step_ended") == 1
    assert (sandbox.home / "effects").read_text() == "once\n"
    done = warm.run([*WIZARD, "watch", str(sandbox.run)], env=sandbox.environment, text=True)
    assert done.returncode == 4
    assert "waiting for a person" in done.stderr
    assert os.fspath(sandbox.run) in done.stderr
