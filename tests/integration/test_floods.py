"""A host that prints without end, in every shape: flat memory, an end on TERM, and a report; headless and on screen."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.commandline import wait_until
from tests.support.floods import MIB, SHAPES, headless, peak_headless, peak_on_screen, place
from tests.support.terminal import Terminal, press_until

SIZE = 48 * MIB
MOST = 32 * MIB
"""Bytes more than without a flood; 64 MiB are promised for a flood of any length, and `python -m tests.support.floods`
tells of longer ones."""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short path, as a socket may be in it."""
    with tempfile.TemporaryDirectory(prefix="wz-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def without() -> int:
    """What a run takes that prints nothing."""
    with tempfile.TemporaryDirectory(prefix="wz-") as folder:
        return peak_headless(Path(folder), "one line", 0)


@pytest.fixture(scope="module")
def without_on_screen() -> int:
    """The same with the interface."""
    with tempfile.TemporaryDirectory(prefix="wz-") as folder:
        return peak_on_screen(Path(folder), "one line", 0)[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_memory_is_flat_whatever_a_host_prints(shape: str, home: Path, without: int) -> None:
    assert peak_headless(home, shape, SIZE) - without < MOST
    assert sum(path.stat().st_size for path in (home / "run" / "output").iterdir()) == SIZE


@pytest.mark.parametrize("shape", ["one line", "short lines", "combining marks on one line", "long lines"])
def test_memory_is_flat_on_screen_too(shape: str, home: Path, without_on_screen: int) -> None:
    assert peak_on_screen(home, shape, SIZE)[0] - without_on_screen < MOST


@pytest.mark.parametrize("shape", ["carriage returns", "short lines"])
def test_a_signal_ends_a_flood_that_goes_on(shape: str, home: Path) -> None:
    there = place(home, shape, MIB, endless=True)
    with headless(there, home / "console") as process:
        wait_until(lambda: (home / "console").stat().st_size > 100_000, "what it prints")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM
    assert '"run_paused"' in there.events
    assert (there.run / "report.md").read_text()
    console = (home / "console").read_text()
    assert "paused, state kept: terminated" in console


def test_a_signal_ends_a_flood_on_screen(home: Path) -> None:
    there = place(home, "short lines", MIB, endless=True)
    with Terminal(there.words, there.environment, (120, 40)) as terminal:
        terminal.until(b"Begin the first step?")
        press_until(terminal, "1\r", lambda: '"attempt_claimed"' in there.events)
        output = there.run / "output"
        terminal.until(lambda: sum(path.stat().st_size for path in output.iterdir()) > MIB, "what it prints")
        terminal.process.send_signal(signal.SIGTERM)
        terminal.end()
    assert '"run_paused"' in there.events
    assert (there.run / "report.md").read_text()
