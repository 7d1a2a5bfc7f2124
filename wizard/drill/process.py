"""The practice host's process, as the wizard sees it: started, heard once, and ended with everything it has started."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from wizard.drill.host.orders import Orders
from wizard.drill.host.sweep import end_processes, remove
from wizard.errors import HostUnreachable
from wizard.jsontext import parse

LOOPBACK = "127.0.0.1"
_GOODBYE = 20.0
"""Seconds in which the practice host has ended; then it is ended."""


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


class HostProcess:
    """One practice host. The open pipe to it is its life-line: when this process ends, however it does, so does that.

    Args:
        orders: What it is to be.
        gate: The socket that its SSH server listens on, bound already.
    """

    def __init__(self, orders: Orders, gate: socket.socket) -> None:
        self._root = Path(orders.root)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end
        package = str(Path(__file__).parents[2])
        search = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "wizard.drill.host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "PYTHONPATH": search},
            pass_fds=[gate.fileno()],
            # No key that is pressed in a terminal must end it before us.
            start_new_session=True,
        )
        self._write(json.dumps(asdict(orders)).encode() + b"\n")

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def _write(self, line: bytes) -> None:
        if self._process.stdin:
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def key(self) -> str:
        """Wait until it serves; the fingerprint of its host key.

        Raises:
            HostUnreachable: It did not start.
        """
        line = self._process.stdout.readline() if self._process.stdout else b""
        told = parse(line) if line else {}
        if "key" not in told:
            self._log.seek(0)
            last = self._log.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            said = told.get("problem") or " ".join(last) or "it said nothing"
            raise HostUnreachable(f"the practice host did not start: {said}", mend="Try again; then report it")
        return str(told["key"])

    def end(self) -> None:
        """Close the life-line, wait until it has cleaned up, and see to what it could not."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GOODBYE)
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._log.close()
        if self._root.exists():
            end_processes(self._root, os.getpid())
            remove(self._root)
