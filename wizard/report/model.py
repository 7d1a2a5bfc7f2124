"""The report as data: what a run's events say, before it is written as Markdown or JSON.

Every text is as it stands in the journal: neither sanitised nor escaped; whoever shows it does that. Times are UTC,
ISO 8601; durations are in seconds and None where they are not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chain:
    """The journal's own health. ``head`` is the SHA-256 of its last line; ``torn`` counts the bytes of a half line.

    ``broken_line`` is the one-based line at which the chain of hashes does not hold, 0 where it holds.
    """

    head: str = ""
    torn: int = 0
    broken_line: int = 0
    broken_why: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """A host as it was reached. ``key`` is the fingerprint of its SSH key, empty for the operator's own machine."""

    name: str
    label: str
    hostname: str
    user: str
    key: str
    environment: str


@dataclass(frozen=True, slots=True)
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
    events: int
    chain: Chain


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of somebody who was not there, answered in plain sentences."""

    question: str
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the damage; ``value`` is empty where it was not observed."""

    what: str
    value: str


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a unit was stopped, as the wizard saw it. ``ended`` is empty where no start is on record."""

    unit: str
    host: str
    began: str
    ended: str
    seconds: float | None
    how: str


@dataclass(frozen=True, slots=True)
class Impact:
    """What the incident cost, as far as it was observed."""

    figures: Sequence[Figure]
    writes: Sequence[str]
    outages: Sequence[Outage]
    downtime: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One source of a fact, before and after. None where it was not read."""

    source: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact from several sources. Outcomes are pass, fail, unknown, or empty where it was not read."""

    fact: str
    expect: str
    before: str
    after: str
    readings: Sequence[Reading]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One script on one host. ``state`` is empty and ``ended`` too where its end is not on record."""

    key: str
    step: str
    number: int
    role: str
    host: str
    script_sha256: str
    began: str
    ended: str
    seconds: float | None
    state: str
    exit_status: int | None
    output: str
    output_bytes: int
    output_dropped: int
    output_sha256: str
    remark: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was to be done, and what came of it.

    ``touched`` says that it may have changed something, ``in_force`` that this is not proven to be taken back, and
    ``undone`` is the outcome of its undo where it was not done again since.
    """

    id: str
    number: str
    title: str
    host: str
    label: str
    why: str
    item: str
    changes: bool
    touched: bool
    in_force: bool
    who: str
    began: str
    ended: str
    seconds: float | None
    outcome: str
    undone: str
    reason: str
    command: str
    undo: str
    results: Sequence[str]
    attempts: Sequence[Attempt]
    checks: int
    checks_passed: int
    captured: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Phase:
    """Steps that belong together."""

    id: str
    number: str
    title: str
    why: str
    began: str
    ended: str
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Check:
    """The last look at one check of one scope. ``earlier`` lists outcomes of looks that did not settle it."""

    scope: str
    index: int
    place: str
    title: str
    host: str
    expected: str
    observed: str
    outcome: str
    at: str
    tries: int
    final: bool
    earlier: Sequence[str]
    evidence: Sequence[str]


@dataclass(frozen=True, slots=True)
class Criterion:
    """An exit criterion; ``check`` is None where it was never looked at."""

    title: str
    check: Check | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """Something that a person let pass, and why."""

    place: str
    what: str
    reason: str
    who: str
    at: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One look of a watch that was not ok."""

    number: int
    at: str
    verdict: str
    seen: Sequence[tuple[str, str]]
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch: its looks counted, and the scheduled saves it was to see (empty where it followed none)."""

    place: str
    host: str
    outcome: str
    looks: int
    ok: int
    bad: int
    no_data: int
    saves_expected: str
    saves_seen: str
    saves_missed: str
    first: str
    last: str
    what: str
    amiss: Sequence[Sample]


@dataclass(frozen=True, slots=True)
class Difference:
    """A place, what was there before the step, and what is there now."""

    where: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Undo:
    """The undo of one step. ``outcome`` is empty where the journal ends before it did."""

    step: str
    place: str
    host: str
    began: str
    ended: str
    seconds: float | None
    outcome: str
    what: str
    reason: str
    changed: Sequence[Difference]
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Rollback:
    """One rollback, as it went. ``missing`` lists the steps of its plan that it did not come to."""

    scope: str
    reason: str
    who: str
    began: str
    ended: str
    outcome: str
    plan: Sequence[str]
    undone: Sequence[Undo]
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Undoable:
    """A step that a rollback would undo now; ``irreversible`` says why it could not."""

    place: str
    summary: str
    irreversible: str


@dataclass(frozen=True, slots=True)
class Undoing:
    """What was taken back, and what could be."""

    plan: str
    verdict: str
    rollbacks: Sequence[Rollback]
    stack: Sequence[Undoable]


@dataclass(frozen=True, slots=True)
class Note:
    """A person's words. ``at`` is the time they speak of, ``noted`` when they were written down."""

    at: str
    noted: str
    when: str
    who: str
    tag: str
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk that was known before, and what is asked about it."""

    risk: str
    probability: str
    impact: str
    mitigation: str
    came_true: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question for afterwards."""

    ask: str
    about: str


@dataclass(frozen=True, slots=True)
class Prevention:
    """A measure against the next time; ``proofs`` pairs what checks it now with how that ended."""

    measure: str
    proofs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the timeline. ``noted`` is when it was written down, where that was later."""

    at: str
    noted: str
    who: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Appendix:
    """What it takes to repeat or to check all this. ``secrets`` are names only."""

    wizard: str
    path: str
    inputs: Sequence[tuple[str, str]]
    secrets: Sequence[str]
    attempts: Sequence[Attempt]
    references: Sequence[str]


@dataclass(frozen=True, slots=True)
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
    appendix: Appendix
    complete: bool
    """False where the checklist could not be read again, so that its own lists are missing."""
