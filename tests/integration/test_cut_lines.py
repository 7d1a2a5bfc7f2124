"""A line to a host that was cut off by a kill or a lost connection: a shell runs its last line all the same."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.integration.commandline import wait_until
from wizard.hosts import commands
from wizard.hosts.base import Attempt

PATIENCE = 20.0


def told(spool: Path, line: bytes) -> None:
    """A channel that hears this and then nothing more, until it has left."""
    ready = commands.call("wz_ready_spool", 1, background=False)
    shell = subprocess.Popen(
        ["/bin/sh"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    assert shell.stdin
    shell.stdin.write(commands.bootstrap("0" * 32, "channel", str(spool), ()) + ready + line)
    shell.stdin.close()
    shell.wait(PATIENCE)


@pytest.mark.parametrize("ahead_of", [" '' 'echo one", "'\"'\"'two", " >>/", " ''", " whole"])
def test_what_is_left_of_a_start_starts_nothing(tmp_path: Path, ahead_of: str) -> None:
    script = f"echo one >>{tmp_path}/effects\necho 'two' >>{tmp_path}/effects\n"
    line = commands.start(2, Attempt("key", script, limit=60.0), 1.0, commands.Launch(0, 0)).decode()
    left = line[: line.rindex(ahead_of)]
    told(tmp_path / "spool", left.encode())
    assert not list((tmp_path / "spool").glob("*.claim"))
    assert not (tmp_path / "effects").exists()


def test_a_start_that_says_it_is_whole_is_carried_out(tmp_path: Path) -> None:
    line = commands.start(2, Attempt("key", f"echo one >>{tmp_path}/effects", limit=60.0), 1.0, commands.Launch(0, 0))
    told(tmp_path / "spool", line.removesuffix(b" &\n"))
    wait_until((tmp_path / "effects").exists, "its effect")


def test_what_is_left_of_a_cancel_cancels_nothing(tmp_path: Path) -> None:
    line = commands.cancel(2, "key.of.a.long.name", 1.0)
    told(tmp_path / "spool", line[: line.index(b".long")])
    assert not list((tmp_path / "spool").glob("*.claim"))
