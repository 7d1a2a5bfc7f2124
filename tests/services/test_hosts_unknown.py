"""Attempts whose end nobody can know, or that nobody took up: never run again in the dark."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.services.attempts import (
    folder,
    kill,
    parent_of,
    script_pid,
    session_of,
    state_of,
    until_running,
    wind_back,
)
from tests.services.shells import Heard, InsteadOfSh, run
from wizard.hosts import shellhost
from wizard.hosts.attachment import Settings
from wizard.hosts.base import Attempt, AttemptState, Host
from wizard.hosts.local import LocalDuplex
from wizard.hosts.shellhost import ShellHost


async def test_a_killed_runner_leaves_an_attempt_lost_not_failed(here: Host, spool: Path) -> None:
    await here.start(Attempt("lost", "echo up; exec sleep 300"))
    await until_running(here, "lost")
    following = asyncio.create_task(here.follow("lost", 0, Heard()))
    script = await script_pid(spool, "lost", said=True)
    runner = parent_of(script)
    kill(runner)
    ending = await asyncio.wait_for(following, 5)
    assert (ending.state, ending.exit_status, ending.state.known) == (AttemptState.LOST, None, False)
    assert (await here.status("lost")).state is AttemptState.LOST
    assert (await run(here, Attempt("next", "true")))[0].ok  # by a runner of its own, at once
    kill(script)
    while session_of(runner):  # nor does its watch stay
        await asyncio.sleep(0)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shellhost, "GRACE", 1)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("deaf", ["", "trap '' TERM; "])
async def test_what_a_killed_runner_left_is_ended_with_its_children(host: Host, spool: Path, deaf: str) -> None:
    await host.start(Attempt("lost", f"{deaf}sleep 300 & echo up; sleep 300; true"))
    await until_running(host, "lost")
    script = await script_pid(spool, "lost", said=True)
    kill(parent_of(script))
    while (await host.status("lost")).state is not AttemptState.LOST:
        pass
    ending = await host.cancel("lost")
    assert (ending.state, ending.killed, ending.timed_out) == (AttemptState.LOST, True, False)
    assert not session_of(script)
    again = await host.cancel("lost")
    assert (again.state, again.killed) == (AttemptState.LOST, False)


async def test_a_later_process_with_the_id_of_a_lost_script_is_left_alone(here: Host, spool: Path) -> None:
    await here.start(Attempt("lost", "echo up; exec sleep 300"))
    await until_running(here, "lost")
    script = await script_pid(spool, "lost", said=True)
    kill(parent_of(script))
    pid = folder(spool, "lost") / "pid"
    pid.write_text(f"{script} {int(pid.read_text().split()[1]) + 1} \n")
    ending = await here.cancel("lost")
    assert (ending.state, ending.killed) == (AttemptState.LOST, False)
    assert state_of(script) in {"R", "S", "D"}
    kill(script)


async def test_a_runner_that_goes_with_its_lock_while_it_is_looked_for_costs_no_answer(host: Host, spool: Path) -> None:
    await run(host, Attempt("gone", "true"))
    wind_back(folder(spool, "gone"), "state.running.somebody", "taken")
    assert (await asyncio.wait_for(host.status("gone"), 10)).state is AttemptState.LOST
    assert (await asyncio.wait_for(host.follow("gone", 0, Heard()), 10)).state is AttemptState.LOST


async def test_an_attempt_of_an_earlier_boot_is_called_rebooted(here: Host, spool: Path) -> None:
    await run(here, Attempt("old", "exit 0"))
    await here.start(Attempt("cut", "sleep 300"))
    await until_running(here, "cut")
    await here.cancel("cut")
    wind_back(folder(spool, "cut"), "state.running.somebody", "taken")
    for key in ("old", "cut"):
        claim = spool / f"{key}.claim"
        nonce, _boot, *rest = claim.read_text().splitlines()
        claim.write_text("\n".join([nonce, "another-boot", *rest]) + "\n")
    assert (await here.status("cut")).state is AttemptState.REBOOTED
    assert (await here.status("old")).ok


class Rebooting(InsteadOfSh):
    """A host that goes down as soon as it is told to start something, once, and comes up as another boot."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__("dash")
        self.boots = 0
        self._boot_id = tmp_path / "boot-id"
        self._monkeypatch = monkeypatch

    async def open(self, command: str) -> LocalDuplex:
        self.boots += 1
        self._boot_id.write_text(f"boot-{self.boots}\n")
        self._before = f"mount --bind {self._boot_id} /proc/sys/kernel/random/boot_id"
        duplex = await super().open(command)
        if self.boots == 1:
            deliver = duplex.write

            async def write(data: bytes) -> None:
                if data.startswith(b"wz_start"):
                    await duplex.close()
                await deliver(data)

            self._monkeypatch.setattr(duplex, "write", write)
        return duplex


