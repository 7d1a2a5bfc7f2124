"""The output of one attempt, as pulled from a host: masked, then appended to a file in the run directory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Self, TypedDict

from wizard.digest import Digest
from wizard.errors import HostError, JournalUnwritable
from wizard.paths import private_directory
from wizard.redact import Redactor

_OPEN = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Checkpoint(TypedDict):
    """What the journal says of an output.

    ``host_offset`` counts the bytes received from the host and ``sha256`` is theirs, both before masking;
    ``stored`` is the size of the masked file in bytes, ``kept_sha256`` its own sum.
    """

    host_offset: int
    sha256: str
    stored: int
    kept_sha256: str


class OutputFile:
    """The masked output of one attempt.

    After a crash an attempt's output is pulled again from offset 0, which is exact and needs no state: the first
    write empties what an earlier wizard left there. Until then it stays, as the host may be out of reach.

    Args:
        path: Made with mode 0600 where it is missing, in a directory of mode 0700.
        redactor: Masks what is stored and shown.

    Raises:
        JournalUnwritable: The file cannot be opened, is a link or is no ordinary file.
        UsageError: Its directory is not ours.
    """

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self._path = path
        self._redactor = redactor
        private_directory(path.parent)
        self._descriptor = self._open()
        self.restart()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.close(cut=kind is not None)

    @property
    def path(self) -> Path:
        """Where the masked output is kept."""
        return self._path

    @property
    def host_offset(self) -> int:
        """Bytes received from the host, counted before masking: where to go on pulling."""
        return self._host_offset

    @property
    def stored(self) -> int:
        """Bytes in the file, after masking."""
        return self._stored

    def restart(self) -> None:
        """Begin again at host offset 0; the file is emptied by the next write."""
        self._stream = self._redactor.stream()
        self._digest = Digest()
        # Where nothing is masked, what is kept is what came.
        self._kept = self._digest if self._redactor.idle else Digest()
        self._host_offset = 0
        self._stored = 0
        self._stale = True

    def write(self, offset: int, data: bytes) -> bytes:
        """Store what the host has at ``offset``; bytes that came before are passed over.

        Returns:
            What may be shown: masked, and without an end that could still turn out to be the beginning of a secret.

        Raises:
            HostError: Bytes are missing before ``offset``.
            JournalUnwritable: The file cannot be written; it is of use again after ``restart``.
        """
        if offset > self._host_offset:
            missing = offset - self._host_offset
            raise HostError(f"{missing} bytes of output are missing", where=self._path.name, mend="Resume the run")
        fresh = data[self._host_offset - offset :]
        masked = self._stream.feed(fresh)
        self._append(masked)
        self._digest.update(fresh)
        self._host_offset += len(fresh)
        return masked

    def checkpoint(self) -> Checkpoint:
        """How far the output has come."""
        return {
            "host_offset": self._host_offset,
            "sha256": self._digest.hexdigest(),
            "stored": self._stored,
            "kept_sha256": self._kept.hexdigest(),
        }

    def close(self, *, cut: bool = False) -> bytes:
        """Store what was kept back and make the file durable; closing twice does nothing.

        Args:
            cut: The output goes on, or was cut off at a limit: the beginning of a secret at its end is masked too.

        Returns:
            What may be shown of what was kept back.

        Raises:
            JournalUnwritable: The file cannot be written.
        """
        masked = self.finish(cut=cut)
        self.make_durable()
        return masked

    def finish(self, *, cut: bool = False) -> bytes:
        """The first half of ``close``, which waits for no disk; ``make_durable`` must follow."""
        if self._descriptor < 0:
            return b""
        try:
            masked = self._stream.close(cut=cut)
            self._append(masked)
        except BaseException:
            self._release()
            raise
        return masked

    def make_durable(self) -> None:
        """The second half of ``close``, which may be done in another thread.

        Raises:
            JournalUnwritable: The file cannot be written.
        """
        if self._descriptor < 0:
            return
        try:
            self._sync()
        finally:
            self._release()

    def _release(self) -> None:
        os.close(self._descriptor)
        self._descriptor = -1

    def _open(self) -> int:
        try:
            descriptor = os.open(self._path, _OPEN, 0o600)
        except OSError as error:
            raise self._unwritable(error) from error
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1 or status.st_uid != os.geteuid():
            os.close(descriptor)
            raise JournalUnwritable("is not a file of ours alone", where=str(self._path), mend="Move it away")
        os.fchmod(descriptor, 0o600)
        return descriptor

    def _append(self, masked: bytes) -> None:
        try:
            if self._stale and masked:
                os.ftruncate(self._descriptor, 0)
                self._stale = False
            rest = memoryview(masked)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            raise self._unwritable(error) from error
        self._stored += len(masked)
        if self._kept is not self._digest:
            self._kept.update(masked)

    def _sync(self) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> JournalUnwritable:
        reason = error.strerror or type(error).__name__
        return JournalUnwritable(
            f"output cannot be kept: {reason}", where=str(self._path), mend="Make room, then resume"
        )


def part(path: Path, offset: int, size: int) -> bytes:
    """What stands in a masked output from an offset, so many bytes at most; nothing where it is not there.

    Raises:
        JournalUnwritable: It is there and cannot be read.
    """
    try:
        with os.fdopen(os.open(path, _READ), "rb", 0) as file:
            return b"".join(_pread(file.fileno(), offset, size))
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise JournalUnwritable(f"output cannot be read: {error.strerror}", where=str(path)) from error


def _pread(descriptor: int, offset: int, size: int) -> Iterator[bytes]:
    while size and (data := os.pread(descriptor, size, offset)):
        yield data
        offset, size = offset + len(data), size - len(data)


def tail(path: Path, limit: int) -> bytes:
    """The last bytes of a masked output, at most ``limit``; whole lines where there is more than one.

    A file that is not there is empty.

    Raises:
        JournalUnwritable: It is there and cannot be read.
    """
    try:
        with os.fdopen(os.open(path, _READ), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - limit - 1))
            data = file.read(limit + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise JournalUnwritable(f"output cannot be read: {error.strerror}", where=str(path)) from error
    return _whole_lines(data) if size > limit else data


def _whole_lines(data: bytes) -> bytes:
    """What follows the first line's end; where nothing does, all but the byte that was read to see one."""
    _, _, rest = data.partition(b"\n")
    return rest or data[1:]
