"""One life of a wizard: forked with everything loaded already, it does what the command line says until its fate."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.crash import sabotage, steps
from wizard import arguments, cli, headless, running
from wizard.checklist.loading import Source
from wizard.hosts import attachment, channel, shellhost
from wizard.hosts.local import LocalDuplex
from wizard.hosts.ssh import SshDuplex
from wizard.kinds import document_from
from wizard.report import files
from wizard.run import journal, preparation, resuming
from wizard.run.journal import Journal

_HERE = Path("/")
_BOX = steps.SSH.format(user="user", port=22, identity="user_key").format(place=_HERE)
_SAMPLES = (
    steps.checklist(steps.QUICK, steps.DO, _HERE, steps.LOCAL.format(place=_HERE)),
    steps.checklist(steps.QUICK, steps.DO, _HERE, steps.INPUTS + _BOX, on="box", mark=steps.WHO),
)
_READ = [document_from(Source(_HERE, text, "")) for text in _SAMPLES]
PARSER = arguments.parser()
LOADED = (headless, running, files, preparation, resuming, _READ)
"""What a command loads when it runs; a forked life has it already, the models of a checklist built."""

gc.freeze()  # what the parent has loaded stays shared with the lives, as no collection of theirs visits it
WHOLE, HALF = "whole", "half"
"""An instant lies between two acts, or in the middle of one."""


@dataclass(frozen=True, slots=True)
class Life:
    """How a wizard is started, and when it dies.

    Args:
        home: Where its files are.
        place: The directory on the host.
        arguments: Of the command line.
        instant: It is killed at the instant of this number; None lets it live.
        manner: Whether it dies between two acts, or when half of one is done.
        ssh: Messages over SSH are counted, not those to this machine.
        hasty: Links that are silent are given up soon, not after seconds.
    """

    home: Path
    place: Path
    arguments: tuple[str, ...]
    instant: int | None = None
    manner: str = WHOLE
    ssh: bool = False
    hasty: bool = False


class Fate:
    """Counts the instants of a life, and ends it at one of them.

    An instant is after each act, and before each act where something was heard since: what is after one and before the
    next with nothing in between is one instant, as neither disk nor host can tell them apart.
    """

    def __init__(self, life: Life) -> None:
        self._life = life
        self._count = 0
        self.heard = True

    def before(self, act: str) -> None:
        """About to write or send."""
        if self.heard and self._life.manner == WHOLE:
            self._reach(f"before {act}")

    def after(self, act: str) -> None:
        """Written or sent."""
        self.heard = False
        if self._life.manner == WHOLE:
            self._reach(f"after {act}")

    def halves(self, act: str, data: bytes, do: Callable[[bytes], Any]) -> None:
        """Where it is the one to die in, do half of it."""
        if self._life.manner == HALF:
            if self._count == self._life.instant:
                do(data[: len(data) // 2])
            self._reach(f"half-way through {act}")

    def _reach(self, label: str) -> None:
        if self._count == self._life.instant:
            (self._life.home / "struck").write_text(label)
            os.kill(os.getpid(), signal.SIGKILL)
        self._count += 1


def _watch_journal(fate: Fate) -> None:
    plain, write_all = Journal.append, journal._write_all
    said = [""]

    def append(self: Journal, event: Any, who: str = "") -> Any:
        said[0] = f"append of {event.kind}"
        fate.before(said[0])
        record = plain(self, event, who)
        fate.after(said[0])
        return record

    def write(descriptor: int, data: bytes) -> None:
        fate.halves(said[0], data, lambda half: write_all(descriptor, half))
        write_all(descriptor, data)

    Journal.append = append  # type: ignore[method-assign]
    journal._write_all = write


def _watch_messages(fate: Fate, kind: Any, raw: Callable[[Any, bytes], Any]) -> None:
    plain = kind.write

    async def write(self: Any, data: bytes) -> None:
        act = f"message {data[:24].decode('ascii', 'replace')!r}"
        fate.before(act)
        fate.halves(act, data, lambda half: raw(self, half))
        await plain(self, data)
        fate.after(act)

    kind.write = write


def _watch_frames(fate: Fate) -> None:
    plain = channel.Channel._deliver

    def deliver(self: channel.Channel, frame: Any) -> None:
        fate.heard = True
        plain(self, frame)

    channel.Channel._deliver = deliver  # type: ignore[method-assign]


def _hurry(life: Life) -> None:
    shellhost.GRACE = 1
    attachment.SLOWEST = 0.3
    if life.hasty:
        channel.PING_EVERY, channel.SILENCE = 0.4, 1.5
        shellhost.SPARE = 3.0


def live(life: Life) -> None:
    """Be that wizard."""
    said = os.open(life.home / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.update(HOME=str(life.home), WIZARD_STATE_DIR=str(life.home / "state"))
    os.environ.pop("SSH_AUTH_SOCK", None)
    sys.stdout, sys.stderr = (open(fd, "w", buffering=1, closefd=False) for fd in (1, 2))  # noqa: SIM115
    print("$ wizard", *life.arguments, flush=True)
    fate = Fate(life)
    sabotage.install(life.place)
    _hurry(life)
    _watch_journal(fate)
    _watch_frames(fate)
    if life.ssh:
        _watch_messages(fate, SshDuplex, lambda duplex, half: duplex._channel.write(half))
    else:
        _watch_messages(fate, LocalDuplex, lambda duplex, half: duplex._input.write(half))
    cli.parser = lambda: PARSER  # type: ignore[attr-defined] - as of a process that has read its command line
    status = cli.main(list(life.arguments))
    print(f"= {status}", flush=True)
    os._exit(status)


FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.crash.life"])


def begin(life: Life) -> Any:
    """Start a wizard; its process has ``exitcode``, ``join`` and ``pid``."""
    process = FORKS.Process(target=live, args=(life,))
    process.start()
    return process


def lived(life: Life, seconds: float = 60.0) -> int:
    """Start one and wait for its end; its exit status, or minus the signal that ended it."""
    return ended(begin(life), life, seconds)


def ended(process: Any, life: Life, seconds: float) -> int:
    """The exit status of a process that lives it.

    Raises:
        AssertionError: It did not end in so many seconds.
    """
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError(f"it hung: {life}\n{(life.home / 'said').read_text()[-3000:]}")
    return int(process.exitcode)
