"""The practice host's service manager: one unit, whose process, exits and restarts are real."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wizard.drill.host.accounts import Account, Accounts
from wizard.drill.host.journal import MANAGER_PID, Journal
from wizard.drill.host.sweep import MARK
from wizard.drill.host.unitfile import UnitFile, read_unit, stamp

_PR_SET_PDEATHSIG = 1
_NO_SUCH_USER = 217
"""Exit status by which systemd.exec(5) says that a unit's user is not there."""


@dataclass(slots=True)
class State:
    """How the unit stands, by systemd's own names."""

    active: str = "inactive"
    sub: str = "dead"
    result: str = "success"
    restarts: int = 0
    invocation: str = ""
    enabled: bool = False


@dataclass(frozen=True, slots=True)
class Confines:
    """What the unit's process really is held in, beyond its unit file.

    Args:
        servant: The real account it gets where this process is root; None elsewhere.
        largest_file: Bytes it can write to one file; 0 for no limit.
        mark: The drill's directory.
    """

    servant: int | None = None
    largest_file: int = 0
    mark: str = ""

    def environment(self) -> dict[str, str]:
        """What a process of the unit gets: little, and the mark by which it is found should it be left over."""
        return {"PATH": os.defpath, "LC_ALL": "C", MARK: self.mark}

    def enter(self) -> None:
        """In the new process: should the practice host be killed, its server must not stay behind (prctl(2))."""
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if self.largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.largest_file, self.largest_file))


