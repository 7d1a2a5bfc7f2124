"""A host that lies in every frame: what it says is refused or believed of itself alone, and nothing else comes of it.

``HOSTILE`` says how many seeds are tried, ``HOSTILE_FIRST`` the first of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.warpedloop import warped
from tests.support.worst_host import END, OUT, Said, WorstHost
from wizard.errors import HostUnreachable, WizardError
from wizard.facts import accounts, files, journal, logfiles, manifest, ports, rdb, units
from wizard.hosts import examining, holding, sweeping, syslog
from wizard.hosts.attachment import Settings
from wizard.hosts.base import CAP, Attempt, Destination, Host
from wizard.hosts.channel import Channel
from wizard.hosts.pull import BEYOND
from wizard.hosts.shellhost import ShellHost
from wizard.hosts.streams import Streams

pytestmark = pytest.mark.long

SEEDS = int(os.environ.get("HOSTILE", "300"))
FIRST = int(os.environ.get("HOSTILE_FIRST", "0"))
EACH = 50

SUDO = 0.2
"""Of the hosts want sudo."""

LONGEST = 1.0
"""Seconds of processor time that one thing may take while everything else waits."""

PATIENCE = 1200.0
"""Seconds after which whoever waits gives up; none of them pass."""

MEMORY = 96 * 1024
"""Kibibytes that this process may grow by, at most."""

ACTS_ON_THE_OPERATOR = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.chmod",
    "os.symlink",
    "socket.connect",
    "socket.bind",
    "pty.spawn",
    "webbrowser.open",
)

pytestmark = pytest.mark.timeout(3600)


class WorstDuplex:
    """A shell of the worst host, without a network between."""

    def __init__(self, worst: WorstHost) -> None:
        self._worst = worst
        self._streams = Streams()
        self.read = self._streams.read
        self.read_error = self._streams.read_error

    async def write(self, data: bytes) -> None:
        await self._streams.writable()
        self.say(self._worst.hears(data))

    def say(self, saying: Iterator[Said]) -> None:
        """Have it come out."""
        for kind, said in saying:
            if kind == END:
                self._streams.end()
            else:
                (self._streams.output if kind == OUT else self._streams.error).feed_data(said)

    async def close(self) -> None:
        self._streams.end()


class WorstTransport:
    """A way to the worst host."""

    where = "somebody@worst"
    remote = True
    key = "SHA256:worst"
    accepted = False
    silence: float | None = None
    destination: Destination | None = None

    def __init__(self, worst: WorstHost) -> None:
        self._worst = worst

    def vouch(self, fingerprint: str) -> None:
        """Nobody does."""

    async def open(self, command: str) -> WorstDuplex:
        self._worst.connected()
        duplex = WorstDuplex(self._worst)
        duplex.say(self._worst.lets_in(command))
        return duplex

    @asynccontextmanager
    async def tunnel(self, _target: str) -> AsyncIterator[Path]:
        raise HostUnreachable("no tunnel")
        yield Path()

    async def close(self) -> None:
        """Nothing to let go."""


class Acts:
    """What this process did to the machine while it was looked at; an audit hook is never taken away again."""

    def __init__(self) -> None:
        self._looking = False
        self.seen: list[str] = []
        sys.addaudithook(self._see)

    def _see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._looking:
            return
        if event in ACTS_ON_THE_OPERATOR or (event == "open" and _writes(arguments)):
            self.seen.append(f"{event} {arguments[:2]}")

    @contextmanager
    def looked_at(self) -> Iterator[list[str]]:
        self.seen, self._looking = [], True
        try:
            yield self.seen
        finally:
            self._looking = False


def _writes(arguments: Sequence[Any]) -> bool:
    flags = arguments[2] if len(arguments) > 2 else 0
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


@pytest.fixture(scope="session")
def acts() -> Acts:
    return Acts()


def _attempt(chance: random.Random) -> Attempt:
    return Attempt(f"run.step.{chance.randrange(3)}", "echo word", limit=5.0)


async def _run(host: Host, chance: random.Random) -> object:
    came: list[int] = []

    def take(at: int, data: bytes) -> None:
        assert at == sum(came), "output out of order"
        came.append(len(data))
        assert sum(came) <= CAP + BEYOND

    return await host.run(_attempt(chance), lambda: None, take)


async def _follow(host: Host, chance: random.Random) -> object:
    return await host.follow(_attempt(chance).key, chance.choice([0, 5]), lambda _at, _data: None)


async def _ask_all(host: Host) -> object:
    """Several at once; all have ended when one of them has failed, as they have in an engine."""
    said = await asyncio.gather(*(host.ask("echo word") for _ in range(5)), return_exceptions=True)
    for one in said:
        if isinstance(one, BaseException):
            raise one
    return said


DOES: Mapping[str, Callable[[Host, random.Random], Awaitable[object]]] = {
    "connect": lambda host, _: host.connect(),
    "ask": lambda host, _: host.ask("echo word"),
    "asks": lambda host, _: _ask_all(host),
    "prepare": lambda host, _: host.prepare(),
    "run": _run,
    "run again": _run,
    "start": lambda host, chance: host.start(_attempt(chance)),
    "follow": _follow,
    "status": lambda host, chance: host.status(_attempt(chance).key),
    "cancel": lambda host, chance: host.cancel(_attempt(chance).key),
    "hold": lambda host, _: holding.hold(host, holding.Holder("run", "me", "here", "now")),
    "take over": lambda host, _: holding.hold(host, holding.Holder("run", "me", "here", "now"), holding.ANY),
    "release": lambda host, _: holding.release(host, "run"),
    "sweep": lambda host, _: sweeping.sweep(host),
    "acknowledge": lambda host, _: sweeping.acknowledge(host, "run", ["run.step.1"]),
    "examine": lambda host, _: examining.examine(host, ["flock"], ["/srv"]),
    "leave": lambda host, _: syslog.leave(host, "run", 7, "0" * 64),
    "find": lambda host, _: syslog.find(host, "run"),
    "account": lambda host, _: accounts.account(host, "redis"),
    "uid": lambda host, _: accounts.uid_of(host, "redis"),
    "file": lambda host, _: files.look(host, "/srv/a", content=True),
    "mark": lambda host, _: journal.take_mark(host),
    "ports": lambda host, _: ports.listeners(host),
    "unit": lambda host, _: units.show(host, "redis.service"),
    "log": lambda host, _: logfiles.read_log(host, "/var/log/a", 0.0),
    "tree": lambda host, _: manifest.survey(host, "/srv/redis", recursive=True),
    "snapshot": lambda host, _: rdb.check_snapshot(host, "/srv/dump.rdb"),
}
"""What a wizard does with a host; each ends with what the host said, or with an error in a person's words."""


