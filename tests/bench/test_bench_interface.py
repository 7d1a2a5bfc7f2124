"""The interface under a flood, in a terminal of its own: keys, memory, speed, what can be found. By `make bench`."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import pytest

from tests.bench.beside import programs
from tests.bench.flood import CHECKLIST, Flood, Seen, environment
from tests.services import sshd
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

LINES = 1_000_000
LINE = "x" * 99
SIZE = (120, 40)
FLOODS = 10
"""Floods of a million lines: one is over before twenty keys are typed, too few to tell the slowest of a hundred."""

LONG = 250 * 1000 * 1000
"""Bytes of the endless line: five seconds at 50 MB/s, and below what a host keeps of one attempt."""

POURS = f"yes {LINE} | head -n {LINES}"
EMPTY = f"yes '' | head -n {LINES}"
ENDLESS = "for i in $(seq 100); do head -c 2500000 /dev/zero | tr '\\0' x; sleep 0.05; done; echo"


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short path."""
    with tempfile.TemporaryDirectory(prefix="wz-") as folder:
        yield Path(folder)


@pytest.fixture
def ours(pytestconfig: pytest.Config) -> Mapping[str, Path]:
    """Today's program, and the one of an earlier commit where one is named."""
    assert pytestconfig.cache
    return programs(pytestconfig.cache.mkdir("bench-beside"))


def flooded(
    program: Path, home: Path, pours: str, size: int, search: tuple[str, str], server: sshd.Sshd | None = None
) -> Seen:
    """A run of a step that prints, once it is let."""
    gate, run = home / "gate", home / "run"
    # The run goes on for a while, so that no question at its end takes the last key.
    command = f"while [ ! -e {gate} ]; do sleep 0.02; done; {pours}; sleep 2"
    quoted = '"' + command.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    hosts = on = ""
    words: list[str] = []
    if server:
        hosts = (
            f'hosts:\n  there: {{ssh: "{server.destination}", identity: "{server.identity}", spool: "{home}/spool"}}\n'
        )
        on = "on: there\n        "
        words = ["--accept-host-key", server.fingerprint]
    (home / "flood.yaml").write_text(CHECKLIST.format(hosts=hosts, on=on, command=quoted))
    argv = [program, "run", str(home / "flood.yaml"), "--run-dir", str(run), *words]
    with Terminal(argv, environment(home), SIZE, cold=True) as terminal:
        seen = Flood(terminal, run, size).measure(gate, *search)
        terminal.process.terminate()
        terminal.end()
    return seen


def told(what: str, size: int, seen: Seen) -> None:
    """Print the figures."""
    print(f"\n{what}: {size / 1e6:.0f} MB in {seen.seconds:.2f} s, {size / 1e6 / seen.seconds:.0f} MB/s")
    for name, answers in (("without a flood", seen.idle), ("in the flood", seen.answers)):
        if answers:
            p50, p99, most = (sorted(answers)[int(len(answers) * part) - 1] * 1000 for part in (0.5, 0.99, 1.0))
            print(f"  key to its answer {name}, {len(answers)} keys: p50 {p50:.1f}, p99 {p99:.1f}, most {most:.1f} ms")
    print(f"  memory: {seen.before:.0f} MiB before, at most +{seen.most - seen.before:.0f} MiB")
    print(f"  searched afterwards: {seen.found} in {seen.searching:.2f} s")


def floods(
    ours: Mapping[str, Path], home: Path, pours: str, size: int, search: tuple[str, str]
) -> Iterator[tuple[str, Seen]]:
    """One flood of each program."""
    for number, (name, program) in enumerate(ours.items()):
        with tempfile.TemporaryDirectory(prefix=f"{number}-", dir=home) as folder:
            yield name, flooded(program, Path(folder), pours, size, search)


def many_floods(ours: Mapping[str, Path], home: Path, server: sshd.Sshd | None = None) -> Mapping[str, Seen]:
    """A million lines again and again, each program in turn: all keys, and the median or the most of the rest."""
    size = LINES * (len(LINE) + 1)
    seen: dict[str, list[Seen]] = {name: [] for name in ours}
    for number in range(FLOODS):
        for name, program in ours.items():
            # One after the other goes again: the disk would still be writing the last ones down.
            with tempfile.TemporaryDirectory(prefix=f"{number}-", dir=home) as folder:
                seen[name].append(flooded(program, Path(folder), POURS, size, ("xx", f"{LINES:,}"), server))
    return {name: _together(each) for name, each in seen.items()}


def _together(seen: Sequence[Seen]) -> Seen:
    return Seen(
        answers=[answer for one in seen for answer in one.answers],
        idle=[answer for one in seen for answer in one.idle],
        before=min(one.before for one in seen),
        most=max(one.most for one in seen),
        seconds=median(one.seconds for one in seen),
        found=seen[0].found,
        searching=median(one.searching for one in seen),
    )


def test_a_million_lines(ours: Mapping[str, Path], home: Path) -> None:
    for name, seen in many_floods(ours, home).items():
        told(f"{name}: {LINES:,} lines of 100 bytes on this machine", LINES * (len(LINE) + 1), seen)


def test_a_million_empty_lines(ours: Mapping[str, Path], home: Path) -> None:
    for name, seen in floods(ours, home, f"{EMPTY}; echo needle", LINES + 7, ("needle", "1 of 1")):
        told(f"{name}: {LINES:,} empty lines", LINES, seen)


def test_one_endless_line(ours: Mapping[str, Path], home: Path) -> None:
    for name, seen in floods(ours, home, f"{ENDLESS}; echo needle", LONG + 8, ("needle", "1 of 1")):
        told(f"{name}: one endless line, poured at 50 MB/s at most", LONG, seen)


def test_a_million_lines_over_ssh(ours: Mapping[str, Path], home: Path) -> None:
    size = LINES * (len(LINE) + 1)
    home.joinpath("empty").mkdir()
    with sshd.serve(home / "sshd", f"SetEnv HOME={home}/empty") as server:
        before = [_counted(server, home) for _ in range(3)]
        found = many_floods(ours, home, server)
        plain = median([*before, *(_counted(server, home) for _ in range(3))])
    print(f"\nssh host cmd | wc -l: {plain:.2f} s, {size / 1e6 / plain:.0f} MB/s")
    for name, seen in found.items():
        told(f"{name}: {LINES:,} lines of 100 bytes over SSH, {seen.seconds / plain:.2f} x of that", size, seen)


def _counted(server: sshd.Sshd, home: Path) -> float:
    """Seconds that a shell takes to count the same lines."""
    known = home / "known_hosts"
    known.write_text(server.known_line)
    ssh = f"ssh -F none -p {server.port} -i {server.identity} -o UserKnownHostsFile={known} {server.user}@127.0.0.1"
    began = time.perf_counter()
    counted = subprocess.run(f"{ssh} '{POURS}' | wc -l", shell=True, check=True, capture_output=True)  # noqa: S602
    assert int(counted.stdout) == LINES
    return time.perf_counter() - began
