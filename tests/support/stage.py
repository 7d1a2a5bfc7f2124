"""A stage that runs scripts on the host, answers questions from a list, and remembers everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from wizard.actions.base import Question, Ran, Reply, Sample
from wizard.checks.base import Observation
from wizard.hosts.base import Attempt, Host
from wizard.hosts.world import Mark, World

_NUMBERS = count()


class RecordingStage:
    """The engine's side of one action.

    Args:
        role: Keeps the keys of doing and undoing apart.
        replies: Given to the questions in their order.
    """

    def __init__(self, role: str = "do1", *, replies: Sequence[Reply] = ()) -> None:
        self.role = role
        self.attempts: list[Attempt] = []
        self.questions: list[Question] = []
        self.said: list[str] = []
        self.samples: list[Sample] = []
        self._replies = list(replies)

    async def run(self, host: Host, attempt: Attempt) -> Ran:
        """Start it and follow it to its end."""
        self.attempts.append(attempt)
        chunks: list[bytes] = []
        keyed = replace(attempt, key=f"run.step.{self.role}.{attempt.key}.{next(_NUMBERS)}")
        await host.start(keyed)
        ending = await host.follow(keyed.key, 0, lambda _, data: chunks.append(data))
        return Ran(ending, b"".join(chunks))

    async def ask(self, question: Question) -> Reply:
        """The next reply."""
        self.questions.append(question)
        return self._replies.pop(0)

    async def observe(self) -> Sequence[tuple[str, Observation]]:
        """No samples."""
        return ()

    def sample(self, sample: Sample) -> None:
        """Remember it."""
        self.samples.append(sample)

    def sampled(self) -> Sequence[Sample]:
        """No look of an earlier life."""
        return self.samples

    def say(self, text: str) -> None:
        """Remember it."""
        self.said.append(text)

    async def pause(self, seconds: float) -> None:
        """No time passes."""


def world(host: Host, marks: Mapping[str, Mark] | None = None, files: Path = Path()) -> World:
    """The surroundings of a kind on one host, with the marks taken there."""
    taken = {name: {host.name: mark} for name, mark in (marks or {}).items()}
    return World(host, {host.name: host}, "run", files, taken)
