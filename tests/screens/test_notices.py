"""The terminal's title, and a notice to a person who looks elsewhere: asked for, once, and without a foreign word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.announcing import title_of
from screens.canned import CannedRun
from screens.interface import Interface
from screens.notices import Attention, Notices
from screens.run import RunScreen
from screens.settings import Loaded, Settings
from screens.titles import BACK, KEEP, setting
from screens.view import View
from tests.screens import stories
from tests.screens.sandbox import Sandbox
from tests.screens.stories import Held, live
from wizard.run import events as ev

LOUD = Notices(bell=True, desktop="osc9", after=20.0)


class Outside:
    """What reaches the terminal beside the screen, and the time."""

    def __init__(self, notices: Notices) -> None:
        self.now = 100.0
        self.written: list[str] = []
        self.attention = Attention(notices, lambda: self.now, self.written.append)


def test_nothing_is_written_unless_it_is_wanted() -> None:
    outside = Outside(Notices())
    outside.now += 1000
    outside.attention.waits(7)
    assert outside.written == []


def test_a_person_who_is_there_is_left_alone() -> None:
    outside = Outside(LOUD)
    outside.now += 19
    outside.attention.waits(7)
    outside.attention.pressed()
    outside.now += 19
    outside.attention.waits(7)
    assert outside.written == []


def test_who_looks_elsewhere_is_told_once_for_each_time() -> None:
    outside = Outside(LOUD)
    outside.now += 20
    for _ in range(3):
        outside.attention.waits(7)
    outside.attention.waits(9)
    assert outside.written == ["\x07\x1b]9;wizard: a run waits for you\x1b\\"] * 2


@pytest.mark.parametrize(
    ("notices", "written"),
    [
        (Notices(bell=True), "\x07"),
        (Notices(desktop="osc777"), "\x1b]777;notify;wizard;a run waits for you\x1b\\"),
        (Notices(desktop="osc9"), "\x1b]9;wizard: a run waits for you\x1b\\"),
    ],
)
def test_a_notice_is_given_in_the_way_that_was_asked_for(notices: Notices, written: str) -> None:
    outside = Outside(notices)
    outside.now += 20
    outside.attention.waits(1)
    assert outside.written == [written]


@given(st.text(max_size=300))
def test_no_title_holds_anything_that_a_terminal_obeys(text: str) -> None:
    sequence = setting(text)
    inside = sequence.removeprefix("\x1b]2;").removesuffix("\x1b\\")
    assert inside.isprintable()
    assert len(inside) <= 100


@pytest.mark.parametrize("text", ["\x1b]52;c;x\x07", "a\x9cb\x1b\\c", "\u202eabc", "a\u200bb", "line\nline"])
def test_a_hostile_title_is_harmless(text: str) -> None:
    inside = setting(text).removeprefix("\x1b]2;").removesuffix("\x1b\\")
    assert not set(inside) & {"\x1b", "\x07", "\x9c", "\u202e", "\u200b", "\n"}


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (lambda: live([]), "wizard"),
        (stories.working, "wizard: stock-save - live"),
        (stories.at_gate, "wizard: stock-save - waiting for you"),
        (stories.undoing, "wizard: stock-save - rolling back"),
        (lambda: CannedRun(stories.records("clean"), outputs={}), "wizard: stock-save - resolved"),
        (lambda: CannedRun(stories.records("unknown_outcome"), outputs={}), "wizard: stock-save - paused"),
    ],
)
def test_the_title_says_which_run_and_how_it_stands(source: object, title: str) -> None:
    run: CannedRun = source()  # type: ignore[operator]
    view = View(run.checklist)
    view.take(run.take())
    assert title_of(view, running=run.running) == title


def heard(source: CannedRun, held: Held, monkeypatch: pytest.MonkeyPatch) -> tuple[Interface, list[str]]:
    """The interface on a run, and what it says outside."""
    monkeypatch.setenv("TERM", "xterm-256color")
    app = Interface(lambda: RunScreen(source), held.clocks, Loaded(Settings(theme="dark", notices=LOUD)))
    said: list[str] = []
    monkeypatch.setattr(app, "_say_outside", said.append)
    app.attention._write = said.append
    return app, said


async def test_a_gate_that_waits_is_told_once_the_person_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held()
    source = stories.working()
    app, said = heard(source, held, monkeypatch)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("tab")
        assert said == [setting("wizard"), setting("wizard: stock-save - live")]
        held.later(30)
        last = stories.upto("clean", ev.AttemptClaimed, 4)[-1]
        source.tell([replace(last, seq=last.seq + 1, event=stories.gate_events("chown"))])
        for _ in range(500):
            if len(said) > 3:
                break
            await pilot.pause(0.02)
        assert said[2:] == [
            setting("wizard: stock-save - waiting for you"),
            "\x07\x1b]9;wizard: a run waits for you\x1b\\",
        ]


async def test_a_gate_that_is_answered_at_once_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held()
    app, said = heard(stories.at_gate(), held, monkeypatch)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("escape")
        await pilot.pause(0.1)
    assert said[:2] == [setting("wizard"), setting("wizard: stock-save - waiting for you")]
    assert not any("\x07" in one for one in said)


def test_the_title_is_given_back(sandbox: Sandbox) -> None:
    with sandbox.terminal() as terminal:
        terminal.until(b"waiting for you\x1b\\")
        terminal.process.terminate()
        terminal.end()
    assert terminal.seen.count(KEEP.encode()) == 1
    assert b"\x1b]2;wizard: harbour - waiting for you\x1b\\" in terminal.seen
    after = terminal.seen.rpartition(b"\x1b]2;wizard: harbour")[2]
    assert after.count(BACK.encode()) == 1


def test_a_terminal_without_a_title_is_left_alone(sandbox: Sandbox) -> None:
    with sandbox.terminal(TERM="linux") as terminal:
        terminal.until(b"Begin the first step?")
        terminal.process.terminate()
        terminal.end()
    assert b"\x1b]2;" not in terminal.seen
    assert KEEP.encode() not in terminal.seen
