"""A watch whose wizard was killed: it goes on with the time that was left, and owns up to the time it was gone."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.integration.commandline import Done, Wizard, checklist, wait_until
from wizard.run.events import SampleTaken
from wizard.run.journal import JOURNAL, read

WATCH = """\
  - id: one
    title: One
    steps:
      - id: look
        title: Look
        why: to see it stay
        watch: {for: 4s, every: 200ms, tolerate_no_data: %s}
        samples:
          - name: there
            command: {command: "true", exit_status: 0, stdout_is: ""}
        checks:
          - name: there
            command: {command: "true", exit_status: 0, stdout_is: ""}
"""
SINCE_THEN = """\
          - name: nothing was said since
            journal: {unit: a.service, since: step_start, lacks: x}
"""
BEFORE_THE_KILL = 3


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    return Wizard(tmp_path)


def killed_and_resumed(wizard: Wizard, tolerated: int, more: str = "") -> Done:
    """A run whose wizard dies after a few looks of its watch, taken up again."""
    file, record = wizard.write(checklist(WATCH % tolerated + more)), wizard.directory / JOURNAL
    with wizard.start("run", file, "--headless", "--run-dir", wizard.directory) as process:
        looked = b'"kind":"sample_taken"'
        wait_until(lambda: record.exists() and record.read_bytes().count(looked) >= BEFORE_THE_KILL, "looks")
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    last = read(wizard.directory).records[-1].event
    assert isinstance(last, SampleTaken)
    assert last.clock is not None
    left = last.clock
    wait_until(lambda: time.time() > left + 1, "a second in which nobody looks")
    return wizard("resume", wizard.directory, "--headless")


def the_gap(looks: list[Mapping[str, Any]]) -> int:
    """Which look answers for the time that nobody looked."""
    (found,) = [place for place, look in enumerate(looks) if "gap" in look["seen"]]
    return found


def test_it_goes_on_with_the_time_that_was_left_and_is_one_watch(wizard: Wizard) -> None:
    done = killed_and_resumed(wizard, tolerated=1)
    assert done.exit_status == 0, done.stderr
    looks = done.of("sample_taken")
    at = the_gap(looks)
    assert at >= BEFORE_THE_KILL
    assert looks[at]["left"] == looks[at - 1]["left"]
    assert all(later["left"] < sooner["left"] for sooner, later in pairwise(looks[at:]))
    assert [look["number"] for look in looks] == list(range(1, len(looks) + 1))
    (ended,) = done.of("action_ended")
    assert ended["values"]["samples"] == str(len(looks))


def test_the_moment_the_step_began_stays_what_it_was(wizard: Wizard) -> None:
    done = killed_and_resumed(wizard, tolerated=1, more=SINCE_THEN)
    assert len([mark for mark in done.of("mark_taken") if mark["name"] == "step_start"]) == 1


def test_a_time_that_nobody_can_tell_of_is_no_data_and_shuts_the_gate(wizard: Wizard) -> None:
    done = killed_and_resumed(wizard, tolerated=0)
    assert done.exit_status == 4, done.stderr
    looks = done.of("sample_taken")
    assert looks[the_gap(looks)]["verdict"] == "no data"
    assert "nobody looked for" in looks[-1]["seen"]["gap"]
