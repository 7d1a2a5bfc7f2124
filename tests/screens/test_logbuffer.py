"""The log's window: the same lines as plain splitting gives, whatever the pieces, with a bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screens.logbuffer import BLOCK, LONGEST, LogBuffer

PIECES = st.lists(
    st.binary(max_size=40).map(lambda data: data.replace(b"\x01", b"\n").replace(b"\x02", b"\n")), max_size=40
)


def lines_of(buffer: LogBuffer) -> list[bytes | None]:
    return [line.data if (line := buffer.line(number)) else None for number in range(buffer.total)]


@given(PIECES)
def test_lines_are_those_of_plain_splitting_however_the_bytes_come(pieces: list[bytes]) -> None:
    buffer = LogBuffer()
    for piece in pieces:
        buffer.feed(piece)
    whole = b"".join(pieces).split(b"\n")
    assert lines_of(buffer) == (whole if whole[-1] else whole[:-1])


def test_a_flood_keeps_a_window_and_every_lines_number() -> None:
    buffer = LogBuffer(window=10 * BLOCK)
    for start in range(0, 200_000, 1000):
        buffer.feed(b"".join(b"line %06d\n" % number for number in range(start, start + 1000)))
    assert buffer.total == 200_000
    assert buffer.line(0) is None
    assert buffer.first > 0
    first, last = buffer.line(buffer.first), buffer.line(199_999)
    assert first
    assert first.data == b"line %06d" % buffer.first
    assert last
    assert last.data == b"line 199999"


def test_a_million_empty_lines_are_a_million_lines() -> None:
    buffer = LogBuffer()
    for _ in range(100):
        buffer.feed(b"\n" * 10_000)
    assert buffer.total == 1_000_000
    line = buffer.line(999_999)
    assert line
    assert line.data == b""


def test_an_endless_line_is_cut_and_what_is_missing_is_counted() -> None:
    buffer = LogBuffer()
    for _ in range(1000):
        buffer.feed(b"x" * 100_000)
    line = buffer.line(0)
    assert buffer.total == 1
    assert line
    assert len(line.data) == LONGEST
    assert line.cut == 100_000_000 - LONGEST
    buffer.feed(b"\nnext\n")
    ended, following = buffer.line(0), buffer.line(1)
    assert ended
    assert ended.cut == line.cut
    assert following
    assert following.data == b"next"


def test_a_mark_stands_on_a_line_of_its_own() -> None:
    buffer = LogBuffer()
    buffer.feed(b"half a line")
    buffer.mark("2.1 Stop the server")
    buffer.feed(b"and the next\n")
    assert lines_of(buffer) == [b"half a line", b"2.1 Stop the server", b"and the next"]
    marked = buffer.line(1)
    assert marked
    assert marked.ours


def test_a_line_that_is_not_there_is_none() -> None:
    buffer = LogBuffer()
    assert buffer.line(0) is None
    buffer.feed(b"one\n")
    assert buffer.line(1) is None
