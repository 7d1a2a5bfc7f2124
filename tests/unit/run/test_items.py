"""Todos and hypotheses: noted, settled, opened again, and nothing that was never noted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wizard.run.events import Event, NoteAdded, NoteSettled, Record
from wizard.run.items import OUTCOMES, Items, open_items


def told(*events: Event) -> Items:
    return open_items(
        Record(seq, f"2026-03-14T02:15:{seq:02}.000Z", "dana", event) for seq, event in enumerate(events, start=1)
    )


DISK, SWAP, TELL = NoteAdded("the disk is full", "hypothesis"), NoteAdded("it swaps", "hypothesis"), "tell the shop"


def test_every_todo_and_hypothesis_is_open_until_somebody_says_otherwise() -> None:
    items = told(NoteAdded("it is slow"), DISK, NoteAdded(TELL, "todo", "chown", "2026-03-14T01:00:00Z"))
    (hypothesis,), (todo,) = items.hypotheses_open, items.todos_open
    assert (hypothesis.seq, hypothesis.text, hypothesis.who) == (2, "the disk is full", "dana")
    assert (todo.seq, todo.about, todo.when) == (3, "chown", "2026-03-14T01:00:00Z")
    assert items.todos_done == items.hypotheses_eliminated == items.hypotheses_confirmed == ()


def test_what_became_of_them_stands_with_who_when_and_why() -> None:
    items = told(
        DISK,
        SWAP,
        NoteAdded(TELL, "todo"),
        NoteSettled(1, "eliminated", "because df shows 40 % free"),
        NoteSettled(2, "confirmed", "because si and so are high"),
        NoteSettled(3, "done"),
    )
    (gone,), (kept,), (done,) = items.hypotheses_eliminated, items.hypotheses_confirmed, items.todos_done
    assert (gone.text, gone.reason, gone.settled_by) == ("the disk is full", "because df shows 40 % free", "dana")
    assert kept.text == "it swaps"
    assert done.settled_at == "2026-03-14T02:15:06.000Z"
    assert items.todos_open == items.hypotheses_open == ()


def test_the_last_word_counts() -> None:
    items = told(NoteAdded(TELL, "todo"), NoteSettled(1, "done"), NoteSettled(1, "open", "they did not answer"))
    assert items.todos_open[0].reason == "they did not answer"
    assert items.todos_done == ()


def test_a_note_may_say_in_words_what_became_of_an_earlier_one() -> None:
    items = told(DISK, SWAP, NoteAdded(TELL, "todo"), NoteAdded("Ruled out:  The disk is full.", "hypothesis"))
    assert [item.text for item in items.hypotheses_open] == ["it swaps"]
    assert [(item.seq, item.settled_at) for item in items.hypotheses_eliminated] == [(1, "2026-03-14T02:15:04.000Z")]
    assert told(NoteAdded(TELL, "todo"), NoteAdded(f"done: {TELL}", "todo")).todos_open == ()
    assert told(NoteAdded(TELL, "todo"), NoteAdded(f"done: {TELL}", "hypothesis")).todos_open != ()


def test_what_is_done_when_it_is_noted_is_never_open() -> None:
    (item,) = told(NoteAdded("done: ring home", "todo")).todos_done
    assert (item.text, item.settled_by) == ("done: ring home", "dana")


def test_what_was_never_noted_or_does_not_fit_changes_nothing() -> None:
    before = told(NoteAdded("x"), DISK, NoteAdded(TELL, "todo"))
    strays = [NoteSettled(1, "done"), NoteSettled(2, "done"), NoteSettled(3, "eliminated", "y"), NoteSettled(9, "done")]
    assert told(NoteAdded("x"), DISK, NoteAdded(TELL, "todo"), *strays) == before


words = st.text(max_size=5)
outcomes = st.sampled_from(["open", "done", "eliminated", "confirmed", "lost"])
events = st.one_of(
    st.builds(NoteAdded, words, st.sampled_from(["todo", "hypothesis", "observation"])),
    st.builds(NoteSettled, st.integers(0, 12), outcomes, words),
)


@given(st.lists(events, max_size=12))
def test_every_item_is_in_exactly_one_list_and_none_is_lost(happened: list[Event]) -> None:
    items = told(*happened)
    lists = [items.todos_open, items.todos_done]
    lists += [items.hypotheses_open, items.hypotheses_eliminated, items.hypotheses_confirmed]
    assert sorted(item.seq for one in lists for item in one) == [item.seq for item in items.every]
    noted = [seq for seq, event in enumerate(happened, 1) if isinstance(event, NoteAdded) and event.tag in OUTCOMES]
    assert [item.seq for item in items.every] == noted
