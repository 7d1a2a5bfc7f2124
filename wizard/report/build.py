"""Records in, report out: each part by its own builder, from events and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.report.checks import checks, criteria
from wizard.report.deviations import deviations
from wizard.report.evidence import cause, facts
from wizard.report.followup import actions, unanswered, words
from wizard.report.header import appendix, header
from wizard.report.impact import impact
from wizard.report.lessons import lessons, preventions, risks
from wizard.report.log import Log, open_log
from wizard.report.model import Chain, Report
from wizard.report.monitoring import watches
from wizard.report.steps import phases
from wizard.report.summary import Summary
from wizard.report.timeline import notes, timeline
from wizard.report.undoing import undoing
from wizard.report.written import sections
from wizard.run.events import Record
from wizard.run.items import open_items
from wizard.run.journal import Reading

_WHOLE = Chain()


def build(records: Sequence[Record], chain: Chain = _WHOLE) -> Report:
    """The report on these records, which may end anywhere. ``chain`` is what reading the journal found."""
    return _report(open_log(records), chain)


def build_from(reading: Reading) -> Report:
    """The report on a journal as read."""
    broken = reading.broken
    line, why = (broken.line, broken.why) if broken else (0, "")
    return build(reading.records, Chain(reading.head, reading.torn, line, why))


def _report(log: Log, chain: Chain) -> Report:
    seen = checks(log)
    walked, found, ends = phases(log, seen), facts(log), criteria(log, seen)
    measures, strayed, back = preventions(log, walked, ends), deviations(log), undoing(log)
    said, open_ones, told = notes(log), open_items(log.records), sections(log)
    return Report(
        header=header(log, chain),
        summary=Summary(log, walked, found, ends, measures, back).answers(seen),
        impact=impact(log),
        facts=found,
        cause=cause(found),
        phases=walked,
        checks=seen,
        deviations=strayed,
        watches=watches(log),
        undoing=back,
        risks=risks(log),
        criteria=ends,
        timeline=timeline(log),
        lessons=lessons(log),
        preventions=measures,
        actions=(*actions(log, walked, found, strayed, back), *words(open_ones, unanswered(said, told), chain)),
        notes=said,
        written=told,
        hypotheses=open_ones.hypotheses,
        done=open_ones.todos_done,
        appendix=appendix(log),
        complete=log.checklist is not None,
    )
