"""The client's side of a channel, against a duplex that says what each test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.support.heldclock import HeldClock
from wizard.errors import HostError, LinkLost
from wizard.hosts import channel as module
from wizard.hosts import commands, waking
from wizard.hosts.channel import Channel


class Puppet:
    """A duplex whose other end is the test."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[bytes] = asyncio.Queue()
        self.complaints: asyncio.Queue[bytes] = asyncio.Queue()
        self.written: list[bytes] = []
        self.react: Callable[[bytes], None] = lambda _line: None

    async def write(self, data: bytes) -> None:
        self.written.append(data)
        self.react(data)

    async def read(self) -> bytes:
        return await self.said.get()

    async def read_error(self) -> bytes:
        return await self.complaints.get()

    async def close(self) -> None:
        self.said.put_nowait(b"")
        self.complaints.put_nowait(b"")


@asynccontextmanager
async def opened(puppet: Puppet, *, remote: bool = True, silence: float | None = None) -> AsyncIterator[Channel]:
    channel = Channel(puppet, "somewhere", remote=remote, silence=silence)

    def greet(line: bytes) -> None:
        if line.startswith(b"wz_hello"):
            puppet.said.put_nowait(f"motd\r\n\036{channel.nonce} H 1 0\n".encode())

    puppet.react = greet
    await channel.open("", ())
    puppet.react = lambda _line: None
    try:
        yield channel
    finally:
        await channel.close()


def status(number: int) -> bytes:
    return commands.status(number, "key")


def answer_pings(puppet: Puppet, channel: Channel) -> None:
    def answer(line: bytes) -> None:
        if line.startswith(b"wz_ping"):
            puppet.said.put_nowait(f"\036{channel.nonce} P 0 0\n".encode())

    puppet.react = answer


async def test_a_channel_that_cannot_be_written_to_is_known_to_be_gone_at_once() -> None:
    puppet = Puppet()

    def gone(_line: bytes) -> None:
        raise LinkLost("the connection is gone")

    async with opened(puppet) as channel:
        puppet.react = gone
        with pytest.raises(LinkLost, match="the connection is gone"):
            await channel.request(status, 5)
        assert not channel.alive


async def test_a_host_that_says_it_cannot_is_heard_in_its_own_words() -> None:
    puppet = Puppet()
    async with opened(puppet) as channel:
        puppet.react = lambda _line: puppet.said.put_nowait(f"\036{channel.nonce} X 2 7\nno room".encode())
        with pytest.raises(HostError, match="somewhere: no room"):
            await channel.request(status, 5)
        assert channel.alive


async def test_an_end_of_the_shell_loses_what_was_awaited_and_says_what_it_complained_of() -> None:
    puppet = Puppet()
    async with opened(puppet) as channel:
        puppet.complaints.put_nowait(b"Connection to host closed by remote host.")
        waiting = asyncio.create_task(channel.request(status, 5))
        await asyncio.sleep(0)
        puppet.said.put_nowait(b"")
        with pytest.raises(LinkLost, match="closed by remote host"):
            await waiting
        assert not channel.alive


async def test_silence_while_something_is_awaited_is_a_lost_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PING_EVERY", 0.01)
    monkeypatch.setattr(module, "SILENCE", 0.05)
    puppet = Puppet()
    async with opened(puppet) as channel:
        with pytest.raises(LinkLost, match="silent"):
            await channel.request(status, 5)
    assert any(line.startswith(b"wz_ping") for line in puppet.written)


async def test_how_long_a_silence_may_be_is_what_the_configuration_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PING_EVERY", 0.01)
    async with opened(Puppet(), silence=0.05) as channel:
        with pytest.raises(LinkLost, match="silent for 0 s"):
            await channel.request(status, 5)


