"""What a host is to others, master or replica: learnt before the run, and asked again before each change to it.

After a failover the same machine, with the same key, is not the one to work on any more. A role that cannot be told is
not another one: the run itself may have stopped what would tell it. That it cannot is on record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from wizard.checklist.model import Source, Step
from wizard.checklist.templating import render
from wizard.errors import HostError, StepRefused, WizardError
from wizard.run import events as ev
from wizard.run.connecting import HOST
from wizard.run.context import Context
from wizard.run.intents import AGAIN, GO_ON, PAUSE
from wizard.run.seen import RoleState
from wizard.run.sources import value_of
from wizard.text import one_line

LONGEST = 80
"""Characters of a role; what says more than a word or two is no role, and only its beginning is compared."""


Asked = Iterator[tuple[str, Source]]
"""Hosts, and what tells the role of each."""


async def learn(context: Context) -> None:
    """Look at every role there is, all at once. A host that cannot be asked now is asked before a change."""
    await asyncio.gather(*(_learn(context, *one) for one in _asked(context, context.checklist.hosts)))


async def _learn(context: Context, name: str, source: Source) -> None:
    try:
        await _look(context, name, source)
    except HostError as problem:
        _record(context, name, RoleState(why=problem.what))


async def keep(context: Context, steps: Iterable[Step]) -> None:
    """Go on only where the hosts that these steps change are what they were, or a person takes them as they are.

    Raises:
        Paused: A person left it, or nobody is there.
        HostError: The host cannot be asked.
    """
    for name, source in _asked(context, [name for step in steps for name in step.changed_hosts]):
        while _differs(now := await _look(context, name, source)):
            asked = ev.QuestionAsked(HOST + name, "role", _told(context, name), [AGAIN, GO_ON, PAUSE], needs_note=True)
            if (await context.desk.question(asked)).answer == GO_ON:
                context.recorder.record(ev.RoleSeen(name, now.now, pinned=True))
                break


async def refuse(context: Context, step: Step) -> None:
    """The same where nobody can be asked: an undo of a rollback.

    Raises:
        StepRefused: The host is not what it was.
        HostError: It cannot be asked.
    """
    for name, source in _asked(context, step.changed_hosts):
        if _differs(await _look(context, name, source)):
            mend = "Find out whether this is still the host to work on; `wizard rollback` then asks about it"
            raise StepRefused(_told(context, name), where=context.hosts[name].label, mend=mend)


def _asked(context: Context, names: Iterable[str]) -> Asked:
    """Those of these hosts of which the checklist says what tells their role."""
    declared = {name: spec.role for name, spec in context.checklist.hosts.items() if spec.role}
    return ((name, declared[name]) for name in dict.fromkeys(names) if name in declared)


def _differs(role: RoleState) -> bool:
    return bool(role.now) and role.now != role.pinned


def _told(context: Context, name: str) -> str:
    role = context.recorder.state.roles[name]
    return f"{context.hosts[name].label} was {role.pinned} when the run learnt it, and is {role.now} now"


async def _look(context: Context, name: str, source: Source) -> RoleState:
    """What it is now, put on record where that is news; the first role that is told is what changes go by."""
    try:
        role = one_line((await value_of(context.hosts[name], render(source, context.scope()))).text, LONGEST)
        seen = RoleState(now=role, why="" if role else "nothing was said")
    except HostError:
        raise
    except WizardError as problem:
        seen = RoleState(why=problem.what)
    _record(context, name, seen)
    return context.recorder.state.roles[name]


def _record(context: Context, name: str, seen: RoleState) -> None:
    known = context.recorder.state.roles.get(name)
    if known is None or (known.now, known.why) != (seen.now, seen.why):
        first = bool(seen.now) and not (known and known.pinned)
        context.recorder.record(ev.RoleSeen(name, seen.now, pinned=first, why=seen.why))
