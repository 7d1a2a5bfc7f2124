"""The systemd journal since a mark, with the proof that this reader could have seen what is not there.

Read by ``--cursor``, which is inclusive, and the line of the mark dropped: ``--after-cursor`` with a filter lost a line
on systemd 252 (systemd issue 30288).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote
from typing import Any

from wizard.facts.asking import PLAIN, Unseen, ask, read
from wizard.facts.cursors import Place, counted, joined, later
from wizard.facts.units import Unit, show
from wizard.hosts.base import Host
from wizard.hosts.world import Mark
from wizard.jsontext import parse
from wizard.text import decode, one_line

_SEES_SYSTEM = (
    'journalctl -q --no-pager -n 1 -o cat _PID=1 2>/dev/null | grep -q . || [ "$(id -u)" -eq 0 ] || '
    "cat /var/log/journal/*/system.journal /run/log/journal/*/system.journal 2>/dev/null | head -c 8 | grep -q LPKSHHRH"
)
"""Without the right to read it, journalctl shows a plain user his own lines alone, and exits 0.

A journal that was just vacuumed may hold no line of systemd's; LPKSHHRH is how its files begin (systemd's
JOURNAL_FILE_FORMAT).
"""

_DROPPED = "a596d6fe7bfa4994828e72309e95d61e"
"""SD_MESSAGE_JOURNAL_DROPPED of systemd's sd-messages.h: lines were suppressed."""

_END = "-- cursor: "
"""What ``journalctl --show-cursor`` puts before the cursor."""

_SHOW_END = "journalctl -q --no-pager -n 0 --show-cursor 2>/dev/null"

_MICROSECONDS = 1_000_000
PAGE = 768 * 1024
"""Bytes of one page; a host's answer holds a mebibyte."""
_PAGES = 40
COUNTED = 20_000
"""Entries that are counted to see whether one is gone, at most; it is a second's work for a host."""

GONE = "the journal no longer goes back to the mark: older lines were removed"
HOLED = "the journal no longer holds all that was logged since the mark: lines were removed"
TOO_MUCH = "it grew by more than can be looked through at once"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal: seconds since the epoch, the message, and its cursor."""

    clock: float
    text: str
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A unit's lines since a mark. ``blind`` says why lines may be missing; empty where nothing hid any.

    ``end`` is where a reader goes on, missing nothing and seeing nothing twice; ``suppressed`` are the journal's own
    notes that it dropped lines of this unit.
    """

    unit: Unit
    lines: tuple[Line, ...]
    end: Mark
    suppressed: tuple[str, ...] = ()
    blind: str = ""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What was read of the journal, whether that is all there was, and where the journal ended before."""

    lines: tuple[Line, ...] = ()
    whole: bool = True
    end: str = ""


async def take_mark(host: Host) -> Mark:
    """This moment by the host's clock and journal; no cursor where its journal cannot be read.

    Raises:
        Unseen: The host's clock could not be read.
    """
    script = f"""{PLAIN}