async def _converse(seed: int, faults: list[str]) -> None:
    chance = random.Random(f"wizard {seed}")  # noqa: S311 - not a secret
    worst = WorstHost(seed, 1 << 16)
    host = ShellHost("box", WorstTransport(worst), Settings(sudo=chance.random() < SUDO, give_up=30.0))
    for _ in range(chance.randrange(1, 7)):
        name = chance.choice(list(DOES))
        try:
            async with asyncio.timeout(PATIENCE):
                _plain(await DOES[name](host, chance))
        except (WizardError, TimeoutError):
            continue
        except Exception as fault:  # noqa: BLE001 - any other would reach a person as a fault of ours
            faults.append(f"seed {seed}, {name}: {fault!r}\n  {'; '.join(worst.log[-6:])}")
    async with asyncio.timeout(10):
        await host.close()


def _plain(value: object) -> None:
    """It can be written down as JSON that every reader takes: no number that is none, none beyond 64 bits."""

    def each(one: object) -> Iterator[object]:
        match one:
            case dict():
                yield from (leaf for item in one.items() for leaf in each(item))
            case list() | tuple() | set() | frozenset():
                yield from (leaf for item in one for leaf in each(item))
            case _:
                yield one

    told = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    for leaf in each(told):
        if isinstance(leaf, int):
            assert -(2**63) <= leaf < 2**63, f"a number of {leaf.bit_length()} bits"
        elif isinstance(leaf, float):
            json.dumps(leaf, allow_nan=False)


@pytest.fixture
def listeners_that_died(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Errors of a channel's own tasks, which nobody awaits."""
    died: list[str] = []
    for name in ("_listen", "_drain", "_watch"):
        monkeypatch.setattr(Channel, name, _told(getattr(Channel, name), died))
    return died


def _told(work: Callable[[Channel], Awaitable[None]], died: list[str]) -> Callable[[Channel], Awaitable[None]]:
    async def told(channel: Channel) -> None:
        try:
            await work(channel)
        except Exception as fault:
            died.append(f"{work.__name__}: {fault!r}")
            raise

    return told


@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, EACH))
def test_whatever_a_host_says_nothing_comes_of_it_here(acts: Acts, listeners_that_died: list[str], first: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    faults: list[str] = []
    for seed in range(first, min(first + EACH, FIRST + SEEDS)):
        with acts.looked_at() as seen:
            _, longest = warped(_converse(seed, faults))
        faults += [f"seed {seed}: {act}" for act in seen]
        faults += [f"seed {seed}: a task of the channel died: {died}" for died in listeners_that_died]
        faults += [f"seed {seed}: nothing else had a turn for {longest:.1f} s"] * (longest > LONGEST)
        listeners_that_died.clear()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert not faults, "\n".join(faults)
    assert grown < MEMORY, f"seeds {first} to {first + EACH}: {grown} KiB more"
