"""The part of the report model that tells what was done: steps, attempts, checks, watches, and what was undone.

As in `wizard.report.model`, texts are as in the journal, times are UTC in ISO 8601, durations are in seconds and None
where they are not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from wizard.frozen import frozen


@frozen
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


@frozen
class Edited:
    """A person's text in place of the checklist's. ``diff`` is empty where the checklist's was to run again."""

    at: str
    who: str
    reason: str
    diff: str


@frozen
class Work:
    """What a step did: as rendered, as attempted, what its action made of it, and the values it kept."""

    command: str
    undo: str
    attempts: Sequence[Attempt]
    results: Sequence[str]
    captured: Sequence[tuple[str, str]]
    edits: Sequence[Edited] = ()


@frozen
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
    work: Work
    checks: int
    checks_passed: int


@frozen
class Phase:
    """Steps that belong together."""

    id: str
    number: str
    title: str
    why: str
    began: str
    ended: str
    steps: Sequence[Step]


@frozen
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


@frozen
class Criterion:
    """An exit criterion; ``check`` is None where it was never looked at."""

    title: str
    check: Check | None


@frozen
class Deviation:
    """Something that a person let pass, and why."""

    place: str
    what: str
    reason: str
    who: str
    at: str


@frozen
class Sample:
    """One look of a watch that was not ok."""

    number: int
    at: str
    verdict: str
    seen: Sequence[tuple[str, str]]
    lines: Sequence[str]


@frozen
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


@frozen
class Difference:
    """A place, what was there before the step, and what is there now."""

    where: str
    before: str
    now: str


@frozen
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


@frozen
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


@frozen
class Undoable:
    """A step that a rollback would undo now; ``irreversible`` says why it could not."""

    place: str
    summary: str
    irreversible: str


@frozen
class Undoing:
    """What was taken back, and what could be."""

    plan: str
    verdict: str
    rollbacks: Sequence[Rollback]
    stack: Sequence[Undoable]