date +%s.%N
if {_SEES_SYSTEM}; then {_SHOW_END}; fi
exit 0
"""
    lines = decode(await read(host, script, "the clock")).splitlines()
    return Mark(_clock(host, lines), _end_told(lines))


def _end_told(lines: Iterable[str]) -> str:
    """The cursor of the last entry; empty where none was shown."""
    return next((line.removeprefix(_END) for line in lines if line.startswith(_END)), "")


def _clock(host: Host, lines: list[str]) -> float:
    try:
        # A `date` without %N prints the letter, and whole seconds before it.
        return float(lines[0].rstrip(".%N"))
    except (IndexError, ValueError):
        raise Unseen("the clock could not be read", where=host.name) from None


async def read_unit(host: Host, unit: str, mark: Mark) -> Reading:
    """What a unit logged, and systemd about it, since a mark.

    The journal's end is taken first, so that a reader of a quiet unit goes on from there, and not for ever from the
    unit's last line, which rotation takes away; and only then it is seen whether the mark is still there.

    Raises:
        Unseen: The journal could not be read.
    """
    found = await show(host, unit)
    read = await _since(host, f"-u {quote(unit)}", mark)
    notes = await _since(host, f"MESSAGE_ID={_DROPPED}", mark)
    blind = await _blindness(host, found, mark, read.end) or ("" if read.whole and notes.whole else TOO_MUCH)
    end = _read_up_to(mark, read, lost=blind == GONE)
    mine = [note for note in notes.lines if found["Id"] and found["Id"] in note.text]
    # A note behind the end is read again by who goes on from there, and must not count twice.
    suppressed = tuple(note.text for note in mine if not (read.end and later(note.cursor, end.cursor)))
    return Reading(found, read.lines, end, suppressed, blind)


def _read_up_to(mark: Mark, read: _Stretch, *, lost: bool) -> Mark:
    """Up to where it was read; where it cannot be told whether that is the end, it is the last line."""
    last = read.lines[-1] if read.lines and read.lines[-1].cursor else None
    known = last.cursor if last else mark.cursor
    # A single line that is too long for a page would hold up every reader that comes after.
    if read.end and (read.whole or not last) and ((lost and not last) or not known or later(read.end, known)):
        return Mark(Place.of(read.end).clock or mark.clock, read.end)
    return Mark(last.clock, last.cursor) if last else mark


async def read_invocation(host: Host, unit: str) -> Reading:
    """What a unit logged, and systemd about it, since it was last started; systemd's own word of the start is in it.

    Raises:
        Unseen: The journal could not be read.
    """
    found = await show(host, unit)
    start, began = found["InvocationID"], Mark(0.0)
    which = f"_SYSTEMD_INVOCATION_ID={quote(start)} + INVOCATION_ID={quote(start)}"
    read = await _since(host, which, began) if start else _Stretch()
    blind = "" if read.whole else TOO_MUCH
    if not read.lines:
        blind = "the journal holds no word of the unit's last start, so it may hold none of its lines"
    return Reading(found, read.lines, _read_up_to(began, read, lost=False), (), blind)


async def _blindness(host: Host, unit: Unit, mark: Mark, end: str) -> str:
    """Why lines since the mark may be missing; empty where the journal goes back to it and this reader sees it all."""
    if not unit.loaded:
        return f"there is no such unit: {unit['LoadState']}"
    start = f"--cursor={quote(mark.cursor)}" if mark.cursor else ""
    listed = f"journalctl -q --no-pager -o json --output-fields=_PID {start} | sed -n {quote(_listing(mark, end))}"
    answer = await ask(host, f"{PLAIN}\n{{ {_SEES_SYSTEM}; }} || exit 9\n{listed}\n", "the journal")
    if answer.exit_status != 0 or not (mark.cursor or answer.stdout):
        return f"{host.label} may not read the system's journal, or it is empty"
    first, _, number = decode(answer.stdout).strip().partition("\n")
    if not first.startswith("{") or not _reaches(mark, oldest := _line(host, first)):
        return GONE
    # A unit's lines may stand in another file than the mark does, and be removed without it.
    return HOLED if number and int(number) < (counted(oldest.cursor, end) or 0) else ""


def _listing(mark: Mark, end: str) -> str:
    """For sed: the first line, and the number of the one that tells of the end, where there are not too many."""
    apart = counted(mark.cursor, end)
    few = apart is not None and 0 < apart <= COUNTED
    return f"1p;/{end}/{{=;q;}}" if few and re.fullmatch(r"[0-9a-z;=]+", end) else "1p;1q"


def _reaches(mark: Mark, first: Line) -> bool:
    return joined(mark.cursor, first.cursor) if mark.cursor else first.clock <= mark.clock


async def _since(host: Host, which: str, mark: Mark) -> _Stretch:
    """The lines that a filter of `journalctl` lets through, read page by page."""
    found: list[Line] = []
    where, end = mark.cursor, ""
    for number in range(_PAGES):
        since = f"--cursor={quote(where)}" if where else f"--since=@{int(mark.clock)}"
        page = await _page(host, which, since)
        found += [line for line in page.lines if line.cursor != where and (mark.cursor or line.clock >= mark.clock)]
        end = end if number else page.end
        if page.whole:
            return _Stretch(tuple(found), whole=True, end=end)
        where = page.lines[-1].cursor if page.lines else where
    return _Stretch(tuple(found), whole=False, end=end)


async def _page(host: Host, which: str, since: str) -> _Stretch:
    """One page of lines."""
    script = f"""{PLAIN}
{{
{_SHOW_END}
journalctl -q --no-pager -a -o json --output-fields=MESSAGE {since} {which}
echo "end $?"
}} | head -c {PAGE}
"""
    answer = await ask(host, script, "the journal", limit=60.0)
    *rows, last = [*answer.stdout.split(b"\n")[:-1]] or [b""]
    if last.startswith(b"end ") and last != b"end 0":
        complaint = one_line(answer.complaint, 300).rstrip(".") or decode(last)
        mend = "Nothing can be said of the time since the mark"
        raise Unseen(f"the journal could not be read: {complaint}", where=host.name, mend=mend)
    whole = last == b"end 0"
    rows = rows if whole else [*rows, last]
    lines = tuple(_line(host, row) for row in rows if row.startswith(b"{"))
    return _Stretch(lines, whole, _end_told(decode(row) for row in rows[:1]))


def _line(host: Host, row: str | bytes) -> Line:
    """An entry as journalctl tells it.

    Raises:
        Unseen: It is none.
    """
    try:
        entry = parse(row)
        return Line(
            clock=int(entry.get("__REALTIME_TIMESTAMP", 0)) / _MICROSECONDS,
            text=_text(entry.get("MESSAGE")),
            cursor=_text(entry.get("__CURSOR")),
        )
    except (ValueError, TypeError, ArithmeticError) as problem:
        raise Unseen(f"the journal could not be read: {one_line(str(problem))}", where=host.name) from None


def _text(value: Any) -> str:
    """A field of the journal's JSON: text, a list of byte values where it is not UTF-8, or a list of several."""
    if isinstance(value, list):
        if all(isinstance(item, int) for item in value):
            return decode(bytes(value))
        return " ".join(_text(item) for item in value)
    return "" if value is None else str(value)
