"""Plain log files since a mark, by the time each line bears; a line without one belongs to the line above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from wizard.facts.asking import PLAIN, operand, read, understood
from wizard.hosts.base import Host
from wizard.hosts.numbers import natural
from wizard.text import decode, one_line

WINDOW = 512 * 1024
"""Bytes read from a log's end."""
LAST = 200
"""Lines shown of a log whose lines bear no time."""

_MISSING = "missing"

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_REDIS = re.compile(rf"(\d\d?) ({'|'.join(_MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d)(?:\.(\d{{1,6}}))?")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?\d*(Z|[+-]\d\d:?\d\d)?")


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a log file. ``timed`` is False where its lines bear no time, so that none can be said to be new.

    ``whole`` is False where lines since the mark may lie before what was read, ``there`` where there is no such file.
    """

    lines: tuple[str, ...]
    timed: bool
    whole: bool
    there: bool = True


async def read_log(host: Host, path: str, since: float) -> Tail:
    """The lines of a log since a time by the host's clock, in seconds since the epoch.

    Raises:
        Unseen: It could not be read.
    """
    opening = f'{PLAIN}\npath={operand(path)}\n[ -e "$path" ] || {{ echo {_MISSING}; exit 0; }}\n'
    script = f'{opening}date +%z\nwc -c <"$path" || exit\ntail -c {WINDOW} -- "$path"\n'
    said = decode(await read(host, script, f"log {one_line(path)}"))
    if said == f"{_MISSING}\n":
        return Tail((), timed=True, whole=True, there=False)
    with understood(host, f"log {one_line(path)}"):
        zone, size, text = said.split("\n", 2)
        return newer(text.splitlines(), since, _offset(zone), complete=natural(size.strip()) <= WINDOW)


def newer(lines: Sequence[str], since: float, zone: tzinfo, *, complete: bool) -> Tail:
    """Those of the lines that bear a time not before ``since``, with the lines that follow them."""
    times = [time_of(line, zone) for line in lines]
    timed = [when for when in times if when is not None]
    if not timed:
        return Tail(tuple(lines[-LAST:]), timed=not lines, whole=complete and len(lines) <= LAST)
    first = next((at for at, when in enumerate(times) if when is not None and when >= since), len(lines))
    return Tail(tuple(lines[first:]), timed=True, whole=complete or timed[0] < since)


def time_of(line: str, zone: tzinfo) -> float | None:
    """The time a line bears, in Redis's own format or ISO 8601; without an offset it is the host's local time."""
    found = _REDIS.search(line, 0, 80)
    if found:
        day, month, year, *clock = found.groups()
        return _seconds(int(year), _MONTHS.index(month) + 1, int(day), clock, zone)
    found = _ISO.search(line, 0, 80)
    if found:
        year, month, day, *clock, offset = found.groups()
        return _seconds(int(year), int(month), int(day), clock, _offset(offset) if offset else zone)
    return None


def _seconds(year: int, month: int, day: int, clock: Sequence[str | None], zone: tzinfo) -> float | None:
    hour, minute, second, fraction = clock
    try:
        moment = datetime(year, month, day, int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone)
    except ValueError:
        return None
    return moment.timestamp() + float(f"0.{fraction or 0}")


def _offset(text: str) -> tzinfo:
    found = re.fullmatch(r"([+-])(\d\d):?(\d\d)", text.strip())
    if not found:
        return UTC
    minutes = int(found[2]) * 60 + int(found[3])
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
