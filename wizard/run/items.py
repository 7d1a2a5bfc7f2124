"""What people noted that is to be settled: todos and hypotheses, and what became of each. One fold of the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from wizard.frozen import frozen
from wizard.run import events as ev
from wizard.run.events import Record

TODO, HYPOTHESIS = "todo", "hypothesis"

OPEN, DONE, ELIMINATED, CONFIRMED = "open", "done", "eliminated", "confirmed"

OUTCOMES = {TODO: (OPEN, DONE), HYPOTHESIS: (OPEN, ELIMINATED, CONFIRMED)}
"""What may become of a note, by its tag; other notes are never settled."""

NEEDS_REASON = frozenset({ELIMINATED, CONFIRMED})
"""Outcomes that nobody believes without a because."""


_MARKS = {"done:": (TODO, DONE), "eliminated:": (HYPOTHESIS, ELIMINATED), "ruled out:": (HYPOTHESIS, ELIMINATED)}
"""What a note begins with that says what became of an earlier one of the same words, whose number nobody looked up."""


@frozen
class Item:
    """A todo or a hypothesis as it stands.

    Args:
        seq: The number of its note's event, by which it is settled.
        tag: ``todo`` or ``hypothesis``.
        text: As it was noted.
        who: Who noted it.
        at: When it was noted.
        when: The time it speaks of, where it was back-dated.
        about: A step id, or empty.
        outcome: One of ``OUTCOMES``.
        reason: Why, where a person said so.
        settled_by: Who said what became of it last; empty where nobody did.
        settled_at: When.
    """

    seq: int
    tag: str
    text: str
    who: str
    at: str
    when: str = ""
    about: str = ""
    outcome: str = OPEN
    reason: str = ""
    settled_by: str = ""
    settled_at: str = ""


@frozen
class Items:
    """Every todo and hypothesis, in the order of being noted."""

    every: Sequence[Item] = ()

    @property
    def todos_open(self) -> tuple[Item, ...]:
        """What is still to be done."""
        return self._of(TODO, lambda item: item.outcome == OPEN)

    @property
    def todos_done(self) -> tuple[Item, ...]:
        """What was ticked."""
        return self._of(TODO, lambda item: item.outcome == DONE)

    @property
    def hypotheses_open(self) -> tuple[Item, ...]:
        """What may still be so."""
        return self._of(HYPOTHESIS, lambda item: item.outcome == OPEN)

    @property
    def hypotheses_eliminated(self) -> tuple[Item, ...]:
        """What is known not to be so."""
        return self._of(HYPOTHESIS, lambda item: item.outcome == ELIMINATED)

    @property
    def hypotheses_confirmed(self) -> tuple[Item, ...]:
        """What is known to be so."""
        return self._of(HYPOTHESIS, lambda item: item.outcome == CONFIRMED)

    @property
    def hypotheses(self) -> tuple[Item, ...]:
        """All of them, whatever became of them."""
        return self._of(HYPOTHESIS, lambda _: True)

    def find(self, seq: int) -> Item | None:
        """The item of this note; None where it is neither todo nor hypothesis."""
        return next((item for item in self.every if item.seq == seq), None)

    def _of(self, tag: str, wanted: Callable[[Item], bool]) -> tuple[Item, ...]:
        return tuple(item for item in self.every if item.tag == tag and wanted(item))


def open_items(records: Iterable[Record]) -> Items:
    """What these records leave open, and what they settled.

    A settlement of what is no such note, or with a word that does not fit it, changes nothing: it may come from a newer
    wizard or from a note that was meant for another run.
    """
    found: dict[int, Item] = {}
    for record in records:
        taken_in(found, record)
    return Items(tuple(found.values()))


def taken_in(found: dict[int, Item], record: Record) -> None:
    """One more record, for those that keep up with a run."""
    match record.event:
        case ev.NoteAdded(text, tag, about, when) if tag in OUTCOMES:
            _noted(found, Item(record.seq, tag, text, record.who, record.at, when, about))
        case ev.NoteSettled(int(note), str(outcome), reason) if note in found and outcome in OUTCOMES[found[note].tag]:
            found[note] = replace(
                found[note], outcome=outcome, reason=reason, settled_by=record.who, settled_at=record.at
            )


def _noted(found: dict[int, Item], item: Item) -> None:
    """One more item, or what became of those of the same words; where there is none, it is settled from the first."""
    outcome, words = _marked(item)
    if outcome == OPEN:
        found[item.seq] = item
        return
    same = [one for one in found.values() if (one.tag, one.outcome, _folded(one.text)) == (item.tag, OPEN, words)]
    for one in same or [item]:
        found[one.seq] = replace(one, outcome=outcome, settled_by=item.who, settled_at=item.at)


def _marked(item: Item) -> tuple[str, str]:
    """What a note says by its mark, and of which words."""
    folded = _folded(item.text)
    for mark, (tag, outcome) in _MARKS.items():
        if item.tag == tag and folded.startswith(mark):
            return outcome, _folded(folded.removeprefix(mark))
    return OPEN, folded


def _folded(text: str) -> str:
    """Words as far as they matter for being the same."""
    return " ".join(text.casefold().split()).rstrip(".")
