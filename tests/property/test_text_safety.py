from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from wizard.text import decode, harmless, hidden, one_line, sanitise

ANY = st.text(st.characters(exclude_categories=())) | st.text(
    st.sampled_from("\x1b\x9b\r\n\t\x00\x7f\u202e\u2028\u200b\ufeff\U000e0041\ud800\udcffab[")
)
CLEAN = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Lo", "Mn", "Cn")) | st.sampled_from("\n\t")
)


def forbidden(char: str) -> bool:
    obeyed = char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}
    return obeyed or char in "\u200b\u200e\u202e\u2066\ufeff"


@given(ANY)
@example("\r\r\n")
def test_no_forbidden_character_survives(text: str) -> None:
    shown = sanitise(text)
    assert not [char for char in shown if forbidden(char)]
    assert hidden(shown) is None
    shown.encode("utf-8")


@given(ANY)
def test_sanitising_twice_is_sanitising_once(text: str) -> None:
    assert sanitise(sanitise(text)) == sanitise(text)


@given(CLEAN)
def test_clean_text_is_unchanged(text: str) -> None:
    assert sanitise(text) == text


@given(st.binary())
def test_any_bytes_can_be_shown(data: bytes) -> None:
    assert hidden(sanitise(decode(data))) is None


@given(st.binary() | ANY.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.text("ab \t\n~").map(str.encode))
@example(b"")
@example(b"\r\n")
@example(b"\x7f")
def test_harmless_is_what_would_stay_as_it_is(data: bytes) -> None:
    assert harmless(data) == (data.isascii() and sanitise(decode(data)) == decode(data))


@given(ANY, st.integers(2, 80))
def test_an_excerpt_never_leaves_its_line(text: str, width: int) -> None:
    excerpt = one_line(text, width)
    assert len(excerpt) <= width
    assert len(excerpt.splitlines()) <= 1