def slept(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine sleeps for an hour as soon as a channel is open."""
    clocks = iter([0.0, 3600.0])
    monkeypatch.setattr(waking, "apart", lambda: next(clocks, 3600.0))
    monkeypatch.setattr(module, "PING_EVERY", 0.01)
    monkeypatch.setattr(module, "AWAKE", 0.05)


async def test_after_a_sleep_a_host_that_does_not_answer_soon_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    slept(monkeypatch)
    async with opened(Puppet()) as channel:
        with pytest.raises(LinkLost, match="since this machine slept"):
            await channel.request(status, 5)


async def test_after_a_sleep_a_host_that_answers_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    slept(monkeypatch)
    puppet = Puppet()
    async with opened(puppet) as channel:
        pings = 0

        def answer(line: bytes) -> None:
            nonlocal pings
            pings += line.startswith(b"wz_ping")
            # The first ping is the one after the sleep; where there is a second, that one was well answered.
            kind = "P 0" if pings < 2 else "E 2 absent 0 0 -"
            puppet.said.put_nowait(f"\036{channel.nonce} {kind} 0\n".encode())

        puppet.react = answer
        assert (await channel.request(status, 5)).fields[0] == "absent"


async def test_a_silence_is_over_when_patience_ends_and_not_at_the_next_ping(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, puppet = HeldClock(monkeypatch), Puppet()
    async with opened(puppet) as channel:
        waiting = asyncio.create_task(channel.request(status, 60))
        await clock.through(2)
        puppet.said.put_nowait(f"\036{channel.nonce} P 0 0\n".encode())
        await clock.on(0.0)
        await clock.through(14)
        assert channel.alive
        await clock.through(1)
        assert not channel.alive
        with pytest.raises(LinkLost, match="silent"):
            await waiting


async def test_answered_pings_keep_a_quiet_call_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, puppet = HeldClock(monkeypatch), Puppet()
    async with opened(puppet) as channel:
        answer_pings(puppet, channel)
        waiting = asyncio.create_task(channel.request(status, 500))
        await clock.through(400)
        puppet.said.put_nowait(f"\036{channel.nonce} E 2 absent 0 0 - 0\n".encode())
        assert (await waiting).fields[0] == "absent"


@pytest.mark.parametrize("remote", [True, False])
async def test_a_channel_that_answers_pings_and_not_a_call_is_given_up(
    monkeypatch: pytest.MonkeyPatch, *, remote: bool
) -> None:
    clock, puppet = HeldClock(monkeypatch), Puppet()
    async with opened(puppet, remote=remote) as channel:
        answer_pings(puppet, channel)
        waiting = asyncio.create_task(channel.request(status, 60))
        await clock.through(60)
        assert channel.alive
        await clock.through(10)
        assert not channel.alive
        with pytest.raises(LinkLost, match="no answer within 60 s"):
            await waiting


async def test_a_shell_of_this_machine_is_waited_for_as_long_as_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, puppet = HeldClock(monkeypatch), Puppet()
    async with opened(puppet, remote=False) as channel:
        waiting = asyncio.create_task(channel.request(status, 5))
        await clock.through(300)
        assert channel.alive
        assert sum(line.startswith(b"wz_ping") for line in puppet.written) == 1
        puppet.said.put_nowait(f"\036{channel.nonce} P 0 0\n\036{channel.nonce} E 2 absent 0 0 - 0\n".encode())
        assert (await waiting).fields[0] == "absent"
        waiting = asyncio.create_task(channel.request(status, 5))
        await clock.on(0.0)
        puppet.said.put_nowait(b"")
        with pytest.raises(LinkLost, match="the shell ended"):
            await waiting


async def test_a_sleep_of_this_machine_loses_no_shell_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, puppet = HeldClock(monkeypatch), Puppet()
    jumps = iter([0.0, 3600.0])
    monkeypatch.setattr(waking, "apart", lambda: next(jumps, 3600.0))
    async with opened(puppet, remote=False) as channel:
        waiting = asyncio.create_task(channel.request(status, 5))
        await clock.through(60)
        puppet.said.put_nowait(f"\036{channel.nonce} E 2 absent 0 0 - 0\n".encode())
        assert (await waiting).fields[0] == "absent"


async def test_what_this_process_did_not_run_for_is_not_the_hosts_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, puppet = HeldClock(monkeypatch), Puppet()
    async with opened(puppet) as channel:
        waiting = asyncio.create_task(channel.request(status, 60))
        await clock.through(10)
        await clock.on(3600.0)
        assert channel.alive
        await clock.through(3)
        assert channel.alive
        await clock.through(10)
        with pytest.raises(LinkLost, match="silent for 15 s"):
            await waiting


async def test_a_broken_frame_is_a_lost_link() -> None:
    puppet = Puppet()
    async with opened(puppet) as channel:
        puppet.react = lambda _line: puppet.said.put_nowait(f"\036{channel.nonce} what is this\n".encode())
        with pytest.raises(LinkLost, match="not a frame"):
            await channel.request(status, 5)


async def test_a_late_answer_to_a_call_nobody_waits_for_is_dropped() -> None:
    puppet = Puppet()
    async with opened(puppet) as channel:
        puppet.react = lambda _line: puppet.said.put_nowait(
            f"\036{channel.nonce} E 999 lost 0 0 - 0\n\036{channel.nonce} E 2 absent 0 0 - 0\n".encode()
        )
        assert (await channel.request(status, 5)).fields[0] == "absent"


@pytest.mark.parametrize("turns", range(6))
async def test_who_is_stopped_just_as_the_answer_comes_is_stopped(turns: int) -> None:
    puppet = Puppet()
    async with opened(puppet) as channel:
        waiting = asyncio.create_task(channel.request(status, 5))
        while not puppet.written[-1].startswith(b"wz_status"):
            await asyncio.sleep(0)
        puppet.said.put_nowait(f"\036{channel.nonce} E 2 absent 0 0 - 0\n".encode())
        for _ in range(turns):
            await asyncio.sleep(0)
        if waiting.cancel():
            with pytest.raises(asyncio.CancelledError):
                await waiting
