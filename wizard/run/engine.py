"""The engine: a run in a thread of its own with a loop of its own, so that no reader can hold it up."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable

from wizard.errors import WizardError
from wizard.frozen import frozen
from wizard.hosts.base import Host
from wizard.paths import INBOX
from wizard.run import events as ev
from wizard.run.anchoring import anchored
from wizard.run.context import Context
from wizard.run.desk import Paused
from wizard.run.handing import handed_over, told
from wizard.run.intents import AddNote, Answer, CancelStep, HandOver, Intent, PutOnRecord, Stop
from wizard.run.rollback import INCOMPLETE
from wizard.run.session import RESOLVED, Session
from wizard.run.sweeping import acknowledged

PAUSED, FAILED = "paused", "failed"

EXIT_RESOLVED, EXIT_OTHERWISE, EXIT_AT_GATE, EXIT_INCOMPLETE = 0, 1, 4, 5

CLOSING = 5.0
"""Seconds that a host's connection has to close."""

HURRY = 0.4
"""Seconds that hosts have to take the last word of a run that was told to stop, and as many to close: who gives the
signal is not kept waiting for more than one second by a host that says nothing."""

NOTES_EVERY = 0.5
"""Seconds between two looks into the inbox."""

log = logging.getLogger(__name__)


@frozen
class Outcome:
    """How the engine ended: in a word, as an exit status, and with the error a person should read, if any."""

    word: str
    exit_status: int
    error: WizardError | None = None


class Engine:
    """Runs a session in its own thread.

    Args:
        prepare: Makes the session inside the thread's loop, where hosts belong; it may raise a ``WizardError``.
        work: What to do with it: walk it, or roll it back.
        over: Called when it has ended, as the last thing its thread does.
    """

    def __init__(
        self,
        prepare: Callable[[], Awaitable[tuple[Context, Session]]],
        work: Callable[[Session], Awaitable[str]],
        over: Callable[[], None] = lambda: None,
    ) -> None:
        self._prepare = prepare
        self._work = work
        self._over = over
        self._loop: asyncio.AbstractEventLoop | None = None
        self._flow: asyncio.Task[str] | None = None
        self._session: Session | None = None
        self._context: Context | None = None
        self._stop: Stop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._main, name="engine", daemon=True)
        self.outcome: Outcome | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()
        self._ready.wait()

    def join(self, timeout: float | None = None) -> Outcome | None:
        """Wait for the end, at most ``timeout`` seconds; None while it still runs."""
        self._thread.join(timeout)
        return self.outcome

    def submit(self, intent: Intent) -> None:
        """Hand an intent over from any thread; dropped where the engine has ended."""
        if self._loop and self._thread.is_alive():
            try:
                self._loop.call_soon_threadsafe(self._take, intent)
            except RuntimeError:
                log.debug("the engine ended before it could take %s", type(intent).__name__)

    def _main(self) -> None:
        try:
            self.outcome = asyncio.run(self._run())
        except Exception:
            log.exception("the engine ended on an error of its own")
            error = WizardError(
                "the wizard met an error of its own", mend="The state is kept; the debug log has the details"
            )
            self.outcome = Outcome(FAILED, EXIT_OTHERWISE, error)
        finally:
            self._ready.set()
            self._over()

    async def _run(self) -> Outcome:
        self._loop = asyncio.get_running_loop()
        self._flow = asyncio.create_task(self._walk())
        self._ready.set()
        inbox = asyncio.create_task(self._take_notes())
        try:
            return self._ended(await self._flow)
        except Paused as paused:
            self._record(ev.RunPaused(paused.reason, paused.scope))
            return Outcome(PAUSED, EXIT_AT_GATE)
        except asyncio.CancelledError:
            stop = self._stop or Stop("stopped")
            self._record(ev.RunPaused(stop.reason, detached=stop.detached))
            return Outcome(PAUSED, EXIT_AT_GATE)
        except WizardError as error:
            self._record(ev.TroubleMet(str(error)))
            self._record(ev.RunPaused(str(error)))
            return Outcome(FAILED, error.exit_status, error)
        finally:
            inbox.cancel()
            await self._settled()
            await self._close()

    async def _take_notes(self) -> None:
        """Words that others left in the run directory while this engine writes the journal."""
        while True:
            await asyncio.sleep(NOTES_EVERY)
            if self._context and (self._context.directory / INBOX).is_dir():
                from wizard.run.inbox import take_words  # noqa: PLC0415 - few runs have one

                for left in take_words(self._context.directory):
                    self._record(left.words, left.who)

    async def _walk(self) -> str:
        self._context, self._session = await self._prepare()
        return await self._work(self._session)

    def _ended(self, word: str) -> Outcome:
        state = self._context.recorder.state if self._context else None
        if word == INCOMPLETE:
            return Outcome(word, EXIT_INCOMPLETE)
        clean = word == RESOLVED and state is not None and not state.deviations
        return Outcome(word, EXIT_RESOLVED if clean else EXIT_OTHERWISE)

    def _record(self, event: ev.Event, who: str = "") -> None:
        if self._context is None:
            return
        try:
            self._context.recorder.record(event, who)
        except WizardError:
            log.exception("the end of the run could not be recorded")

    async def _settled(self) -> None:
        """What hosts are told once the run's last word is on record."""
        if self._context:
            told = anchored(self._context, HURRY) if self._stop else anchored(self._context)
            await asyncio.gather(told, acknowledged(self._context))

    async def _close(self) -> None:
        if self._context is None:
            return
        patience = HURRY if self._stop else CLOSING
        await asyncio.gather(*(_let_go(host, patience) for host in self._context.hosts.values()))
        self._context.recorder.journal.close()

    def _take(self, intent: Intent) -> None:
        match intent:
            case Answer():
                self._desk_takes(intent)
            case AddNote(text, tag, about, when):
                self._record(ev.NoteAdded(text, tag, about, when))
            case PutOnRecord(words):
                self._record(words)
            case HandOver(to, words, scope):
                self._record(handed_over(to, words, scope))
                self._take(Stop(told(to)))
            case CancelStep(reason):
                self._cancel_step(reason)
            case Stop():
                self._stop = intent
                self._cancel_flow()

    def _desk_takes(self, answer: Answer) -> None:
        if self._context:
            self._context.desk.take(answer)

    def _cancel_step(self, reason: str) -> None:
        stage = self._session.stepper.attempting.stage if self._session else None
        if stage and self._loop:
            if reason and self._context:
                self._record(ev.NoteAdded(f"ended early: {reason}", "decision", self._context.recorder.state.current))
            self._cancelling = self._loop.create_task(stage.cancel())

    def _cancel_flow(self) -> None:
        if self._flow:
            self._flow.cancel()


async def _let_go(host: Host, patience: float) -> None:
    try:
        async with asyncio.timeout(patience):
            await host.close()
    except (TimeoutError, WizardError, OSError):
        log.debug("%s did not close in time", host.label)
