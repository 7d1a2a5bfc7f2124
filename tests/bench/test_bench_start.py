"""The start screen with five hundred runs: when the newest are there, how late keys are meanwhile. By `make bench`."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

import pytest

from screens.interface import Interface
from screens.start import Start
from tests.fixtures.journals import make

RUNS = 500
TICK = 0.005
"""Seconds between two looks at how late the loop is."""


class Nothing:
    """Opens nothing."""

    def run(self, checklist: str) -> None:
        """Nothing."""

    def past(self, directory: Path, what: str) -> None:
        """Nothing."""


def stock(home: Path) -> None:
    """So many runs, in every state there is a journal of."""
    journals = sorted(Path(make.__file__).parent.glob("*.jsonl"))
    for folder in (home, home / "runs"):
        folder.mkdir(mode=0o700)
    for number in range(RUNS):
        run = home / "runs" / f"202601{number // 24 + 1:02}-{number % 24:02}0000-{number:04x}-stock-save"
        run.mkdir(mode=0o700)
        shutil.copy(journals[number % len(journals)], run / "events.jsonl")


@pytest.mark.bench
async def test_many_runs_on_the_start_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(tmp_path / "state")
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    app = Interface(lambda: Start(Nothing()))
    late: list[float] = []
    began, first = time.perf_counter(), 0.0
    async with app.run_test(size=(120, 40)):
        screen = app.screen
        assert isinstance(screen, Start)
        while not screen._whole:
            at = time.perf_counter()
            await asyncio.sleep(TICK)
            late.append(time.perf_counter() - at - TICK)
            first = first or (time.perf_counter() - began if screen._runs else 0.0)
        whole = time.perf_counter() - began
        at = time.perf_counter()
        for _ in range(10):
            screen._show()
        filled = (time.perf_counter() - at) / 10 * 1000
        assert len(screen._runs) == RUNS
    p50, p99, most = (sorted(late)[int(len(late) * part) - 1] * 1000 for part in (0.5, 0.99, 1.0))
    print(f"\n{RUNS} runs: the newest in {first:.2f} s, all in {whole:.1f} s; filtered again in {filled:.1f} ms")
    print(f"loop late meanwhile: p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {most:.0f} ms")
