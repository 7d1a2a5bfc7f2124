"""What can be started from: the checklists there are, and the runs there were, read beside the interface."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wizard import paths
from wizard.checklist.document import load
from wizard.checklist.model import Checklist
from wizard.errors import WizardError
from wizard.kinds import registry
from wizard.run.journal import JOURNAL
from wizard.run.listing import LIVE, RunSummary, summary, writer
from wizard.run.preparation import shipped

log = logging.getLogger(__name__)

SHIPPED = "shipped"

RECENT = 20
"""Checklists of earlier runs that are offered at most."""

PAGES = (0.1, 0.5)
"""Seconds of reading in the first page of runs and in each later one: the newest are there at once."""

BREATH = 0.001
"""Seconds between two runs in which the interface has its turn."""

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Offered:
    """A checklist that can be run; ``checklist`` is None where it cannot be read, with the reason in ``wrong``.

    ``source`` is ``shipped``, or the path of one that was run before.
    """

    name: str
    path: Path
    checklist: Checklist | None = None
    wrong: str = ""
    source: str = SHIPPED


class Shelf:
    """Reads what there is. What did not change since the last time is not read again.

    ``wrong`` says why the runs cannot be listed; empty where they can.
    """

    def __init__(self) -> None:
        self.wrong = ""
        self._runs: dict[Path, tuple[Stamp, RunSummary]] = {}
        self._recent: dict[Path, tuple[Stamp, Offered]] = {}

    def shipped(self) -> list[Offered]:
        """The checklists that come with the wizard."""
        return [_offered(name, path) for name, path in sorted(shipped().items())]

    def runs(self) -> Iterator[list[RunSummary]]:
        """Every run, newest first, in pages."""
        page: list[RunSummary] = []
        began, enough = time.monotonic(), PAGES[0]
        for directory in self._directories():
            page.append(self._run(directory))
            # Whoever types meanwhile is not to wait for it.
            time.sleep(BREATH)
            if time.monotonic() - began > enough:
                yield page
                page, began, enough = [], time.monotonic(), PAGES[1]
        yield page

    def recent(self, runs: Sequence[RunSummary]) -> list[Offered]:
        """The checklists of earlier runs that are still there and were not shipped, the last used first."""
        known = {path.resolve() for path in shipped().values()}
        found: list[Offered] = []
        for text in dict.fromkeys(one.path for one in runs if one.path):
            path = Path(text).resolve()
            stamp = _stamp(path)
            if stamp is None or path in known:
                continue
            known.add(path)
            found.append(self._checklist(path, stamp))
            if len(found) == RECENT:
                break
        return found

    def _directories(self) -> Sequence[Path]:
        try:
            found, self.wrong = paths.runs(), ""
        except (WizardError, OSError) as problem:
            log.warning("the runs cannot be listed: %s", problem)
            found, self.wrong = [], str(problem)
        return found

    def _run(self, directory: Path) -> RunSummary:
        stamp = _stamp(directory / JOURNAL)
        known = self._runs.get(directory)
        if known and known[0] == stamp and (known[1].state == LIVE) == bool(writer(directory)):
            return known[1]
        read = summary(directory)
        if stamp:
            self._runs[directory] = (stamp, read)
        return read

    def _checklist(self, path: Path, stamp: Stamp) -> Offered:
        known = self._recent.get(path)
        if known is None or known[0] != stamp:
            known = (stamp, _offered(path.stem, path, str(path)))
            self._recent[path] = known
        return known[1]


def _offered(name: str, path: Path, source: str = SHIPPED) -> Offered:
    try:
        return Offered(name, path, load(path, registry()).checklist, source=source)
    except WizardError as problem:
        return Offered(name, path, wrong=str(problem), source=source)


def _stamp(path: Path) -> Stamp | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size
