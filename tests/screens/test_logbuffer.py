"""The log's window: the same lines as plain splitting gives, whatever the pieces, with a bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screens.bridge import passed
from screens.logblocks import BLOCK, LONGEST, Place
from screens.logbuffer import LogBuffer
from wizard.run.recorder import Output

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


class Kept:
    """An output that is kept, and the buffer that is told of it."""

    def __init__(self, window: int = BLOCK) -> None:
        self.stored = b""
        self.buffer = LogBuffer(window, self.read)

    def read(self, file: str, offset: int, size: int) -> bytes:
        assert file == "a.log"
        return self.stored[offset : offset + size]

    def more(self, data: bytes, *, unseen: bool = False) -> None:
        place = Place("a.log", len(self.stored))
        self.stored += data
        if unseen:
            told = passed(Output("s", "h", data))
            self.buffer.skip(place, told.count, told.lines, (told.head, told.tail))
        else:
            self.buffer.feed(data, place)

    def lines(self) -> list[bytes | None]:
        return lines_of(self.buffer)

    def pieces(self) -> bytes:
        """All whole lines, piece by piece."""
        told, at = b"", 0
        while (piece := self.buffer.piece(at))[0]:
            at += piece[0]
            told += b"".join(piece[1])
        return told


@given(st.lists(st.tuples(st.binary(max_size=40).map(lambda data: data.replace(b"\x01", b"\n")), st.booleans())))
def test_what_nobody_held_is_read_back_line_by_line(pieces: list[tuple[bytes, bool]]) -> None:
    kept = Kept(window=60)
    for data, unseen in pieces:
        kept.more(data, unseen=unseen)
    whole = kept.stored.split(b"\n")
    assert kept.lines() == (whole if whole[-1] else whole[:-1])
    assert kept.pieces() == kept.stored[: kept.stored.rfind(b"\n") + 1]


def test_a_line_that_was_too_long_is_whole_for_who_searches() -> None:
    kept = Kept()
    for unseen in (False, True, False, True):
        kept.more(b"x" * LONGEST, unseen=unseen)
    kept.more(b"needle\nnext\n")
    line = kept.buffer.line(0)
    assert line
    assert (line.data, line.cut) == (b"x" * LONGEST, 3 * LONGEST + 6)
    assert kept.lines()[1:] == [b"next"]
    assert kept.pieces() == kept.stored


def test_lines_that_left_memory_are_read_back() -> None:
    kept = Kept(window=2 * BLOCK)
    for number in range(50_000):
        kept.more(b"line %06d\n" % number)
    assert kept.lines() == [b"line %06d" % number for number in range(50_000)]
    kept.stored = b""
    assert kept.buffer.line(0) is None
    assert kept.buffer.line(49_999)


def test_a_line_has_the_time_at_which_it_began() -> None:
    buffer = LogBuffer()
    assert buffer.time(0) is None
    buffer.at(100.0)
    buffer.feed(b"one\ntwo\nthr")
    buffer.at(100.5)
    buffer.at(107.0)
    buffer.feed(b"ee\nfour\n")
    assert [int(buffer.time(number) or 0) for number in range(4)] == [100, 100, 100, 107]


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
