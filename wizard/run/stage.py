"""What an action has under its feet while it performs: scripts, questions and samples, all of it on record."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from wizard.actions.base import Question, Ran, Reply, Sample
from wizard.checklist.model import CheckItem, Step
from wizard.checks.base import Observation, unknown
from wizard.errors import UsageError
from wizard.hosts.base import Attempt, AttemptState, Ending, Host, OnOutput
from wizard.output import OutputFile, tail
from wizard.run import events as ev
from wizard.run import seen
from wizard.run.context import Context
from wizard.run.gate import look_once
from wizard.run.recorder import Output
from wizard.run.sampled import sampled

KEPT = 1024 * 1024
"""Bytes of the end of an output that an action gets to read."""


LAUNCHES = 3
"""Times that an attempt which was claimed and not taken up is launched again."""


class StepStage:
    """The stage of one attempt at one step, doing or undoing."""

    def __init__(self, context: Context, step: Step, number: int, role: str = "do") -> None:
        self._context = context
        self._step = step
        self._number = number
        self._role = role
        self._samples = len(self.sampled())
        self._running: tuple[Host, str] | None = None
        self._ended_early = asyncio.Event()

    async def run(self, host: Host, attempt: Attempt) -> Ran:
        """Intend, claim, follow to the end; where an earlier life of this run started it already, re-attach."""
        keyed = replace(attempt, key=self._key(attempt.key), limit=self._step.limit)
        known = self._context.recorder.state.attempts.get(keyed.key)
        if known is not None and known.end is not None:
            return await self._ran_already(host, keyed, known.end)
        if known is None:
            # Asked of the host, not of the record: it may have rebooted since the run began.
            self._intend(host, keyed, (await host.connect()).boot_id)
        elif vanished := await self._vanished(host, known):
            self._ended(keyed, Ending(vanished), None, 0.0)
            return Ran(Ending(vanished))
        return await self._perform(host, keyed, claimed=known is not None and known.claimed)

    async def _ran_already(self, host: Host, attempt: Attempt, end: ev.AttemptEnded) -> Ran:
        """An end on record stands, whatever the host says by now; only what was printed is pulled once more.

        A loss of power may have cost the end of what was kept of it here. Nothing is started and no end recorded.
        """
        ending = _ending(end)
        if not ending.state.known:
            return Ran(ending)
        async with self._keeping(host, attempt) as (output, kept, take):
            await host.follow(attempt.key, 0, take)
        if output.checkpoint()["sha256"] == end.sha256:
            return Ran(ending, kept.data)
        return Ran(ending, tail(output.path, KEPT))

    async def _vanished(self, host: Host, known: seen.AttemptState) -> AttemptState | None:
        """What the host should know of this attempt and does not: it is not started again in the dark."""
        seen = (await host.status(known.key)).state
        if seen is not AttemptState.ABSENT:
            return None
        if known.claimed:
            return AttemptState.ABSENT
        return None if (await host.connect()).boot_id == known.boot_id else AttemptState.REBOOTED

    def _key(self, suffix: str) -> str:
        return f"{self._context.run}.{self._step.id}.{self._role}{self._number}.{suffix}"

    def _intend(self, host: Host, attempt: Attempt, boot: str) -> None:
        self._context.recorder.record(
            ev.AttemptIntended(
                key=attempt.key,
                step=self._step.id,
                attempt=self._number,
                role=self._role,
                host=host.name,
                script=attempt.script,
                sha256=hashlib.sha256(attempt.script.encode()).hexdigest(),
                limit=attempt.limit,
                boot_id=boot,
            )
        )

    async def _perform(self, host: Host, attempt: Attempt, *, claimed: bool) -> Ran:
        began = time.monotonic()

        def claim() -> None:
            self._running = (host, attempt.key)
            if not claimed:
                self._context.recorder.record(ev.AttemptClaimed(attempt.key))

        async with self._keeping(host, attempt) as (output, kept, take):
            try:
                ending = await to_its_end(host, attempt, claim, take)
            finally:
                self._running = None
        self._ended(attempt, ending, output, time.monotonic() - began)
        return Ran(ending, kept.data)

    @asynccontextmanager
    async def _keeping(self, host: Host, attempt: Attempt) -> AsyncIterator[tuple[OutputFile, _Tail, OnOutput]]:
        """Meanwhile what an attempt prints is kept and shown by the function that is given last."""
        output = OutputFile(self._context.directory / "output" / f"{attempt.key}.log", self._context.redactor)
        kept = _Tail()

        def take(offset: int, data: bytes) -> None:
            self._show(host, output, lambda: output.write(offset, data))
            kept.add(data)

        try:
            yield output, kept, take
        except BaseException:
            output.close(cut=True)
            raise
        self._show(host, output, output.finish)
        self._context.recorder.journal.after(output.make_durable)

    def _show(self, host: Host, output: OutputFile, keep: Callable[[], bytes]) -> None:
        """Keep what came, and tell of what may be shown of it."""
        shown = keep()
        offset = output.stored - len(shown)
        self._context.recorder.output(Output(self._step.id, host.name, shown, output.path.name, offset))

    def _ended(self, attempt: Attempt, ending: Ending, output: OutputFile | None, seconds: float) -> None:
        self._context.recorder.record(
            ev.AttemptEnded(
                key=attempt.key,
                state=ending.state.value,
                exit_status=ending.exit_status,
                total=ending.total,
                dropped=ending.dropped,
                sha256=output.checkpoint()["sha256"] if output else "",
                output=output.path.name if output else "",
                seconds=round(seconds, 3),
                timed_out=ending.timed_out,
                killed=ending.killed,
                kept_sha256=output.checkpoint()["kept_sha256"] if output else "",
            )
        )

    async def cancel(self) -> None:
        """End what is running now, with its children; end a watch early."""
        self._ended_early.set()
        if self._running:
            host, key = self._running
            await host.cancel(key)

    async def ask(self, question: Question) -> Reply:
        """Ask the person."""
        asked = ev.QuestionAsked(
            self._step.id, "manual", question.text, list(question.answers), needs_note=question.needs_note
        )
        answer = await self._context.desk.question(asked)
        return Reply(answer.answer, answer.note)

    async def observe(self) -> Sequence[tuple[str, Observation]]:
        """Look once at each of the step's samples."""
        return [await self._seen(item) for item in self._step.samples if self._context.wanted(item.when)]

    async def _seen(self, item: CheckItem) -> tuple[str, Observation]:
        try:
            check = self._context.check(item, self._step.on)
        except UsageError as problem:
            # A value that does not fit here, such as one that a host said, is nothing to look with.
            title = item.name or item.kind
            return title, unknown(title, str(problem))
        return item.name or check.title(), await look_once(check)

    def sample(self, sample: Sample) -> None:
        """Put one look of a watch on record."""
        self._samples += 1
        self._context.recorder.record(
            ev.SampleTaken(
                step=self._step.id,
                number=self._samples,
                verdict=sample.verdict,
                seen=dict(sample.seen),
                lines=list(sample.lines),
                numbers=dict(sample.numbers),
                every=sample.every,
                left=sample.left,
                next_save=sample.next_save,
                attempt=self._number,
                clock=sample.mark.clock if sample.mark else None,
                cursor=sample.mark.cursor if sample.mark else "",
                saves=list(sample.saves),
            )
        )

    def sampled(self) -> Sequence[Sample]:
        """The looks of this attempt on record, those of an earlier life of this run too."""
        return sampled(self._context.recorder.state.steps[self._step.id], self._number)

    def say(self, text: str) -> None:
        """Show a line beside the output."""
        masked = self._context.redactor.mask(text)
        self._context.recorder.output(Output(self._step.id, self._step.on, f"{masked}\n".encode()))

    async def pause(self, seconds: float) -> None:
        """Let time pass; ends early where the person ends the watch."""
        try:
            async with asyncio.timeout(seconds):
                await self._ended_early.wait()
        except TimeoutError:
            return


async def to_its_end(host: Host, attempt: Attempt, claim: Callable[[], None], take: OnOutput) -> Ending:
    """Run to the end; a claimed attempt that no runner took up is launched again, which only one can win.

    What none of these launches brought to run is withdrawn: it could otherwise still start late, beside the attempt
    that a person then makes in its place.
    """
    ending = await host.run(attempt, claim, take)
    for _ in range(LAUNCHES):
        if ending.state is not AttemptState.READY:
            return ending
        ending = await host.run(attempt, lambda: None, take)
    return await host.cancel(attempt.key) if ending.state is AttemptState.READY else ending


def _ending(end: ev.AttemptEnded) -> Ending:
    """What the host had said of it."""
    return Ending(AttemptState(end.state), end.exit_status, end.timed_out, end.killed, end.total, end.dropped)


class _Tail:
    """The last mebibyte of a stream, however small the pieces it comes in."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def add(self, data: bytes) -> None:
        self._kept += data[-KEPT:]
        if len(self._kept) >= 2 * KEPT:
            del self._kept[:-KEPT]

    @property
    def data(self) -> bytes:
        return bytes(self._kept[-KEPT:])
