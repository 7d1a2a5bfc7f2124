"""Being attached to a host: one channel, made again when it is lost, and always to the same host."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from wizard.errors import (
    HostError,
    HostKeyChanged,
    HostKeyUnknown,
    HostUnreachable,
    LinkLost,
    SudoRefused,
    UsageError,
    WizardError,
)
from wizard.frozen import frozen
from wizard.hosts import commands
from wizard.hosts.base import Identity, Link, OnLink
from wizard.hosts.channel import Channel
from wizard.hosts.frames import Frame
from wizard.hosts.numbers import LARGEST_ID, LATEST, natural
from wizard.hosts.sudo import open_root
from wizard.hosts.transport import Duplex, Transport

SLOWEST = 3.0
"""Seconds between two attempts to reconnect, at most: with what an attempt takes, a link that is back is found in 5."""

LONGEST = 255
"""Characters of a host's name and of an account's, at most: gethostname(2), useradd(8)."""

_PLAIN = re.compile(r"[A-Za-z0-9._-]{0,64}")

STABLE = 5.0
"""Seconds that a connection must have lasted for its loss not to count as one more failure in a row."""


@frozen
class Settings:
    """How a host is used.

    Args:
        sudo: Become root.
        password: For sudo; None where it must not need one.
        path: Directories put before the host's own PATH.
        spool: Where attempts are kept there; empty for the default.
        give_up: Seconds of reconnecting after which the link is lost for good.
    """

    sudo: bool = False
    password: str | None = None
    path: tuple[str, ...] = ()
    spool: str = ""
    give_up: float = 600.0


class Attachment:
    """Keeps one live channel to a host.

    Args:
        transport: The way to it.
        settings: How it is used.
        on_link: Told when the link goes and when it is back.
    """

    def __init__(self, transport: Transport, settings: Settings, on_link: OnLink | None = None) -> None:
        self.transport = transport
        self.settings = settings
        self.identity: Identity | None = None
        self.tools: frozenset[str] = frozenset()
        self._tell: OnLink = on_link or (lambda _link, _why: None)
        self._channel: Channel | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._failures = 0
        self._since = 0.0

    async def channel(self) -> Channel:
        """The live channel; connects, or reconnects for up to ``give_up`` seconds.

        Raises:
            HostError: On connecting first, whatever stands in the way; later, what only a person can mend.
            LinkLost: Reconnecting was given up.
        """
        async with self._lock:
            if self._channel is not None and self._channel.alive:
                return self._channel
            if self.identity is None:
                return await self._connect()
            return await self._reconnect()

    async def close(self) -> None:
        """Let go; a later use connects again."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        async with self._lock:
            await self._drop()

    async def _drop(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()
        await self.transport.close()

    async def _connect(self) -> Channel:
        try:
            channel = await self._greeted(await self._open())
        except BaseException:
            await self.transport.close()
            raise
        self._channel, self._since = channel, _now()
        self._keeper = asyncio.create_task(self._keep(channel))
        return channel

    async def _keep(self, channel: Channel) -> None:
        """Once it is lost, make another one, wanted or not: a person at a gate is to see it, and to find it back."""
        await channel.gone.wait()
        # Whoever uses the host next tries again and is told what stands in the way.
        with suppress(WizardError):
            await self.channel()

    async def _greeted(self, duplex: Duplex) -> Channel:
        channel = Channel(duplex, self.transport.where, remote=self.transport.remote, silence=self.transport.silence)
        try:
            identity = self._recognised(await channel.open(self.settings.spool, self.settings.path))
            await channel.tell(commands.call("wz_use", identity.launcher, background=False))
        except LinkLost as error:
            await channel.close()
            raise HostUnreachable(error.what, where=error.where, mend="Does /bin/sh work there?") from error
        except BaseException:
            await channel.close()
            raise
        self.identity = identity
        return channel

    async def _open(self) -> Duplex:
        if self.settings.sudo:
            return await open_root(self.transport, self.settings.password)
        return await self.transport.open("/bin/sh")

    async def _reconnect(self) -> Channel:
        # Said first: a dead connection takes its time to be let go of.
        self._tell(Link.DETACHED, f"reconnecting to {self.transport.where}")
        await self._drop()
        self._failures = 0 if _now() - self._since >= STABLE else self._failures
        before = self._boot()
        deadline = _now() + self.settings.give_up
        while True:
            await asyncio.sleep(self._pause())
            self._failures += 1
            try:
                channel = await self._connect()
            except (HostKeyUnknown, HostKeyChanged, SudoRefused, UsageError):
                raise
            except HostError as error:
                if _now() >= deadline:
                    raise self._gone(error) from error
                continue
            rebooted = "; it has rebooted since" if self._boot() != before else ""
            self._tell(Link.ATTACHED, f"attached to {self.transport.where} again{rebooted}")
            return channel

    def _boot(self) -> str:
        return self.identity.boot_id if self.identity else ""

    def _pause(self) -> float:
        """Seconds before the next attempt: none, then doubling, with jitter so that many panes do not knock at once."""
        if self._failures == 0:
            return 0.0
        longest = min(SLOWEST, 0.1 * 2.0 ** min(self._failures, 10))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing

    def _gone(self, error: HostError) -> LinkLost:
        return LinkLost(
            f"no way back to the host within {self.settings.give_up:.0f} s: {error.what}",
            where=self.transport.where,
            mend="What was started there goes on; resume the run when the host can be reached",
        )

    def _recognised(self, hello: Frame) -> Identity:
        """Who answered.

        Raises:
            HostKeyChanged: It is not who answered before.
        """
        said = dict(line.partition("=")[::2] for line in hello.payload.decode("utf-8", "backslashreplace").splitlines())
        identity = replace(identified(said, self.transport.key), accepted=self.transport.accepted)
        if self.identity is not None and not same_host(self.identity, identity):
            raise HostKeyChanged(
                f"another machine answers now: {identity.hostname} instead of {self.identity.hostname}",
                where=self.transport.where,
                mend="Find out why before anything else is run; a new run may be started on the new machine",
            )
        self.tools = frozenset(said.get("tools", "").split())
        return identity


def identified(said: Mapping[str, str], key: str) -> Identity:
    """The identity a host's hello tells.

    Raises:
        HostError: Something in it is missing.
    """
    kills = said.get("kill_user_processes", "").endswith("true")
    as_service = kills and said.get("uid") == "0" and "systemd-run" in said.get("tools", "").split()
    try:
        return Identity(
            machine_id=_plain(said["machine_id"]),
            boot_id=f"{_plain(said['boot_id'])} {_plain(said['init'])}".strip(),
            hostname=said["hostname"][:LONGEST],
            user=said["user"][:LONGEST],
            uid=natural(said["uid"], LARGEST_ID),
            clock=float(natural(said["clock"], LATEST)),
            key=key,
            launcher="systemd-run" if as_service else "setsid",
            outlives=as_service or not kills,
        )
    except (KeyError, ValueError) as error:
        raise HostError(f"the host did not say who it is: {error}", mend="Is its /bin/sh a POSIX shell?") from error


def _plain(word: str) -> str:
    """A word by which machines and boots are told apart: it is compared, kept, and said to the host again.

    Raises:
        ValueError: Something that no kernel and no machine-id(5) says stands in it.
    """
    if not _PLAIN.fullmatch(word):
        raise ValueError(f"{word[:LONGEST]!r} names no machine and no boot")
    return word


def same_host(one: Identity, other: Identity) -> bool:
    """Are these the same machine, rebooted or not?"""
    return (one.machine_id, one.key, one.uid) == (other.machine_id, other.key, other.uid)


def _now() -> float:
    return asyncio.get_running_loop().time()
