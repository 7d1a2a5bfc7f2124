"""The evidence: facts in rows and their sources in columns where there is room, else a list; disagreements marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from screens.view import View
from screens.words import CHECKS, fit, plain
from wizard.checklist.model import Checklist
from wizard.run import events as ev

MATRIX = 90
"""Cells below which there are no columns."""

FACT, CELL = 44, 20
"""Cells of a fact at most, and of a source's value where there is no room for more."""

LABEL = 34
"""Cells of a source's name in a list, at most."""

GAP = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source says of one fact; ``mark`` is empty where there is nothing to say against it."""

    text: str
    mark: str
    style: str


def facts_told(view: View, checklist: Checklist | None, width: int, *, running: bool) -> Content:
    """Every fact, those too that are still to be read."""
    names = [one.fact for one in checklist.evidence] if checklist else []
    seen = [view.evidence[name] for name in names if name in view.evidence]
    seen += [event for name, event in view.evidence.items() if name not in names]
    waiting = [name for name in names if name not in view.evidence]
    told = [line for group in _groups(seen, width) for line in _group(group, width)]
    word = "being read …" if running else "not read"
    told += [Content.assemble(("○ ", "$accent"), plain(name), (f"  {word}", "dim")) for name in waiting]
    return Content("\n").join(told or [Content.styled("This checklist reads no evidence.", "dim")])


def readings(fact: ev.EvidenceObserved) -> dict[str, Reading]:
    """Its sources by name; where nothing is expected, those against the most are marked."""
    known = Counter(one.get("value", "") for one in fact.sources.values() if one.get("outcome") != "unknown")
    most = known.most_common(2)
    usual = most[0][0] if most and (len(most) == 1 or most[0][1] > most[1][1]) else None
    apart = fact.outcome == "fail" and not fact.expect
    return {label: _reading(source, against=apart and source.get("value") != usual) for label, source in _sources(fact)}


def _sources(fact: ev.EvidenceObserved) -> Sequence[tuple[str, Mapping[str, str]]]:
    return tuple(fact.sources.items())


def _reading(source: Mapping[str, str], *, against: bool) -> Reading:
    if source.get("outcome") == "unknown":
        return Reading(plain(source.get("why") or "not observed"), "?", "$warning")
    value = plain(source.get("value") or "(nothing)")
    if source.get("outcome") == "fail":
        return Reading(value, "✘", "$error")
    return Reading(value, "≠", "$error") if against else Reading(value, "", "")


def _groups(seen: Sequence[ev.EvidenceObserved], width: int) -> list[list[ev.EvidenceObserved]]:
    """All of them in one matrix where that has room; else those together that have the same sources."""
    if _fits(seen, width):
        return [list(seen)]
    groups: dict[tuple[str, ...], list[ev.EvidenceObserved]] = {}
    for fact in seen:
        groups.setdefault(tuple(fact.sources), []).append(fact)
    return list(groups.values())


def _columns(seen: Sequence[ev.EvidenceObserved], width: int) -> dict[str, int]:
    """Cells of each source's column: a fair part of what the facts leave, or less."""
    labels = {label for fact in seen for label in fact.sources}
    most = max(CELL, (width - _fact_width(seen) - GAP) // max(1, len(labels)) - GAP)
    wide: dict[str, int] = {}
    for fact in seen:
        for label, reading in readings(fact).items():
            needed = max(cell_len(plain(label)), cell_len(reading.text) + 2)
            wide[label] = min(most, max(wide.get(label, 0), needed))
    return wide


def _fits(seen: Sequence[ev.EvidenceObserved], width: int) -> bool:
    taken = sum(wide + GAP for wide in _columns(seen, width).values())
    return width >= MATRIX and len(seen) > 1 and _fact_width(seen) + GAP + taken <= width


def _fact_width(seen: Sequence[ev.EvidenceObserved]) -> int:
    return min(FACT, max((cell_len(_fact(fact)) for fact in seen), default=0)) + 2


def _fact(fact: ev.EvidenceObserved) -> str:
    return f"{plain(fact.fact)} = {plain(fact.expect)}" if fact.expect else plain(fact.fact)


def _group(group: Sequence[ev.EvidenceObserved], width: int) -> Iterator[Content]:
    if _fits(group, width):
        yield from _matrix(group, width)
        yield Content("")
    else:
        for fact in group:
            yield from _list(fact)


def _matrix(group: Sequence[ev.EvidenceObserved], width: int) -> Iterator[Content]:
    columns, first = _columns(group, width), _fact_width(group)
    heads = [_padded(plain(label), wide) for label, wide in columns.items()]
    yield Content.styled(_padded("fact = as it should be", first) + "".join(heads), "bold dim")
    for fact in group:
        glyph, style = CHECKS.get(fact.outcome, ("·", ""))
        said = readings(fact)
        cells = [_cell(said.get(label), wide) for label, wide in columns.items()]
        yield Content.assemble((f"{glyph} ", style), _padded(_fact(fact), first - 2), *cells)


def _cell(reading: Reading | None, wide: int) -> Content:
    if reading is None:
        return Content(" " * (wide + GAP))
    room = wide - 2 if reading.mark else wide
    text = fit(reading.text, room)
    marked = f"{text} {reading.mark}" if reading.mark else text
    return Content.styled(_padded(marked, wide), reading.style)


def _list(fact: ev.EvidenceObserved) -> Iterator[Content]:
    glyph, style = CHECKS.get(fact.outcome, ("·", ""))
    expected = f"  should be {plain(fact.expect)}" if fact.expect else ""
    yield Content.assemble((f"{glyph} ", style), (plain(fact.fact), "bold"), (expected, "dim"))
    wide = min(LABEL, max((cell_len(plain(label)) for label in fact.sources), default=0))
    for label, reading in readings(fact).items():
        mark = f" {reading.mark}" if reading.mark else ""
        yield Content.assemble((f"  {_padded(plain(label), wide)}", "dim"), (f"{reading.text}{mark}", reading.style))


def _padded(text: str, wide: int) -> str:
    cut = fit(text, wide)
    return cut + " " * (wide + GAP - cell_len(cut))
