"""Bytes between a callback and who waits for them: in order, whole, and never more than can be held."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from wizard.hosts.streams import CHUNK, MOST, Inflow


class Source:
    """What can be paused."""

    def __init__(self) -> None:
        self.reading = True

    def pause_reading(self) -> None:
        assert self.reading
        self.reading = False

    def resume_reading(self) -> None:
        assert not self.reading
        self.reading = True


async def everything(inflow: Inflow) -> list[bytes]:
    taken = []
    while data := await inflow.read():
        taken.append(data)
    return taken


@given(st.lists(st.sampled_from((1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK)), max_size=8))
def test_what_came_is_taken_whole_and_in_order(sizes: list[int]) -> None:
    async def poured() -> list[bytes]:
        inflow = Inflow()
        for value, size in enumerate(sizes):
            inflow.feed_data(bytes([value]) * size)
        inflow.feed_eof()
        return await everything(inflow)

    taken = asyncio.run(poured())
    assert b"".join(taken) == b"".join(bytes([value]) * size for value, size in enumerate(sizes))
    assert all(len(data) <= max(CHUNK, *sizes) for data in taken)


async def test_who_waits_is_woken_by_what_comes_and_by_the_end() -> None:
    inflow = Inflow()
    waiting = asyncio.create_task(everything(inflow))
    for word in (b"one", b"two"):
        inflow.feed_data(word)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    inflow.feed_eof()
    assert await waiting == [b"one", b"two"]
    assert await inflow.read() == b""


async def test_a_source_is_paused_while_too_much_waits() -> None:
    inflow, source = Inflow(), Source()
    inflow.throttle(cast("Any", source))
    while source.reading:
        inflow.feed_data(bytes(CHUNK))
    assert MOST < inflow.size <= MOST + CHUNK
    while not source.reading:
        assert await inflow.read()
    assert 0 < inflow.size < MOST
