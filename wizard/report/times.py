"""Times of a journal: read, compared and shown. All are UTC; durations are in seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?Z?")
_MINUTE, _HOUR = 60, 3600


def moment(at: str) -> datetime | None:
    """A time as written in a journal; None where it is none."""
    try:
        read = datetime.fromisoformat(at)
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def between(began: str, ended: str) -> float | None:
    """Seconds from one time to another; None where either is not known."""
    first, last = moment(began), moment(ended)
    return (last - first).total_seconds() if first and last else None


def shown(at: str) -> str:
    """A time to the second: ``2026-11-23 15:35:04Z``; as it is written where it cannot be read."""
    read = moment(at)
    return f"{read:%Y-%m-%d %H:%M:%S}Z" if read else at


def duration(seconds: float | None) -> str:
    """``0.08 s``, ``12.3 s``, ``5 min 3 s``, ``1 h 2 min``; empty where it is not known."""
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def meant(when: str, noted: str) -> str:
    """The time that a back-dated note speaks of, ISO 8601; the time it was noted where ``when`` says none.

    ``03:12`` is the last such time of day before it was noted.
    """
    at, clock = moment(noted), _CLOCK.fullmatch(when.strip())
    if at is None or not when.strip():
        return noted
    if clock:
        return _last_time_of_day(at, *(int(part or 0) for part in clock.groups())) or noted
    read = moment(when.strip())
    return _iso(read) if read else noted


def _last_time_of_day(at: datetime, hour: int, minute: int, second: int) -> str:
    try:
        same_day = at.replace(hour=hour, minute=minute, second=second, microsecond=0)
        return _iso(same_day if same_day <= at else same_day - timedelta(days=1))
    except (ValueError, OverflowError):
        return ""


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
