"""What the interface does beside its loop: waited for until there is nothing left of it."""

from __future__ import annotations

from contextlib import suppress

from textual.app import App
from textual.pilot import Pilot
from textual.worker import Worker, WorkerCancelled


def unfinished(app: App[int]) -> list[Worker[object]]:
    """The workers that are still under way."""
    return [worker for worker in app.workers if not worker.is_finished]


async def finished(app: App[int]) -> None:
    """Wait until none is under way; one whose place another took has nothing more to do."""
    while left := unfinished(app):
        with suppress(WorkerCancelled):
            await app.workers.wait_for_complete(left)


async def settled(pilot: Pilot[int]) -> None:
    """Wait until the screen is there, what it reads has been read, and that is shown."""
    await pilot.pause()
    while unfinished(pilot.app):
        await finished(pilot.app)
        await pilot.pause()
