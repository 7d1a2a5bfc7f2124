"""Who holds a run, and asking an engine without a terminal to let go: only that one, never another process."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.journals import run_started, write_journal
from wizard.errors import RunDirectoryInUse
from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run import holder
from wizard.run.holder import let_go
from wizard.run.journal import Journal
from wizard.run.listing import LOCK, summary

HOLDS = """
import signal, sys
from pathlib import Path
from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run.journal import Journal
asked = []
signal.signal(signal.SIGUSR1, lambda *_: asked.append(1))
journal = Journal(Path(sys.argv[1]), Redactor([]))
journal.append(ev.RunResumed(detached=sys.argv[2] == "detached"))
print("there", flush=True)
while not asked:
    signal.pause()
journal.append(ev.RunPaused("let go of"))
journal.close()
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_journal(tmp_path, run_started())


def held(run: Path, manner: str) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-c", HOLDS, str(run), manner]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        yield process
        process.kill()


@pytest.fixture
def detached(run: Path) -> Iterator[subprocess.Popen[bytes]]:
    yield from held(run, "detached")


@pytest.fixture
def attended(run: Path) -> Iterator[subprocess.Popen[bytes]]:
    yield from held(run, "attended")


def test_a_run_that_nobody_holds_is_free(run: Path) -> None:
    assert holder.holder(run) is None
    let_go(run)


def test_a_detached_engine_lets_go(run: Path, detached: subprocess.Popen[bytes]) -> None:
    found = holder.holder(run)
    assert found is not None
    assert found.pid == detached.pid
    assert summary(run).detached
    let_go(run)
    assert detached.wait(30) == 0
    assert (summary(run).state, summary(run).detached) == ("paused", False)


def test_a_run_that_is_open_in_a_terminal_is_left_alone(run: Path, attended: subprocess.Popen[bytes]) -> None:
    with pytest.raises(RunDirectoryInUse, match="open in a terminal"):
        let_go(run)
    assert attended.poll() is None
    assert summary(run).state == "live"


def test_a_process_that_only_has_the_number_is_never_signalled(run: Path, detached: subprocess.Popen[bytes]) -> None:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as innocent:
        lock = run / LOCK
        text = lock.read_text().replace(f"process {detached.pid},", f"process {innocent.pid},")
        lock.write_text(text)
        with pytest.raises(RunDirectoryInUse):
            let_go(run, patience=0)
        assert innocent.poll() is None
        innocent.kill()
    assert detached.poll() is None


def test_without_proc_a_process_is_known_by_its_age(run: Path, detached: subprocess.Popen[bytes]) -> None:
    found = holder.holder(run)
    assert found is not None
    assert holder._is_as_old(found)
    before = found.since.replace(found.since[:4], str(int(found.since[:4]) - 1))
    assert not holder._is_as_old(holder.Holder(found.who, found.machine, detached.pid, before))


def test_a_run_of_another_machine_is_named(
    run: Path, detached: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holder.platform, "node", lambda: "elsewhere")
    with pytest.raises(RunDirectoryInUse, match="Take it over on"):
        let_go(run)
    assert detached.poll() is None


def test_one_that_does_not_let_go_in_time_is_said(run: Path, detached: subprocess.Popen[bytes]) -> None:
    os.kill(detached.pid, signal.SIGSTOP)
    with pytest.raises(RunDirectoryInUse, match="try again in a moment"):
        let_go(run, patience=0)
    os.kill(detached.pid, signal.SIGCONT)


def test_whoever_only_looks_does_not_keep_a_writer_out(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looking = os.open(run / LOCK, os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    monkeypatch.setattr("wizard.run.journal.time.sleep", lambda _: fcntl.flock(looking, fcntl.LOCK_UN))
    journal = Journal(run, Redactor([]))
    journal.append(ev.NoteAdded("x"))
    journal.close()
    os.close(looking)
