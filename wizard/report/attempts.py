"""Attempts: each script that was to run on a host, with its beginning and its end as recorded."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.log import Log
from wizard.report.walked import Attempt
from wizard.run import events as ev

NOT_ENDED = "no end is on record"


def attempts(log: Log) -> Iterator[Attempt]:
    """Every attempt, in the order of being announced."""
    ends = {event.key: (record.at, event) for record, event in log.of(ev.AttemptEnded)}
    intended = {event.key: (record.at, event) for record, event in log.of(ev.AttemptIntended)}
    claimed = {event.key for _, event in log.of(ev.AttemptClaimed)}
    for key, (began, event) in intended.items():
        ended, end = ends.get(key, ("", None))
        yield _attempt(event, began, ended, end, claimed=key in claimed)


def _attempt(
    event: ev.AttemptIntended, began: str, ended: str, end: ev.AttemptEnded | None, *, claimed: bool
) -> Attempt:
    return Attempt(
        key=event.key,
        step=event.step,
        number=event.attempt,
        role=event.role,
        host=event.host,
        script_sha256=event.sha256,
        began=began,
        ended=ended,
        seconds=end.seconds if end else None,
        state=end.state if end else "",
        exit_status=end.exit_status if end else None,
        output=end.output if end else "",
        output_bytes=end.total if end else 0,
        output_dropped=end.dropped if end else 0,
        output_sha256=end.sha256 if end else "",
        remark=_remark(end, claimed=claimed),
    )


def _remark(end: ev.AttemptEnded | None, *, claimed: bool) -> str:
    if end is None:
        return NOT_ENDED if claimed else f"{NOT_ENDED}, nor that the host took it up"
    if end.timed_out:
        return "ended by the host when its time was over"
    if end.killed:
        return "killed"
    return "" if end.state == "done" else f"ended as: {end.state}"


def ended_well(attempt: Attempt) -> bool:
    """It ran to its end and exited 0."""
    return attempt.state == "done" and attempt.exit_status == 0
