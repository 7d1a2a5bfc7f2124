"""What may happen to a terminal in an incident: many sizes, nobody who reads it, and any widget that breaks."""

from __future__ import annotations

import copy
import fcntl
import inspect
import json
import random
import struct
import termios
from pathlib import Path

import pytest
from textual.screen import Screen
from textual.widget import Widget

import screens
from tests.screens.classes import subclasses
from tests.screens.sandbox import Sandbox, come_to_a_change
from tests.support.scale import scaled
from tests.support.terminal import Terminal, is_restored, press_until
from tests.support.vt import Picture

SIZES = scaled(60, 1000)
RARELY = 0.05
SETTLED = 15
"""Looks at a terminal, a moment apart, between which its screen stands still below the clock."""

PICKED = b"Stops here; this step has not begun."
"""What the third answer does, shown once it is picked."""

LOGGING = """
import os, sys
from textual import events
from screens.interface import Interface

told, usual = open(os.environ["SIZES"], "a", buffering=1), Interface.on_event

async def on_event(self, event):
    await usual(self, event)
    if isinstance(event, events.Resize):
        told.write(f"{event.size.width}x{event.size.height}\\n")

Interface.on_event = on_event
from wizard.cli import main
sys.exit(main(sys.argv[1:]))
"""


def resize(terminal: Terminal, columns: int, lines: int) -> None:
    """Another size, as when a window is dragged; the kernel sends SIGWINCH."""
    fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def any_size(sizes: random.Random) -> tuple[int, int]:
    """Often tiny, sometimes large."""
    largest = (250, 80) if sizes.random() < RARELY else (100, 30)
    columns = sizes.choice([1, 2, 3, sizes.randint(1, 20), sizes.randint(1, largest[0])])
    return columns, sizes.choice([1, 2, sizes.randint(1, 6), sizes.randint(1, largest[1])])


@pytest.mark.timeout(300)
def test_every_size_reaches_it_and_then_the_screen_is_right(sandbox: Sandbox, tmp_path: Path) -> None:
    sizes = random.Random(4)  # noqa: S311 - the same sizes each time
    heard = tmp_path / "sizes"

    def last() -> str:
        return heard.read_text().rstrip("\n").rpartition("\n")[2]

    right = undisturbed(sandbox)
    with sandbox.terminal(program=LOGGING, SIZES=str(heard)) as terminal:
        come_to_a_pick(sandbox, terminal)
        now, one_by_one = "80x24", 0
        for columns, lines in [(1, 1), *(any_size(sizes) for _ in range(SIZES - 3)), (1, 1), (80, 24)]:
            if now == f"{columns}x{lines}":
                columns += 1  # noqa: PLW2901 - the same size again is no change
            now = f"{columns}x{lines}"
            terminal.seen = b""
            resize(terminal, columns, lines)
            while last() != now:
                assert terminal.process.poll() is None, terminal.seen[-2000:]
                terminal.read()
            one_by_one += 1
        assert one_by_one == SIZES
        terminal.until(lambda: Picture(80, 24).take(terminal.seen).text[1:] == right[1:], "the right screen")
        terminal.process.terminate()
        assert terminal.end() == 143
        assert is_restored(terminal)
    assert sandbox.kinds()[-1] == "run_paused"


def come_to_a_pick(sandbox: Sandbox, terminal: Terminal) -> None:
    """Come to a change and pick an answer: what keys meant for the question ahead of it left is gone then."""
    come_to_a_change(sandbox, terminal)
    press_until(terminal, "3", lambda: PICKED in terminal.seen)


def undisturbed(sandbox: Sandbox) -> list[str]:
    """The same screen in a terminal that nobody resized."""
    words = [*sandbox.words[:-1], f"{sandbox.run}-2"]
    other = copy.copy(sandbox)
    other.run = Path(words[-1])
    with sandbox.terminal(*words) as terminal:
        come_to_a_pick(other, terminal)
        shown, looks = Picture(80, 24).take(terminal.seen).text, 0
        while looks < SETTLED:
            terminal.read()
            now = Picture(80, 24).take(terminal.seen).text
            looks = looks + 1 if now[1:] == shown[1:] else 0
            shown = now
        return shown


