"""The maintenance window: outside it no changing step starts without somebody's word for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from wizard.errors import UsageError


@dataclass(slots=True)
class Window:
    """From ``start`` to ``end``. ``overridden`` once a person said so, for the rest of this run."""

    start: datetime
    end: datetime
    overridden: bool = False

    def open_now(self, now: datetime | None = None) -> bool:
        """It is between start and end."""
        return self.start <= (now or datetime.now(UTC)) < self.end

    def closed(self, now: datetime | None = None) -> str:
        """Why nothing may start, in words."""
        now = now or datetime.now(UTC)
        if now < self.start:
            return f"the maintenance window opens at {_told(self.start)}"
        return f"the maintenance window closed at {_told(self.end)}"


def parse_window(text: str, now: datetime | None = None) -> Window:
    """A window from ``START/END``: each ``HH:MM`` of today in local time, or a full ISO 8601 date and time.

    Where END is earlier in the day than START, it is tomorrow's; a window of times that is over is tomorrow's, too.

    Raises:
        UsageError: It is neither, or ends before it starts.
    """
    now = (now or datetime.now(UTC)).astimezone()
    first, slash, second = text.partition("/")
    if not slash:
        raise UsageError(f"not a window: {text}", mend="Write START/END, as in 22:00/04:00")
    start, end = _moment(first, now), _moment(second, now)
    if _is_time(first) and _is_time(second):
        start, end = _nightly(start, end, now)
    if end <= start:
        raise UsageError(f"the window {text} ends before it starts", mend="Write START/END")
    return Window(start, end)


def _nightly(start: datetime, end: datetime, now: datetime) -> tuple[datetime, datetime]:
    day = timedelta(days=1)
    if end <= start:
        # Just after midnight the window that began yesterday is meant, where it is still open.
        start, end = (start - day, end) if now < end else (start, end + day)
    return (start + day, end + day) if end <= now else (start, end)


def _is_time(text: str) -> bool:
    return len(text.strip()) == len("HH:MM") and ":" in text


def _moment(text: str, now: datetime) -> datetime:
    text = text.strip()
    try:
        if _is_time(text):
            return datetime.combine(now.date(), time.fromisoformat(text), now.tzinfo)
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise UsageError(f"not a time: {text}", mend="Write 22:00, or 2026-11-23T22:00") from None


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
