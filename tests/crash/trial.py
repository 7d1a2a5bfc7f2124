"""One trial: a checklist is run, its wizard and its runner die where they are told to, and a person resumes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import sabotage, steps
from tests.crash.life import WHOLE, Life, lived
from tests.crash.sabotage import NONE
from tests.services.attempts import at_work
from wizard.checks.base import Outcome
from wizard.run import state as st
from wizard.run.events import RunEnded, UndoEnded
from wizard.run.journal import JOURNAL, read
from wizard.run.state import RunState, replay

RESUMES = 3
SLOWEST_END = 60.0
"""Seconds after which something that still writes, although it was killed, is a fault of the test."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried: which kind of step, in which role, whose runner dies where, and when the wizard dies."""

    kind: str
    role: str = steps.DO
    runner: str = NONE
    instant: int | None = None
    manner: str = WHOLE
    policy: str = "ask"


@dataclass
class Trial:
    """A plan in a directory of its own.

    Args:
        root: An empty directory.
        plan: What is tried.
        hosts: The section of hosts in the checklist, with ``{place}`` for the directory on the host.
        on: The host of the step, where it is not this machine.
        done: Where the state in which the step is done is kept, for further trials of undoing it in the same ``root``.
    """

    root: Path
    plan: Plan
    hosts: str = steps.LOCAL
    on: str = ""
    done: Path | None = None
    runs: list[Path] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        text = steps.checklist(
            self.plan.kind,
            self.plan.role,
            self.place,
            self.hosts.format(place=self.place),
            on=self.on,
            policy=self.plan.policy,
        )
        self.file.write_text(text)

    @property
    def place(self) -> Path:
        """Where effects are counted, on the host."""
        return self.root / "place"

    @property
    def file(self) -> Path:
        """The checklist."""
        return self.root / "crash.yaml"

    @property
    def struck(self) -> str:
        """At which instant the wizard died; empty where it did not come so far."""
        path = self.root / "struck"
        return path.read_text() if path.exists() else ""

    def life(self, *arguments: str, instant: int | None = None) -> int:
        """One wizard, to its end."""
        life = Life(self.root, self.place, arguments, instant, self.plan.manner, ssh=bool(self.on))
        self.statuses.append(lived(life))
        return self.statuses[-1]

    def run_anew(self, instant: int | None = None) -> int:
        """Start a run."""
        self.runs.append(self.root / f"run{len(self.runs)}")
        arguments = ("run", str(self.file), "--headless", "--run-dir", str(self.runs[-1]))
        return self.life(*arguments, instant=instant)

    def again(self, command: str, instant: int | None = None) -> int:
        """Resume it, or roll it back."""
        return self.life(command, str(self.runs[-1]), "--headless", instant=instant)

    def state(self) -> RunState | None:
        """What the last run's journal adds up to; None where it never began."""
        return state_of(self.runs[-1]) if self.runs else None

    def carry_out(self) -> None:
        """Die where it is planned, then do what a person would until there is an outcome, three times at most."""
        if self.plan.role == steps.UNDO:
            self._do_the_step()
            sabotage.arm(self.place, self.plan.runner)
            self.again("rollback", instant=self.plan.instant)
        else:
            sabotage.arm(self.place, self.plan.runner)
            self.run_anew(self.plan.instant)
        for _ in range(RESUMES):
            if self.outcome():
                return
            self.go_on()

    def _do_the_step(self) -> None:
        """Do what is to be undone, or take it from an earlier trial: each would begin with the very same run."""
        if self.done and self.done.exists():
            copy(self.done, self.root)
            self.runs.append(self.root / "run0")
            return
        assert self.run_anew() == 0, "the step that is to be undone was not done"
        if self.done:
            quiet(self.place)  # a runner that goes takes its lock away, maybe under the copy
            self.done.mkdir()
            copy(self.root, self.done)

    def go_on(self) -> None:
        """Do what a person would next."""
        found = self.state()
        if found is None:
            self.run_anew()
        elif self.plan.role == steps.UNDO and found.ended:
            self.again("rollback")
        else:
            self.again("resume")

    def outcome(self) -> str:
        """Verified, failed or unknown; empty while there is none."""
        found = self.state()
        if found is None:
            return ""
        return self._of_undo() if self.plan.role == steps.UNDO else of_step(found)

    def _of_undo(self) -> str:
        events = [record.event for record in read(self.runs[-1]).records]
        undone = [place for place, event in enumerate(events) if isinstance(event, UndoEnded)]
        if not undone or not any(isinstance(event, RunEnded) for event in events[undone[-1] :]):
            return ""
        last = events[undone[-1]]
        assert isinstance(last, UndoEnded)
        if last.outcome != "failed":
            return st.VERIFIED
        return st.UNKNOWN if "unknown" in last.reason else st.FAILED

    def told(self) -> str:
        """Everything that was printed, for whoever must find out."""
        said = self.root / "said"
        effects = self.place / "effects"
        return (
            f"{self.plan}\nstruck: {self.struck}\nstatuses: {self.statuses}\n"
            f"effects: {effects.read_text().split() if effects.exists() else []}\n"
            f"{said.read_text()[-6000:] if said.exists() else ''}"
        )


