"""31 short steps on one host: wizard beside Ansible, pyinfra and a bare asyncssh loop, near and far away."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.bench.beside import TODAY, programs
from tests.bench.contestants import Contestant, ansible, bare, pyinfra, pyinfra_program, wizard
from tests.bench.rounds import Timed, interleaved, ratio, table
from tests.services import sshd

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ROUNDS = 5
LONE_ROUNDS = 15
FAR_ROUNDS = 3
ONE_WAY = 10
"""Milliseconds."""

Maker = Callable[[sshd.Sshd, Path], Contestant]


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short path: ssh's control socket lies in it."""
    with tempfile.TemporaryDirectory(prefix="wz-") as folder:
        yield Path(folder)


@pytest.fixture
def server(home: Path) -> Iterator[sshd.Sshd]:
    """A server whose login shell reads no files of the user's: they can take longer than all the steps."""
    home.joinpath("empty").mkdir()
    with sshd.serve(home / "sshd", f"SetEnv HOME={home}/empty") as running:
        yield running


@pytest.fixture
def ours(pytestconfig: pytest.Config) -> list[Maker]:
    """Today's wizard, and the one of an earlier commit where one is named."""
    assert pytestconfig.cache
    found = programs(pytestconfig.cache.mkdir("bench-beside"))
    return [partial(wizard, name=name, program=program) for name, program in found.items()]


def _others(cache: pytest.Cache | None) -> list[Maker]:
    program = cache and pyinfra_program(cache.mkdir("bench-pyinfra"))
    if program:
        return [ansible, lambda server, folder: pyinfra(server, folder, program)]
    print("pyinfra cannot be installed here; going on without it")
    return [ansible]


def _times(makers: list[Maker], server: sshd.Sshd, home: Path, rounds: int) -> dict[str, list[float]]:
    folders = [home / str(number) for number in range(len(makers))]
    for folder in folders:
        folder.mkdir()
    contestants = [make(server, folder) for make, folder in zip(makers, folders, strict=True)]
    return interleaved({each.name: Timed(each.run, each.clean) for each in contestants}, rounds)


@contextmanager
def _far_away(server: sshd.Sshd) -> Iterator[sshd.Sshd]:
    """The same server behind a link that takes its time."""
    relay = [sys.executable, Path(__file__).with_name("slow_link.py"), str(server.port), str(ONE_WAY)]
    with subprocess.Popen(relay, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield replace(server, port=int(process.stdout.readline()))
        finally:
            process.kill()


def test_short_steps(server: sshd.Sshd, home: Path, ours: list[Maker], pytestconfig: pytest.Config) -> None:
    seconds = _times([bare, *ours, *_others(pytestconfig.cache)], server, home, ROUNDS)
    print(f"\n31 short steps on one host, whole processes, {ROUNDS} rounds, seconds\n")
    print(table(seconds, "bare loop"))
    print(f"\nwizard is {ratio(seconds, 'ansible', TODAY):.1f} times as fast as ansible-playbook")


def test_short_steps_of_ours_alone(server: sshd.Sshd, home: Path, ours: list[Maker]) -> None:
    seconds = _times([bare, *ours], server, home, LONE_ROUNDS)
    print(f"\n31 short steps beside the bare loop alone, {LONE_ROUNDS} rounds, seconds\n")
    print(table(seconds, "bare loop"))


def test_short_steps_far_away(server: sshd.Sshd, home: Path, ours: list[Maker]) -> None:
    with _far_away(server) as far:
        seconds = _times([bare, *ours], far, home, FAR_ROUNDS)
    print(f"\nthe same with {2 * ONE_WAY} ms from question to answer, {FAR_ROUNDS} rounds, seconds\n")
    print(table(seconds, "bare loop"))
