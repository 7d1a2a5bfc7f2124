"""The report on the screen: read by its headings, searched, written in, saved; each by keys, as a person would."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from shutil import copy

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import TextArea

from screens.canned import CannedRun, past_run
from screens.interface import Interface
from screens.modals.base import Modal
from screens.report import Report, report_of
from screens.run import RunScreen
from screens.widgets.contents import Contents
from screens.widgets.paper import Paper
from tests.screens import stories
from tests.screens.stories import Held, gate_events, interface, interface_of
from tests.support.absent import absent_name
from wizard.paths import INBOX
from wizard.redact import Redactor
from wizard.run.events import SectionWritten
from wizard.run.intents import PutOnRecord
from wizard.run.journal import Journal, read

WIDE, SMALL = (120, 40), (80, 24)
MANY = 500
"""Turns of the loop after which what is waited for does not come any more."""


class Reader:
    """A report that is read, and hands on it."""

    def __init__(self, app: Interface, pilot: Pilot[int], held: Held) -> None:
        self.app = app
        self.pilot = pilot
        self.held = held

    @property
    def report(self) -> Report:
        """The report's screen."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, Report))

    @property
    def paper(self) -> Paper:
        """Its page."""
        return self.report.query_one(Paper)

    @property
    def top(self) -> str:
        """The heading that is read."""
        return self.paper.sheet.places[self.paper.part].title

    async def press(self, *keys: str) -> None:
        """Press, once whatever is open listens."""
        for key in keys:
            self.held.later()
            await self.pilot.press(key)
        await self.pilot.pause()

    async def until(self, met: Callable[[], object], what: str) -> None:
        """Wait until something is so."""
        for _ in range(MANY):
            if met():
                await self.pilot.pause()
                return
            await self.pilot.pause(0.01)
        raise AssertionError(f"never: {what}")

    async def write(self, key: str, words: str) -> None:
        """Open a section, type, and put it on record."""
        await self.open(key)
        await self.press(*(letter if letter != "\n" else "enter" for letter in words), "ctrl+s")

    async def open(self, key: str) -> None:
        """Open the page of a section, by the arrow keys."""
        await self.press("e")
        choices = self.app.screen.query_one("#choices")
        wanted = [choice.answer for choice in choices.choices].index(key)  # type: ignore[attr-defined]
        await self.press(*["down"] * (wanted + 1), "enter")

    def shown(self) -> str:
        """Everything in sight, as text."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)

    def text(self) -> str:
        """All of the page, as text."""
        return "\n".join("".join(part.text for part in line) for line in self.paper.sheet.lines)

    def told(self) -> str:
        """What was said in passing."""
        return "\n".join(one.message for one in self.app._notifications)


@asynccontextmanager
async def reading(source: CannedRun, size: tuple[int, int] = WIDE) -> AsyncIterator[Reader]:
    held = Held()
    app = interface_of(lambda: report_of(source), held)
    async with app.run_test(size=size) as pilot:
        reader = Reader(app, pilot, held)
        await reader.until(lambda: reader.paper.sheet.places and reader.report._sections, "the report")
        yield reader


def written(directory: Path) -> list[SectionWritten]:
    return [record.event for record in read(directory).records if isinstance(record.event, SectionWritten)]


async def test_moving_among_the_headings_moves_the_page_and_the_page_the_headings(run: Path) -> None:
    async with reading(past_run(run)) as reader:
        contents = reader.report.query_one(Contents)
        titles = [place.title for place in reader.paper.sheet.places]
        assert titles[0] == "Incident report: The stock server cannot save"
        assert {"Summary", "Timeline", "Action items", "Phase 1: Prepare", "2.2 Change the owner"} & {*titles}
        await reader.press("c", *["down"] * titles.index("Timeline"))
        assert reader.top == "Timeline"
        await reader.press("enter")
        assert reader.report.focused is reader.paper
        await reader.press("home")
        assert contents.highlighted == 0


async def test_every_heading_stands_on_the_line_that_it_leads_to(run: Path) -> None:
    async with reading(past_run(run), SMALL) as reader:
        lines = reader.text().split("\n")
        for place in reader.paper.sheet.places:
            assert place.title.split()[0] in lines[place.line]


async def test_in_a_narrow_terminal_the_contents_are_asked_for(run: Path) -> None:
    async with reading(past_run(run), SMALL) as reader:
        assert not reader.report.query_one(Contents).display
        await reader.press("c")
        assert isinstance(reader.app.screen, Modal)
        await reader.press("down", "enter")
        assert reader.top == reader.paper.sheet.places[1].title
        await reader.press("c", "escape")
        assert reader.app.screen is reader.report


async def test_words_are_found_counted_and_gone_through(run: Path) -> None:
    async with reading(past_run(run)) as reader:
        await reader.press("slash", *"TIMELINE", "enter")
        assert "“TIMELINE”: 1 of " in reader.shown()
        first = reader.paper.scroll_y
        await reader.press("n")
        assert "“TIMELINE”: 2 of " in reader.shown() or "1 of 1" in reader.shown()
        await reader.press("N")
        assert "“TIMELINE”: 1 of " in reader.shown()
        assert reader.paper.scroll_y == first
        await reader.press("slash", *"no such words", "enter")
        assert "“no such words”: nowhere" in reader.shown()
        await reader.press("slash", "enter")
        assert "“" not in reader.shown().split("\n")[0]


async def test_what_a_person_writes_is_on_record_and_in_the_report_with_who_and_when(run: Path) -> None:
    async with reading(past_run(run)) as reader:
        await reader.write("summary", "It was\n- the owner")
        await reader.until(lambda: "the owner" in reader.text(), "the words in the report")
        assert "Written by " in reader.text()
        await reader.until(lambda: "the owner" in reader.shown(), "the words in sight")
        assert reader.top == "Summary"
    assert "the owner" in (run / "report.md").read_text()
    assert written(run) == [SectionWritten("summary", "It was\n- the owner")]


async def test_writing_again_begins_with_what_is_on_record(run: Path) -> None:
    async with reading(past_run(run)) as reader:
        await reader.write("lesson.1", "An alarm")
        await reader.until(lambda: "An alarm" in reader.text(), "the words in the report")
        await reader.open("lesson.1")
        assert reader.app.screen.query_one(TextArea).text == "An alarm"
        assert "Written by " in reader.shown()
        await reader.press(*" on saves", "ctrl+s")
        await reader.until(lambda: "An alarm on saves" in reader.text(), "the new words")
    assert [event.text for event in written(run)] == ["An alarm", "An alarm on saves"]


async def test_words_that_are_not_put_on_record_are_kept_as_a_draft(run: Path) -> None:
    async with reading(past_run(run)) as reader:
        await reader.open("summary")
        await reader.press(*"half a", "escape")
        await reader.open("summary")
        assert reader.app.screen.query_one(TextArea).text == "half a"
    assert written(run) == []


async def test_words_for_a_run_that_is_live_elsewhere_are_left_for_its_wizard(run: Path) -> None:
    journal = Journal(run, Redactor([]), who="ann")
    async with reading(past_run(run)) as reader:
        await reader.write("impact", "nobody noticed")
        await reader.until(lambda: "Left for the wizard that writes this run" in reader.told(), "where they went")
    assert len(list((run / INBOX).iterdir())) == 1
    journal.close()


async def test_words_for_a_run_at_work_here_go_to_its_engine(run: Path) -> None:
    source = CannedRun(read(run).records, run, running=True)
    async with reading(source) as reader:
        await reader.write("cause", "somebody")
    assert source.submitted == [PutOnRecord(SectionWritten("cause", "somebody"))]


async def test_a_gate_that_shuts_while_somebody_writes_waits_for_the_end_of_it(run: Path) -> None:
    start = stories.records("clean")[:60]
    source = CannedRun(start, run, stories.outputs(), running=True)
    held = Held()
    app = interface(source, held)
    async with app.run_test(size=WIDE) as pilot:
        reader = Reader(app, pilot, held)
        await reader.press("r")
        await reader.until(lambda: reader.report._sections, "the sections")
        await reader.open("summary")
        source.tell(stories.followed(start, gate_events("chown"))[60:])
        run_screen = next(screen for screen in app.screen_stack if isinstance(screen, RunScreen))
        run_screen.take_in()
        await reader.press("2", "enter", "1")
        assert reader.app.screen.query_one(TextArea).text == "2\n1"
        await reader.press("ctrl+s")
        run_screen.take_in()
        await reader.until(lambda: "Gate shut" in reader.shown(), "the gate")
        assert all(isinstance(one, PutOnRecord) for one in source.submitted)


async def test_words_for_a_record_that_was_changed_are_refused_with_the_reason_and_kept(run: Path) -> None:
    path = run / "events.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"who":"dana"', b'"who":"eve"', 1))
    async with reading(past_run(run)) as reader:
        await reader.write("summary", "kept")
        assert "the journal is broken" in reader.told()
        await reader.open("summary")
        assert reader.app.screen.query_one(TextArea).text == "kept"


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pilot's terminal cannot be lent; the programs of these tests need none."""
    monkeypatch.setattr(App, "suspend", lambda _self: nullcontext())
    monkeypatch.delenv("VISUAL", raising=False)


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