STEPS = 30
TALKING = "".join(
    f"""\
      - id: step-{number}
        title: Say a lot, {number}
        why: so that there is something to show
        run: {{command: "seq 1 2000", read_only: true}}
        checks:
          - command: {{command: "true", exit_status: 0, stdout_is: ""}}
"""
    for number in range(STEPS)
)
CHECKLIST = f"""\
checklist: talking
title: Steps that print while nobody reads
severity: low
phases:
  - id: all
    title: All of them
    steps:
{TALKING}exit_criteria:
  - name: it is over
    command: {{command: "true", exit_status: 0, stdout_is: ""}}
"""


def test_where_nobody_reads_the_terminal_the_run_goes_on_to_its_end(sandbox: Sandbox) -> None:
    """As after Ctrl-S: the journal grows by every step, though not one byte of the screen is taken meanwhile."""
    checklist = sandbox.home / "talking.yaml"
    checklist.write_text(CHECKLIST)
    with sandbox.terminal("run", str(checklist), "--run-dir", str(sandbox.run)) as terminal:
        terminal.until(b"Begin the first step?")
        press_until(terminal, "1\r", lambda: "question_answered" in sandbox.kinds())
        read_before = len(terminal.seen)
        while sandbox.kinds()[-1] != "run_ended":
            assert terminal.process.poll() is None
        assert len(terminal.seen) == read_before
        assert sandbox.kinds().count("step_ended") == STEPS
        terminal.until(b"RESOLVED")
        terminal.process.terminate()
        terminal.end()
        assert is_restored(terminal)
    assert outcome(sandbox) == "resolved"


def outcome(sandbox: Sandbox) -> str:
    """How the journal says that the run ended."""
    lines = (sandbox.run / "events.jsonl").read_text().splitlines()
    return str(json.loads(lines[-1])["body"].get("outcome"))


BREAKING = """
import importlib, os, sys
from textual.content import Content
from screens.run import RunScreen

module, _, name = os.environ["BROKEN"].partition(":")
broken = getattr(importlib.import_module(module), name)
usual, armed = RunScreen.take_in, []

def fail(self, crop):
    password = "canary-of-the-test"
    raise RuntimeError("broken on purpose: " + password[:3])

def take_in(self):
    usual(self)
    if self.view.waiting and not armed:
        armed.append(True)
        broken.render_lines = fail
        made = MADE.get(name, broken)()
        made._id = None  # one of its name may be there already
        made.styles.width, made.styles.height, made.styles.dock = 20, 3, "top"
        self.app.screen.mount(made)

def field():
    from wizard.checklist.surroundings import Input
    return broken("name", Input(type="text"))

MADE = {
    "Pane": lambda: broken("part"),
    "Paper": lambda: broken("paper", "Paper"),
    "Choices": lambda: broken([]),
    "Fitted": lambda: broken(lambda _width: Content("fitted")),
    "_Line": lambda: broken("line"),
    "Field": field,
}
RunScreen.take_in = take_in
from wizard.cli import main
sys.exit(main(sys.argv[1:]))
"""


def widgets() -> list[str]:
    """Every class of a widget that is ours."""
    root = Path(str(screens.__file__)).parent
    for path in root.rglob("*.py"):
        __import__(".".join(path.relative_to(root.parent).with_suffix("").parts))
    ours = [one for one in subclasses(Widget) if one.__module__.startswith("screens.") and not issubclass(one, Screen)]
    return sorted(f"{one.__module__}:{one.__name__}" for one in ours if not inspect.isabstract(one))


@pytest.mark.parametrize("broken", widgets(), ids=lambda name: name.rpartition(":")[2])
def test_an_error_in_any_widget_gives_the_screen_back_and_keeps_the_run(sandbox: Sandbox, broken: str) -> None:
    with sandbox.terminal(program=BREAKING, BROKEN=broken) as terminal:
        assert terminal.end() == 4
        assert is_restored(terminal)
    shown = terminal.seen.decode(errors="replace")
    assert "canary" not in shown
    assert "Traceback" not in shown
    assert "debug.log" in shown
    assert "broken on purpose" in (sandbox.run / "debug.log").read_text()
    assert sandbox.kinds()[-1] == "run_paused"


def test_a_run_whose_interface_broke_goes_on(sandbox: Sandbox) -> None:
    with sandbox.terminal(program=BREAKING, BROKEN="screens.widgets.heading:Heading") as terminal:
        assert terminal.end() == 4
    sandbox.headless("resume", str(sandbox.run))
    assert "run_resumed" in sandbox.kinds()
    assert (sandbox.harbour / "board.old").exists()
