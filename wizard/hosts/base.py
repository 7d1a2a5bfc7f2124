"""The protocol every host keeps: ask it something, or start a change and follow it to its end.

Reading and changing are two different verbs. ``ask`` may be repeated at will; ``start`` claims its key
exclusively on the host, so that whatever happens to the connection, one attempt is started at most once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from wizard.frozen import frozen

MEBIBYTE = 1024 * 1024

CAP = 256 * MEBIBYTE
"""Bytes of an attempt's output that a host keeps, where nobody says otherwise."""


@frozen
class Identity:
    """Who a host is, as it said on connecting; compared before every change.

    ``clock`` is the host's own time in seconds since the epoch; ``key`` the SSH host key's ``SHA256:…``, empty
    for the local machine. ``boot_id`` holds process 1's start time too, which tells the boots of a container apart.
    ``launcher`` is how attempts are detached, ``outlives`` whether they then survive the end of the connection.
    ``accepted`` is set where a person vouched for the key just now, so that it was on no record before.
    """

    machine_id: str
    boot_id: str
    hostname: str
    user: str
    uid: int
    clock: float
    key: str = ""
    launcher: str = "setsid"
    outlives: bool = True
    accepted: bool = False


@frozen
class Destination:
    """How a host is reached over SSH, in words that ssh(1) can be told too.

    Args:
        hostname: The address connected to, after ~/.ssh/config.
        identity: The private key's file, where one was named.
        known_hosts: The files its key was proven by.
    """

    user: str
    hostname: str
    port: int
    identity: Path | None
    known_hosts: tuple[Path, ...]


@frozen
class Answer:
    """What a read-only script said. ``exit_status`` is None where it was not learnt: never a success."""

    exit_status: int | None
    stdout: bytes = b""
    stderr: bytes = b""
    timed_out: bool = False
    truncated: bool = False
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """The script ran to its end and exited 0."""
        return self.exit_status == 0 and not self.timed_out

    @property
    def text(self) -> str:
        """Standard output, undecodable bytes shown as escapes, without the final newline."""
        return self.stdout.decode("utf-8", "backslashreplace").rstrip("\n")

    @property
    def complaint(self) -> str:
        """Standard error, in one string fit for a message."""
        return self.stderr.decode("utf-8", "backslashreplace").strip()


@frozen
class Attempt:
    """One attempt at one change.

    Args:
        key: Names the attempt on the host; ``[A-Za-z0-9._-]`` only, unique to run, step and attempt.
        script: POSIX sh, as shown to the person and as journalled.
        limit: Seconds after which the host itself ends it.
        secrets: Environment for the script that must not be seen in ``ps``, journal or log.
        content: The script's standard input (``hosts/content.py``); must not be seen there either.
        cap: Bytes of output kept on the host; of the rest the end is kept as well, a sixteenth of it up to a mebibyte,
            behind a line that says how much is missing.
    """

    key: str
    script: str
    limit: float = 3600.0
    secrets: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    cap: int = CAP


class AttemptState(StrEnum):
    """What the host says of an attempt (the decision table of docs/architecture.md)."""

    ABSENT = "absent"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    LOST = "lost"
    REBOOTED = "rebooted"
    CORRUPT = "corrupt"

    @property
    def known(self) -> bool:
        """The attempt is over and its outcome is on record."""
        return self in {AttemptState.DONE, AttemptState.CANCELLED}


@frozen
class Ending:
    """How an attempt ended. ``exit_status`` is None unless the state is DONE.

    ``total`` counts the bytes of output the host keeps, ``dropped`` those missing beyond the attempt's cap; where the
    host's disk was full, at least so many are missing.
    """

    state: AttemptState
    exit_status: int | None = None
    timed_out: bool = False
    killed: bool = False
    total: int = 0
    dropped: int = 0

    @property
    def ok(self) -> bool:
        """The script ran to its end and exited 0."""
        return self.state is AttemptState.DONE and self.exit_status == 0 and not self.timed_out


class Link(StrEnum):
    """The state of a host's connection, for the reader of a run."""

    ATTACHED = "attached"
    DETACHED = "detached"


OnOutput = Callable[[int, bytes], None]
"""Called with the byte offset on the host and the bytes there, each byte once and in order."""

OnLink = Callable[[Link, str], None]
"""Called with the new state of the connection and the reason, when it changes."""


class Host(Protocol):
    """Where commands run. Every method may raise a ``HostError``."""

    @property
    def name(self) -> str:
        """The name the checklist gives it (``local`` is the operator's machine)."""

    @property
    def label(self) -> str:
        """Where it really is, fit for a screen: ``autobot@172.16.168.23 · sudo``."""

    @property
    def destination(self) -> Destination | None:
        """How it is reached, once connected; None for the operator's own machine."""

    def vouch(self, fingerprint: str) -> None:
        """A person compared the key of this fingerprint: the next connection may accept it where none is on record."""

    def guard(self, hold: str, text: str = "") -> None:
        """From now on start nothing there unless this hold is the newest (``hosts/holding.py``); empty lifts that.

        Args:
            hold: Its path.
            text: Its whole text, which tells it from any other of that name.
        """

    async def connect(self) -> Identity:
        """Connect, prove the host's key, become the right user, learn who it is.

        Raises:
            HostUnreachable, HostKeyUnknown, HostKeyChanged, LoginRefused, SudoRefused.
        """

    async def ask(self, script: str, *, limit: float = 30.0, stdin: bytes = b"") -> Answer:
        """Run a read-only POSIX sh script in the background of the control channel; the host ends it at ``limit``."""

    async def prepare(self) -> None:
        """Make what attempts need there, so that the first one does not wait for it.

        Raises:
            NoRoom: There is no room for it.
        """

    async def run(self, attempt: Attempt, on_claimed: Callable[[], None], on_output: OnOutput) -> Ending:
        """Start it and follow it to its end, in one go; ``on_claimed`` is called once the host has claimed it."""

    async def start(self, attempt: Attempt) -> None:
        """Prepare, claim and launch the attempt; where its key is claimed already, do nothing."""

    async def follow(self, key: str, offset: int, on_output: OnOutput) -> Ending:
        """Pull output from ``offset`` until the attempt is over or its outcome cannot be known.

        Outlives cut connections: reconnects, re-attaches, goes on where it was.
        """

    async def status(self, key: str) -> Ending:
        """What the host says of the attempt right now."""

    async def cancel(self, key: str) -> Ending:
        """Make sure it never starts; where it runs, end it with its children, then say what it came to."""

    def tunnel(self, target: str) -> AbstractAsyncContextManager[Path]:
        """A unix socket on this machine, in a directory only we can enter, that reaches ``target`` from the host.

        Args:
            target: ``host:port``, or a socket's path on the host.
        """

    async def close(self) -> None:
        """Let go of the connection; what runs on the host goes on."""
