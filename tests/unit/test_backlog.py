from __future__ import annotations

from collections.abc import Iterator

import pytest

from wizard.backlog import Backlog, Missed, Told
from wizard.run import events as ev
from wizard.run.events import Record
from wizard.run.recorder import Output


def output(data: bytes) -> Output:
    return Output("step", "web", data, "step.log")


def record(number: int) -> Record:
    return Record(number, "2026-01-01T00:00:00.000Z", "me", ev.TroubleMet("trouble"))


def told(backlog: Backlog) -> list[Told]:
    heard: list[Told] = []
    backlog.drain(heard.append, 0)
    return heard


def printed(messages: list[Told]) -> bytes:
    return b"".join(message.data for message in messages if isinstance(message, Output))


def missed(messages: list[Told]) -> int:
    return sum(message.count for message in messages if isinstance(message, Missed))


def test_a_reader_that_keeps_up_is_told_everything_in_order() -> None:
    backlog = Backlog()
    sent = [record(1), output(b"one\n"), record(2), output(b"two\n")]
    for message in sent:
        backlog(message)
    assert told(backlog) == sent
    assert told(backlog) == []


@pytest.mark.parametrize("size", [1, 100, 30_000])
def test_a_reader_that_falls_behind_is_told_how_much_and_the_newest(size: int) -> None:
    backlog, count = Backlog(limit=100_000), 400_000 // size
    backlog(record(1))
    for number in range(count):
        backlog(output(bytes([65 + number % 26]) * size))
    backlog(record(2))
    heard = told(backlog)
    assert len(printed(heard)) <= 100_000
    assert missed(heard) + len(printed(heard)) == count * size
    assert [type(message) for message in heard if not isinstance(message, Output)] == [Record, Missed, Record]
    assert heard[1] == Missed(missed(heard), "step.log")
    assert printed(heard).endswith(bytes([65 + (count - 1) % 26]))


def test_whoever_wants_the_end_is_told_records_alone_and_once_what_was_left_out() -> None:
    backlog = Backlog()
    backlog(output(b"x" * 100_000))
    backlog.hush()
    assert told(backlog) == []
    backlog(output(b"x" * 100))
    backlog(record(1))
    assert told(backlog) == [Missed(100_100, "step.log"), record(1)]
    backlog(output(b"x"))
    backlog.wake()
    assert told(backlog) == [Missed(1, "step.log")]


def test_a_signal_while_much_is_being_told_ends_that() -> None:
    backlog = Backlog()
    backlog(output(b"x" * 100_000))
    heard: list[Told] = []

    def read(message: Told) -> None:
        heard.append(message)
        backlog.hush()

    backlog.drain(read, 0)
    assert len(printed(heard)) < 10_000
    assert missed(heard) + len(printed(heard)) == 100_000


def test_after_the_end_a_slow_reader_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock: Iterator[float] = iter(range(1, 1_000))
    monkeypatch.setattr("wizard.backlog.time.monotonic", lambda: float(next(clock)))
    backlog = Backlog()
    backlog(output(b"x" * 500_000))
    backlog(record(1))
    backlog.wake()
    heard = told(backlog)
    assert missed(heard) + len(printed(heard)) == 500_000
    assert len(printed(heard)) < 10_000
    assert heard[-1] == record(1)
