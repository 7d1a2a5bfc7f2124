"""Where a person's answers arrive: one open question at a time, in the engine's own loop."""

from __future__ import annotations

import asyncio

from wizard.run import events as ev
from wizard.run.handing import handed_over, told
from wizard.run.intents import ABORT, HAND_OVER, PAUSE, Answer
from wizard.run.recorder import Recorder


class Paused(Exception):
    """The run stops here with its state kept."""

    def __init__(self, scope: str, reason: str) -> None:
        super().__init__(reason)
        self.scope = scope
        self.reason = reason


class Aborted(Exception):
    """The run ends here, unresolved."""


class Desk:
    """Puts questions on record and waits for their answers."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._open: tuple[str, asyncio.Future[Answer]] | None = None

    async def question(self, asked: ev.QuestionAsked) -> Answer:
        """Ask, wait, and put the answer on record.

        Raises:
            Paused, Aborted: The person chose so.
        """
        answer = await self._wait(asked, asked.scope)
        self._recorder.record(ev.QuestionAnswered(asked.scope, answer.answer, answer.note))
        return _or_leave(answer, f"waiting for a person: {asked.text}")

    async def gate(self, blocked: ev.GateBlocked) -> Answer:
        """Show a blocked gate, wait, and put the decision on record.

        Raises:
            Paused, Aborted: The person chose so.
        """
        answer = await self._wait(blocked, blocked.scope)
        self._recorder.record(ev.GateAnswered(blocked.scope, answer.answer, answer.note))
        if answer.answer == HAND_OVER:
            self._recorder.record(handed_over(answer.to, answer.note, blocked.scope))
            raise Paused(blocked.scope, told(answer.to))
        return _or_leave(answer, f"gate blocked by {', '.join(blocked.blocked_by)}")

    async def _wait(self, event: ev.QuestionAsked | ev.GateBlocked, scope: str) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._open = (scope, future)
        self._recorder.record(event)
        try:
            return await future
        finally:
            self._open = None

    def take(self, answer: Answer) -> None:
        """An answer came in; one to a question that is not open any more is dropped."""
        if self._open and self._open[0] == answer.scope and not self._open[1].done():
            self._open[1].set_result(answer)


def _or_leave(answer: Answer, reason: str) -> Answer:
    if answer.answer == PAUSE:
        raise Paused(answer.scope, answer.note or reason)
    if answer.answer == ABORT:
        raise Aborted(answer.note or reason)
    return answer
