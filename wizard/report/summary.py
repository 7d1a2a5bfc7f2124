"""The summary for somebody who was asleep: five questions, answered from events and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from wizard.report import standing as so
from wizard.report.deviations import deviations
from wizard.report.evidence import FAIL, PASS
from wizard.report.followup import last_undos, remaining, unknown_steps
from wizard.report.log import Log
from wizard.report.model import Answer, Fact, Prevention
from wizard.report.standing import EVERYTHING, Standing, standing
from wizard.report.steps import RESTORED
from wizard.report.times import between, duration, shown
from wizard.report.walked import Check, Criterion, Phase, Step, Undoing
from wizard.report.words import counted, were


class Summary:
    """Answers from the parts of the report that were built before it."""

    def __init__(
        self,
        log: Log,
        phases: Sequence[Phase],
        facts: Sequence[Fact],
        criteria: Sequence[Criterion],
        preventions: Sequence[Prevention],
        undoing: Undoing,
    ) -> None:
        self._log = log
        self._phases = phases
        self._steps = [step for phase in phases for step in phase.steps]
        self._facts = facts
        self._criteria = criteria
        self._preventions = preventions
        self._undoing = undoing
        self._now: Standing = standing(log)
        self._dry = bool(log.started and log.started.mode == "check")

    def answers(self, checks: Sequence[Check]) -> tuple[Answer, ...]:
        """The five answers."""
        return (
            Answer("What happened?", tuple(self._happened())),
            Answer("Is it over?", tuple(self._over())),
            Answer("Is data lost?", tuple(self._lost(checks))),
            Answer("What was changed?", tuple(self._changed())),
            Answer("Could it come back?", tuple(self._again())),
        )

    def _happened(self) -> Iterator[str]:
        started = self._log.started
        if started is None:
            yield "The journal does not say: it holds no beginning of a run."
            return
        yield f"{started.title}. The checklist calls it {started.severity}."
        if self._log.checklist and self._log.checklist.about:
            yield self._log.checklist.about
        wrong = sum(fact.before == FAIL for fact in self._facts)
        if self._facts:
            yield f"When the run began, {wrong} of {len(self._facts)} facts looked at were not as they should be."
        yield f"{started.operator} worked on it from {shown(self._log.state.began_at)}{self._until()}."

    def _until(self) -> str:
        if not self._now.at:
            return f"; the last event is of {shown(self._log.state.last_at)}"
        return f" to {shown(self._now.at)} ({duration(between(self._log.state.began_at, self._now.at))})"

    def _over(self) -> Iterator[str]:
        told = {
            so.RESOLVED: self._resolved,
            so.MITIGATED: self._mitigated,
            so.ROLLED_BACK: self._rolled_back,
            so.INCOMPLETE: self._incomplete,
            so.PAUSED: self._paused,
        }
        yield from told.get(self._now.word, self._open)()
        unknown = unknown_steps(self._phases)
        if unknown:
            yield f"Not known is the outcome of: {_named(unknown)}."

    def _resolved(self) -> Iterator[str]:
        if self._dry:
            yield "No. This was a check: it looked at everything and changed nothing."
            return
        held = sum(_held(criterion) for criterion in self._criteria)
        whole = held == len(self._criteria)
        yield f"{'Yes' if whole else 'Not for certain'}. {held} of {len(self._criteria)} exit criteria held at the end."
        strayed = len(deviations(self._log))
        if strayed:
            yield f"But {counted(strayed, 'deviation')} {were(strayed)} let pass on the way; see Deviations."

    def _mitigated(self) -> Iterator[str]:
        left = len(remaining(self._phases))
        yield "For now, not for good. The run was ended at a point that its checklist calls safe."
        yield f"{counted(left, 'step')} still to be done; see Action items."

    def _rolled_back(self) -> Iterator[str]:
        yield "No. The run was rolled back, so the incident is not mended by it."
        scopes = [rollback.scope for rollback in self._undoing.rollbacks]
        if scopes and scopes[-1] != EVERYTHING:
            yield f"It went back a part of the way only: {scopes[-1]}."
        outcomes = Counter(undo.outcome for undo in last_undos(self._undoing))
        if outcomes:
            yield f"Of its undos: {', '.join(f'{count} {_spoken(outcome)}' for outcome, count in outcomes.items())}."

    def _incomplete(self) -> Iterator[str]:
        yield "No. A rollback was tried and did not restore everything; see the Rollback record."

    def _paused(self) -> Iterator[str]:
        yield f"No. The run was paused at {shown(self._now.at)} with its state kept, and has not gone on since."
        if self._now.reason:
            yield f"The reason on record: {self._now.reason}."

    def _open(self) -> Iterator[str]:
        if self._now.word == so.ABORTED:
            yield "No. The run was aborted before its end."
        else:
            yield "Not as far as the journal goes: it has no end of the run, which is under way, or was cut off."
        yield f"{len(remaining(self._phases))} of {len(self._steps)} steps were not completed."

    def _lost(self, checks: Sequence[Check]) -> Iterator[str]:
        looked = [check for check in checks if check.final and self._counts_data(check)]
        if not looked:
            yield "The journal does not say: no check that counts the data was looked at."
            return
        last = looked[-1]
        told = {PASS: "No loss was seen", FAIL: "Perhaps"}.get(last.outcome, "Not known")
        yield f"{told}. The last check that counted the data was “{last.title}” at {shown(last.at)}: {last.outcome}."
        yield f"Expected: {last.expected}. Seen: {last.observed}."
        bad = [check for check in looked[:-1] if check.outcome not in {PASS, "skip"}]
        if bad:
            yield f"Of {len(looked)} such checks, these did not pass: {'; '.join(check.title for check in bad)}."

    def _counts_data(self, check: Check) -> bool:
        """It compares a number of keys, in the server or in its snapshot."""
        item = self._log.item(check.scope, check.index)
        return item is not None and any(getattr(item.check, name, None) for name in ("keys", "snapshot"))

    def _changed(self) -> Iterator[str]:
        touched = [step for step in self._steps if step.touched]
        if not touched:
            yield "Nothing: no step that changes something was started."
            return
        hosts = Counter(step.host for step in touched)
        where = ", ".join(f"{count} on {host}" for host, count in hosts.items())
        yield f"{counted(len(touched), 'step')} changed something, or may have: {where}."
        back = sum(step.undone == RESTORED for step in touched)
        if back:
            yield f"{back} of them {were(back)} taken back, and proven to be as before."
        yield from self._in_force("Not proven to be taken back" if self._undoing.rollbacks else "In force now")

    def _in_force(self, lead: str) -> Iterator[str]:
        """By phase, as a list of every step would be read by nobody; the steps themselves follow in the report."""
        counts = [(phase, sum(step.in_force for step in phase.steps)) for phase in self._phases]
        force = [f"{count} of phase {phase.number} ({phase.title})" for phase, count in counts if count]
        yield f"{lead}: {'; '.join(force)}." if force else "None of it is in force now."

    def _again(self) -> Iterator[str]:
        if self._now.word != so.RESOLVED or self._dry:
            yield f"Yes. The run stands at “{self._now.word}”, so the permanent mend is not shown to be in place."
        elif all(fact.after == PASS for fact in self._facts if fact.before == FAIL):
            yield "Nothing that was seen at the end speaks for it. What happens later is not in the journal."
        else:
            yield "Yes. Not everything that was wrong when the run began was seen to be right when it ended."
        yield from self._evidence_now()
        yield from self._prevention_now()

    def _evidence_now(self) -> Iterator[str]:
        wrong = [fact for fact in self._facts if fact.before == FAIL]
        again = [fact for fact in wrong if fact.after]
        right = sum(fact.after == PASS for fact in again)
        if again:
            yield f"Of {counted(len(wrong), 'fact')} wrong when the run began, {right} {were(right)} right at the end."
        elif wrong:
            yield f"{counted(len(wrong), 'fact')} {were(len(wrong))} wrong when the run began; none was read again."

    def _prevention_now(self) -> Iterator[str]:
        held = sum(bool(one.proofs) and all(end in _HOLDS for _, end in one.proofs) for one in self._preventions)
        if self._preventions:
            yield f"{held} of {counted(len(self._preventions), 'preventive measure')} {were(held)} seen to hold."
        if held:
            yield "That this stays so is for people to see to; see Prevention."


_HOLDS = frozenset({"verified", PASS})


def _spoken(outcome: str) -> str:
    """Without the comma, which would part what belongs together in a list."""
    return outcome.replace(", ", " and ") or "without an end on record"


def _held(criterion: Criterion) -> bool:
    return criterion.check is not None and criterion.check.final and criterion.check.outcome == PASS


def _named(steps: Sequence[Step]) -> str:
    return "; ".join(f"{step.number} {step.title}" for step in steps)
