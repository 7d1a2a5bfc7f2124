"""Making text harmless: what every line that is shown or kept goes through."""

from __future__ import annotations

from functools import partial

import pytest

from tests.bench.rounds import Timed, interleaved, table
from wizard.text import sanitise

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

SIZE = 10_000_000
LINES = {
    "log lines": "2026-01-01T00:00:00Z redis: background saving started\n",
    "beyond ASCII": "größe: 10 ✔\n",
    "escape sequences": "\x1b[31mred\x1b[0m\n",
}


def test_ten_million_characters_of_text() -> None:
    texts = {name: line * (SIZE // len(line)) for name, line in LINES.items()}
    contestants = {name: Timed(partial(_done, text)) for name, text in texts.items()}
    print("\n" + table(interleaved(contestants, 5), "log lines"))


def _done(text: str) -> None:
    sanitise(text)
