"""A real OpenSSH server on loopback, an ordinary child with its own keys and configuration in a test's directory."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

WEB = """\
inputs:
  where: {type: path}
  vm: {type: host}
  identity: {type: path}
hosts:
  web: {ssh: "{{ vm }}", identity: "{{ identity }}", spool: "{{ where }}/spool"}
"""
"""The beginning of a checklist whose one host is the server; its inputs say where that is."""

SETTINGS = """\
ListenAddress 127.0.0.1:{port}
HostKey {home}/host_key
PidFile {home}/sshd.pid
AuthorizedKeysFile {home}/authorized_keys
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
PermitRootLogin yes
LogLevel VERBOSE
MaxStartups 100
{extra}
"""


class NotListeningError(Exception):
    """The server ended instead of listening."""


@dataclass
class Sshd:
    """A server that runs, and what a client needs to know of it."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def user(self) -> str:
        return getpass.getuser()

    @property
    def destination(self) -> str:
        return f"{self.user}@127.0.0.1:{self.port}"

    @property
    def identity(self) -> Path:
        return self.home / "user_key"

    @property
    def fingerprint(self) -> str:
        listing = subprocess.run(
            ["ssh-keygen", "-lf", self.home / "host_key.pub"], check=True, capture_output=True, text=True
        )
        return listing.stdout.split()[1]

    @property
    def known_line(self) -> str:
        kind, key, *_ = (self.home / "host_key.pub").read_text().split()
        return f"[127.0.0.1]:{self.port} {kind} {key}\n"

    @property
    def log(self) -> str:
        return (self.home / "log").read_text()

    def new_host_key(self, kind: str = "ed25519") -> None:
        for old in self.home.glob("host_key*"):
            old.unlink()
        make_key(self.home / "host_key", kind)


def make_key(path: Path, kind: str = "ed25519") -> None:
    """Write a private key without a passphrase, and its public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path], check=True)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(home: Path, port: int, extra: str = "") -> Sshd:
    """Start a server with the keys in ``home``, and return once it listens."""
    home.joinpath("sshd_config").write_text(SETTINGS.format(home=home, port=port, extra=extra))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "these tests need openssh-server"
    log = home.joinpath("log").open("ab")
    process = subprocess.Popen([program, "-D", "-e", "-f", home / "sshd_config"], stderr=log, stdin=subprocess.DEVNULL)
    log.close()
    _until_listening(process, port)
    return Sshd(home, port, process)


def _until_listening(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise NotListeningError(f"sshd ended with {process.returncode}")


def stop(server: Sshd) -> None:
    """End the server and the connections it serves."""
    for child in children(server.process.pid):
        _end(child)
    server.process.terminate()
    server.process.wait()


def _end(pid: int) -> None:
    try:
        os.kill(pid, 9)
    except ProcessLookupError:
        return


def children(pid: int) -> list[int]:
    """The server processes below a server: one or two a connection. Their users' shells are not among them."""
    direct = map(int, _said(pid, f"task/{pid}/children").split())
    servers = [child for child in direct if _said(child, "comm").startswith("sshd")]
    return [found for child in servers for found in (child, *children(child))]


def _said(pid: int, file: str) -> str:
    """What proc(5) says of a process; nothing where it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/{file}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _start_somewhere(home: Path, extra: str) -> Sshd:
    """Start on a free port; another program may take it between our look and sshd's."""
    for _ in range(5):
        try:
            return start(home, free_port(), extra)
        except NotListeningError:
            continue
    raise NotListeningError((home / "log").read_text())


@contextmanager
def serve(home: Path, extra: str = "") -> Iterator[Sshd]:
    """A server with fresh keys, for the length of a with block."""
    home.mkdir(parents=True, exist_ok=True)
    make_key(home / "host_key")
    make_key(home / "user_key")
    shutil.copy(home / "user_key.pub", home / "authorized_keys")
    server = _start_somewhere(home, extra)
    try:
        yield server
    finally:
        stop(server)


class CuttingProxy:
    """A TCP relay whose connections can be cut, and which can be told to cut after so many bytes from the server."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._left: int | None = None
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        assert self._server is not None
        self._server.close()

    def cut(self) -> None:
        """Break every connection now."""
        for writer in self._writers:
            writer.transport.abort()

    def cut_after(self, count: int) -> None:
        """Break the connections once ``count`` more bytes came from the server."""
        self._left = count

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        ends = {writer, far_writer}
        self._writers |= ends
        await asyncio.gather(
            self._copy(reader, far_writer, counted=False), self._copy(far_reader, writer, counted=True)
        )
        self._writers -= ends

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool) -> None:
        try:
            while data := await reader.read(4096):
                writer.write(data[: self._left] if counted and self._left is not None else data)
                await writer.drain()
                if counted and self._left is not None:
                    self._left -= len(data)
                    if self._left <= 0:
                        self._left = None
                        self.cut()
        except OSError:
            pass
        writer.close()
