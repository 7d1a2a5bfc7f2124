"""A word to a person who looks elsewhere: a bell or a desktop notice when a run waits for them, where it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

BELL: Final = "\x07"
WAITS: Final = "a run waits for you"
"""All that a notice says: it is shown by programs that are not ours, so nothing from outside is in it."""

Desktop = Literal["off", "osc9", "osc777"]
"""A way to ask a terminal for a notice on the desktop."""

DESKTOP: Final[dict[Desktop, str]] = {
    "off": "",
    "osc9": f"\x1b]9;wizard: {WAITS}\x1b\\",
    "osc777": f"\x1b]777;notify;wizard;{WAITS}\x1b\\",
}
"""What asks the terminal for a desktop notice, by the way it understands."""


@dataclass(frozen=True, slots=True)
class Notices:
    """What is wanted; nothing is, unless somebody asks for it.

    Args:
        bell: Ring the terminal's bell.
        desktop: Ask the terminal for a desktop notice, in the way it understands.
        after: Seconds without a key after which a person is taken to look elsewhere.
    """

    bell: bool = False
    desktop: Desktop = "off"
    after: float = 20.0


class Attention:
    """Gives notice once for each time that something waits, and only where nobody has pressed a key for a while.

    Args:
        notices: What is wanted.
        moment: Seconds that never go back.
        write: Writes to the terminal.
    """

    def __init__(self, notices: Notices, moment: Callable[[], float], write: Callable[[str], None]) -> None:
        self._notices = notices
        self._moment = moment
        self._write = write
        self._pressed = moment()
        self._told = 0

    def pressed(self) -> None:
        """Somebody is there."""
        self._pressed = self._moment()

    @property
    def idle(self) -> float:
        """Seconds since somebody pressed a key."""
        return self._moment() - self._pressed

    def waits(self, seq: int) -> None:
        """Something waits for a person: this place of the journal. Called again and again while it does."""
        if seq == self._told or self.idle < self._notices.after:
            return
        self._told = seq
        signal = f"{BELL if self._notices.bell else ''}{DESKTOP.get(self._notices.desktop, '')}"
        if signal:
            self._write(signal)
