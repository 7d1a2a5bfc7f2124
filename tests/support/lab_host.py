"""This machine as a host, with a real sh and a real relay behind its tunnel; and a stage that remembers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from wizard.actions.base import Question, Ran, Reply, Sample
from wizard.checks.base import Observation
from wizard.errors import HostError
from wizard.hosts.base import Answer, Attempt, AttemptState, Destination, Ending, Host, Identity, OnOutput
from wizard.hosts.content import opened
from wizard.hosts.world import Mark, World


@dataclass
class LabHost:
    """Runs scripts here. ``forwards`` False is an sshd that forbids forwarding; ``path`` replaces the PATH."""

    name: str = "db"
    forwards: bool = True
    path: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    destination: Destination | None = None
    key: str = ""
    asked: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.name} (this machine)"

    async def connect(self) -> Identity:
        return Identity("machine", "boot", "here", "me", os.getuid(), time.time(), self.key)

    async def ask(self, script: str, *, limit: float = 30.0, stdin: bytes = b"") -> Answer:
        self.asked.append(script)
        return await self._sh(script, limit, stdin, {})

    async def _sh(self, script: str, limit: float, stdin: bytes, more: Mapping[str, str]) -> Answer:
        began = time.monotonic()
        path = {"PATH": self.path} if self.path is not None else {}
        process = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            script,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **path, **self.environment, **more},
            start_new_session=True,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(stdin), limit)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGTERM)
            out, err = await process.communicate()
            return Answer(124, out, err, timed_out=True, seconds=time.monotonic() - began)
        return Answer(process.returncode, out, err, seconds=time.monotonic() - began)

    async def run(self, attempt: Attempt) -> Ran:
        answer = await self._sh(opened(attempt.content) + attempt.script, attempt.limit, b"", attempt.secrets)
        ending = Ending(AttemptState.DONE, answer.exit_status, timed_out=answer.timed_out)
        return Ran(ending, answer.stdout + answer.stderr)

    async def start(self, attempt: Attempt) -> None:
        raise NotImplementedError

    async def follow(self, key: str, offset: int, on_output: OnOutput) -> Ending:
        raise NotImplementedError

    async def status(self, key: str) -> Ending:
        raise NotImplementedError

    async def cancel(self, key: str) -> Ending:
        raise NotImplementedError

    @contextlib.asynccontextmanager
    async def tunnel(self, target: str) -> AsyncIterator[Path]:
        if not self.forwards:
            what = "forwarding is forbidden"
            raise HostError(what)
        with tempfile.TemporaryDirectory() as private:
            path = Path(private) / "s"
            server = await asyncio.start_unix_server(lambda r, w: _relay(target, r, w), path)
            try:
                yield path
            finally:
                server.close()

    async def close(self) -> None:
        return None


async def _relay(target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As sshd forwards: where the target cannot be reached, the connection is just closed."""
    try:
        if "/" in target:
            far_reader, far_writer = await asyncio.open_unix_connection(target)
        else:
            host, _, port = target.rpartition(":")
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
    except OSError:
        writer.close()
        return
    await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@dataclass
class LabStage:
    """Runs at once and keeps what it was told. ``observations`` are handed out one look at a time."""

    observations: list[Sequence[tuple[str, Observation]]] = field(default_factory=list)
    on_pause: Callable[[float], None] | None = None
    scripts: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    limit: float = 60.0
    earlier: Sequence[Sample] = ()

    async def run(self, host: Host, attempt: Attempt) -> Ran:
        self.scripts.append(attempt.script)
        assert isinstance(host, LabHost)
        return await host.run(replace(attempt, limit=self.limit))

    async def ask(self, question: Question) -> Reply:
        raise NotImplementedError

    async def observe(self) -> Sequence[tuple[str, Observation]]:
        return self.observations.pop(0) if self.observations else []

    def sample(self, sample: Sample) -> None:
        self.samples.append(sample)

    def sampled(self) -> Sequence[Sample]:
        return [*self.earlier, *self.samples]

    def say(self, text: str) -> None:
        self.said.append(text)

    async def pause(self, seconds: float) -> None:
        if self.on_pause:
            self.on_pause(seconds)
        else:
            await asyncio.sleep(seconds)


def lab_world(files: Path, host: LabHost | None = None, *, since: float = 0.0) -> World:
    """A world in which the step's host and ``local`` are this machine, with both marks at ``since``."""
    host = host or LabHost()
    marks = {name: {host.name: Mark(since)} for name in ("run_start", "step_start")}
    return World(host=host, hosts={host.name: host, "local": LabHost("local")}, run_id="r1", files=files, marks=marks)
