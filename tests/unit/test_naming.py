"""A command without RUN: the only live one is watched, and else a sentence tells which runs there are."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from tests.support.journals import run_started, write_journal
from wizard import cli, naming
from wizard.run import events as ev
from wizard.run.listing import LOCK

COMMANDS = ["watch", "resume", "rollback", "report", "verify", "handover"]


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    folder = tmp_path / "state" / "runs"
    folder.mkdir(parents=True, mode=0o700)
    folder.parent.chmod(0o700)
    made = [folder / f"2026112{day}-143005-7f3a-stock" for day in range(1, 8)]
    for directory in made:
        directory.mkdir(mode=0o700)
        write_journal(directory, run_started(directory.name, "\x1b[31mA title"), ev.RunPaused("a person is wanted"))
    return made


@pytest.mark.parametrize("command", COMMANDS)
def test_the_latest_runs_are_told(command: str, runs: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command]) == 2
    told = capsys.readouterr()
    assert f"which run? Give its id, or `last`: wizard {command} RUN" in told.err
    assert next(line for line in told.err.splitlines() if "paused" in line).count(runs[-1].name) == 1
    assert told.err.count("paused") == naming.LATEST
    assert "\x1b" not in told.err
    assert told.out == ""


def test_where_there_is_none_it_is_said_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    assert cli.main(["watch"]) == 2
    assert "there is no run yet" in capsys.readouterr().err


def test_the_only_live_run_is_the_one_to_watch_and_to_nothing_else(runs: list[Path]) -> None:
    with (runs[2] / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert naming.unnamed_run("watch") == str(runs[2])
        with pytest.raises(naming.UsageError):
            naming.unnamed_run("resume")
        with (runs[4] / LOCK).open("w") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with pytest.raises(naming.UsageError, match="which run"):
                naming.unnamed_run("watch")
