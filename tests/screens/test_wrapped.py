"""Long lines go on below their beginning, and nothing of them is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from screens.widgets.wrapped import hung

WORDS = "the quick brown fox jumps over the lazy dog and goes on to the next field " * 3


@pytest.mark.parametrize(
    ("label", "depth"),
    [
        ("why    ", 7),
        ("advice   ", 9),
        ("kept in  ", 9),
        ("$ ", 2),
        ("✘ fail    ", 10),
        ("? unknown ", 10),
        ("✔ restored, proven ", 19),
        ("  expected ", 11),
        ("  │ ", 4),
        ("      a  answer      ", 21),
        ("", 0),
    ],
)
def test_a_long_line_is_hung_behind_its_label(label: str, depth: int) -> None:
    first, *rest = hung(Content(label + WORDS.strip()), 60).plain.split("\n")
    assert first.startswith(label)
    assert rest
    assert all(len(line) - len(line.lstrip(" ")) == depth for line in rest)


@given(st.text(alphabet=st.sampled_from("ab cd✘?$ \n"), max_size=200), st.integers(1, 60))
def test_no_sign_is_lost_whatever_the_width(text: str, width: int) -> None:
    signs = "".join(text.split())
    assert "".join(hung(Content(text), width).plain.split()) == signs


def test_a_command_without_blanks_is_folded_and_whole() -> None:
    command = "x" * 500
    assert hung(Content(f"$ {command}"), 80).plain.replace("\n  ", "") == f"$ {command}"
