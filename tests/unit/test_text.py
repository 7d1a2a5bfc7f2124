from __future__ import annotations

import pytest

from wizard.text import decode, one_line, sanitise


def test_bytes_that_are_not_utf8_are_shown() -> None:
    assert decode(b"ok \xff\xc3\xa9") == "ok \\xffé"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]52;c;cm0gLXJm\x07", "␛]52;c;cm0gLXJm␇"),
        ("\x1b[2J", "␛[2J"),
        ("\x9b2J\x90q\x9c", "\\x9b2J\\x90q\\x9c"),
        ("a\x00b\x7f", "a␀b␡"),
        ("50 %\r100 %", "50 %␍100 %"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("re\u200bdis\ufeff", "re\\u200bdis\\ufeff"),
        ("ok\U000e0041", "ok\\U000e0041"),
        (b"name\xff".decode("utf-8", "surrogateescape"), "name\\xff"),
        ("\ud83d", "\\ud83d"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(hostile: str, shown: str) -> None:
    assert sanitise(hostile) == shown


def test_line_ends_of_windows_become_plain_ones() -> None:
    assert sanitise("a\r\nb\r\r\nc\n") == "a\nb\nc\n"
    assert sanitise("é\r\r\nc\r\rd\r") == "é\nc␍␍d␍"


def test_ordinary_text_of_many_scripts_is_left_alone() -> None:
    text = "Größe\t10 GiB\n漢字 ✔ ⚠️ наблюдение مرحبا\n"
    assert sanitise(text) is text or sanitise(text) == text


def test_an_excerpt_is_one_line_of_the_width_asked_for() -> None:
    assert one_line("  a\n\tb  ") == "a b"
    assert one_line("x" * 300, 20) == "x" * 19 + "…"
    assert one_line("\x1b[31mred", 20) == "␛[31mred"
    assert len(one_line("word " * 10_000, 40)) == 40
