"""A host for tests: it answers what it was told to, and remembers what it was asked and what was started."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from wizard.errors import HostError, HostKeyUnknown, LinkLost
from wizard.hosts.base import Answer, Attempt, AttemptState, Destination, Ending, Identity, Link, OnLink, OnOutput

Said = Answer | str | bytes | int | HostError
"""An answer; or its text, its bytes, its exit status; or what is raised instead."""

Reply = Said | Callable[[str], Said]


@dataclass(frozen=True, slots=True)
class Script:
    """How an attempt goes: what it prints and how it ends."""

    output: bytes = b""
    exit_status: int = 0
    ending: Ending | None = None

    @property
    def end(self) -> Ending:
        """The ending, built where none was given."""
        return self.ending or Ending(AttemptState.DONE, self.exit_status, total=len(self.output))


IDENTITY = Identity(
    machine_id="f" * 32, boot_id="boot-1", hostname="fake", user="tester", uid=1000, clock=1_700_000_000.0
)


@dataclass
class FakeHost:
    """See ``Host``. What nobody told it answers with exit status 127, so that a forgotten answer is noticed.

    Args:
        name: The name the checklist gives it.
        identity: Who it says it is.
        on_link: Told of ``lose_link`` and ``mend_link``.
        unknown_key: What it raises on connecting until somebody vouches for the key.
    """

    name: str = "fake"
    identity: Identity = IDENTITY
    destination: Destination | None = None
    on_link: OnLink | None = None
    asked: list[str] = field(default_factory=list)
    fed: list[bytes] = field(default_factory=list)
    started: list[Attempt] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    closed: bool = False
    _exact: dict[str, Reply] = field(default_factory=dict)
    _parts: list[tuple[str, Reply]] = field(default_factory=list)
    _runs: list[tuple[str, Script | Callable[[Attempt], Script]]] = field(default_factory=list)
    _claimed: dict[str, Script] = field(default_factory=dict)
    _link: bool = True
    guarded: str = ""
    unknown_key: HostKeyUnknown | None = None

    @property
    def label(self) -> str:
        """Where it would be."""
        return f"tester@{self.name}"

    def answers(self, script: str, reply: Reply) -> FakeHost:
        """Answer this very script so."""
        self._exact[script] = reply
        return self

    def answers_with(self, part: str, reply: Reply) -> FakeHost:
        """Answer every script that holds ``part`` so; what was told later wins."""
        self._parts.insert(0, (part, reply))
        return self

    def runs(self, part: str, script: Script | Callable[[Attempt], Script]) -> FakeHost:
        """Let attempts whose script holds ``part`` go so; what was told later wins. Others end well, silently."""
        self._runs.insert(0, (part, script))
        return self

    def lose_link(self, why: str = "cut") -> None:
        """From now on every verb raises ``LinkLost``."""
        self._link = False
        if self.on_link is not None:
            self.on_link(Link.DETACHED, why)

    def mend_link(self) -> None:
        """Answer again."""
        self._link = True
        if self.on_link is not None:
            self.on_link(Link.ATTACHED, "mended")

    def _linked(self) -> None:
        if not self._link:
            raise LinkLost("the link was lost: cut", where=self.name)

    def vouch(self, fingerprint: str) -> None:
        """Take it, where it is the key that is shown."""
        if self.unknown_key and self.unknown_key.fingerprint == fingerprint:
            self.unknown_key, self.identity = None, replace(self.identity, accepted=True)

    def guard(self, hold: str, text: str = "") -> None:  # noqa: ARG002 - the protocol's
        """Note it."""
        self.guarded = hold

    async def connect(self) -> Identity:
        """Say who it is, once its key is known."""
        self._linked()
        if self.unknown_key:
            raise self.unknown_key
        return self.identity

    async def ask(self, script: str, *, limit: float = 30.0, stdin: bytes = b"") -> Answer:  # noqa: ARG002 - the protocol's
        """Answer as told."""
        self._linked()
        self.asked.append(script)
        self.fed.append(stdin)
        reply = self._reply(script)
        return _answer(reply(script) if callable(reply) else reply)

    def _reply(self, script: str) -> Reply:
        if script in self._exact:
            return self._exact[script]
        missing = Answer(127, stderr=b"the fake host was not told what to answer")
        return next((reply for part, reply in self._parts if part in script), missing)

    async def prepare(self) -> None:
        """There is nothing to make."""
        self._linked()

    async def run(self, attempt: Attempt, on_claimed: Callable[[], None], on_output: OnOutput) -> Ending:
        """Start and follow."""
        await self.start(attempt)
        on_claimed()
        return await self.follow(attempt.key, 0, on_output)

    async def start(self, attempt: Attempt) -> None:
        """Take the key, once."""
        self._linked()
        if attempt.key in self._claimed:
            return
        self.started.append(attempt)
        run = next((run for part, run in self._runs if part in attempt.script), Script())
        self._claimed[attempt.key] = run(attempt) if callable(run) else run

    async def follow(self, key: str, offset: int, on_output: OnOutput) -> Ending:
        """Hand out what is printed beyond ``offset``, then the ending."""
        self._linked()
        script = self._claimed.get(key)
        if script is None:
            return Ending(AttemptState.ABSENT)
        if script.output[offset:]:
            on_output(offset, script.output[offset:])
        return script.end

    async def status(self, key: str) -> Ending:
        """How it ended, or that it was never started."""
        self._linked()
        script = self._claimed.get(key)
        return script.end if script is not None else Ending(AttemptState.ABSENT)

    async def cancel(self, key: str) -> Ending:
        """Put a tombstone where nothing was started."""
        self._linked()
        self.cancelled.append(key)
        never = Script(ending=Ending(AttemptState.CANCELLED))
        return self._claimed.setdefault(key, never).end

    @asynccontextmanager
    async def tunnel(self, target: str) -> AsyncIterator[Path]:
        """A socket's path is given back as it is; there is nothing behind any other target."""
        self._linked()
        if not target.startswith("/"):
            raise HostError(f"no tunnel to {target}", where=self.name)
        yield Path(target)

    async def close(self) -> None:
        """Note it."""
        self.closed = True


def _answer(said: Said) -> Answer:
    match said:
        case Answer():
            return said
        case HostError():
            raise said
        case int():
            return Answer(said)
        case bytes():
            return Answer(0, said)
    return Answer(0, said.encode("utf-8", "surrogateescape"))
