"""What attempts print: followed byte by byte, cut off beyond its cap, and never missing in silence."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from pathlib import Path

from tests.services.attempts import folder, kill, sink_of
from tests.services.shells import Heard, run, shell_host
from wizard.hosts.base import Attempt, Host


async def test_output_is_byte_exact(host: Host, tmp_path: Path) -> None:
    data = os.urandom(3_000_000) + b"\0\n\n"
    (tmp_path / "data").write_bytes(data)
    ending, output = await run(host, Attempt("bytes", f"cat '{tmp_path}/data'"))
    assert ending.ok
    assert output == data


LINES = [
    b"one\n",
    b"no end",
    b"\n",
    b"  kept  \n",
    b"a\\b%s\n",
    b"tab\t\n",
    b"nul\0\n",
    b"caf\xc3\xa9\n",
    b"\x81\x88\xff\n",
    b"x" * 2000,
]


async def test_a_short_output_is_byte_exact_too(host: Host, tmp_path: Path) -> None:
    for number, line in enumerate(LINES):
        (tmp_path / "line").write_bytes(line)
        ending, output = await run(host, Attempt(f"line{number}", f"cat '{tmp_path}/line'"))
        assert (output, ending.total) == (line, len(line))


async def test_output_is_seen_while_the_step_still_runs(host: Host, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    seen = asyncio.Event()
    await host.start(Attempt("live", f"echo first; cat '{tmp_path}/gate'"))
    following = asyncio.create_task(host.follow("live", 0, lambda _at, _data: seen.set()))
    await asyncio.wait_for(seen.wait(), 5)
    assert not following.done()
    (tmp_path / "gate").write_bytes(b"go")
    assert (await following).total == 8


async def test_following_from_an_offset_gives_the_rest(host: Host) -> None:
    await run(host, Attempt("rest", "printf 0123456789"))
    heard = Heard(at=4)
    ending = await host.follow("rest", 4, heard)
    assert (bytes(heard.data), ending.total) == (b"456789", 10)


async def test_beyond_the_cap_output_is_counted_and_the_exit_status_kept(host: Host) -> None:
    lines = "i=0; while [ $i -lt 3000 ]; do echo line; i=$((i+1)); done"
    script = f"{lines}; head -c 300000 /dev/zero; echo why; exit 5"
    ending, output = await run(host, Attempt("cap", script, cap=100_001))
    kept_of_the_end, missing = 100_001 // 16, 15_000 + 300_004 - 100_001 - 100_001 // 16
    assert (ending.exit_status, ending.dropped, ending.total) == (5, missing, len(output))
    head, _, end = output[100_001:].partition(b" bytes of output are missing here]\n")
    assert output[:100_001] == (b"line\n" * 3000).ljust(100_001, b"\0")
    assert head == b"\n[%d" % missing
    assert end == b"why\n".rjust(kept_of_the_end, b"\0")


async def test_what_is_a_little_beyond_the_cap_is_kept_whole(host: Host) -> None:
    ending, output = await run(host, Attempt("brim", "printf %01000d 7; echo why; exit 5", cap=1000))
    assert (ending.exit_status, ending.dropped, output) == (5, 0, b"7".rjust(1000, b"0") + b"why\n")


async def test_output_that_the_host_had_no_room_for_is_not_missed_in_silence(spool: Path, tmp_path: Path) -> None:
    reads_more_than_it_writes = f"#!/bin/sh\n{shutil.which('dd')} bs=5000 count=1 2>/dev/null | head -c 10\nexit 1\n"
    (tmp_path / "dd").write_text(reads_more_than_it_writes)
    (tmp_path / "dd").chmod(0o755)
    async with shell_host(spool, path=(str(tmp_path),)) as host:
        ending, output = await run(host, Attempt("full", "printf %01000d 0; exit 5"))
    assert (ending.exit_status, len(output)) == (5, 10)
    assert ending.dropped > 0


async def test_what_the_sink_had_no_processor_for_yet_is_waited_for(host: Host, spool: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    heard, seen = Heard(), asyncio.Event()

    def hear(offset: int, data: bytes) -> None:
        heard(offset, data)
        seen.set()

    await host.start(Attempt("late", f"echo first; read go <'{tmp_path}/gate'; echo last"))
    following = asyncio.create_task(host.follow("late", 0, hear))
    await seen.wait()
    sink = sink_of(folder(spool, "late"))
    for pid in sink:
        os.kill(pid, signal.SIGSTOP)
    (tmp_path / "gate").write_text("go\n")
    while not list(folder(spool, "late").glob("state.done.*")):
        await asyncio.sleep(0)
    # Over its limit after more than five ticks of the clock by which the follower looks, too.
    assert (await host.ask("sleep 300", limit=1)).timed_out
    assert not following.done()
    for pid in sink:
        os.kill(pid, signal.SIGCONT)
    ending = await following
    assert (bytes(heard.data), ending.ok, ending.dropped) == (b"first\nlast\n", True, 0)


async def test_a_daemon_that_is_never_silent_is_not_waited_for(host: Host) -> None:
    ending, output = await run(host, Attempt("chatty", "yes & echo $!", cap=10_000_000))
    assert ending.ok
    kill(next(int(line) for line in output.split(b"\n") if line != b"y"))
