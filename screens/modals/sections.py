"""Which section of the report to write."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.widgets.choices import Choice
from screens.words import fit, many, plain
from wizard.report.model import Section
from wizard.report.times import shown

ASK = 72
"""Cells of a question in the list; all of it stands on the page."""


def sections(every: Sequence[Section], here: str) -> Choosing:
    """Asks which; those of the heading that is read come first."""
    ordered = sorted(every, key=lambda section: section.heading != here)
    empty = sum(not section.text for section in every)
    left = f"{many(empty, 'section')} of {len(every)} not written yet." if empty else "Every section is written."
    body = Content(f"What the record cannot know, and only a person can say. {left}")
    return Choosing("Write", body, [_choice(section) for section in ordered])


def _choice(section: Section) -> Choice:
    mark = "✔" if section.text else "○"
    written = f"Written by {section.who}, {shown(section.at)}. You see it, and may change it."
    effect = written if section.text else "Nobody has written it yet."
    return Choice(section.key, fit(f"{mark} {plain(section.heading)}: {plain(section.ask)}", ASK), plain(effect))
