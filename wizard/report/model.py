"""The report as data: what a run's events say, before it is written as Markdown or JSON.

Every text is as it stands in the journal: neither sanitised nor escaped; whoever shows it does that. Times are UTC,
ISO 8601; durations are in seconds and None where they are not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from wizard.frozen import frozen
from wizard.report.anchored import Anchored
from wizard.report.examined import Examined
from wizard.report.walked import Attempt, Check, Criterion, Deviation, Phase, Undoing, Watch
from wizard.run.items import Item


@frozen
class Chain:
    """The journal's own health. ``head`` is the SHA-256 of its last line; ``torn`` counts the bytes of a half line.

    ``broken_line`` is the one-based line at which the chain of hashes does not hold, 0 where it holds.
    """

    head: str = ""
    torn: int = 0
    broken_line: int = 0
    broken_why: str = ""


@frozen
class Host:
    """A host as it was reached. ``key`` is the fingerprint of its SSH key, empty for the operator's own machine."""

    name: str
    label: str
    hostname: str
    user: str
    key: str
    environment: str


@frozen
class Header:
    """What run this is, and how it stands. ``outcome`` is a run outcome, or how far the run is."""

    title: str
    severity: str
    run: str
    checklist: str
    sha256: str
    operators: Sequence[str]
    machine: str
    hosts: Sequence[Host]
    began: str
    ended: str
    seconds: float | None
    outcome: str
    reason: str
    mode: str
    practice: bool
    events: int
    chain: Chain


@frozen
class Answer:
    """A question of somebody who was not there, answered in plain sentences."""

    question: str
    sentences: Sequence[str]


@frozen
class Figure:
    """A figure of the damage; ``value`` is empty where it was not observed."""

    what: str
    value: str


@frozen
class Outage:
    """A time in which a unit was stopped, as the wizard saw it. ``ended`` is empty where no start is on record."""

    unit: str
    host: str
    began: str
    ended: str
    seconds: float | None
    how: str


@frozen
class Impact:
    """What the incident cost, as far as it was observed."""

    figures: Sequence[Figure]
    writes: Sequence[str]
    outages: Sequence[Outage]
    downtime: Sequence[str]


@frozen
class Reading:
    """One source of a fact, before and after. None where it was not read."""

    source: str
    before: str | None
    after: str | None


@frozen
class Fact:
    """A fact from several sources. Outcomes are pass, fail, unknown, or empty where it was not read."""

    fact: str
    expect: str
    before: str
    after: str
    readings: Sequence[Reading]


@frozen
class Note:
    """A person's words. ``at`` is the time they speak of, ``noted`` when they were written down."""

    at: str
    noted: str
    when: str
    who: str
    tag: str
    about: str
    text: str


@frozen
class Section:
    """A part that only a person can write. ``heading`` is where it stands; ``text`` is empty where nobody wrote it."""

    key: str
    heading: str
    ask: str
    text: str = ""
    who: str = ""
    at: str = ""


@frozen
class Risk:
    """A risk that was known before, and what is asked about it."""

    risk: str
    probability: str
    impact: str
    mitigation: str
    came_true: str


@frozen
class Lesson:
    """A question for afterwards."""

    ask: str
    about: str


@frozen
class Prevention:
    """A measure against the next time; ``proofs`` pairs what checks it now with how that ended."""

    measure: str
    proofs: Sequence[tuple[str, str]]


@frozen
class Moment:
    """A line of the timeline. ``noted`` is when it was written down, where that was later."""

    at: str
    noted: str
    who: str
    what: str
    detail: str


@frozen
class Appendix:
    """What it takes to repeat or to check all this. ``secrets`` are names only."""

    wizard: str
    path: str
    inputs: Sequence[tuple[str, str]]
    secrets: Sequence[str]
    attempts: Sequence[Attempt]
    references: Sequence[str]
    examined: Sequence[Examined] = ()
    anchored: Sequence[Anchored] = ()


@frozen
class Report:
    """One run, written up."""

    header: Header
    summary: Sequence[Answer]
    impact: Impact
    facts: Sequence[Fact]
    cause: Sequence[str]
    phases: Sequence[Phase]
    checks: Sequence[Check]
    deviations: Sequence[Deviation]
    watches: Sequence[Watch]
    undoing: Undoing
    risks: Sequence[Risk]
    criteria: Sequence[Criterion]
    timeline: Sequence[Moment]
    lessons: Sequence[Lesson]
    preventions: Sequence[Prevention]
    actions: Sequence[str]
    notes: Sequence[Note]
    written: Sequence[Section]
    hypotheses: Sequence[Item]
    done: Sequence[Item]
    appendix: Appendix
    complete: bool
    """False where the checklist could not be read again, so that its own lists are missing."""
