"""Searching a log: every line there is, by what is shown of it, in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from screens.logblocks import STRIDE, Place
from screens.logbuffer import LogBuffer
from screens.search import Needle, Search


def until(met: Callable[[], bool]) -> None:
    """Wait, but not for ever."""
    deadline = time.monotonic() + 30
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def searched(needle: str, log: LogBuffer) -> Search:
    """The search, once it has looked at everything."""
    search = Search(Needle(needle), log)
    search.keep_up()
    until(lambda: not search.behind)
    return search


@pytest.mark.parametrize(
    ("needle", "lines"),
    [
        ("error", [0, 1, 3]),
        ("Error", [1]),
        ("a.b", [2]),
        ("müll", [3, 4]),
        ("MÜLL", [4]),
        ("␛[31m", [5]),
        ("[31", [5]),
        (r"\u202e", [6]),
        ("nowhere", []),
    ],
)
def test_it_finds_what_is_shown_and_an_upper_case_letter_makes_case_count(needle: str, lines: list[int]) -> None:
    log = LogBuffer()
    told = "an error, error\nError\na.b axb\nmüll ERROR\nMÜLL\n\x1b[31mred\n\u202e\n"
    log.feed(told.encode())
    assert list(searched(needle, log).hits) == lines


@pytest.mark.parametrize("needle", ["ü", "␛", "␍", "İ"])
def test_what_is_not_ascii_is_found_where_the_bytes_are(needle: str) -> None:
    log = LogBuffer()
    log.feed(b"plain\n\x1b[31mred\r.\n" + "Ü i\u0307 İ\n".encode())
    shown = ["plain", "␛[31mred␍.", "Ü i\u0307 İ"]
    wanted = [line for line, text in enumerate(shown) if needle.lower() in text.lower()]
    assert list(searched(needle.lower() if needle != "İ" else needle, log).hits) == wanted


def test_every_line_of_a_log_is_searched_also_where_it_left_memory_and_as_it_grows() -> None:
    stored = b"".join(b"line %06d\n" % number for number in range(200_000))
    log = LogBuffer(200_000, lambda _file, offset, size: stored[offset : offset + size])
    half = len(stored) // 2
    log.feed(stored[:half], Place("a.log", 0))
    search = searched("77", log)
    log.feed(stored[half:], Place("a.log", half))
    assert search.behind
    until(lambda: search.keep_up() is None and not search.behind)
    assert list(search.hits) == [number for number in range(200_000) if "77" in f"{number:06}"]


def test_next_and_previous_go_round() -> None:
    log = LogBuffer()
    log.feed(b"x\n-\nx\n-\nx\n")
    search = searched("x", log)
    assert [search.after(line) for line in (0, 1, 4, 5)] == [0, 2, 4, 0]
    assert [search.before(line) for line in (4, 3, 0, -1)] == [4, 2, 0, 4]
    assert (search.told(2), search.told(3)) == ("2 of 3", "3")
    assert searched("y", log).after(0) is None
    assert searched("y", log).told(0) == "not found"


def test_a_search_that_is_over_looks_no_further() -> None:
    log = LogBuffer()
    search = searched("x", log)
    search.end()
    log.feed(b"x\n")
    search.keep_up()
    assert search.behind
    assert not search.hits


def test_a_line_longer_than_anything_kept_is_searched_to_its_end() -> None:
    stored = b"x" * (3 * STRIDE) + b"needle" + b"x" * STRIDE + b"needle\nnext\n"
    log = LogBuffer(0, lambda _file, offset, size: stored[offset : offset + size])
    for start in range(0, len(stored), 1000):
        log.feed(stored[start : start + 1000], Place("a.log", start))
    assert list(searched("needle", log).hits) == [0]
    assert list(searched("next", log).hits) == [1]
