"""Before a run changes a host, it holds it: another run is told who does, and leaves it alone or takes it over."""

from __future__ import annotations

import asyncio
import logging
import platform
from collections.abc import Iterable
from contextlib import suppress

from wizard.account import in_one_word
from wizard.checklist.model import Step
from wizard.errors import HostError, HostHeld
from wizard.hosts import holding
from wizard.hosts.base import Host
from wizard.hosts.holding import ANY, Hold, Holder
from wizard.run import events as ev
from wizard.run.connecting import HOST
from wizard.run.context import Context
from wizard.run.intents import AGAIN, PAUSE, TAKE_OVER
from wizard.run.journal import utc_now

log = logging.getLogger(__name__)


async def hold(context: Context, steps: Iterable[Step]) -> None:
    """Hold every host that these steps change, before anything there is so much as captured; asked once a connection.

    The operator's own machine is not held: what is done there is done to their own files.

    Raises:
        HostHeld: Another run does, and nobody is there to take it over.
        Paused: A person left it to the other run.
        HostError: Whether another run does cannot be learnt.
    """
    for name in _reached(context, steps):
        # The links are another object once any of them changed: a new connection must be told again what it holds.
        if context.holds.held.get(name) is not context.recorder.state.links:
            await _hold(context, name)
            context.holds.held[name] = context.recorder.state.links


def _reached(context: Context, steps: Iterable[Step]) -> list[str]:
    """The hosts that these steps change over a connection."""
    names = dict.fromkeys(name for step in steps for name in step.changed_hosts)
    return [name for name in names if context.hosts[name].destination is not None]


async def _hold(context: Context, name: str) -> None:
    me = Holder(context.run, in_one_word(context.recorder.journal.who), platform.node() or "-", utc_now())
    over = ANY if context.holds.take_over else ""
    preparing = asyncio.create_task(_prepare(context.hosts[name]))
    context.holds.preparing.add(preparing)
    preparing.add_done_callback(context.holds.preparing.discard)
    while True:
        got = await holding.hold(context.hosts[name], me, over)
        if got.mine:
            break
        over = await _taken_over(context, name, got)
    if got.other or name not in context.holds.held:
        context.recorder.record(ev.HostHeld(name, got.number, got.place, str(got.other or "")))


async def _prepare(host: Host) -> None:
    """While the host is asked for, it makes what the first attempt needs; that one tells what is in the way."""
    with suppress(HostError):
        await host.prepare()


async def _taken_over(context: Context, name: str, got: Hold) -> str:
    """A person decides about a host that another run holds; returns the hold to take over, or nothing to look again."""
    where = context.hosts[name].label
    what = f"{where} is held by {got.other}"
    if not context.holds.person:
        watch = f"`wizard watch {got.other.run}` shows it there" if got.other else ""
        mend = f"Wait until it has ended; {watch}. --take-over takes the host from it: speak with them first"
        raise HostHeld(f"another run changes this host: {got.other}", where=where, mend=mend)
    asked = ev.QuestionAsked(HOST + name, "host_held", what, [AGAIN, TAKE_OVER, PAUSE])
    answer = await context.desk.question(asked)
    return str(got.number) if answer.answer == TAKE_OVER else ""


async def let_go(context: Context) -> None:
    """Let go of every host this run holds, as it has ended. Where that fails, the next run is told who held it last."""
    tried = context.recorder.state.steps
    acted = [step for phase in context.checklist.phases for step in phase.steps if tried[step.id].attempts]
    for name in dict.fromkeys([*context.holds.held, *_reached(context, acted)]):
        try:
            await holding.release(context.hosts[name], context.run)
        except HostError:
            log.exception("%s could not be let go of", name)
