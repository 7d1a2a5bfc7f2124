"""A watch in words and marks: what is left of it, a mark a look, the numbers it follows, and the lines that matched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from screens import series, words
from screens.series import BAD, NO_DATA, OK, Look, Slot
from screens.words import LOOKS, elapsed, fit, many, plain

LABEL: Final = 9
"""Cells of what stands before each line."""

NAME = 26
"""Cells of a number's name beside its line; a longer one stands above it."""

GAP: Final = "  "
"""Between columns."""

NARROWEST = 12
"""Cells below which a line of marks says nothing."""

KEPT = 500
"""Matching lines that are shown, the newest."""

BRIEF_NUMBERS, BRIEF_LINES, BRIEF_WIDTH = 3, 2, 44
"""What the step's pane shows of them."""

WORDS = {OK: "ok", BAD: "bad", NO_DATA: "without data"}


def left(look: Look | None, now: datetime) -> str:
    """``43:12 left, ends at 14:05:10Z``; empty where a look does not say."""
    end = series.ends_at(look) if look else None
    if end is None:
        return ""
    seconds = (end - now).total_seconds()
    return f"{elapsed(seconds)} left, ends at {_at(end)}" if seconds > 0 else f"its time was over at {_at(end)}"


def told(looks: Sequence[Look], now: datetime, width: int, *, over: bool) -> Content:
    """How far it is, a mark a look, when the next save is due, and what the last look saw."""
    if not looks:
        return Content.styled("No look was taken yet.", "dim")
    room = max(NARROWEST, width - LABEL)
    slots = series.slots(series.latest(looks))
    lines = [
        *_labelled("left", () if over else _left(looks[-1], now)),
        *_labelled("looks", _strip(slots, room)),
        *_labelled("save", () if over else _save(looks[-1], now)),
        *_labelled("now" if not over else "last", _seen(looks[-1])),
    ]
    return Content("\n").join(lines)


def _labelled(label: str, lines: Iterator[Content] | Sequence[Content]) -> Iterator[Content]:
    for place, line in enumerate(lines):
        yield Content.assemble((f"{label if place == 0 else '':{LABEL}}", "dim"), line)


def _left(look: Look, now: datetime) -> Iterator[Content]:
    text = left(look, now)
    if text:
        time, _, rest = text.partition(" left")
        yield Content.assemble((time, "bold"), f" left{rest}") if rest else Content(text)


def _strip(slots: Sequence[Slot], room: int) -> Iterator[Content]:
    verdicts = series.marks(slots)
    yield Content.assemble(*(_mark(one) for one in series.folded(verdicts, room)))
    counts = Counter(verdicts)
    counted = [f"{counts[one]:,} {word}" for one, word in WORDS.items() if counts[one] or one == OK]
    missed = [f"{many(counts[series.MISSED], 'look')} missing"] if counts[series.MISSED] else []
    told = f"{many(len(slots) - counts[series.MISSED], 'look')}: {', '.join([*counted, *missed])}"
    every = next((slot.sample.every for slot in reversed(slots) if slot), 0.0)
    yield Content.styled(f"{told}{f' · one every {elapsed(every)}' if every else ''}", "dim")
    largest = max(map(len, series.buckets(len(slots), room)), default=1)
    if largest > 1:
        yield Content.styled(f"a mark stands for up to {many(largest, 'look')}: the worst of them", "dim")


def _mark(verdict: str) -> tuple[str, str]:
    return words.NO_LOOK if verdict == series.MISSED else LOOKS.get(verdict, ("?", ""))


def _save(look: Look, now: datetime) -> Iterator[Content]:
    """When the next scheduled save is due; nothing where this watch does not follow saves."""
    due = series.save_at(look)
    if due is None and "saves" in look.sample.seen and look.sample.every:
        yield Content("none is due: too little is unsaved")
    elif due is not None:
        seconds = (due - now).total_seconds()
        at = f"next one due at {_at(due)}, "
        yield Content.assemble(at, f"in {elapsed(seconds)}" if seconds > 0 else _overdue(-seconds))


def _overdue(seconds: float) -> tuple[str, str]:
    return f"{elapsed(seconds)} ago", "$warning"


def _seen(look: Look) -> Iterator[Content]:
    glyph, style = LOOKS.get(look.sample.verdict, ("?", ""))
    yield Content.assemble((f"{glyph} {plain(look.sample.verdict)}", style), (f"  at {_when(look)}", "dim"))
    for name, value in look.sample.seen.items():
        yield Content.assemble((f"{plain(name)}: ", "dim"), plain(str(value)))


