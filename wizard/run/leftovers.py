"""What a killed runner left running is ended before anything of its step is done anew or undone.

A person who is told that it may still run, and says `run it again` all the same, would have it twice at a time.
"""

from __future__ import annotations

from wizard.checklist.model import Step
from wizard.errors import StepRefused
from wizard.hosts.base import AttemptState
from wizard.run import events as ev
from wizard.run import seen
from wizard.run.context import Context
from wizard.run.state import RunState

LOST = AttemptState.LOST.value


def lost(state: RunState, step: str) -> list[seen.AttemptState]:
    """The attempts at a step, or at its undo, whose runner was killed."""
    return [one for one in state.attempts.values() if one.step == step and one.end and one.end.state == LOST]


async def end_leftovers(context: Context, step: Step) -> None:
    """End it on each host, and say so where there was something.

    Raises:
        StepRefused: It does not end, so nothing is to be started beside it.
        HostError: The host cannot be asked.
    """
    for one in lost(context.recorder.state, step.id):
        ended = await context.hosts[one.host].cancel(one.key)
        if ended.timed_out:
            what = f"what attempt {one.number} had begun still runs and does not end"
            raise StepRefused(what, where=one.host, mend="Find out on the host what keeps it; then run it again")
        if ended.killed:
            context.recorder.record(ev.LeftoverEnded(one.key, step.id, one.number, one.host))
