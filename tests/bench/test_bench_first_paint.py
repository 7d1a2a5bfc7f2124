"""From the command to the first paint in a real terminal, beside an application that shows one word."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.bench.contestants import clean_environment, tool
from tests.bench.flood import CHECKLIST
from tests.bench.rounds import Timed, interleaved, table
from tests.support.terminal import PATIENCE, Terminal, python

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 15

BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("painted")

Bare().run()
"""


class Painted:
    """A program in a terminal, until it shows something."""

    def __init__(self, words: Sequence[str | Path], shown: bytes, home: Path) -> None:
        self._words = words
        self._shown = shown
        self._home = home
        self._terminal: Terminal | None = None

    def run(self) -> None:
        """Wait for it."""
        self._terminal = Terminal(
            self._words, {**clean_environment(self._home), "TERM": "xterm-256color"}, (120, 40), cold=True
        )
        seen = b""
        while self._shown not in seen:
            assert select.select([self._terminal.master], [], [], PATIENCE)[0], seen[-2000:]
            seen += os.read(self._terminal.master, 65536)

    def clean(self) -> None:
        """End the program."""
        if self._terminal:
            self._terminal.__exit__()

    @property
    def timed(self) -> Timed:
        """To be timed."""
        return Timed(self.run, self.clean)


def test_the_first_paint_beside_a_bare_application(tmp_path: Path) -> None:
    flood = tmp_path / "flood.yaml"
    flood.write_text(CHECKLIST.format(hosts="", on="", command='"true"'))
    run = [tool("wizard"), "run", flood]
    timed = {
        "bare application": Painted(python(BARE), b"painted", tmp_path).timed,
        "wizard run": Painted(run, b"opening", tmp_path).timed,
        "until its run": Painted(run, b"Pour", tmp_path).timed,
    }
    print(f"\n{sys.version.split()[0]}\n{table(interleaved(timed, ROUNDS), 'bare application')}")