class Manager:
    """Starts, stops and watches over one unit.

    Args:
        path: Where its unit file is.
        accounts: Who may be named in it.
        journal: Takes what it prints.
        confines: What its process is held in.
        on_tenant: Told the uid that a process is about to run as.
    """

    def __init__(
        self, path: Path, accounts: Accounts, journal: Journal, confines: Confines, on_tenant: Callable[[int], None]
    ) -> None:
        self.name = path.name
        self.path = path
        self.state = State()
        self.loaded: UnitFile | None = None
        self.process: asyncio.subprocess.Process | None = None
        self.account: Account | None = None
        self._accounts = accounts
        self._journal = journal
        self._confines = confines
        self._on_tenant = on_tenant
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int:
        """Of the unit's process; 0 where there is none."""
        return self.process.pid if self.process and self.process.returncode is None else 0

    @property
    def needs_reload(self) -> bool:
        """Its files are no longer those that were read."""
        return (self.loaded.stamp if self.loaded else ()) != stamp(self.path)

    def reload(self) -> None:
        """Read the unit's files again, as `systemctl daemon-reload`."""
        self.loaded = read_unit(self.path)
        for flaw in self.loaded.flaws if self.loaded else ():
            self._say(flaw)

    async def start(self) -> str:
        """Start it where it is not running; returns why it cannot be, or an empty string."""
        if self.pid:
            return ""
        if self._watch and not self._watch.done():
            # It waits to be started again; whoever starts it now comes first.
            await self._end_watch()
        self.state.restarts = 0
        return await self._start()

    async def _start(self) -> str:
        unit = self.loaded
        if unit is None:
            return f"Unit {self.name} not found."
        if unit["Type"] != "simple":
            return f"the practice host does not model Type={unit['Type']}"
        self.state.invocation = uuid.uuid4().hex
        self._say(f"Started {self.name} - {unit['Description']}.")
        self.account = self._accounts.find(unit["User"] or "root")
        if self.account is None:
            self._failed("exit-code", f"Main process exited, code=exited, status={_NO_SUCH_USER}/USER")
            return ""
        self._on_tenant(self.account.uid)
        try:
            self.process = await self._spawn(unit)
        except OSError as problem:
            self._failed("exit-code", f"Failed to execute {unit.command[0]}: {problem.strerror}")
            return ""
        self.state.active, self.state.sub, self.state.result = "active", "running", "success"
        self._watch = asyncio.create_task(self._watched(self.process, unit))
        return ""

    async def _spawn(self, unit: UnitFile) -> asyncio.subprocess.Process:
        servant = self._confines.servant
        return await asyncio.create_subprocess_exec(
            *unit.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=unit["WorkingDirectory"] or "/",
            env=self._confines.environment(),
            user=servant,
            group=servant,
            extra_groups=None if servant is None else [],
            start_new_session=True,
            preexec_fn=self._confines.enter,
        )

    async def _watched(self, process: asyncio.subprocess.Process, unit: UnitFile) -> None:
        """Take what the process prints, and what comes after its end."""
        assert process.stdout is not None  # noqa: S101 - it was asked for
        own = {"_SYSTEMD_UNIT": self.name, "_PID": str(process.pid), "_SYSTEMD_INVOCATION_ID": self.state.invocation}
        async for line in process.stdout:
            self._journal.write(line.decode("utf-8", "replace").rstrip("\n"), **own)
        status = await process.wait()
        if self._stopping:
            return
        self._failed(_result(status), f"Main process exited, {_told(status)}")
        if unit["Restart"] == "always":
            await self._again(unit)

    async def _again(self, unit: UnitFile) -> None:
        self.state.active, self.state.sub = "activating", "auto-restart"
        await asyncio.sleep(unit.seconds("RestartSec"))
        self.state.restarts += 1
        self._say(f"{self.name}: Scheduled restart job, restart counter is at {self.state.restarts}.")
        await self._start()

    async def stop(self) -> None:
        """Ask it to end; where it does not within TimeoutStopSec, kill it."""
        self._stopping = True
        try:
            await self._stop()
        finally:
            self._stopping = False

    async def _stop(self) -> None:
        unit, process = self.loaded, self.process
        if process is None or process.returncode is not None or unit is None:
            await self._end_watch()
            self.state.active, self.state.sub = "inactive", "dead"
            return
        self._say(f"Stopping {self.name} - {unit['Description']}...")
        self.state.active, self.state.sub = "deactivating", "stop-sigterm"
        process.terminate()
        try:
            async with asyncio.timeout(unit.seconds("TimeoutStopSec")):
                await process.wait()
        except TimeoutError:
            self._say(f"{self.name}: State 'stop-sigterm' timed out. Killing.")
            self.kill()
            await self._ended()
            self._failed("timeout", "Main process exited, code=killed, status=9/KILL")
            return
        await self._ended()
        if process.returncode:
            self._failed(_result(process.returncode), f"Main process exited, {_told(process.returncode)}")
            return
        self.state.active, self.state.sub, self.state.result = "inactive", "dead", "success"
        self._say(f"{self.name}: Deactivated successfully.")
        self._say(f"Stopped {self.name} - {unit['Description']}.")

    async def _ended(self) -> None:
        """Until all that the process printed is in the journal."""
        if self._watch:
            await self._watch

    def kill(self) -> None:
        """End every process of the unit at once."""
        with suppress(ProcessLookupError):
            if self.pid:
                os.killpg(self.pid, signal.SIGKILL)

    async def _end_watch(self) -> None:
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    def _failed(self, result: str, why: str) -> None:
        self.state.active, self.state.sub, self.state.result = "failed", "failed", result
        self._say(f"{self.name}: {why}")
        self._say(f"{self.name}: Failed with result '{result}'.")

    def _say(self, message: str) -> None:
        about = {"UNIT": self.name, "_PID": MANAGER_PID, "INVOCATION_ID": self.state.invocation}
        self._journal.write(message, SYSLOG_IDENTIFIER="systemd", **about)


def _result(status: int) -> str:
    """The word of systemd.service(5) for how a process ended."""
    return "exit-code" if status > 0 else "signal" if status < 0 else "success"


def _told(status: int) -> str:
    if status < 0:
        return f"code=killed, status={-status}/{signal.Signals(-status).name.removeprefix('SIG')}"
    return f"code=exited, status={status}/{'FAILURE' if status else 'SUCCESS'}"
