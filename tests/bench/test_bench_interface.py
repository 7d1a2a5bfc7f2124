"""The interface under a flood: how late its loop is, and how much memory it takes. Run by `make bench`."""

from __future__ import annotations

import asyncio
import resource
import time
from pathlib import Path

import pytest

from screens.interface import Interface
from screens.live import LiveRun
from screens.run import RunScreen
from wizard.run.attempting import Manner
from wizard.run.preparation import Request, prepare
from wizard.run.session import Session

LINES = 600_000
FLOOD = f"""\
checklist: flood
title: A flood of {LINES:,} lines of 100 bytes
severity: low
phases:
  - id: one
    title: One
    steps:
      - id: pour
        title: Pour
        why: to see what it costs
        run: {{command: "yes {"x" * 99} | head -n {LINES}", read_only: true}}
        checks:
          - command: {{command: "true", stdout_is: ""}}
exit_criteria:
  - name: it is over
    command: {{command: "true", exit_status: 0, stdout_is: ""}}
"""
TICK = 0.005
"""Seconds between two looks at how late the loop is."""


@pytest.mark.bench
async def test_a_flood_on_the_run_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "flood.yaml").write_text(FLOOD)
    live = LiveRun(prepare(Request(str(tmp_path / "flood.yaml"))), Manner(), Session.walk)
    app = Interface(lambda: RunScreen(live))
    late: list[float] = []
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with app.run_test(size=(120, 40)):
        while live.outcome is None:
            at = time.perf_counter()
            await asyncio.sleep(TICK)
            late.append(time.perf_counter() - at - TICK)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    p50, p99, most = (sorted(late)[int(len(late) * part) - 1] * 1000 for part in (0.5, 0.99, 1.0))
    print(f"\n{LINES:,} lines of 100 bytes in {time.perf_counter() - began:.1f} s; memory +{grown:.0f} MiB")
    print(f"loop late: p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {most:.0f} ms")
    assert live.outcome.word == "resolved"
