"""The systemd journal since a mark, with the proof that this reader could have seen what is not there.

Read by ``--cursor``, which is inclusive, and the line of the mark dropped: ``--after-cursor`` with a filter lost a line
on systemd 252 (systemd issue 30288).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from shlex import quote
from typing import Any

from wizard.facts.asking import PLAIN, Unseen, ask, read
from wizard.facts.units import Unit, show
from wizard.hosts.base import Host
from wizard.hosts.world import Mark
from wizard.text import decode, one_line

_SEES_SYSTEM = 'journalctl -q --no-pager -n 1 -o cat _PID=1 2>/dev/null | grep -q . || [ "$(id -u)" -eq 0 ]'
"""Without the right to read it, journalctl shows a plain user his own lines alone, and exits 0."""

_DROPPED = "a596d6fe7bfa4994828e72309e95d61e"
"""SD_MESSAGE_JOURNAL_DROPPED of systemd's sd-messages.h: lines were suppressed."""

_MICROSECONDS = 1_000_000
PAGE = 768 * 1024
"""Bytes of one page; a host's answer holds a mebibyte."""
_PAGES = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal: seconds since the epoch, the message, and its cursor."""

    clock: float
    text: str
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A unit's lines since a mark. ``blind`` says why lines may be missing; empty where nothing hid any.

    ``suppressed`` are the journal's own notes that it dropped lines of this unit.
    """

    unit: Unit
    lines: tuple[Line, ...]
    suppressed: tuple[str, ...] = ()
    blind: str = ""

    def next_mark(self, mark: Mark) -> Mark:
        """Where a reader that has read from ``mark`` goes on, missing nothing and seeing nothing twice."""
        return Mark(self.lines[-1].clock, self.lines[-1].cursor) if self.lines else mark


async def take_mark(host: Host) -> Mark:
    """This moment by the host's clock and journal; no cursor where its journal cannot be read.

    Raises:
        Unseen: The host's clock could not be read.
    """
    script = f"""{PLAIN}
date +%s.%N
if {_SEES_SYSTEM}; then journalctl -q --no-pager -n 0 --show-cursor 2>/dev/null; fi
exit 0
"""
    lines = decode(await read(host, script, "the clock")).splitlines()
    cursor = next((line.removeprefix("-- cursor: ") for line in lines if line.startswith("-- cursor: ")), "")
    return Mark(_clock(host, lines), cursor)


def _clock(host: Host, lines: list[str]) -> float:
    try:
        # A `date` without %N prints the letter, and whole seconds before it.
        return float(lines[0].rstrip(".%N"))
    except (IndexError, ValueError):
        raise Unseen("the clock could not be read", where=host.name) from None


async def read_unit(host: Host, unit: str, mark: Mark) -> Reading:
    """What a unit logged, and systemd about it, since a mark.

    Raises:
        Unseen: The journal could not be read, or the mark is no longer in it.
    """
    found = await show(host, unit)
    blind = await _blindness(host, found, mark)
    logged = await _since(host, f"-u {quote(unit)}", mark)
    dropped = await _since(host, f"MESSAGE_ID={_DROPPED}", mark)
    notes = tuple(line.text for line in dropped if found["Id"] and found["Id"] in line.text)
    return Reading(found, tuple(logged), notes, blind)


async def read_invocation(host: Host, unit: str) -> Reading:
    """What a unit logged, and systemd about it, since it was last started; systemd's own word of the start is in it.

    Raises:
        Unseen: The journal could not be read.
    """
    found = await show(host, unit)
    start = found["InvocationID"]
    which = f"_SYSTEMD_INVOCATION_ID={quote(start)} + INVOCATION_ID={quote(start)}"
    logged = await _since(host, which, Mark(0.0)) if start else []
    blind = "" if logged else "the journal holds no word of the unit's last start, so it may hold none of its lines"
    return Reading(found, tuple(logged), (), blind)


async def _blindness(host: Host, unit: Unit, mark: Mark) -> str:
    """Why lines since the mark may be missing; empty where the journal goes back to it and this reader sees it all."""
    if not unit.loaded:
        return f"there is no such unit: {unit['LoadState']}"
    start = f"--cursor={quote(mark.cursor)}" if mark.cursor else ""
    oldest = f"journalctl -q --no-pager -o json --output-fields=_PID {start} | head -n 1"
    answer = await ask(host, f"{PLAIN}\n{{ {_SEES_SYSTEM}; }} || exit 9\n{oldest}\n", "the journal")
    if answer.exit_status != 0 or not answer.stdout.startswith(b"{"):
        return f"{host.label} may not read the system's journal, or it is empty"
    first = _line(json.loads(answer.stdout))
    reaches = _moment(first.cursor) == _moment(mark.cursor) if mark.cursor else first.clock <= mark.clock
    return "" if reaches else "the journal no longer goes back to the mark: older lines were removed"


def _moment(cursor: str) -> str:
    """Boot, time and content of an entry, the same in whatever file of the journal it stands."""
    return cursor.partition(";b=")[2]


async def _since(host: Host, which: str, mark: Mark) -> list[Line]:
    """The lines that a filter of `journalctl` lets through, read page by page."""
    found: list[Line] = []
    where = mark.cursor
    for _ in range(_PAGES):
        page, whole = await _page(host, which, f"--cursor={quote(where)}" if where else f"--since=@{int(mark.clock)}")
        found += [line for line in page if line.cursor != where and (mark.cursor or line.clock >= mark.clock)]
        if whole:
            return found
        where = page[-1].cursor if page else where
    raise Unseen("the journal could not be read: it grew by more than can be looked through", where=host.name)


async def _page(host: Host, which: str, since: str) -> tuple[list[Line], bool]:
    """One page of lines, and whether it was the last one."""
    script = f"""{PLAIN}
{{ journalctl -q --no-pager -a -o json --output-fields=MESSAGE {since} {which}; echo "end $?"; }} | head -c {PAGE}
"""
    answer = await ask(host, script, "the journal", limit=60.0)
    *rows, last = [*answer.stdout.split(b"\n")[:-1]] or [b""]
    if last.startswith(b"end ") and last != b"end 0":
        complaint = one_line(answer.complaint, 300).rstrip(".") or decode(last)
        mend = "Nothing can be said of the time since the mark"
        raise Unseen(f"the journal could not be read: {complaint}", where=host.name, mend=mend)
    whole = last == b"end 0"
    return [_line(json.loads(row)) for row in (rows if whole else [*rows, last]) if row.startswith(b"{")], whole


def _line(entry: dict[str, Any]) -> Line:
    return Line(
        clock=int(entry.get("__REALTIME_TIMESTAMP", 0)) / _MICROSECONDS,
        text=_text(entry.get("MESSAGE")),
        cursor=_text(entry.get("__CURSOR")),
    )


def _text(value: Any) -> str:
    """A field of the journal's JSON: text, a list of byte values where it is not UTF-8, or a list of several."""
    if isinstance(value, list):
        if all(isinstance(item, int) for item in value):
            return decode(bytes(value))
        return " ".join(_text(item) for item in value)
    return "" if value is None else str(value)
