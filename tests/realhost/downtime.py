"""Measures how long Redis was away: a pinger beside the host's server, 20 times a second."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from .machine import Machine
from .tools import environment, wait_until

PROBE = Path(__file__).with_name("probe.py")


@dataclass(frozen=True)
class Ping:
    """One ping: when it was sent, when its outcome was known, and whether Redis answered."""

    sent: float
    known: float
    up: bool


@dataclass(frozen=True)
class Downtime:
    """What the pinger saw."""

    pings: tuple[Ping, ...]
    ended: float

    @property
    def outages(self) -> list[float]:
        """Seconds from the last answer before each silence to the first answer after it."""
        found: list[float] = []
        last, silent = self.pings[0].sent, False
        for ping in self.pings:
            if ping.up and silent:
                found.append(ping.known - last)
            silent = not ping.up
            last = ping.known if ping.up else last
        return [*found, self.ended - last] if silent else found

    @property
    def longest(self) -> float:
        """Seconds of the longest outage; 0.0 where every ping was answered."""
        return max(self.outages, default=0.0)

    @property
    def total(self) -> float:
        """Seconds of all outages together."""
        return sum(self.outages)

    @property
    def slowest_answer(self) -> float:
        """Seconds the slowest answered ping took."""
        return max((ping.known - ping.sent for ping in self.pings if ping.up), default=0.0)


class DowntimeMeter:
    """Pings Redis while the context is open; read `result` at any time, also afterwards."""

    def __init__(self, machine: Machine) -> None:
        """Prepare to watch this machine's Redis."""
        self._machine = machine
        self._log = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended: float | None = None

    def __enter__(self) -> Self:
        """Start pinging and wait for the first ping's outcome."""
        descriptor, name = tempfile.mkstemp(prefix="realhost-pings-")
        self._log = Path(name)
        argv = self._machine.network.in_host([sys.executable, "-I", str(PROBE), "ping"])
        self._process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=descriptor, env=environment())
        os.close(descriptor)
        wait_until("the first ping", lambda: self._log.stat().st_size, seconds=10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop pinging and keep what was seen."""
        self._ended = time.monotonic()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._pings = self._read()
        self._log.unlink(missing_ok=True)

    @property
    def result(self) -> Downtime:
        """What has been seen so far."""
        if self._ended is None:
            return Downtime(self._read(), time.monotonic())
        return Downtime(self._pings, self._ended)

    def _read(self) -> tuple[Ping, ...]:
        whole, _, _ = self._log.read_text().rpartition("\n")
        rows = (line.split() for line in whole.splitlines())
        return tuple(Ping(float(sent), float(known), up == "1") for sent, known, up in rows)
