"""How long TERM takes to end a run in a flood that goes on, of every shape; headless and on screen."""

from __future__ import annotations

import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.commandline import wait_until
from tests.support.floods import MIB, SHAPES, Place, headless, place
from tests.support.terminal import Terminal, press_until

pytestmark = pytest.mark.bench

ROUNDS = 5
AHEAD = 64 * MIB
"""Bytes of the flood ahead of the signal."""


def _kept(there: Place) -> int:
    output = there.run / "output"
    return sum(path.stat().st_size for path in output.iterdir()) if output.is_dir() else 0


def _headless(shape: str, home: Path) -> float:
    there = place(home, shape, MIB, endless=True)
    with headless(there, home / "console") as process:
        wait_until(lambda: _kept(there) > AHEAD, "what it prints")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 128 + signal.SIGTERM
        took = time.monotonic() - began
    (home / "go").unlink()
    return took


def _on_screen(shape: str, home: Path) -> float:
    there = place(home, shape, MIB, endless=True)
    with Terminal(there.words, there.environment, (120, 40), cold=True) as terminal:
        terminal.until(b"Begin the first step?")
        press_until(terminal, "1\r", lambda: '"attempt_claimed"' in there.events)
        terminal.until(lambda: _kept(there) > AHEAD, "what it prints")
        began = time.monotonic()
        terminal.process.send_signal(signal.SIGTERM)
        terminal.end()
        took = time.monotonic() - began
    (home / "go").unlink()
    return took


@pytest.mark.parametrize("way", [_headless, _on_screen], ids=["headless", "on screen"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.timeout(600)
def test_it_ends(shape: str, way: Callable[[str, Path], float]) -> None:
    took = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="wz-") as home:
            took.append(way(shape, Path(home)))
    told = f"least {min(took):.2f} s, median {statistics.median(took):.2f} s, most {max(took):.2f} s"
    print(f"\nTERM in a flood of {shape}: {told}")
