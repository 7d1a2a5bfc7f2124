"""The files of a run's ``output/``, as the interface reads them: told of piece by piece, read back where looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from screens.bridge import Passed, passed
from wizard.errors import JournalUnwritable
from wizard.output import part
from wizard.run.recorder import Output

STRIDE = 256 * 1024
"""Bytes that are read at once."""

UNREADABLE = b"(its output cannot be read)\n"


class Outputs:
    """Masked outputs.

    Args:
        directory: Where they are.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def read(self, file: str, offset: int, size: int) -> bytes:
        """What stands there; nothing where it cannot be read."""
        try:
            return self._part(file, offset, size)
        except JournalUnwritable:
            return b""

    def told(self, output: Output) -> Iterator[Output | Passed]:
        """All of an output that was written before.

        Args:
            output: Whose it is, its file, and when it came.
        """
        offset = 0
        try:
            while data := self._part(output.file, offset, STRIDE):
                yield passed(replace(output, data=data, offset=offset))
                offset += len(data)
        except JournalUnwritable:
            yield Output(output.step, output.host, UNREADABLE, at=output.at)

    def _part(self, file: str, offset: int, size: int) -> bytes:
        # The name is from a journal, which anybody may have written.
        if "/" in file or "\0" in file or file in {"", ".", ".."}:
            return b""
        return part(self._directory / file, offset, size)
