"""The bridge: in order, never a record lost, output bounded however long nobody reads."""

from __future__ import annotations

import threading

from screens.bridge import PIECES, Feed, Passed, batches
from wizard.run import events as ev
from wizard.run.events import Record
from wizard.run.recorder import Output


def record(seq: int) -> Record:
    return Record(seq, "2026-03-14T02:15:00.000Z", "dana", ev.PhaseEnded(f"phase {seq}"))


def output(data: bytes, step: str = "save") -> Output:
    return Output(step, "stock", data)


def test_what_is_put_in_comes_out_in_order_and_once() -> None:
    feed = Feed()
    put = [record(1), output(b"one\n"), record(2), output(b"two\n")]
    for message in put:
        feed(message)
    assert list(feed.take()) == put
    assert list(feed.take()) == []


def test_output_that_nobody_takes_is_bounded_and_the_newest_is_kept() -> None:
    feed = Feed(limit=1000)
    for number in range(1000):
        feed(output(b"%03d " % number * 25))
    taken = list(feed.take())
    kept = b"".join(one.data for one in taken if isinstance(one, Output))
    passed = [one for one in taken if isinstance(one, Passed)]
    assert len(kept) <= 1000
    assert kept.endswith(b"999 ")
    assert sum(one.count for one in passed) + len(kept) == 100_000
    assert len(passed) == 1


def test_no_record_is_dropped_with_the_output_around_it() -> None:
    feed = Feed(limit=100)
    for number in range(50):
        feed(record(number))
        feed(output(b"x" * 60))
    assert [one.seq for one in feed.take() if isinstance(one, Record)] == list(range(50))


def test_very_small_pieces_are_bounded_by_their_number() -> None:
    feed = Feed()
    for _ in range(3 * PIECES):
        feed(output(b"."))
    taken = list(feed.take())
    assert len(taken) <= PIECES + 1
    assert sum(one.count if isinstance(one, Passed) else 1 for one in taken) == 3 * PIECES


def test_taking_gives_room_again() -> None:
    feed = Feed(limit=100)
    for _ in range(20):
        feed(output(b"x" * 60))
        assert [len(one.data) for one in feed.take() if isinstance(one, Output)] == [60]


def test_a_thread_that_writes_and_one_that_reads_lose_nothing() -> None:
    feed = Feed()
    writer = threading.Thread(target=lambda: [feed(record(number)) for number in range(20_000)])
    writer.start()
    seen: list[int] = []
    while writer.is_alive():
        seen += [one.seq for one in feed.take() if isinstance(one, Record)]
    seen += [one.seq for one in feed.take() if isinstance(one, Record)]
    assert seen == list(range(20_000))


def test_neighbouring_output_of_one_step_and_host_is_joined() -> None:
    messages = [output(b"a"), output(b"b"), record(1), output(b"c"), output(b"d", step="other")]
    joined = list(batches(messages))
    assert joined == [output(b"ab"), record(1), output(b"c"), output(b"d", step="other")]


def test_output_in_a_file_that_nobody_takes_is_told_of_by_its_place_and_its_lines() -> None:
    feed = Feed(limit=1000)
    stored = b""
    for number in range(1000):
        data = b"%03d\n%03d" % (number, number)
        feed(Output("save", "stock", data, "a.log", len(stored)))
        stored += data
    first, *rest = list(feed.take())
    assert isinstance(first, Passed)
    assert (first.file, first.offset, first.head) == ("a.log", 0, 3)
    told = stored[: first.count]
    assert (first.lines, first.tail) == (told.count(b"\n"), len(told) - told.rfind(b"\n") - 1)
    assert told + b"".join(one.data for one in rest if isinstance(one, Output)) == stored
