"""Several hosts' logs as one: every line once, in the order in which it came, found where it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screens.interleaved import Interleaved
from screens.logbuffer import LogBuffer
from screens.search import Needle, Search

CAME = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.lists(st.sampled_from(["x", "yy", ""]), max_size=5)))


@given(CAME)
def test_lines_stand_in_the_order_in_which_they_came(came: list[tuple[str, list[str]]]) -> None:
    logs: dict[str, LogBuffer] = {}
    together, expected = Interleaved(logs), []
    for host, lines in came:
        log = logs.setdefault(host, LogBuffer())
        log.feed("".join(f"{line}\n" for line in lines).encode())
        together.heard(host)
        expected += [(host, line.encode()) for line in lines]
    found = [together.line(number) for number in range(together.total)]
    assert [(line.host, line.data) for line in found if line] == expected
    search = Search(Needle("y"), together)
    search._look()
    assert list(search.hits) == [number for number, (_, data) in enumerate(expected) if b"y" in data]


def test_a_line_joins_the_others_once_it_is_whole_and_marks_keep_their_place() -> None:
    logs = {"a": LogBuffer(), "b": LogBuffer()}
    together = Interleaved(logs)
    logs["a"].feed(b"half")
    together.heard("a")
    logs["b"].mark("1.1 Look")
    logs["b"].feed(b"whole\n")
    together.heard("b")
    logs["a"].feed(b" and half\n")
    together.heard("a")
    lines = [together.line(number) for number in range(together.total)]
    assert [line.data for line in lines if line] == [b"1.1 Look", b"whole", b"half and half"]
    assert together.marks == [0]
