"""A session on hosts that are not there, with a person who answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from wizard.hosts.fake import FakeHost
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.context import Context
from wizard.run.intents import PAUSE, Answer
from wizard.run.preparation import Prepared, open_run
from wizard.run.session import Session

E = TypeVar("E", bound=ev.Event)
Said = Callable[[ev.QuestionAsked], str]


class Sitting:
    """A session with a person who answers as told and leaves at a shut gate, and everything that was recorded."""

    def __init__(self, prepared: Prepared, made: Mapping[str, FakeHost], manner: Manner, says: Said) -> None:
        self.events: list[ev.Event] = []
        self._says = says
        self._made = made
        self._prepared = prepared
        self._manner = manner
        self._context: Context | None = None

    def __call__(self, message: object) -> None:
        if not isinstance(message, ev.Record):
            return
        self.events.append(message.event)
        if isinstance(message.event, ev.QuestionAsked | ev.GateBlocked):
            said = self._says(message.event) if isinstance(message.event, ev.QuestionAsked) else PAUSE
            answer = Answer(message.event.scope, said)
            asyncio.get_running_loop().call_soon(lambda: self._context and self._context.desk.take(answer))

    async def walk(self) -> str:
        context = open_run(self._prepared, [self])
        self._context = replace(context, hosts=self._made)
        try:
            async with asyncio.timeout(8):
                return await Session(self._context, self._manner).walk()
        finally:
            context.recorder.journal.close()

    def of(self, kind: type[E]) -> list[E]:
        """Events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What the person was asked."""
        return [(event.scope, event.purpose) for event in self.events if isinstance(event, ev.QuestionAsked)]
