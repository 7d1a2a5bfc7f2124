"""Words in a rendered page: found wherever they stand, also over the end of a line, and marked in their own cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from screens.theme import DARK, LIGHT
from screens.widgets.finding import Span, find
from screens.widgets.sheet import sheet

LINES = ["The owner of", "  the directory", "", "| 日本 owner |"]


def test_large_and_small_letters_are_one() -> None:
    assert find(LINES, "OWNER")[0] == (Span(0, 4, 9),)


def test_words_are_found_over_the_end_of_a_line() -> None:
    assert find(LINES, "owner  of the dir") == [(Span(0, 4, 12), Span(1, 2, 9))]


def test_wide_letters_take_two_cells() -> None:
    assert find(LINES, "owner |") == [(Span(3, 7, 14),)]


def test_no_words_are_found_nowhere() -> None:
    assert find(LINES, " ") == find(LINES, "nobody") == find([], "x") == []


words = st.text(st.sampled_from("aB ı ß日\u0301"), max_size=12)


@given(st.lists(words, max_size=8), words)
def test_whatever_is_found_lies_within_the_lines(lines: list[str], wanted: str) -> None:
    for match in find(lines, wanted):
        assert match
        for span in match:
            assert 0 <= span.begin <= span.end <= cell_len(lines[span.line])


@given(st.lists(words, min_size=1, max_size=8), st.data())
def test_every_word_that_stands_there_is_found(lines: list[str], data: st.DataObject) -> None:
    there = [(number, word) for number, line in enumerate(lines) for word in line.split()]
    if there:
        number, word = data.draw(st.sampled_from(there))
        assert any(span.line == number for match in find(lines, word) for span in match)


def test_what_only_looks_like_a_heading_is_none() -> None:
    text = "# One\n\n```\n# no\n```\n\n- # in a list\n\n## Two\n\ntext\n"
    made = sheet(text, 60, DARK)
    assert [(place.level, place.title) for place in made.places] == [(1, "One"), (2, "Two")]


def test_a_page_holds_everything_at_any_width_and_in_any_theme() -> None:
    text = f"before\n\n# One\n\n{'word ' * 60}\n\n## Two\n\n| a | b |\n| --- | --- |\n| {'x' * 90} | y |\n"
    for width in (1, 20, 61, 200):
        for theme in (DARK, LIGHT):
            shown = ["".join(part.text for part in line) for line in sheet(text, width, theme).lines]
            assert sum(line.count("word") for line in shown) == 60
            assert sum(line.count("x") for line in shown) == 90
            assert shown[0].startswith("before")
    assert sheet("", 60, DARK).lines == []
