"""A host that is a plain shell of this machine: real sh and real files, nothing that survives a cut."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from wizard.hosts.base import Answer, Attempt, AttemptState, Destination, Ending, Identity, OnOutput
from wizard.hosts.content import opened


class ShellHost:
    """Runs each script with `sh -s`.

    Args:
        name: As the checklist would say.
        path: Directories put first in PATH.
        changing_path: The same for scripts that are started, not asked.
        argv: The shell, as arguments.
    """

    def __init__(
        self,
        name: str = "local",
        *,
        path: Sequence[Path] = (),
        changing_path: Sequence[Path] = (),
        argv: Sequence[str] = ("/bin/sh",),
    ) -> None:
        self.name = name
        self.label = f"{name} · shell"
        self.destination: Destination | None = None
        self.path = list(path)
        self.changing_path = [*changing_path, *path]
        self.argv = list(argv)
        self.asked: list[str] = []
        self.started: dict[str, Attempt] = {}
        self._ended: dict[str, tuple[Ending, bytes]] = {}

    async def connect(self) -> Identity:
        """This machine."""
        return Identity("machine", "boot", "here", "me", os.getuid(), time.time())

    async def ask(self, script: str, *, limit: float = 30.0, stdin: bytes = b"") -> Answer:  # noqa: ARG002 - unused here
        """Run it and wait."""
        self.asked.append(script)
        status, out, err, timed_out = await self._run(script, {}, limit, self.path, merge=False)
        return Answer(status, out, err, timed_out=timed_out)

    async def start(self, attempt: Attempt) -> None:
        """Run it to its end, once a key."""
        if attempt.key in self.started:
            return
        self.started[attempt.key] = attempt
        secrets = dict(attempt.secrets)
        status, out, _, timed_out = await self._run(
            given(attempt), secrets, attempt.limit, self.changing_path, merge=True
        )
        state = AttemptState.LOST if status is None or status < 0 else AttemptState.DONE
        known = status if state is AttemptState.DONE else None
        self._ended[attempt.key] = Ending(state, known, timed_out=timed_out, total=len(out)), out

    async def follow(self, key: str, offset: int, on_output: OnOutput) -> Ending:
        """Everything at once."""
        ending, out = self._ended[key]
        on_output(offset, out[offset:])
        return ending

    async def status(self, key: str) -> Ending:
        """As it ended."""
        return self._ended[key][0] if key in self._ended else Ending(AttemptState.ABSENT)

    async def cancel(self, key: str) -> Ending:
        """Too late for what has run."""
        return await self.status(key)

    @asynccontextmanager
    async def tunnel(self, target: str) -> AsyncIterator[Path]:
        """A socket of this machine needs no tunnel."""
        yield Path(target)

    async def close(self) -> None:
        """Nothing to let go."""

    async def _run(
        self, script: str, extra: dict[str, str], limit: float, path: Sequence[Path], *, merge: bool
    ) -> tuple[int | None, bytes, bytes, bool]:
        search = os.pathsep.join([*map(str, path), os.environ["PATH"]])
        process = await asyncio.create_subprocess_exec(
            *self.argv,
            "-s",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT if merge else asyncio.subprocess.PIPE,
            env={**os.environ, **extra, "PATH": search},
            start_new_session=True,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(script.encode()), limit)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            return None, b"", b"", True
        return process.returncode, out, err or b"", False


def given(attempt: Attempt) -> str:
    """The script with its content as standard input, for a shell that reads it from there itself."""
    return attempt.script if attempt.content is None else f"(\n{opened(attempt.content)}{attempt.script}\n)\n"


class ScriptedHost(ShellHost):
    """Answers each question with what a real host once said; the last answer is repeated."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__("redis")
        self._answers = list(answers)

    async def ask(self, script: str, *, limit: float = 30.0, stdin: bytes = b"") -> Answer:  # noqa: ARG002 - canned
        """The next answer."""
        self.asked.append(script)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
