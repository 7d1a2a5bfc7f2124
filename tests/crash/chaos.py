"""Two operators, one host, a bad link, and kills at random: everything that happens follows from a seed."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash import sabotage, steps
from tests.crash.judge import OUTCOMES, counted
from tests.crash.life import Life, begin
from tests.crash.sabotage import NONE, RUNNERS
from tests.crash.trial import RESUMES, of_step, remove, state_of
from tests.services.attempts import runners_of
from tests.services.sshd import Sshd, children
from tests.support.badlink import BadLink
from wizard.run import state as st
from wizard.run.journal import JOURNAL
from wizard.run.state import RunState
from wizard.run.verification import verify

LONGEST = 60.0


class Broken(AssertionError):
    """A promise was broken."""


@dataclass
class Runs:
    """The run directories of one run key: a further one only where nothing began in the last."""

    root: Path
    who: str
    made: list[Path] = field(default_factory=list)

    @property
    def state(self) -> RunState | None:
        return state_of(self.made[-1]) if self.made else None

    @property
    def outcome(self) -> str:
        found = self.state
        return of_step(found) if found else ""

    def words(self, file: Path, *, busy: bool) -> tuple[str, ...]:
        """What an operator types now; ``busy`` where another one's wizard runs, which may just have begun there."""
        if self.state:
            return ("resume", str(self.made[-1]), "--headless")
        if not self.made or (not busy and (self.made[-1] / JOURNAL).exists()):
            self.made.append(self.root / f"run-{self.who}-{len(self.made)}")
        given = ("--run-dir", str(self.made[-1]), "--set", f"who={self.who}")
        return ("run", str(file), "--headless", *given)


@dataclass
class Operator:
    """Somebody at a machine, with a wizard that runs or does not."""

    home: Path
    runs: Runs
    process: Any = None

    @property
    def busy(self) -> bool:
        return self.process is not None and self.process.exitcode is None

    def go_on(self, trial: Chaos, *, over: bool = False) -> None:
        """Run or resume, where there is no outcome yet and no wizard of theirs runs; ``over`` takes the host over."""
        if not self.busy and not self.runs.outcome:
            busy = any(one.busy and one.runs is self.runs for one in trial.operators)
            words = (*self.runs.words(trial.file, busy=busy), *(["--take-over"] if over else []))
            self.process = begin(Life(self.home, trial.place, words, ssh=True, hasty=not trial.calm))

    def kill(self) -> None:
        if self.busy:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.join()

    def wait(self) -> None:
        """Until it has ended by itself."""
        if self.process is not None:
            self.process.join(LONGEST)
            if self.busy:
                self.kill()
                raise Broken("a wizard hung")


