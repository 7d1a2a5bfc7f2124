"""The wizard as a user has it, on a host that lies over real SSH: it ends when told to, and nothing was run here.

``HOSTILE_SSH`` says how many seeds are tried, ``HOSTILE_FIRST`` the first of them.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.commandline import Wizard, wait_until
from tests.services.worst_server import WorstServer, serve_worst
from tests.support.worst_host import CANARY, WorstHost
from wizard import cli
from wizard.run.journal import JOURNAL
from wizard.run.verification import verify

SEEDS = int(os.environ.get("HOSTILE_SSH", "10"))
FIRST = int(os.environ.get("HOSTILE_FIRST", "0"))
EACH = 5

QUIET, PATIENCE = 3.0, 30.0
"""Seconds without a call to the host after which a run is told to end, and seconds after which it is in any case.

The wizard itself gives a host that says nothing much longer."""

ENDING = 30.0
"""Seconds after a signal in which it has hung: on a machine with nothing else to do it takes less than one."""

MEMORY = 400 * 1024
"""Kibibytes that a wizard may take."""

CHECKLIST = """\
checklist: worst
title: On a host that lies
severity: low
hosts:
  box: {{ssh: "wiz@127.0.0.1", port: {port}, sudo: {sudo}}}
phases:
  - id: one
    title: One
    steps:
      - id: there
        title: There
        why: to hear what it says
        on: box
        run: {{command: "cat word", read_only: true}}
        capture: {{word: {{stdout: "(?s)(.*)"}}}}
        checks:
          - command: {{command: "cat word", exit_status: 0}}
      - id: here
        title: Here
        why: a host's words are text on this machine
        run: {{command: "printf '%s' {{{{ captured.word }}}} >>told", irreversible: a file stays}}
        checks:
          - name: only this machine says so
            command: {{command: "cat {place}/truth", stdout_is: "closed"}}
      - id: beyond
        title: Beyond
        why: a gate that nobody but this machine opens is in front of it
        run: {{command: "echo beyond >{place}/beyond", irreversible: a file stays}}
        checks:
          - file: {{path: "{place}/beyond"}}
exit_criteria:
  - name: the trial is over
    command: {{command: "cat {place}/truth", stdout_is: "closed"}}
"""

pytestmark = [pytest.mark.services, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def server() -> Iterator[WorstServer]:
    with serve_worst() as server:
        yield server


class Trial:
    """One run on the worst host.

    Args:
        home: An empty directory: of the operator, and of what is true here.
        seed: What the host's lies follow from.
        server: Where it is reached.
    """

    def __init__(self, home: Path, seed: int, server: WorstServer) -> None:
        self.seed, self.home, self.wizard = seed, home, Wizard(home)
        server.worst = self.worst = WorstHost(seed)
        (home / ".ssh").mkdir(parents=True)
        (home / ".ssh" / "known_hosts").write_text(server.known_line)
        (home / "truth").write_text("open")
        programs = home / "programs"
        programs.mkdir()
        canary = programs / CANARY
        canary.write_text(f'#!/bin/sh\necho "$@" >>{home}/{CANARY}.ran\n')
        canary.chmod(0o755)
        text = CHECKLIST.format(port=server.port, place=home, sudo=str(seed % 5 == 0).lower())
        self.file = self.wizard.write(text)
        self.seconds = 0.0
        self._heard, self._began = (0, time.monotonic()), 0.0

    def carry_out(self) -> None:
        """Run it until it ends, or for so long."""
        path = f"{self.home}/programs{os.pathsep}{os.environ['PATH']}"
        with self.wizard.start(
            "run", self.file, "--headless", "--run-dir", self.wizard.directory, PATH=path
        ) as process:
            wait_until(lambda: process.poll() is not None or self._quiet(), "an end, or a host that is left alone")
            told = time.monotonic()
            process.send_signal(signal.SIGTERM)
            try:
                self.out, self.err = process.communicate(timeout=60)
            finally:
                process.kill()
            self.seconds = time.monotonic() - told
        self.status = process.returncode

    def _quiet(self) -> bool:
        """Nobody has asked the host anything for a while."""
        now = time.monotonic()
        if not self.worst.calls or self._heard[0] != self.worst.calls:
            self._heard = self.worst.calls, now
        self._began = self._began or (now if self.worst.calls else 0.0)
        return now - self._heard[1] > QUIET or bool(self._began and now - self._began > PATIENCE)

    def broken(self) -> Iterator[str]:
        """Each promise that was not kept."""
        directory = self.wizard.directory
        log = directory / "debug.log"
        said = self.out + self.err + (log.read_text("utf-8", "replace") if log.exists() else "")
        if self.status == 0 or (self.home / "beyond").exists():
            yield "a gate opened on what another host said"
        if ran := sorted(path.name for path in self.home.rglob(f"{CANARY}.ran")):
            yield f"it was run here: {ran}"
        if "Traceback" in said or "error of its own" in said:
            yield said[-2000:]
        if re.search(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", self.out + self.err):
            yield f"control characters reach the terminal: {self.out + self.err!r}"
        if self.seconds > ENDING:
            yield f"it took {self.seconds:.1f} s to end"
        if self.worst.calls == 0 or not (directory / JOURNAL).exists():
            yield f"the host was never asked: {said[-2000:]}"
        else:
            yield from self._of_the_record(directory)

    def _of_the_record(self, directory: Path) -> Iterator[str]:
        found = verify(directory)
        if not found.ok:
            yield f"the record is not whole: {found.lines()}"
        for line in (directory / JOURNAL).read_bytes().splitlines():
            json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} in the journal"))
        if cli.main(["report", str(directory), "-o", str(self.home / "report.md")]) != 0:
            yield "there is no report"


def one(home: Path, seed: int, server: WorstServer) -> tuple[str, float]:
    """Carry out one trial; what was broken, and how long it took to end it."""
    trial = Trial(home, seed, server)
    trial.carry_out()
    broken = "\n".join(trial.broken())
    about = f"seed {seed}: {broken}\n  {'; '.join(trial.worst.log[-12:])}\n{trial.err[-600:]}"
    return about if broken else "", trial.seconds


@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, EACH))
def test_a_host_that_lies_over_ssh(
    tmp_path: Path, record_property: Callable[[str, object], None], server: WorstServer, first: int
) -> None:
    seeds = range(first, min(first + EACH, FIRST + SEEDS))
    ends = [one(tmp_path / f"{seed}", seed, server) for seed in seeds]
    record_property("seconds to end", max(seconds for _, seconds in ends))
    if (figures := os.environ.get("HOSTILE_FIGURES")) is not None:
        with Path(figures).open("a") as file:
            file.writelines(
                f"{seed} {seconds:.2f} {bool(told)}\n" for seed, (told, seconds) in zip(seeds, ends, strict=True)
            )
    broken = [told for told, _ in ends if told]
    assert not broken, "\n\n".join(broken)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MEMORY
