"""A program of this machine that is asked something, and what becomes of it where it does not answer."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from wizard.hosts.program import said_by


async def test_what_it_said_and_how_it_ended() -> None:
    said = await said_by(["/bin/sh", "-c", "echo out; echo why >&2; exit 3"], 30)
    assert (said.status, said.output, said.complaint) == (3, b"out\n", "why")


async def test_one_that_a_signal_ended_did_not_succeed() -> None:
    assert (await said_by(["/bin/sh", "-c", "kill -9 $$"], 30)).status == -9


def _is_held(path: Path) -> bool:
    """Somebody has the FIFO open for reading; fifo(7)."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


async def test_what_it_started_is_ended_along_with_it(tmp_path: Path) -> None:
    held, ready = tmp_path / "held", tmp_path / "ready"
    os.mkfifo(held)
    script = f"(exec 3<>{held}; : >{ready}; sleep 600) & exec sleep 600"
    asked = asyncio.create_task(said_by(["/bin/sh", "-c", script], 600))
    while not ready.exists():
        await asyncio.sleep(0.01)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    while _is_held(held):
        await asyncio.sleep(0.01)


async def test_one_that_does_not_end_is_not_waited_for() -> None:
    with pytest.raises(TimeoutError):
        await said_by(["sleep", "600"], 0.05)
