"""Outputs read back: all of what a run printed before is there again, whatever its journal claims of file names."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.outputs import Outputs
from screens.view import View
from wizard.run.recorder import Output

LINES = 20_000


def told(directory: Path, file: str) -> View:
    """A run that printed this before."""
    outputs = Outputs(directory)
    view = View(read=outputs.read)
    view.take(outputs.told(Output("save", "stock", b"", file, at="2026-03-14T02:18:00.000Z")))
    return view


def test_every_line_of_an_earlier_output_is_there_and_none_is_held(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(
        b"".join(b"line %05d of an output\n" % number for number in range(LINES)) + b"half"
    )
    log = told(tmp_path, "a.log").logs["stock"]
    assert log.total == LINES + 1
    shown = [line.data if (line := log.line(number)) else None for number in (0, 12_345, LINES - 1, LINES)]
    assert shown == [b"line 00000 of an output", b"line 12345 of an output", b"line 19999 of an output", b"half"]
    assert all(block.chunks is None for block in log._blocks)


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "..", ".", "", "nul\0", "missing.log"])
def test_a_name_that_leads_elsewhere_is_read_as_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "secret").write_text("secret\n")
    assert told(tmp_path / "output", name).logs == {}


def test_a_link_is_not_followed_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    (tmp_path / "a.log").symlink_to(tmp_path / "secret")
    line = told(tmp_path, "a.log").logs["stock"].line(0)
    assert line
    assert line.data == b"(its output cannot be read)"
