"""Nothing from outside breaks out of its place in the packet of a handover, nor out of what is said of edits."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fixtures.journals.make import HOSTILE, STORIES
from tests.property.hostile_journals import hostile_journal, hostile_strings
from tests.property.markdown import BLOCKS, DIALECTS, INLINES, flat, headings, tables
from wizard.report.build import build
from wizard.report.markdown import to_markdown
from wizard.report.packet import packet
from wizard.report.packet_text import packet_text
from wizard.run import events as ev
from wizard.run.events import Record
from wizard.text import hidden


def handed_over(name: str, by: str) -> list[Record]:
    """A hostile journal that ends with an edit, notes and a handover, hostile too."""
    told = hostile_journal(name, by)
    more: list[ev.Event] = [
        ev.StepEdited("start", by, by, by, by),
        ev.NoteAdded(by, "hypothesis"),
        ev.NoteAdded(f"eliminated: {by}", "hypothesis"),
        ev.NoteAdded(by, "todo"),
        ev.GateBlocked("start", [by], [by], [by]),
        ev.HandedOver(by, by, "start", by),
    ]
    last = told[-1]
    return [*told, *(dataclasses.replace(last, seq=last.seq + n, event=event) for n, event in enumerate(more, start=1))]


@pytest.mark.long
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("failed_and_rolled_back", HOSTILE)
@given(st.sampled_from(sorted(STORIES)), hostile_strings)
def test_a_packet_of_hostile_text_holds_our_blocks_and_nothing_else(name: str, by: str) -> None:
    markdown = packet_text(packet(handed_over(name, by), "/runs/one"))
    assert hidden(markdown) is None
    for dialect in DIALECTS:
        strange = {token.type for token in flat(dialect().parse(markdown))} - BLOCKS - INLINES - {"softbreak"}
        assert not strange, f"{dialect.__name__}: {strange}"
    same = packet_text(packet(handed_over(name, "x"), "/runs/one"))
    assert headings(tables().parse(markdown)) == headings(tables().parse(same))


@pytest.mark.long
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("deviations", HOSTILE)
@given(st.sampled_from(sorted(STORIES)), hostile_strings)
def test_a_report_of_a_hostile_edit_holds_our_blocks_and_nothing_else(name: str, by: str) -> None:
    markdown = to_markdown(build(handed_over(name, by)))
    assert hidden(markdown) is None
    for dialect in DIALECTS:
        strange = {token.type for token in flat(dialect().parse(markdown))} - BLOCKS - INLINES - {"softbreak"}
        assert not strange, f"{dialect.__name__}: {strange}"