def figures(looks: Sequence[Look], width: int) -> Content:
    """The numbers that are followed: a line each, its lowest, last and highest value."""
    rows = [_figured(*one) for one in series.followed(series.slots(series.latest(looks))).items()]
    if not rows:
        return Content.styled("It follows no numbers.", "dim")
    name, told = (max(map(cell_len, column)) for column in ([row[0] for row in rows], [row[1] for row in rows]))
    room = width - name - told - 2 * len(GAP)
    beside = room >= NARROWEST and name <= NAME
    return Content("\n").join(_beside(row, name, room) if beside else _below(row, width) for row in rows)


Figured = tuple[str, str, Sequence[float | None]]
"""A number's name, its lowest, last and highest value in words, and its course."""


def _figured(name: str, values: Sequence[float | None]) -> Figured:
    label, unit = _named(name)
    seen = [value for value in values if value is not None]
    ends = {"min": min(seen), "last": values[-1], "max": max(seen)}
    return label, GAP.join(f"{what} {_figure(value, unit)}" for what, value in ends.items()), values


def _beside(row: Figured, name: int, room: int) -> Content:
    label, told, values = row
    line = spark(values, room)
    return Content.assemble(
        (set_cell_size(label, name) + GAP, "bold"), line, " " * (room - line.cell_length), GAP, told
    )


def _below(row: Figured, width: int) -> Content:
    label, told, values = row
    return Content("\n").join([Content.assemble((label, "bold"), GAP, told), spark(values, width)])


def spark(values: Sequence[float | None], width: int) -> Content:
    """A number's course; a gap where it is missing."""
    levels = words.SPARKS
    heights = series.heights(values, width, len(levels))
    return Content.styled("".join(words.NO_LOOK[0] if one is None else levels[one] for one in heights), "$primary")


def _named(name: str) -> tuple[str, str]:
    for unit in ("s", "bytes"):
        if name.endswith(f" ({unit})"):
            return plain(name.removesuffix(f" ({unit})")), unit
    return plain(name), ""


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "no data"
    if unit == "s":
        return elapsed(value)
    if unit == "bytes":
        return f"{value / 2**20:,.1f} MiB" if value < 2**30 else f"{value / 2**30:,.2f} GiB"
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:,.6g}"  # noqa: PLR2004


def matching(looks: Sequence[Look]) -> Content:
    """The lines that matched, newest first, with the time of the look that found them."""
    found = [(look, line) for look in reversed(looks) for line in reversed(look.sample.lines)]
    if not found:
        return Content.styled("No line matched.", "dim")
    lines = [_line(look, str(line)) for look, line in found[:KEPT]]
    more = len(found) - KEPT
    return Content("\n").join([*lines, *([Content.styled(f"and {more:,} older ones", "dim")] if more > 0 else [])])


def _line(look: Look, line: str) -> Content:
    glyph, style = _mark(look.sample.verdict)
    return Content.assemble((f"{_when(look)} ", "dim"), (f"{glyph} ", style), plain(line))


def brief(looks: Sequence[Look], width: int) -> Iterator[Content]:
    """What the step's pane shows of it."""
    if not looks:
        return
    room = max(NARROWEST, width - 8)
    slots = series.slots(series.latest(looks))
    first, *rest = list(_strip(slots, room))[:2]
    yield Content.assemble(("looks  ", "dim"), first)
    yield from (Content.assemble("       ", line, (" · m: the whole watch", "dim")) for line in rest)
    brought = series.followed(slots) if looks[-1].sample.numbers else {}
    for name, values in list(brought.items())[:BRIEF_NUMBERS]:
        label, unit = _named(name)
        last = f" {fit(label, NAME)} {_figure(values[-1], unit)}"
        yield Content.assemble("       ", spark(values, min(BRIEF_WIDTH, room // 2)), (last, "dim"))
    for name, value in looks[-1].sample.seen.items():
        yield Content.assemble((f"       {plain(name)}: ", "dim"), plain(str(value)))
    for line in list(looks[-1].sample.lines)[-BRIEF_LINES:]:
        yield Content.assemble(("       │ ", "dim"), (plain(str(line)), "dim"))


def _when(look: Look) -> str:
    return _at(look.at) if look.at else "--:--:--Z"


def _at(moment: datetime) -> str:
    return moment.strftime("%H:%M:%SZ")
