"""What a host is to others, master or replica: learnt before the run, and asked again before each change to it.

After a failover the same machine, with the same key, is not the one to work on any more. A role that cannot be told is
not another one: the run itself may have stopped what would tell it. That it cannot is on record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from wizard.checklist.model import Step
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


async def learn(context: Context) -> None:
    """Learn the roles that are not known yet, all at once. A host that cannot be asked now is asked before a change."""
    await asyncio.gather(*(_learn(context, name) for name, spec in context.checklist.hosts.items() if spec.role))


async def _learn(context: Context, name: str) -> None:
    try:
        await _look(context, name)
    except HostError as problem:
        _record(context, name, RoleState(why=str(problem)))


async def keep(context: Context, steps: Iterable[Step]) -> None:
    """Go on only where the hosts that these steps change are what they were, or a person takes them as they are.

    Raises:
        Paused: A person left it, or nobody is there.
        HostError: The host cannot be asked.
    """
    for name in _changed(context, steps):
        while _differs(await _look(context, name)):
            asked = ev.QuestionAsked(HOST + name, "role", _told(context, name), [AGAIN, GO_ON, PAUSE], needs_note=True)
            answer = await context.desk.question(asked)
            if answer.answer == GO_ON:
                now = context.recorder.state.roles[name].now
                context.recorder.record(ev.RoleSeen(name, now, pinned=True))
                break


async def refuse(context: Context, step: Step) -> None:
    """The same where nobody can be asked: each undo of a rollback.

    Raises:
        StepRefused: The host is not what it was.
        HostError: It cannot be asked.
    """
    for name in _changed(context, [step]):
        if _differs(await _look(context, name)):
            mend = "Find out whether this is still the host to work on; `wizard rollback` then asks about it"
            raise StepRefused(_told(context, name), where=context.hosts[name].label, mend=mend)


def _changed(context: Context, steps: Iterable[Step]) -> list[str]:
    """The hosts that these steps change, as far as the checklist says what tells their role."""
    declared = context.checklist.hosts
    changing = [step for step in steps if step.action.changes]
    names = dict.fromkeys(name for step in changing for name in (step.on, str(getattr(step.action, "host", ""))))
    return [name for name in names if name in declared and declared[name].role]


def _differs(role: RoleState) -> bool:
    return bool(role.now) and role.now != role.pinned


def _told(context: Context, name: str) -> str:
    role = context.recorder.state.roles[name]
    return f"{context.hosts[name].label} was {role.pinned} when the run learnt it, and is {role.now} now"


async def _look(context: Context, name: str) -> RoleState:
    """What it is now, put on record where that is news; the first role that is told is what changes go by."""
    spec = context.checklist.hosts[name].role
    assert spec is not None  # noqa: S101 - asked of such hosts only
    try:
        role = one_line(await value_of(context.hosts[name], render(spec, context.scope())), LONGEST)
        seen = RoleState(now=role, why="" if role else "nothing was said")
    except HostError:
        raise
    except WizardError as problem:
        seen = RoleState(why=str(problem))
    _record(context, name, seen)
    return context.recorder.state.roles[name]


def _record(context: Context, name: str, seen: RoleState) -> None:
    known = context.recorder.state.roles.get(name)
    if known is None or (known.now, known.why) != (seen.now, seen.why):
        first = bool(seen.now) and not (known and known.pinned)
        context.recorder.record(ev.RoleSeen(name, seen.now, pinned=first, why=seen.why))