class Chaos:
    """One trial.

    Args:
        root: An empty directory.
        seed: What everything follows from, as far as clocks allow.
        server: Where the steps run.
        link: The way there.
    """

    def __init__(self, root: Path, seed: int, server: Sshd, link: BadLink) -> None:
        self.root, self.seed, self._server, self._link = root, seed, server, link
        self._chance = random.Random(f"chaos {seed}")  # noqa: S311 - not a secret
        self.place, self.file = root / "place", root / "crash.yaml"
        self.kind = self._chance.choice(steps.KINDS)
        self.policy = self._chance.choice(["ask", "ask", "safe_to_retry"])
        self.shared = self._chance.random() < 0.5
        self.killed = self._chance.choice([NONE, NONE, NONE, *RUNNERS])
        self.log: list[str] = []
        self.calm = False
        self.operators = self._operators()

    def _operators(self) -> list[Operator]:
        self.place.mkdir(parents=True)
        here = steps.SSH.format(user=self._server.user, port=self._link.port, identity=self._server.identity)
        hosts = steps.INPUTS + here.format(place=self.place)
        text = steps.checklist(self.kind, steps.DO, self.place, hosts, on="box", policy=self.policy, mark=steps.WHO)
        self.file.write_text(text)
        one, other = Runs(self.root, "one"), Runs(self.root, "other")
        return [self._operator("one", one), self._operator("other", one if self.shared else other)]

    def _operator(self, name: str, runs: Runs) -> Operator:
        home = self.root / name
        (home / ".ssh").mkdir(parents=True)
        known = self._server.known_line.replace(f":{self._server.port}]", f":{self._link.port}]")
        (home / ".ssh" / "known_hosts").write_text(known.replace(f":{self._server.port} ", f":{self._link.port} "))
        return Operator(home, runs)

    def carry_out(self) -> None:
        """A while of chaos, then calm, in which everybody comes to an outcome, one after the other on the host."""
        sabotage.arm(self.place, self.killed)
        end = time.monotonic() + self._chance.uniform(0.4, 2.5)
        while time.monotonic() < end:
            name = self._chance.choice(list(ACTS))
            self.log.append(name)
            ACTS[name](self)
            time.sleep(self._chance.uniform(0.02, 0.4))
        self._link.calm()
        # From here on silence means what it means everywhere: a machine with too much to do is not a lost link.
        self.calm = True
        for operator in self.operators:
            operator.wait()
        for _ in range(RESUMES):
            for operator in self.operators:
                operator.go_on(self, over=True)
                operator.wait()

    def someone(self) -> Operator:
        return self._chance.choice(self.operators)

    def kill_session(self) -> None:
        """One of the server's processes for one of the connections."""
        self._kill_one(sorted(children(self._server.process.pid)))

    def kill_runner(self) -> None:
        """A runner leads its session; its watch and its sink are in that too."""
        if self._kill_one(sorted(runners_of(self.place / "spool"))):
            self.killed = "at random"

    def _kill_one(self, pids: list[int]) -> bool:
        if not pids:
            return False
        with suppress(ProcessLookupError):
            os.kill(self._chance.choice(pids), signal.SIGKILL)
        return True

    def link(self, how: str) -> None:
        getattr(self._link, how)()

    def judge(self) -> None:
        """Each run's own promise.

        Raises:
            Broken: It was not kept.
        """
        for runs in {id(operator.runs): operator.runs for operator in self.operators}.values():
            self._judge(runs)

    def _judge(self, runs: Runs) -> None:
        effects, outcome, state = counted(self.place), runs.outcome, runs.state
        began, ended = effects[f"began{runs.who}"], effects[f"ended{runs.who}"]
        _hold(bool(outcome) and state is not None, "it has no outcome after three resumes in calm")
        assert state is not None
        allowed = 1 if self.policy == "ask" else len(state.attempts)
        _hold(began <= allowed, f"it was run {began} times, where {allowed} were allowed")
        _hold(outcome != st.UNKNOWN or self.killed != NONE, "unknown, although no runner was killed")
        if outcome != st.UNKNOWN:
            _hold(outcome == OUTCOMES[self.kind], f"{outcome}, where it can only be {OUTCOMES[self.kind]}")
            _hold(began >= 1, f"{outcome}, but lost: the host saw nothing of it")
            _hold((ended >= 1) == (self.kind != steps.DEAF), f"{outcome}, and {ended} came to their end")
        found = verify(runs.made[-1])
        _hold(found.ok, f"the record is not whole: {found.lines()}")

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        for operator in self.operators:
            operator.kill()
        self._link.calm()
        remove(self.root, self.place)

    def told(self) -> str:
        """For whoever must find out."""
        said = [path.read_text()[-3000:] for path in sorted(self.root.glob("*/said"))]
        about = f"seed {self.seed}: {self.kind}, {self.policy}, runner killed: {self.killed}, shared: {self.shared}"
        return "\n".join([about, ", ".join(self.log), str(dict(counted(self.place))), *said])


ACTS: Mapping[str, Callable[[Chaos], object]] = {
    "goes on": lambda trial: trial.someone().go_on(trial),
    "takes over": lambda trial: trial.someone().go_on(trial, over=True),
    "both go on": lambda trial: [operator.go_on(trial) for operator in trial.operators],
    "kill wizard": lambda trial: trial.someone().kill(),
    "kill session": Chaos.kill_session,
    "kill runner": Chaos.kill_runner,
    "cut": lambda trial: trial.link("cut"),
    "reset": lambda trial: trial.link("reset"),
    "stall": lambda trial: trial.link("stall"),
    "slice": lambda trial: trial.link("slice"),
    "calm": lambda trial: trial.link("calm"),
    "calm again": lambda trial: trial.link("calm"),
    "nothing": lambda _trial: None,
}


def _hold(promise: bool, broken: str) -> None:  # noqa: FBT001 - read as a sentence
    if not promise:
        raise Broken(broken)


def one(root: Path, seed: int, server: Sshd, link: BadLink) -> str:
    """Carry out one trial; what was broken, with all that there is to know, or nothing."""
    trial = Chaos(root, seed, server, link)
    try:
        trial.carry_out()
        trial.judge()
    except AssertionError as broken:
        return f"{broken}\n{trial.told()}"
    finally:
        trial.end()
    return ""
