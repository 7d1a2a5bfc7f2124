"""The difference that an edit makes, as it goes on record."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wizard.actions.base import Editable
from wizard.run.editing import difference
from wizard.run.intents import Edit

TEXTS = st.text(st.sampled_from("ab\n +-@"), max_size=30)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_there_is_a_difference_exactly_where_something_differs(text: str, undo: str, now: str, now_undo: str) -> None:
    told = difference(Editable(text, undo), Edit(now, now_undo))
    assert bool(told) == ((text, undo) != (now, now_undo))
    assert told == "" or told.endswith("\n")


def test_a_missing_line_end_is_a_difference_that_can_be_seen() -> None:
    told = difference(Editable("a\n"), Edit("a"))
    assert "-a\n" in told
    assert "+a (no line end)" in told


def test_text_and_undo_are_told_apart() -> None:
    told = difference(Editable("do", "undo"), Edit("do it", "undo it"))
    assert told.index("text in the checklist") < told.index("+do it") < told.index("undo in the checklist")
