"""Stand-alone Redis client run inside the host's network: reads all data, tests for a pause, or pings."""

from __future__ import annotations

import hashlib
import json
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

ADDRESS = ("127.0.0.1", 6379)
PING_EVERY = 0.05
PING_PATIENCE = 0.5
READERS: dict[str, tuple[str, ...]] = {
    "string": ("GET",),
    "list": ("LRANGE", "0", "-1"),
    "set": ("SMEMBERS",),
    "hash": ("HGETALL",),
    "zset": ("ZRANGE", "0", "-1", "WITHSCORES"),
    "stream": ("XRANGE", "-", "+"),
}
Reply = object


class Connection:
    """A plain RESP2 connection."""

    def __init__(self, timeout: float) -> None:
        """Connect, or raise OSError."""
        self._socket = socket.create_connection(ADDRESS, timeout=timeout)
        self._file = cast("BinaryIO", self._socket.makefile("rb"))

    def close(self) -> None:
        """Close the connection."""
        self._file.close()
        self._socket.close()

    def ask(self, commands: Sequence[Sequence[str | bytes]]) -> list[Reply]:
        """Send all commands, then read all replies."""
        self._socket.sendall(b"".join(_encode(command) for command in commands))
        return [self._read() for _ in commands]

    def _read(self) -> Reply:
        line = self._file.readline()
        if not line.endswith(b"\r\n"):
            raise OSError("connection closed")
        kind, rest = line[:1], line[1:-2]
        if kind in b"+-:":
            return line[:-2]
        size = int(rest)
        if size < 0:
            return None
        if kind == b"$":
            return self._file.read(size + 2)[:-2]
        return [self._read() for _ in range(size)]


def _encode(command: Sequence[str | bytes]) -> bytes:
    raw = [part if isinstance(part, bytes) else part.encode() for part in command]
    return b"*%d\r\n" % len(raw) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in raw)


def snapshot() -> dict[str, str]:
    """Return a digest of type, expiry and value for every key of every database."""
    connection = Connection(timeout=30)
    digests: dict[str, str] = {}
    for database in _databases(connection):
        connection.ask([["SELECT", database]])
        for keys in _scan(connection):
            found = zip(keys, _digests(connection, keys), strict=True)
            digests.update((f"{database}:{key.decode(errors='backslashreplace')}", digest) for key, digest in found)
    return digests


def _databases(connection: Connection) -> list[str]:
    info = cast("bytes", connection.ask([["INFO", "keyspace"]])[0]).decode()
    return [line[2:].partition(":")[0] for line in info.splitlines() if line.startswith("db")]


def _scan(connection: Connection) -> Iterator[list[bytes]]:
    cursor = b"0"
    while True:
        reply = connection.ask([["SCAN", cursor, "COUNT", "2000"]])[0]
        cursor, keys = cast("tuple[bytes, list[bytes]]", reply)
        yield keys
        if cursor == b"0":
            return


def _digests(connection: Connection, keys: list[bytes]) -> Iterator[str]:
    types = [cast("bytes", reply)[1:].decode() for reply in connection.ask([["TYPE", key] for key in keys])]
    expiries = connection.ask([["PEXPIRETIME", key] for key in keys])
    values = connection.ask([_reader(kind, key) for kind, key in zip(types, keys, strict=True)])
    for kind, expiry, value in zip(types, expiries, values, strict=True):
        yield hashlib.sha256(repr((kind, expiry, _ordered(kind, value))).encode()).hexdigest()[:16]


def _reader(kind: str, key: bytes) -> list[str | bytes]:
    # Other types (those of modules) are compared by their serialised form.
    command, *rest = READERS.get(kind, ("DUMP",))
    return [command, key, *rest]


def _ordered(kind: str, value: Reply) -> Reply:
    """Put what has no order of its own into one: a reload may hand it out differently."""
    if kind == "set":
        return sorted(cast("list[bytes]", value))
    if kind == "hash":
        flat = cast("list[bytes]", value)
        return sorted(zip(flat[::2], flat[1::2], strict=True))
    return value


def paused(patience: float = 0.4) -> bool:
    """Say whether writes hang: PUBLISH waits in a pause, changes nothing and meets no MISCONF."""
    connection = Connection(timeout=patience)
    try:
        connection.ask([["PUBLISH", f"realhost:pause-probe:{time.monotonic_ns()}", "x"]])
    except TimeoutError:
        return True
    finally:
        connection.close()
    return False


def ping_forever() -> None:
    """Write one line per ping: monotonic time and whether the server answered."""
    connection: Connection | None = None
    while True:
        started = time.monotonic()
        connection, up = _ping(connection)
        sys.stdout.write(f"{started:.4f} {time.monotonic():.4f} {int(up)}\n")
        sys.stdout.flush()
        time.sleep(max(0.0, started + PING_EVERY - time.monotonic()))


def _ping(connection: Connection | None) -> tuple[Connection | None, bool]:
    try:
        connection = connection or Connection(timeout=PING_PATIENCE)
        # An error reply such as MISCONF is an answer too; only loading is downtime.
        return connection, not cast("bytes", connection.ask([["PING"]])[0]).startswith(b"-LOADING")
    except OSError:
        if connection is not None:
            connection.close()
        return None, False


def main() -> None:
    """Do what the one argument says."""
    task = sys.argv[1]
    if task == "ping":
        ping_forever()
    answer: object = snapshot() if task == "snapshot" else paused()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