async def test_a_reboot_during_the_start_leaves_it_unknown_and_nothing_is_started_in_the_dark(
    spool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport, said = Rebooting(tmp_path, monkeypatch), list[str]()
    host = ShellHost("here", transport, Settings(spool=str(spool)), lambda _link, why: said.append(why))
    ending, _ = await run(host, Attempt("key", f"touch '{tmp_path}/effect'"))
    await host.close()
    assert (ending.state, ending.state.known, transport.boots) == (AttemptState.REBOOTED, False, 2)
    assert not (tmp_path / "effect").exists()
    assert said[-1].endswith("again; it has rebooted since")


@pytest.mark.parametrize(
    "damage", ["two ends", "an end before a start", "no state", "nobody took it", "empty claim", "no directory"]
)
async def test_a_damaged_record_is_corrupt_and_never_run_again(here: Host, spool: Path, damage: str) -> None:
    await run(here, Attempt("bad", "true"))
    directory = folder(spool, "bad")
    match damage:
        case "two ends":
            (directory / "state.done.1").touch()
        case "an end before a start":
            (directory / "taken").unlink()
        case "no state":
            wind_back(directory)
            (directory / "state.ready").unlink()
        case "nobody took it":
            wind_back(directory, "taken")
        case "empty claim":
            (spool / "bad.claim").write_text("")
        case _:
            directory.rename(spool / "elsewhere")
    assert (await here.status("bad")).state is AttemptState.CORRUPT
    assert (await here.follow("bad", 0, Heard())).state is AttemptState.CORRUPT
    assert (await here.cancel("bad")).state is AttemptState.CORRUPT


async def ran_and_wound_back(host: Host, spool: Path, effect: Path, *left: str) -> Attempt:
    """An attempt that had its effect once; what came after it was prepared is gone again, but for these marks."""
    attempt = Attempt("cut", f"echo ran >>'{effect}'")
    await run(host, attempt)
    wind_back(folder(spool, attempt.key), *left)
    return attempt


async def test_a_prepared_attempt_whose_launch_was_cut_off_is_launched_by_the_next_start(
    here: Host, spool: Path, tmp_path: Path
) -> None:
    attempt = await ran_and_wound_back(here, spool, tmp_path / "effect")
    assert (await here.status("cut")).state is AttemptState.READY
    ending, _ = await run(here, attempt)
    assert ending.ok
    assert (tmp_path / "effect").read_text() == "ran\nran\n"


async def test_a_runner_that_was_killed_before_it_had_the_attempt_leaves_it_to_the_next(
    host: Host, spool: Path, tmp_path: Path
) -> None:
    attempt = await ran_and_wound_back(host, spool, tmp_path / "effect", "state.running.somebody")
    assert (await host.status("cut")).state is AttemptState.READY
    assert (await run(host, attempt))[0].ok
    assert (tmp_path / "effect").read_text() == "ran\nran\n"


async def test_a_runner_that_was_killed_when_it_had_the_attempt_is_followed_by_none(
    host: Host, spool: Path, tmp_path: Path
) -> None:
    attempt = await ran_and_wound_back(host, spool, tmp_path / "effect", "state.running.somebody", "taken")
    ending, _ = await run(host, attempt)
    assert (ending.state, ending.state.known) == (AttemptState.LOST, False)
    assert (await host.cancel("cut")).state is AttemptState.LOST
    assert (tmp_path / "effect").read_text() == "ran\n"


async def test_what_was_cancelled_before_it_was_taken_up_is_taken_up_by_none(
    host: Host, spool: Path, tmp_path: Path
) -> None:
    attempt = await ran_and_wound_back(host, spool, tmp_path / "effect")
    assert (await host.cancel("cut")).state is AttemptState.CANCELLED
    assert (await run(host, attempt))[0].state is AttemptState.CANCELLED
    assert (tmp_path / "effect").read_text() == "ran\n"
