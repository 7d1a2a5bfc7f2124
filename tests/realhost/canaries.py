"""Numbered lines that a unit of the host logs, and which of them a watch has on record."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .machine import USER, Machine
from .tools import wait_until

WHOLE = bool(os.environ.get("WHOLE"))
"""Take the time that it takes in earnest, and not as little as shows the same."""

MONITOR = Path(__file__).parent / "checklists/monitor.yaml"
UNIT = "canary"
ARCHIVED = "ls /var/log/journal/*/*@* 2>/dev/null"
GO = "/run/canary.go"
LOGGER = """
import os, sys, time
lines, apart = int(sys.argv[1]), float(sys.argv[2])
while not os.path.exists("/run/canary.go"):
    time.sleep(0.02)
began = time.monotonic()
for number in range(1, lines + 1):
    print("canary", number, flush=True)
    time.sleep(max(0.0, began + number * apart - time.monotonic()))
"""
TALKER = "mkfifo /run/canary && exec cat <>/run/canary"


def start_waiting(machine: Machine, lines: int, apart: float) -> None:
    """A unit that will log so many lines, so many seconds apart; as the login user, whose lines have their own file."""
    unit = ["systemd-run", f"--unit={UNIT}", "--remain-after-exit", f"--uid={USER}"]
    machine.check([*unit, "python3", "-c", LOGGER, str(lines), str(apart)])


def start_logging(machine: Machine) -> None:
    """Let it begin."""
    machine.check(["touch", GO])


def start_silent(machine: Machine) -> None:
    """Let the unit log what `say` gives it, and nothing by itself."""
    machine.check(["systemd-run", f"--unit={UNIT}", "--remain-after-exit", "sh", "-c", TALKER])
    wait_until("the unit listens", lambda: machine.run(["test", "-p", "/run/canary"]).returncode == 0, seconds=10)


def say(machine: Machine, number: int) -> None:
    """Let the unit log one line, and have it on the host's disk."""
    machine.check(f"echo canary {number} >/run/canary")
    wait_until("the line is logged", lambda: number in logged(machine), seconds=10)


def logged(machine: Machine) -> list[int]:
    """The numbers that the host's journal holds."""
    return numbers(machine.run(["journalctl", "-q", "-o", "cat", "-u", UNIT]).stdout.splitlines())


def last_logged(machine: Machine) -> int:
    """The newest number in the host's journal; 0 where there is none."""
    newest = machine.run(["journalctl", "-q", "-n", "1", "-o", "cat", "-u", UNIT]).stdout
    return max(numbers(newest.splitlines()), default=0)


def numbers(lines: Iterable[str]) -> list[int]:
    """The numbers of the canaries among these lines."""
    return [int(line.removeprefix("canary ")) for line in lines if line.startswith("canary ")]


def looks(events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Every look of the watch that is on record."""
    return [event["body"] for event in events if event["kind"] == "sample_taken"]


def blind(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """What each look said of the journal that could not see all of it, bad or not."""
    told = [look["seen"]["journal"] for look in looks(events)]
    return [said for said in told if not re.fullmatch(r"\d+ new lines, \d+ bad", said)]


def seen(events: Iterable[Mapping[str, Any]]) -> list[int]:
    """The canaries that the record of a run holds, in its order, each as often as it is there."""
    return [number for look in looks(events) for number in numbers(look["lines"])]


def rotate(machine: Machine) -> None:
    """Begin the host's journal anew; what was logged so far stays, in archived files."""
    machine.check(["journalctl", "--rotate"])


def vacuum(machine: Machine) -> None:
    """Remove the host's archived journals: by time, as journald does it, until none is older."""

    def removed() -> bool:
        machine.check(["journalctl", "--vacuum-time=1s"])
        return not machine.run(ARCHIVED).stdout

    wait_until("the archived journals are gone", removed, seconds=20)
