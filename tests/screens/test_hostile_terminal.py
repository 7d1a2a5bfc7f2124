"""Hostile text by the thousand in a real terminal: what reaches it is taken apart, and all of it is ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.hostile_terminal import count_painted, is_foreign
from tests.support.vt import Token, tokens


def test_nothing_of_thousands_of_hostile_texts_is_obeyed(tmp_path: Path) -> None:
    painted = count_painted(tmp_path, 20_000, 1)
    print(painted)
    assert painted["o"] > 10_000
    assert min(painted[place] for place in "veyhf") > 0


@pytest.mark.parametrize(
    "sent",
    [
        b"\x1b]52;c;aGk=\x07",
        b"\x1b]8;;http://evil.example\x1b\\",
        b"\x1b]0;owned\x07",
        b"\x1b[2J",
        b"\x1b[6n",
        b"\x1bc",
        b"\x9b31m",
        "\x9b31m".encode(),
        "\u202eabc".encode(),
        "a\u200bb".encode(),
        b"\x07",
        b"\x08",
        b"\x1bP+q544e\x1b\\",
        b"\x1b[?47h",
        b"\x1b",
    ],
    ids=repr,
)
def test_what_must_not_be_sent_would_be_seen(sent: bytes) -> None:
    def is_strange(token: Token) -> bool:
        try:
            return is_foreign(token)
        except UnicodeDecodeError:
            return True

    assert any(is_strange(token) for token in tokens(b"before\x1b[1mbold" + sent + b"after"))
