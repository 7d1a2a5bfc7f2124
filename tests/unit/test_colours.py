from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.colours import PLAIN, Rendition, Span, part_colours
from wizard.text import hidden, sanitise

TEXT = st.text(st.sampled_from("\x1b\x9b[]0123;:mab \r\n\u202e é"), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown", "spans"),
    [
        ("plain", "plain", ()),
        ("\x1b[31mred\x1b[0m.", "red.", (Span(0, 3, Rendition(foreground=1)),)),
        ("\x1b[1;32mok\x1b[m.", "ok.", (Span(0, 2, Rendition(foreground=2, bold=True)),)),
        ("\x1b[1ma\x1b[31mb", "ab", (Span(0, 1, Rendition(bold=True)), Span(1, 2, Rendition(1, bold=True)))),
        ("\x1b[31ma\x1b[31mb", "ab", (Span(0, 2, Rendition(1)),)),
        ("\x1b[38;5;208mx", "x", (Span(0, 1, Rendition(208)),)),
        ("\x1b[48:2:1:2:300mx", "x", (Span(0, 1, Rendition(background=(1, 2, 255))),)),
        ("\x1b[91;103mx\x1b[39;49my", "xy", (Span(0, 1, Rendition(9, 11)),)),
        ("\x9b4mx\x9b24my", "xy", (Span(0, 1, Rendition(underline=True)),)),
        ("\x1b[8;5mseen", "seen", ()),
        ("\x1b[2J\x1b[31mx", "␛[2Jx", (Span(4, 5, Rendition(1)),)),
        ("\x1b[31m\r\n\x1b[0m", "\n", (Span(0, 1, Rendition(1)),)),
        ("\x1b[" + "1" * 65 + "m", "␛[" + "1" * 65 + "m", ()),
    ],
)
def test_colours_stand_beside_the_text(text: str, shown: str, spans: tuple[Span, ...]) -> None:
    assert part_colours(text) == (shown, spans)


@given(TEXT)
def test_the_text_is_harmless_and_the_spans_lie_in_it_one_behind_the_other(text: str) -> None:
    shown, spans = part_colours(text)
    assert hidden(shown) is None
    ends = [place for span in spans for place in span[:2]]
    assert ends == sorted(ends)
    assert all(0 <= span.start < span.end <= len(shown) and span.rendition != PLAIN for span in spans)


@given(st.text(st.characters(exclude_characters="\x1b\x9b")))
def test_text_without_colours_is_shown_as_ever(text: str) -> None:
    assert part_colours(text) == (sanitise(text), ())
