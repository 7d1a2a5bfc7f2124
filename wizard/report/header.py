"""The report's head and its appendix: which run, on what, by whom, from when to when, and how to check it."""

from __future__ import annotations

from wizard.report.anchored import anchored
from wizard.report.attempts import attempts
from wizard.report.examined import examined
from wizard.report.log import Log
from wizard.report.model import Appendix, Chain, Header, Host
from wizard.report.standing import ENDED, PAUSED, standing, told
from wizard.report.times import between
from wizard.run import events as ev


def header(log: Log, chain: Chain) -> Header:
    """The head of the report."""
    started, now = log.started, standing(log)
    ended = now.at if now.word in ENDED | {PAUSED} else ""
    return Header(
        title=started.title if started else "",
        severity=started.severity if started else "",
        run=started.run if started else "",
        checklist=started.checklist if started else "",
        sha256=started.sha256 if started else "",
        operators=_operators(log),
        machine=started.machine if started else "",
        hosts=_hosts(log),
        began=log.state.began_at,
        ended=ended,
        seconds=between(log.state.began_at, ended or log.state.last_at),
        outcome=told(log),
        reason=now.reason,
        mode=started.mode if started else "",
        practice=started is not None and started.practice,
        events=len(log.records),
        chain=chain,
    )


def _operators(log: Log) -> tuple[str, ...]:
    started = [log.started.operator] if log.started else []
    return tuple(dict.fromkeys([*started, *(record.who for record in log.records)]))


def _hosts(log: Log) -> tuple[Host, ...]:
    return tuple(_host(event) for event in log.state.hosts.values())


def _host(event: ev.HostConnected) -> Host:
    said = {name: str(event.identity.get(name, "")) for name in ("hostname", "user", "key")}
    return Host(event.host, event.label, said["hostname"], said["user"], said["key"], event.environment)


def appendix(log: Log) -> Appendix:
    """The end of the report."""
    started = log.started
    return Appendix(
        wizard=started.wizard if started else "",
        path=started.path if started else "",
        inputs=tuple((name, str(value)) for name, value in (started.inputs if started else {}).items()),
        secrets=tuple(started.secrets) if started else (),
        attempts=tuple(attempts(log)),
        references=tuple(log.checklist.references) if log.checklist else (),
        examined=examined(log),
        anchored=anchored(log),
    )
