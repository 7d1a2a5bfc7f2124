"""Leaving the head of the chain with the hosts of a run, so that it is seen where the journal was cut off or rewritten.

Nobody waits for it on the way: the next phase begins while the head of the last one is still being sent. A host that
cannot take it, or does not in time, costs the run nothing; the journal says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

from wizard.errors import WizardError
from wizard.hosts import syslog
from wizard.hosts.base import Link
from wizard.run import events as ev
from wizard.run.context import Context
from wizard.run.journal import Head

PATIENCE = 5.0
"""Seconds after which a host is not waited for any longer."""

TOO_LATE = f"no answer within {PATIENCE:.0f} s"

log = logging.getLogger(__name__)


def anchor(context: Context) -> None:
    """Begin to leave the head as it is now with every host; an older one that was not sent yet is not sent any more."""
    if not context.anchors.wanted:
        return
    head = context.recorder.journal.head
    for name in _reached(context):
        context.anchors.next[name] = head
        sending = context.anchors.sending.get(name)
        if sending is None or sending.done():
            context.anchors.sending[name] = asyncio.create_task(_send(context, name))


def _reached(context: Context) -> Iterator[str]:
    """Hosts that this life of the run has reached over SSH; the operator's own machine has the journal itself."""
    links = context.recorder.state.links
    for name, declared in context.checklist.hosts.items():
        if declared.ssh and (context.hosts[name].destination is not None or links.get(name) == Link.DETACHED):
            yield name


async def anchored(context: Context, patience: float | None = None) -> None:
    """Leave the last head, and wait for it; a host that does not take it in time is on record as not having it.

    Args:
        context: The run.
        patience: Seconds to wait for all hosts together; `PATIENCE` where none are given.
    """
    head, sending = context.recorder.journal.head, context.anchors.sending
    anchor(context)
    if sending:
        await asyncio.wait(sending.values(), timeout=PATIENCE if patience is None else patience)
    for name in [name for name, task in sending.items() if task.cancel()]:
        _record(context, name, head, TOO_LATE if patience is None else f"no answer within {patience:g} s")


async def _send(context: Context, name: str) -> None:
    while head := context.anchors.next.pop(name, None):
        _record(context, name, head, await _left(context, name, head))


async def _left(context: Context, name: str, head: Head) -> str:
    """Leave it there; why that could not be done, or nothing."""
    if context.recorder.state.links.get(name) == Link.DETACHED:
        return "the connection is lost"
    try:
        async with asyncio.timeout(PATIENCE):
            # A journal that lost its last events with the power would look as if somebody had cut them off.
            await context.recorder.journal.on_disk(head.number)
            return await syslog.leave(context.hosts[name], context.run, head.number, head.digest)
    except TimeoutError:
        return TOO_LATE
    except (WizardError, OSError) as problem:
        return str(problem)


def _record(context: Context, name: str, head: Head, why: str) -> None:
    try:
        context.recorder.record(ev.ChainAnchored(name, head.number, head.digest, why))
    except WizardError:
        log.exception("whether %s has the head of the journal could not be recorded", name)
