"""Attempts as the engine makes them."""

from __future__ import annotations

from wizard.hosts.base import Attempt, AttemptState, Ending
from wizard.hosts.fake import FakeHost, Script
from wizard.run.stage import to_its_end


async def test_what_no_runner_took_up_is_withdrawn_so_that_it_cannot_start_late() -> None:
    host = FakeHost("redis").runs("late", Script(ending=Ending(AttemptState.READY)))
    await to_its_end(host, Attempt("key", "late"), lambda: None, lambda _at, _data: None)
    assert host.cancelled == ["key"]


async def test_what_ran_is_not_withdrawn() -> None:
    host = FakeHost("redis")
    assert (await to_its_end(host, Attempt("key", "prompt"), lambda: None, lambda _at, _data: None)).ok
    assert host.cancelled == []
