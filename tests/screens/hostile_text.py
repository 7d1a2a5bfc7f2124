"""Hostile text as a strategy of Hypothesis, and journals in which it stands wherever a stranger could put it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from hypothesis import strategies as st

from wizard.run import events as ev
from wizard.run.events import Record

PIECES = [
    *"\x1b\x07\x9b\x9d\u202e\u200b\ufeff\r\n\t\0[]",
    "[@click=app.exit]",
    "[/",
    "[bold red]",
    "\x1b]52;c;aGk=\x07",
]
HOSTILE_TEXT = st.lists(st.one_of(st.characters(), st.sampled_from(PIECES)), max_size=20).map("".join)


def poison(records: Sequence[Record], text: str) -> list[Record]:
    """The same journal with this text in every field that a host, a file or a person could choose."""
    return [replace(record, event=_poisoned(record.event, text)) for record in records]


def _poisoned(event: ev.Event, text: str) -> ev.Event:
    kept = {
        "step",
        "scope",
        "phase",
        "host",
        "key",
        "outcome",
        "plan",
        "answers",
        "verdict",
        "source",
        "path",
        "sha256",
        "state",
        "output",
    }
    changed: dict[str, Any] = {}
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name not in kept and isinstance(value, str):
            changed[field.name] = text
        if field.name in {"evidence", "advice", "blocked_by", "lines"}:
            changed[field.name] = [text]
    return replace(event, **changed)
