"""Python programs that begin as a fork of one process, which has loaded already what the wizard needs.

Loading it takes 0.3 to 0.5 s of a processor each time, a fork some hundredths. A fork is given what a program of its
own would have: words, environment, directory, three streams, a session and terminal, limits, umask. Only its command
line in /proc is another's. What cannot be given to it begins cold, as a program of its own: other variables that Python
or a library reads while it starts (``FIXED``), other options of Python. Cold begins too, by ``cold=True``, what a test
measures or means to start from nothing.

A program that changes a module must do so where the name is used: what would import it later has done so already.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import resource
import select
import socket
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

ROOT = Path(__file__).parents[2]

FIXED = re.compile(
    r"PYTHON.*|LANG|LANGUAGE|LC_.*"  # Python's own start, and its streams
    r"|TEXTUAL.*|ESCDELAY|TERM_PROGRAM"  # textual
    r"|PYDANTIC_.*|ANDROID_.*|SHELL|PREFIX"  # pydantic and platformdirs
    r"|LD_.*|MALLOC_.*|GLIBC_.*|OPENSSL_.*"  # libraries in C
)
"""Names of variables that are read while Python starts, or while a library is loaded."""

LIKE_ALL = {"LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
"""What a fork has of these; one that is to have others begins cold."""

LIMITS = [value for name, value in vars(resource).items() if name.startswith("RLIMIT_")]
GIVEN = {"bufsize", "cwd", "encoding", "env", "errors", "start_new_session", "stderr", "stdin", "stdout", "text"}
"""What a fork can be given of what ``subprocess.Popen`` takes."""


class Server:
    """The process that forks, a child of this one; it ends with it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.warm_server", str(theirs.fileno())],
                env={**LIKE_ALL, "PATH": os.defpath, "HOME": "/"},
                cwd="/",
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._socket = ours
        self._lock = Lock()
        self.seconds = 0.0
        """Of processor time, of those that have ended."""

    def ask(self, request: Mapping[str, Any], descriptors: Sequence[int] = ()) -> Any:
        """What it answers.

        Raises:
            ChildProcessError: It is gone.
        """
        try:
            with self._lock:
                socket.send_fds(self._socket, [json.dumps(request).encode()], descriptors)
                answer = self._socket.recv(1024)
        except OSError:
            answer = b""
        if not answer:
            raise ChildProcessError(f"the process that forks is gone: exit status {self._process.poll()}")
        return json.loads(answer)

    def end(self) -> None:
        """Have it end, and wait until it has."""
        self._socket.close()
        self._process.wait()


_servers: list[Server] = []


def server() -> Server:
    """The one of this process."""
    if not _servers:
        _servers.append(Server())
    return _servers[0]


def end() -> None:
    """Have it end, if there is one: so that what it took is counted as this process's children's."""
    while _servers:
        _servers.pop().end()


def seconds() -> float:
    """Of processor time, taken by forks that have ended."""
    return _servers[0].seconds if _servers else 0.0


class Fork(subprocess.Popen[Any]):
    """Such a process, with all that ``subprocess.Popen`` has; the server is its parent, and is asked how it ended.

    It stays a zombie until it is asked for, as a child of our own would, so its number is nobody else's meanwhile.

    Raises:
        TypeError: It is to have what a fork cannot be given.
    """

    def __init__(self, words: Sequence[str], *, controlling: bool, **usual: Any) -> None:
        if other := usual.keys() - GIVEN:
            raise TypeError(f"a fork cannot be given {', '.join(sorted(other))}")
        self._server = server()
        self._controlling = controlling
        self._watched = -1
        super().__init__(words, **usual)

    def _execute_child(self, args: Any, *given: Any) -> None:
        """Where it is started in ``subprocess``, of Python 3.11 to 3.13: given by place."""
        cwd, env = given[4:6]
        pipes = given[9:15]
        ours = (given[9], given[12], given[14])
        streams = [number if there == -1 else there for number, there in enumerate(ours)]
        umask = os.umask(0o077)
        os.umask(umask)
        request = {
            "words": [os.fspath(word) for word in args],
            "environment": dict(os.environ if env is None else env),
            "directory": os.fspath(cwd or Path.cwd()),
            "session": bool(given[20]),
            "controlling": self._controlling,
            "umask": umask,
            "limits": [(limit, resource.getrlimit(limit)) for limit in LIMITS],
        }
        try:
            self.pid = self._server.ask(request, streams)
            self._watched = os.pidfd_open(self.pid)
            self._child_created = True
        finally:
            self._close_pipe_fds(*pipes)

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if not select.select([self._watched], [], [], 0 if wait_flags & os.WNOHANG else None)[0]:
            return 0, 0
        os.close(self._watched)
        status, took = self._server.ask({"ended": self.pid})
        self._server.seconds += took
        return self.pid, status

    def _internal_poll(self, _deadstate: int | None = None) -> int | None:
        if self.returncode is None and self._waitpid_lock.acquire(blocking=False):
            try:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self._handle_exitstatus(status)
            except OSError:  # when the tests end, the server may have gone before it
                if _deadstate is None:
                    raise
                self.returncode = _deadstate
            finally:
                self._waitpid_lock.release()
        return self.returncode


def fits(words: Sequence[str], environment: Mapping[str, str] | None) -> bool:
    """A fork can be what these words start: a program or a module of our Python's, with the variables of all."""
    given = os.environ if environment is None else environment
    fixed = {name: value for name, value in given.items() if FIXED.fullmatch(name)}
    return fixed == LIKE_ALL and len(words) > 2 and words[0] == sys.executable and words[1] in {"-c", "-m"}


def take_terminal() -> None:
    """Make what is on standard input the terminal of this session."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def begin(
    words: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cold: bool = False,
    controlling: bool = False,
    **usual: Any,
) -> subprocess.Popen[Any]:
    """Start it, as a fork if it can be one.

    Args:
        words: Program and arguments.
        env: Its environment; ours where it is None.
        cold: It is to begin as a program of its own.
        controlling: Its standard input is the terminal of its session, which must be new.
        usual: What else ``subprocess.Popen`` takes, but nothing that runs before the program.
    """
    plain = [os.fspath(word) for word in words]
    if cold or not fits(plain, env):
        before = take_terminal if controlling else None
        return subprocess.Popen(plain, env=env, preexec_fn=before, **usual)  # noqa: PLW1509 - one thread forks here
    return Fork(plain, env=env, controlling=controlling, **usual)


def run(
    words: Sequence[str | Path], *, given: str | None = None, text: bool = False, **usual: Any
) -> subprocess.CompletedProcess[Any]:
    """Run it to its end, with what it prints.

    Args:
        words: Program and arguments.
        given: What it reads; None leaves it our own standard input.
        text: What it prints is told as text, and what it reads is.
        usual: As of ``begin``.
    """
    pipe = subprocess.PIPE
    reads = None if given is None else pipe
    with begin(words, stdin=reads, stdout=pipe, stderr=pipe, text=text, **usual) as process:
        try:
            stdout, stderr = process.communicate(given)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)
