"""Keeping the spools of hosts small: old attempts go as a run begins, its own are marked as it ends."""

from __future__ import annotations

import asyncio
import logging

from wizard.errors import HostError
from wizard.hosts import sweeping
from wizard.hosts.base import Link
from wizard.run import events as ev
from wizard.run.context import Context

PATIENCE = 5.0
"""Seconds that a run which has ended waits for a host to mark its attempts; what is not marked is kept."""

log = logging.getLogger(__name__)


async def sweep(context: Context, swept: frozenset[str]) -> None:
    """Sweep every host that this run changes, but for those that were today; a failure holds nothing up."""
    steps = [step for phase in context.checklist.phases for step in phase.steps if step.action.changes]
    hosts = [name for name in dict.fromkeys(step.on for step in steps) if name not in swept]
    await asyncio.gather(*(_sweep(context, name) for name in hosts))


async def _sweep(context: Context, name: str) -> None:
    try:
        swept = await sweeping.sweep(context.hosts[name])
    except HostError:
        log.info("the spool of %s was not swept", name, exc_info=True)
        return
    if swept.attempts or swept.leavings or swept.full:
        said = ev.SpoolSwept(name, swept.attempts, swept.leavings, swept.freed, swept.left, swept.full)
        context.recorder.record(said)


async def acknowledged(context: Context) -> None:
    """Where the run has ended, mark its attempts on their hosts: nobody will ask for them again."""
    state = context.recorder.state
    if not state.ended:
        return
    tried = dict.fromkeys(attempt.host for attempt in state.attempts.values())
    there = [name for name in tried if name in context.hosts and state.links.get(name) != Link.DETACHED]
    await asyncio.gather(*(_acknowledge(context, name) for name in there))


async def _acknowledge(context: Context, name: str) -> None:
    tried = [one for one in context.recorder.state.attempts.values() if one.host == name]
    dark = [one.key for one in tried if one.end is None]
    printed = sum(one.end.total for one in tried if one.end)
    try:
        async with asyncio.timeout(PATIENCE):
            await sweeping.acknowledge(context.hosts[name], context.run, dark, printed)
    except (HostError, TimeoutError):
        log.info("the attempts on %s were not acknowledged", name, exc_info=True)
