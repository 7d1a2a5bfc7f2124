"""A picture of each screen and modal in which people read and write, in a wide terminal and in a small one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import pytest
from textual.pilot import Pilot

from screens.canned import CannedRun
from screens.modals.sections import sections
from screens.modals.write import Write
from screens.report import Report
from screens.widgets.paper import Paper
from tests.fixtures.journals.make import HOSTILE
from tests.screens import stories
from tests.screens.notestories import NOTED, SEQ, run_with
from tests.screens.pictures import LONG, SIZES, Compare, pressing
from tests.screens.stories import Held, followed, interface, interface_of
from wizard.report.build import build
from wizard.report.markdown import to_markdown
from wizard.run.events import NoteAdded, NoteSettled, Record, SectionWritten

Before = Callable[[Pilot[int]], Awaitable[None]]

WORDS = (
    "The owner of the directory was changed by hand during the move of Tuesday.\n\n- nobody had an alarm on saves\n"
    f"- {LONG}"
)
LONG_NOTES = (NoteAdded(LONG, "hypothesis"), NoteAdded(HOSTILE, "todo"), NoteSettled(SEQ + 1, "confirmed", LONG))


RUNS: dict[str, tuple[Callable[[], CannedRun], Sequence[str]]] = {
    "notes": (lambda: run_with(*NOTED), ("N",)),
    "notes_picked": (lambda: run_with(*NOTED), ("N", "home", "down")),
    "notes_todo": (lambda: run_with(*NOTED), ("N", "t", "t", "t")),
    "notes_empty": (run_with, ("N",)),
    "notes_long": (lambda: run_with(*LONG_NOTES), ("N", "home")),
    "settle": (lambda: run_with(*NOTED), ("N", "home", "down", "down", "space", "1")),
    "note_tagged": (run_with, ("n", "down", *"02:10 it is slow")),
    "note_wrong": (run_with, ("n", *"25:10 it is slow", "enter")),
}


@SIZES
@pytest.mark.parametrize("name", RUNS)
def test_the_notes(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    held = Held()
    source, keys = RUNS[name]
    pressed = ["space" if key == " " else key for key in keys]
    assert snap_compare(interface(source(), held), terminal_size=size, run_before=pressing(*pressed, held=held))


async def rendered(pilot: Pilot[int]) -> None:
    """The report is there, below whatever is opened over it."""
    while not pilot.app.screen.query_one(Paper).sheet.places:
        await pilot.pause(0.01)
    await pilot.pause()


def written() -> list[Record]:
    whole = stories.records("clean")
    first = len(whole)
    hypotheses = [NoteAdded("the disk is full", "hypothesis"), NoteSettled(first + 1, "eliminated", "df shows room")]
    words = [SectionWritten(key, WORDS) for key in ("summary", "lesson.1", "risk.1", "prevention.1", "followup")]
    return followed(whole, *hypotheses, *words)


REPORTS: dict[str, Sequence[str]] = {
    "top": (),
    "contents": ("c", "down", "down"),
    "contents_asked": ("c",),
    "found": ("slash", *"owner", "enter", "n"),
    "find": ("slash",),
    "lessons": ("slash", *"Lessons", "enter", "n"),
}


@SIZES
@pytest.mark.parametrize("name", REPORTS)
def test_the_report_with_what_people_wrote(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    held = Held()
    text = to_markdown(build(written()))

    async def pressed(pilot: Pilot[int]) -> None:
        await rendered(pilot)
        await pressing(*REPORTS[name], held=held)(pilot)

    assert snap_compare(interface_of(lambda: Report(lambda: text), held), terminal_size=size, run_before=pressed)


@SIZES
@pytest.mark.parametrize("draft", [None, "", WORDS], ids=["again", "empty", "long"])
def test_a_section_is_written(snap_compare: Compare, draft: str | None, size: tuple[int, int]) -> None:
    held = Held()
    every = build(written() if draft is None else stories.records("clean")).written

    async def opened(pilot: Pilot[int]) -> None:
        await rendered(pilot)
        pilot.app.push_screen(Write(every[0], draft))
        await pilot.pause()
        while not pilot.app.screen.query_one("#page").has_focus:
            await pilot.pause(0.01)
        await pilot.pause()

    text = to_markdown(build(stories.records("clean")))
    assert snap_compare(interface_of(lambda: Report(lambda: text), held), terminal_size=size, run_before=opened)


@SIZES
def test_the_sections_that_can_be_written(snap_compare: Compare, size: tuple[int, int]) -> None:
    held = Held()

    async def opened(pilot: Pilot[int]) -> None:
        await rendered(pilot)
        pilot.app.push_screen(sections(build(written()).written, "Lessons"))
        await pressing("1", held=held)(pilot)

    text = to_markdown(build(stories.records("clean")))
    assert snap_compare(interface_of(lambda: Report(lambda: text), held), terminal_size=size, run_before=opened)
