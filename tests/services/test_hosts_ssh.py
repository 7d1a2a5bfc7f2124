"""Hosts over SSH, with a real sshd: what was started is followed to its end whatever happens to the connection."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.services import sshd
from tests.services.attempts import at_work
from tests.services.shells import Heard, alive, run, scratch
from tests.services.sshd import CuttingProxy, Sshd
from wizard.errors import HostError, HostKeyChanged, LinkLost
from wizard.hosts import channel
from wizard.hosts.base import Attempt, AttemptState, Host, Link
from wizard.hosts.factory import make_host


@asynccontextmanager
async def reached(server: Sshd, port: int | None = None, **options: Any) -> AsyncIterator[Host]:
    home = server.home.parent
    host = make_host(
        "redis",
        ssh=server.destination,
        port=port,
        identity=server.identity,
        known_hosts=home / "known",
        accept=[server.fingerprint],
        spool=str(home / "spool"),
        **options,
    )
    try:
        yield host
    finally:
        await host.close()


async def test_a_host_is_named_as_the_checklist_names_it_and_says_who_it_is(server: Sshd) -> None:
    async with reached(server) as host:
        identity = await host.connect()
        assert (host.name, host.label) == ("redis", server.destination)
        assert (identity.key, identity.uid, identity.user) == (server.fingerprint, os.getuid(), server.user)


async def test_questions_and_attempts_work_as_on_this_machine(server: Sshd) -> None:
    data = bytes(range(256)) * 20
    async with reached(server) as host:
        assert (await host.ask("cat; exit 3", stdin=data)).stdout == data
        ending, output = await run(host, Attempt("one", "echo out; echo err >&2; exit 7"))
        assert (ending.exit_status, output) == (7, b"out\nerr\n")


async def test_a_long_output_is_byte_exact(server: Sshd, tmp_path: Path) -> None:
    data = os.urandom(8_000_000)
    (tmp_path / "data").write_bytes(data)
    async with reached(server) as host:
        _, output = await run(host, Attempt("long", f"cat '{tmp_path}/data'"))
    assert output == data


async def test_noise_of_a_login_shell_is_not_taken_for_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    noise = 'ForceCommand echo Welcome; echo oops >&2; exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"'
    with sshd.serve(tmp_path / "sshd", noise) as server:
        async with reached(server) as host:
            assert (await host.ask("echo quiet")).stdout == b"quiet\n"


@pytest.mark.parametrize("after", [0, 1, 500, 4096, 100_000, 1_000_000, 2_999_000])
async def test_a_link_cut_mid_step_costs_no_byte_and_doubles_none(server: Sshd, tmp_path: Path, after: int) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "data").write_bytes(data)
    attempt = Attempt("cut", f"cat '{tmp_path}/data'; echo ran >>'{tmp_path}/effect'; exit 6")
    async with CuttingProxy(server.port) as proxy, reached(server, proxy.port) as host:
        await host.connect()
        proxy.cut_after(after)
        ending, output = await run(host, attempt)
    assert (ending.exit_status, output) == (6, data)
    assert (tmp_path / "effect").read_text() == "ran\n"
    while at_work(tmp_path / "spool"):  # no runner stays, however its channel ended
        await asyncio.sleep(0)


async def test_a_link_cut_again_and_again_is_told_of_and_outlived(server: Sshd, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    told: list[Link] = []
    heard = Heard()
    async with (
        CuttingProxy(server.port) as proxy,
        reached(server, proxy.port, on_link=lambda link, _why: told.append(link)) as host,
    ):
        await host.start(Attempt("step", f"echo one; cat '{tmp_path}/gate'; echo two"))
        following = asyncio.create_task(host.follow("step", 0, heard))
        for _ in range(3):
            proxy.cut()
            assert (await host.ask("echo here")).text == "here"
        (tmp_path / "gate").write_text("")
        assert (await following).ok
    assert bytes(heard.data) == b"one\ntwo\n"
    assert told == [Link.DETACHED, Link.ATTACHED] * (len(told) // 2)
    assert len(told) >= 6


async def test_a_question_is_asked_again_over_the_next_connection(server: Sshd, tmp_path: Path, mark: str) -> None:
    asked = tmp_path / "asked"
    script = f"mkdir '{asked}' 2>/dev/null && {mark} sleep 300; echo told"
    async with CuttingProxy(server.port) as proxy, reached(server, proxy.port) as host:
        await host.connect()
        asking = asyncio.create_task(host.ask(script))
        while not asked.exists():
            await asyncio.sleep(0)
        proxy.cut()
        assert (await asking).text == "told"
    while alive(mark):  # what nobody is there to hear is ended
        await asyncio.sleep(0)


async def test_a_frozen_server_is_noticed_and_the_step_goes_on(
    server: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "PING_EVERY", 0.05)
    monkeypatch.setattr(channel, "SILENCE", 1.5)
    os.mkfifo(tmp_path / "gate")
    lost = asyncio.Event()
    async with reached(server, on_link=lambda link, _why: lost.set() if link is Link.DETACHED else None) as host:
        await host.start(Attempt("step", f"cat '{tmp_path}/gate'; exit 4"))
        following = asyncio.create_task(host.follow("step", 0, Heard()))
        await host.ask("true")
        frozen = sshd.children(server.process.pid)[0]
        os.kill(frozen, signal.SIGSTOP)
        await asyncio.wait_for(lost.wait(), 10)
        (tmp_path / "gate").write_text("")
        assert (await following).exit_status == 4
        os.kill(frozen, signal.SIGCONT)


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["ended", "frozen"])
async def test_a_link_of_which_nothing_is_wanted_is_missed_and_made_anew(
    server: Sshd, monkeypatch: pytest.MonkeyPatch, fault: signal.Signals
) -> None:
    monkeypatch.setattr(channel, "PING_EVERY", 0.05)
    monkeypatch.setattr(channel, "SILENCE", 1.5)
    told: list[Link] = []
    again = asyncio.Event()

    def on_link(link: Link, _why: str) -> None:
        told.append(link)
        if link is Link.ATTACHED:
            again.set()

    async with reached(server, on_link=on_link) as host:
        await host.ask("true")
        struck = sshd.children(server.process.pid)[0]
        os.kill(struck, fault)
        await asyncio.wait_for(again.wait(), 20)
        if fault is signal.SIGSTOP:
            os.kill(struck, signal.SIGCONT)
        assert (await host.ask("echo here")).text == "here"
    assert told == [Link.DETACHED, Link.ATTACHED]


async def test_a_host_that_stays_away_is_given_up_with_the_outcome_unknown(server: Sshd) -> None:
    async with reached(server, give_up=0.3) as host:
        await host.start(Attempt("step", "sleep 30"))
        following = asyncio.create_task(host.follow("step", 0, Heard()))
        await host.ask("true")
        sshd.stop(server)
        with pytest.raises(LinkLost, match="no way back"):
            await following
        with pytest.raises(LinkLost):
            await host.status("step")
        server.process = sshd.start(server.home, server.port).process
        assert (await host.status("step")).state is AttemptState.RUNNING
        assert (await host.cancel("step")).killed


async def test_another_machine_that_answers_after_a_cut_is_refused(server: Sshd) -> None:
    async with reached(server) as host:
        await host.ask("true")
        sshd.stop(server)
        server.new_host_key()
        server.process = sshd.start(server.home, server.port).process
        with pytest.raises(HostKeyChanged):
            await host.ask("true")


async def test_a_tunnel_reaches_a_port_and_a_socket_of_the_host(server: Sshd, tmp_path: Path) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    tcp = await asyncio.start_server(greet, "127.0.0.1", 0)
    unix = await asyncio.start_unix_server(greet, tmp_path / "far")
    async with reached(server) as host:
        for target in (f"127.0.0.1:{tcp.sockets[0].getsockname()[1]}", str(tmp_path / "far")):
            async with host.tunnel(target) as path:
                assert path.parent.stat().st_mode & 0o777 == 0o700
                reader, writer = await asyncio.open_unix_connection(path)
                assert await reader.read() == b"hello"
                writer.close()
            assert not path.parent.exists()
    tcp.close()
    unix.close()


async def test_a_server_that_forbids_forwarding_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with sshd.serve(tmp_path / "sshd", "AllowTcpForwarding no\nAllowStreamLocalForwarding no") as server:
        async with reached(server) as host:
            for target in (f"127.0.0.1:{server.port}", "/run/redis.sock"):
                with pytest.raises(HostError, match="no tunnel to"):
                    async with host.tunnel(target):
                        pass
            assert (await host.ask("echo fine")).text == "fine"


async def test_nothing_is_left_behind_and_nothing_of_the_library_is_printed(
    server: Sshd, capfd: pytest.CaptureFixture[str]
) -> None:
    async with CuttingProxy(server.port) as proxy, reached(server, proxy.port) as host:
        kept = [await scratch(host)]
        proxy.cut()
        kept.append(await scratch(host))
    while sshd.children(server.process.pid) or any(path.exists() for path in kept):
        await asyncio.sleep(0)
    assert kept[0] != kept[1]
    assert capfd.readouterr() == ("", "")