@pytest.mark.usefixtures("lent")
async def test_an_editor_is_given_the_words_privately_and_what_it_leaves_is_looked_over_first(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = program(tmp_path / "my editor", f'stat -c "%a $1" "$2" >"{tmp_path}/seen"; printf "\\033[2J; more" >>"$2"')
    monkeypatch.setenv("EDITOR", f"'{editor}' '$(touch {tmp_path}/shell)'")
    async with reading(past_run(run)) as reader:
        await reader.open("summary")
        await reader.press(*"words", "ctrl+e")
        assert reader.app.screen.query_one(TextArea).text == "words␛[2J; more"
        assert written(run) == []
        await reader.press("ctrl+s")
        await reader.until(lambda: "; more" in reader.text(), "the words in the report")
    assert (tmp_path / "seen").read_text() == f"600 $(touch {tmp_path}/shell)\n"
    assert not (tmp_path / "shell").exists()
    assert [event.text for event in written(run)] == ["words␛[2J; more"]


@pytest.mark.usefixtures("lent")
@pytest.mark.parametrize("called", [pytest.param(absent_name("editor"), id="no-such-editor"), "'unended", "false"])
async def test_an_editor_that_does_not_work_loses_nothing(
    run: Path, called: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", called)
    async with reading(past_run(run)) as reader:
        await reader.open("summary")
        await reader.press(*"kept", "ctrl+e")
        assert reader.app.screen.query_one(TextArea).text == "kept"
        assert called.strip("'") in reader.shown()


@pytest.mark.usefixtures("lent")
async def test_a_pager_is_shown_the_report(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", program(tmp_path / "pager", f'cp "$1" "{tmp_path}/seen"'))
    async with reading(past_run(run)) as reader:
        await reader.press("v")
    assert (tmp_path / "seen").read_text().startswith("# Incident report: The stock server cannot save")


async def test_saving_says_where_and_the_path_can_be_copied(run: Path) -> None:
    async with reading(past_run(run)) as reader:
        await reader.press("ctrl+s")
        await reader.until(lambda: f"Saved in {run / 'report.md'}" in reader.told(), "where it was saved")
        await reader.press("y")
        assert reader.app.clipboard == str(run / "report.md")
    assert (run / "report.md").stat().st_mode & 0o777 == 0o600


async def test_a_path_that_would_steer_the_terminal_is_copied_harmlessly(tmp_path: Path) -> None:
    directory = tmp_path / "run\x1b]0;owned\x07"
    directory.mkdir()
    copy(stories.JOURNALS / "clean.jsonl", directory / "events.jsonl")
    async with reading(past_run(directory)) as reader:
        await reader.press("y")
        assert "\x1b" not in reader.app.clipboard
        assert "\x1b" not in reader.told()


async def test_a_report_without_a_run_offers_only_reading() -> None:
    held = Held()
    app = interface_of(lambda: Report(lambda: "# R\n\ntext\n"), held)
    async with app.run_test(size=WIDE) as pilot:
        reader = Reader(app, pilot, held)
        await reader.until(lambda: "text" in reader.text(), "the report")
        await reader.press("e", "ctrl+s", "y")
        assert app.screen is reader.report
        assert "write" not in reader.shown().split("\n")[-1]


async def test_what_is_pasted_into_a_section_is_made_visible(run: Path) -> None:
    async with reading(past_run(run)) as reader:
        await reader.open("summary")
        page = reader.app.screen.query_one(TextArea)
        page.post_message(events.Paste("a\x1b]52;c;aGk=\x07\u202eb"))
        await reader.press("ctrl+s")
    assert [event.text for event in written(run)] == ["a␛]52;c;aGk=␇\\u202eb"]
