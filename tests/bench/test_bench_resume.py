"""A run of ten thousand events taken up again: from the command to the screen of where it stands. By `make bench`."""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path

import pytest

from tests.bench.contestants import clean_environment, tool
from tests.bench.rounds import Timed, interleaved, table
from tests.integration.commandline import Wizard, checklist
from tests.support.longrun import EVENTS, STEPS, grown
from tests.support.terminal import PATIENCE, Terminal

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 7


class Resumed:
    """A run that is taken up in a terminal, until the check that keeps its gate shut is in sight."""

    def __init__(self, home: Path, run: Path) -> None:
        self._home = home
        self._run = run
        self._terminal: Terminal | None = None

    def run(self) -> None:
        """Wait for it."""
        environment = {**clean_environment(self._home), "TERM": "xterm-256color"}
        self._terminal = Terminal([tool("wizard"), "resume", self._run], environment, (120, 40), cold=True)
        seen = b""
        while b"only by hand" not in seen:
            assert select.select([self._terminal.master], [], [], PATIENCE)[0], seen[-2000:]
            seen += os.read(self._terminal.master, 65536)

    def clean(self) -> None:
        """End it."""
        if self._terminal:
            self._terminal.__exit__()


def test_ten_thousand_events_are_on_the_screen(tmp_path: Path) -> None:
    timed = {}
    for name, events in (("a short run", 0), (f"{EVENTS} events", EVENTS)):
        home = tmp_path / str(events)
        home.mkdir()
        wizard = Wizard(home)
        done = wizard("run", wizard.write(checklist(STEPS)), "--headless", "--run-dir", wizard.directory)
        assert done.exit_status == 4
        grown(wizard.directory, events)
        resumed = Resumed(home, wizard.directory)
        timed[name] = Timed(resumed.run, resumed.clean)
    print(f"\n{sys.version.split()[0]}, {os.cpu_count()} cores\n{table(interleaved(timed, ROUNDS), 'a short run')}")
