"""Moments on a host, taken only where a check compares with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from wizard.checklist.model import CheckItem, Checklist, Step
from wizard.hosts.world import LOCAL
from wizard.run import events as ev
from wizard.run.context import Context

RUN_START, STEP_START = "run_start", "step_start"


def _hosts_marked(items: Iterable[CheckItem], host: str, name: str) -> set[str]:
    return {item.on or host for item in items if name in item.check.marks}


def step_hosts(step: Step) -> set[str]:
    """Hosts on which this step's checks compare with its start."""
    return _hosts_marked([*step.requires, *step.checks, *step.samples], step.on, STEP_START)


def run_hosts(checklist: Checklist) -> set[str]:
    """Hosts on which anything compares with the start of the run."""
    hosts = _hosts_marked(checklist.exit_criteria, LOCAL, RUN_START)
    for phase in checklist.phases:
        hosts |= _hosts_marked(phase.checks, LOCAL, RUN_START)
        for step in phase.steps:
            hosts |= _hosts_marked([*step.requires, *step.checks, *step.samples], step.on, RUN_START)
    return hosts


async def take_marks(context: Context, name: str, hosts: Collection[str]) -> None:
    """Take the mark of this name on each of the hosts and put it on record."""
    if not hosts:
        return
    from wizard.facts.journal import take_mark  # noqa: PLC0415 - few checklists compare with a moment

    for host in sorted(hosts):
        mark = await take_mark(context.hosts[host])
        context.recorder.record(ev.MarkTaken(name, host, mark.clock, mark.cursor))