def state_of(run: Path) -> RunState | None:
    """What a run's journal adds up to; None where it never began."""
    records = read(run).records if (run / JOURNAL).exists() else ()
    return replay(records) if records else None


def of_step(state: RunState) -> str:
    """What the step came to; empty while the run has not come to an end or a stop because of it."""
    step = state.steps["act"]
    if step.status == st.VERIFIED:
        return st.VERIFIED if state.ended else ""
    if step.status != st.BLOCKED or step.action is None:
        return ""
    if not step.action.known:
        return st.UNKNOWN
    seen = {check.outcome for check in state.checks.get("act", {}).values()}
    # A look that the link took away says nothing of the step: whoever goes on looks again.
    return "" if step.action.ok and seen and seen <= {Outcome.PASS, Outcome.UNKNOWN} else st.FAILED


def processes_at(root: Path) -> Iterator[int]:
    """Processes that have this directory in their arguments, stand in it, or have something in it open."""
    yield from (pid for pid in at_work(root) if pid != os.getpid())
    for entry in _processes():
        with suppress(OSError):
            if str(root).encode() in (entry / "cmdline").read_bytes():
                yield int(entry.name)


def _processes() -> Iterator[Path]:
    return (entry for entry in Path("/proc").iterdir() if entry.name.isdecimal() and int(entry.name) != os.getpid())


def quiet(place: Path, seconds: float = 10.0) -> None:
    """Wait until no script of a trial runs any more."""
    deadline = time.monotonic() + seconds
    while at_work(place / "spool") and time.monotonic() < deadline:
        time.sleep(0.02)


def copy(source: Path, target: Path) -> None:
    """Copy all that is in a directory; names that were one file stay one, as a spool's claims are links."""
    subprocess.run(["cp", "-a", f"{source}/.", target], check=True)


def remove(root: Path, place: Path) -> None:
    """End, by its id, whatever a trial left on the host, and take its files away, until nothing of it can write.

    A channel that has just lost its wizard takes its own files away meanwhile, and cannot be told by its arguments.

    Args:
        root: The trial's directory.
        place: Where its steps named the daemons that they left.

    Raises:
        OSError: The files are there still, so that no further trial could have the directory.
    """
    daemons = place / "daemons"
    left = set(map(int, daemons.read_text().split())) if daemons.exists() else set()
    deadline = time.monotonic() + SLOWEST_END
    while root.exists():
        for pid in left | set(processes_at(root)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        left = set()
        with suppress(OSError) if time.monotonic() < deadline else nullcontext():
            shutil.rmtree(root)
