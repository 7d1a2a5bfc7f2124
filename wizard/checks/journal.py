"""``journal``: what a unit logged since a mark, and the proof that what is not there could have been seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import Field

from wizard.checklist.spec import CheckSpec, Flaw, Pattern, Text, UnitName, is_template
from wizard.checklist.surroundings import regex_cautions
from wizard.checks.base import Check, Observation, failed, passed, unknown
from wizard.checks.patterns import pattern_flaw
from wizard.facts.journal import Reading, read_invocation, read_unit
from wizard.facts.logfiles import read_log
from wizard.facts.units import name_flaw
from wizard.patterns import matching
from wizard.text import one_line, sanitise

SHOWN = 5
"""Lines that are shown."""


class JournalSpec(CheckSpec):
    """Regular expressions over the lines since a mark; case matters unless they begin with ``(?i)``.

    ``files`` are plain log files, read beside the journal by the time each line bears; one that is not there is said
    to be missing and proves nothing either way, as a service may log to the journal alone.
    """

    kind: ClassVar[str] = "journal"

    unit: UnitName
    since: Literal["run_start", "step_start", "unit_start"]
    lacks: Pattern | None = None
    contains: Pattern | None = None
    files: list[Text] = Field(default_factory=list)

    @property
    def marks(self) -> frozenset[str]:
        """The mark it reads from; a unit's own start needs none."""
        return frozenset({self.since} - {"unit_start"})

    def flaws(self) -> Iterator[Flaw]:
        """A unit, something to look for, and patterns that compile."""
        if not is_template(self.unit) and (wrong := name_flaw(self.unit)):
            yield Flaw(("unit",), wrong, "Name one unit, without blanks and wildcards")
        if self.lacks is None and self.contains is None:
            yield Flaw(("unit",), "nothing is looked for", "Give lacks or contains")
        yield from pattern_flaw("lacks", self.lacks)
        yield from pattern_flaw("contains", self.contains)

    def cautions(self) -> Iterator[Flaw]:
        """Patterns that may explode over a line."""
        yield from regex_cautions("lacks", self.lacks)
        yield from regex_cautions("contains", self.contains)


@dataclass
class _Sight:
    """Lines since the mark; ``undated`` ones may be older; ``blind`` is why some may be missing; ``notes`` are said."""

    lines: list[str] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


async def _matching(pattern: str | None, sight: _Sight, lines: list[str]) -> list[str]:
    """The lines that match; why there may be more of them is said of the sight."""
    if pattern is None:
        return []
    found = await matching(pattern, lines)
    sight.blind += [found.problem] if found.problem else []
    return found.lines


class JournalCheck(Check[JournalSpec]):
    """Reads the journal of a unit and plain log files since the mark."""

    Spec = JournalSpec

    def title(self) -> str:
        """What must and must not be logged."""
        return f"{one_line(self.spec.unit)} logged {self._expected()}"

    def _expected(self) -> str:
        wishes = [] if self.spec.lacks is None else [f"no {one_line(self.spec.lacks)}"]
        wishes += [] if self.spec.contains is None else [one_line(self.spec.contains)]
        return f"{' but '.join(wishes)} since the start of the {self.spec.since.removesuffix('_start')}"

    async def observe(self) -> Observation:
        """Read every source once. A bad line seen is a FAIL; only a clear sight of none is a PASS."""
        sight, expected = await self._look(), self._expected()
        if bad := await _matching(self.spec.lacks, sight, sight.lines):
            return failed(expected, f"{len(bad)} such lines", [*bad[-SHOWN:], *sight.notes])
        if maybe := await _matching(self.spec.lacks, sight, sight.undated):
            return unknown(expected, "such lines, but they may be old", [*maybe[-SHOWN:], *sight.notes])
        good = await _matching(self.spec.contains, sight, sight.lines)
        missing = self.spec.contains is not None and not good
        if sight.blind and (missing or self.spec.lacks is not None):
            return unknown(expected, "; ".join(sight.blind), sight.notes)
        seen = f"{len(sight.lines)} lines, {len(good) or 'none'} of them so"
        return (failed if missing else passed)(expected, seen, [*good[-SHOWN:], *sight.notes])

    async def _look(self) -> _Sight:
        reading, since = await self._read_journal()
        sight = _Sight([sanitise(line.text) for line in reading.lines])
        sight.blind += [reading.blind] if reading.blind else []
        sight.blind += [one_line(note) for note in reading.suppressed]
        for path in self.spec.files:
            await self._read(path, since, sight)
        return sight

    async def _read_journal(self) -> tuple[Reading, float]:
        """The lines, and since when by the host's clock."""
        if self.spec.since != "unit_start":
            mark = self.world.mark(self.spec.since)
            return await read_unit(self.host, self.spec.unit, mark), mark.clock
        reading = await read_invocation(self.host, self.spec.unit)
        return reading, reading.lines[0].clock if reading.lines else 0.0

    async def _read(self, path: str, since: float, sight: _Sight) -> None:
        log, about = await read_log(self.host, path, since), one_line(path)
        if not log.there:
            sight.notes.append(f"{about}: not there")
        (sight.lines if log.timed else sight.undated).extend(sanitise(line) for line in log.lines)
        if not log.timed:
            sight.notes.append(f"{about}: its lines bear no time, so its last {len(log.lines)} were read, old ones too")
        if not log.whole:
            sight.blind.append(f"{about} grew by more than could be read")
