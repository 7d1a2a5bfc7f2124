"""The top of the report: which run this is, and the answers for somebody who was asleep."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.blocks import bullets, prose, table, time
from wizard.report.escape import NOTHING, code, text
from wizard.report.model import Chain, Header, Host, Report
from wizard.report.sections.written import written
from wizard.report.standing import PAUSED
from wizard.report.times import duration
from wizard.report.written import FOLLOW_UP, SUMMARY
from wizard.run.items import Item


def top(report: Report) -> Iterator[str]:
    """Title, head and summary."""
    head = report.header
    yield f"# Incident report: {text(head.title)}"
    yield from _warnings(report)
    yield table(["What", "On record"], _rows(head))
    if head.hosts:
        yield table(["Host", "Reached as", "Calls itself", "Environment", "SSH host key"], map(_host, head.hosts))
    yield "## Summary"
    for answer in report.summary:
        yield f"**{answer.question}** {prose(answer.sentences)}"
    yield from written(report, SUMMARY)


def _warnings(report: Report) -> Iterator[str]:
    chain = report.header.chain
    if chain.broken_line:
        yield (
            f"**The journal does not hold together at line {chain.broken_line}:** {text(chain.broken_why)}. "
            "This report is made from the lines before it; what follows is not in it."
        )
    if report.header.practice:
        yield "**This was a drill.** Its hosts were practice hosts, whatever environment is named."
    if report.header.mode == "check":
        yield "**This was a check.** It rendered, connected and looked; it changed nothing."
    if report.header.run and not report.complete:
        yield (
            "**The checklist could not be read again by this version of the wizard.** "
            "Its own lists (impact, risks, lessons, prevention) are therefore missing below."
        )


def _rows(head: Header) -> list[tuple[str, str]]:
    return [
        ("Outcome", _outcome(head)),
        ("Severity", text(head.severity)),
        ("Run", code(head.run)),
        ("Checklist", f"{code(head.checklist)}, SHA-256 {code(head.sha256)}"),
        ("Operator", text(", ".join(head.operators))),
        ("Machine of the operator", code(head.machine)),
        ("Began", time(head.began)),
        ("Ended", _ended(head)),
        ("Duration", _duration(head)),
        ("Journal", _journal(head.events, head.chain)),
    ]


def _ended(head: Header) -> str:
    if head.outcome == PAUSED:
        return f"not ended; paused at {time(head.ended)}"
    return time(head.ended) or "no end is on record"


def _outcome(head: Header) -> str:
    reason = f" ({text(head.reason)})" if head.reason else ""
    return f"**{text(head.outcome)}**{reason}"


def _duration(head: Header) -> str:
    known = text(duration(head.seconds)) if head.seconds is not None else NOTHING
    return known if head.ended or head.seconds is None else f"{known} up to the last event"


def _journal(events: int, chain: Chain) -> str:
    torn = f"; {chain.torn} bytes of a half line at its end are left aside" if chain.torn else ""
    head = f", last line's SHA-256 {code(chain.head)}" if chain.head else ""
    return f"{events} events{head}{torn}"


def _host(host: Host) -> tuple[str, ...]:
    account = f"{code(host.hostname)}, user {code(host.user)}"
    key = code(host.key) if host.key else "none: no SSH"
    return code(host.name), code(host.label), account, text(host.environment), key


def actions(report: Report) -> Iterator[str]:
    """What is left to do."""
    yield "## Action items"
    if report.actions:
        yield bullets((text(action) for action in report.actions), "- [ ]")
    else:
        yield "The run left nothing over that the journal knows of."
    if report.done:
        yield "Done already:"
        yield bullets(map(_done, report.done), "- [x]")
    yield from written(report, FOLLOW_UP)


def _done(item: Item) -> str:
    reason = f": {text(item.reason)}" if item.reason else ""
    done = f"done by {text(item.settled_by)}, {time(item.settled_at)}{reason}"
    return f"{text(item.text)} (noted by {text(item.who)}; {done})"
