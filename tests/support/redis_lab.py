"""Redis servers of our own: child processes in temporary directories, on a unix socket or a free loopback port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER = os.environ.get("WIZARD_TEST_REDIS_SERVER", "redis-server")
CLI = os.environ.get("WIZARD_TEST_REDIS_CLI", "redis-cli")


@dataclass
class Lab:
    """A running server. ``address`` is its socket's path, or ``127.0.0.1:port``."""

    directory: Path
    address: str
    process: subprocess.Popen[bytes]
    password: str = ""

    def cli(self, *words: str, timeout: float = 20.0) -> str:
        """What redis-cli prints for one command."""
        place = ["-s", self.address] if "/" in self.address else ["-p", self.address.rpartition(":")[2]]
        environment = {**os.environ, "REDISCLI_AUTH": self.password} if self.password else None
        ran = subprocess.run(
            [CLI, *place, *words], env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )
        return (ran.stdout or ran.stderr).strip()

    def answers(self) -> bool:
        """It is up and lets us in."""
        return self.cli("TIME")[:1].isdigit()

    def program(self) -> str:
        """The server's program, as the kernel names it."""
        return str(Path(f"/proc/{self.process.pid}/exe").readlink())

    def target(self, **more: object) -> dict[str, object]:
        """The target fields of a spec for this server."""
        login = {"password": self.password} if self.password else {}
        return {"address": self.address, "cli": CLI, **login, **more}

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def redis_lab(
    directory: Path, *options: str, tcp: bool = False, user: int | None = None, password: str = ""
) -> Iterator[Lab]:
    """Start a server, wait until it answers, kill it in the end."""
    if shutil.which(SERVER) is None or shutil.which(CLI) is None:
        message = "these tests need redis-server and redis-cli in the PATH (apt-get install redis-server)"
        raise AssertionError(message)
    directory.mkdir(exist_ok=True)
    address = f"127.0.0.1:{free_port()}" if tcp else str(directory / "redis.sock")
    place = ["--port", address.rpartition(":")[2]] if tcp else ["--port", "0", "--unixsocket", address]
    login = ["--requirepass", password] if password else []
    process = subprocess.Popen(
        [SERVER, *place, "--dir", str(directory), "--save", "", *login, *options],
        stdout=(directory / "log").open("ab"),
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        user=user,
        group=user,
    )
    lab = Lab(directory, address, process, password)
    try:
        wait_until(lab.answers, directory)
        yield lab
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(10)


def wait_until(holds: Callable[[], bool], directory: Path) -> None:
    deadline = time.monotonic() + 15
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError((directory / "log").read_text())
        time.sleep(0.02)


def break_saving(lab: Lab) -> None:
    """A directory in the snapshot's place: the rename fails, for root too, and a save point makes writes refused."""
    (lab.directory / "dump.rdb").mkdir()
    (lab.directory / "dump.rdb" / "in the way").touch()
    lab.cli("CONFIG", "SET", "save", "900 1")
    lab.cli("BGSAVE")
    wait_until(lambda: "rdb_last_bgsave_status:err" in lab.cli("INFO", "persistence"), lab.directory)
