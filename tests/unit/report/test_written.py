"""What people wrote, and what became of what they noted, as the report tells it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.fixtures.journals.make import HOSTILE, STORIES, Story, journal
from wizard.redact import Redactor
from wizard.report.build import build
from wizard.report.export import to_json
from wizard.report.files import render, write_report
from wizard.report.markdown import to_markdown
from wizard.report.sections.written import blocks
from wizard.run import events as ev
from wizard.run.events import Event
from wizard.text import hidden


def story(*events: Event) -> Story:
    told = STORIES["clean"]()
    told.who = "lee"
    told.tell(*events)
    return told


def report(*events: Event) -> str:
    return to_markdown(build(story(*events).records))


def part(markdown: str, heading: str) -> str:
    return markdown.split(f"\n## {heading}\n", maxsplit=1)[1].split("\n## ", maxsplit=1)[0]


def test_a_report_asks_people_for_what_only_they_know() -> None:
    asked = {one.key: one for one in build(STORIES["clean"]().records).written}
    assert [key for key in asked if "." not in key] == ["summary", "impact", "cause", "followup"]
    assert {"risk.1", "lesson.1", "prevention.1"} <= set(asked)
    assert all(one.ask and not one.text for one in asked.values())
    assert asked["lesson.1"].heading == "Lessons"


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("summary", "Summary"),
        ("impact", "Impact"),
        ("cause", "Root cause, as measured"),
        ("risk.1", "Risks"),
        ("lesson.1", "Lessons"),
        ("prevention.1", "Prevention"),
        ("followup", "Action items"),
    ],
)
def test_what_a_person_writes_stands_in_its_section_with_who_and_when(key: str, heading: str) -> None:
    told = part(report(ev.SectionWritten(key, "The owner was changed by hand.")), heading)
    assert "The owner was changed by hand." in told
    assert "lee, 2026-03-14 " in told


def test_the_last_words_count_and_empty_ones_take_them_back() -> None:
    first, second = ev.SectionWritten("summary", "first words"), ev.SectionWritten("summary", "second words")
    assert "first words" not in report(first, second)
    assert "second words" in report(first, second)
    assert "Written by" not in report(first, second, ev.SectionWritten("summary", " "))


def test_a_lesson_that_was_answered_is_not_asked_for_again() -> None:
    asked = build(STORIES["deviations"]().records)
    assert len(asked.lessons) >= 1
    answers = [ev.SectionWritten(f"lesson.{n}", "An alarm on saves.") for n in range(1, len(asked.lessons) + 1)]
    assert "under Lessons" not in part(report(*answers), "Action items")


def test_words_for_a_section_that_is_not_there_are_not_lost() -> None:
    told = report(ev.SectionWritten("lesson.99", "still of use"), ev.SectionWritten("appraisal", "well done"))
    assert "still of use" in part(told, "Other words")
    assert "well done" in part(told, "Other words")


def test_paragraphs_and_lists_stay_what_they_are_and_nothing_is_cut() -> None:
    words = f"One line\nand the next.\n\nAnother:\n- first\n- second\n1. third\n\n{'long ' * 400}end"
    tokens = [token.type for token in MarkdownIt().parse("\n\n".join(blocks(words)))]
    assert tokens.count("bullet_list_open") == 1
    assert tokens.count("list_item_open") == 3
    assert "One line and the next." in "\n\n".join(blocks(words))
    assert "\n\n".join(blocks(words)).count("long") == 400


KNOWN = {"paragraph_open", "paragraph_close", "inline", "bullet_list_open", "bullet_list_close"}
KNOWN |= {"list_item_open", "list_item_close"}
pieces = st.sampled_from(
    [HOSTILE, "# h", "- x", "1. y", "```", "    z", "> q", "| a |", "===", "---", "", "<b>", "[r]: x"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(pieces | st.text(max_size=12), max_size=8).map("\n".join))
@example("- \n- \n\n1. ")
@example("a" * 1200 + " " + "1. " * 300)
def test_whatever_a_person_writes_is_paragraphs_and_lists(words: str) -> None:
    markdown = "\n\n".join(blocks(words))
    assert hidden(markdown) is None
    for dialect in (MarkdownIt("gfm-like", {"html": True, "linkify": True}), MarkdownIt("commonmark", {"html": True})):
        tokens = dialect.parse(markdown)
        assert {token.type for token in tokens} <= KNOWN
        inner = {child.type for token in tokens for child in token.children or []}
        assert inner <= {"text", "code_inline", "softbreak", "text_special"}


def test_a_rendering_from_the_journal_keeps_the_words_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(journal(story(ev.SectionWritten("summary", "Ünïcode\n- kept")).records))
    first = write_report(tmp_path).read_bytes()
    assert b"- kept" in first
    assert write_report(tmp_path).read_bytes() == first == render(tmp_path).encode()


def test_a_secret_that_somebody_wrote_is_masked(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(journal(story(ev.SectionWritten("cause", "it was hunter-22!")).records))
    assert "hunter" not in render(tmp_path, Redactor(["hunter-22!"]))


def test_hypotheses_stand_with_their_fate_and_open_ones_are_to_be_followed_up() -> None:
    first = len(STORIES["clean"]().records) + 1
    told = report(
        ev.NoteAdded("the disk is full", "hypothesis"),
        ev.NoteAdded("somebody ran chown", "hypothesis"),
        ev.NoteAdded("it swaps", "hypothesis"),
        ev.NoteSettled(first, "eliminated", "because df shows room"),
        ev.NoteSettled(first + 1, "confirmed", "because the shell history has it"),
    )
    table = part(told, "Hypotheses")
    assert f"| {first} | " in table
    assert "✘ eliminated by lee" in table
    assert "because df shows room" in table
    assert "✔ confirmed by lee" in table
    assert "? open" in table
    assert "- [ ] Find out whether it is so: it swaps (noted by lee)" in part(told, "Action items")
    assert "Hypothesis eliminated | the disk is full: because df shows room" in part(told, "Timeline")


def test_open_todos_are_action_items_and_done_ones_are_ticked() -> None:
    first = len(STORIES["clean"]().records) + 1
    told = report(
        ev.NoteAdded("tell the shop", "todo"), ev.NoteAdded("write it up", "todo"), ev.NoteSettled(first, "done")
    )
    items = part(told, "Action items")
    assert "- [ ] write it up (noted by lee)" in items
    assert "- [ ] tell the shop" not in items
    assert "- [x] tell the shop (noted by lee; done by lee, 2026-03-14" in items


def test_a_report_without_notes_of_that_kind_has_no_empty_section_for_them() -> None:
    assert "## Hypotheses" not in report()
    assert "Done already" not in report()


def test_the_report_as_json_has_what_people_wrote_and_what_is_still_asked() -> None:
    told = json.loads(to_json(build(story(ev.SectionWritten("cause", "by hand")).records)))
    assert {one["key"]: one["text"] for one in told["written"]}["cause"] == "by hand"
    assert {one["key"]: one["text"] for one in told["written"]}["summary"] == ""
