"""Asking, with a real shell: every shell that may be somebody's /bin/sh."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.shells import SHELLS, alive, scratch, shell_host
from wizard.errors import UsageError
from wizard.hosts.base import MEBIBYTE, Host
from wizard.hosts.factory import make_host


@pytest.fixture(params=SHELLS)
async def host(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Host]:
    async with shell_host(tmp_path / "spool", request.param) as host:
        yield host


async def test_a_host_says_who_it_is(host: Host) -> None:
    identity = await host.connect()
    assert identity.hostname == os.uname().nodename
    assert identity.boot_id.startswith(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
    assert identity.uid == 0 or identity.uid == os.getuid()
    assert identity.clock > 1_700_000_000


async def test_an_answer_has_both_outputs_and_the_exit_status(host: Host) -> None:
    answer = await host.ask("printf out; printf err >&2; exit 3")
    assert (answer.exit_status, answer.stdout, answer.stderr) == (3, b"out", b"err")


async def test_any_bytes_go_in_and_come_out_as_they_are(host: Host) -> None:
    data = bytes(range(256)) + os.urandom(3000) + b"\n\n"
    answer = await host.ask("cat", stdin=data)
    assert answer.ok
    assert answer.stdout == data


async def test_a_script_may_be_anything_a_shell_can_read(host: Host) -> None:
    script = 'cat <<\'END\' # it\'s "$HOME"\nEOF\n$(nothing) `at all` \\ %s\nEND\nf() { echo "f: $#"; }; f \'a b\' "c"'
    assert (await host.ask(script)).text == "EOF\n$(nothing) `at all` \\ %s\nf: 2"


async def test_a_script_that_does_not_parse_fails_and_harms_nothing(host: Host) -> None:
    assert not (await host.ask("if true; then (((")).ok
    assert (await host.ask("echo still here")).text == "still here"


async def test_a_script_with_stdin_unfed_reads_the_end_at_once(host: Host) -> None:
    assert (await host.ask("cat; echo end")).text == "end"


async def test_output_beyond_the_cap_is_cut_but_the_exit_status_is_the_scripts(host: Host) -> None:
    answer = await host.ask("head -c 3000000 /dev/zero; head -c 2000000 /dev/zero >&2; exit 5")
    assert (answer.exit_status, answer.truncated) == (5, True)
    assert (len(answer.stdout), len(answer.stderr)) == (MEBIBYTE, MEBIBYTE)


async def test_output_that_just_fits_is_not_called_cut(host: Host) -> None:
    answer = await host.ask(f"head -c {MEBIBYTE} /dev/zero")
    assert (len(answer.stdout), answer.truncated) == (MEBIBYTE, False)


async def test_a_question_that_hangs_is_ended_by_the_host_with_its_children(host: Host, mark: str) -> None:
    answer = await host.ask(f"echo before; {mark} sleep 300 | {mark} cat", limit=0.2)
    assert (answer.timed_out, answer.exit_status, answer.ok) == (True, None, False)
    assert answer.stdout == b"before\n"
    assert alive(mark) == []


async def test_a_question_that_hangs_holds_up_no_other(host: Host) -> None:
    hanging = asyncio.create_task(host.ask("sleep 300", limit=3))
    answers = await asyncio.gather(*(host.ask(f"echo {number}") for number in range(40)))
    assert [answer.text for answer in answers] == [str(number) for number in range(40)]
    assert not hanging.done()
    assert (await hanging).timed_out


async def test_output_that_looks_like_a_frame_is_only_output(host: Host) -> None:
    forged = rb"printf '\036%s A 1 0 0 0 0 0\n' 0123456789abcdef0123456789abcdef"
    answer = await host.ask(forged.decode())
    assert answer.stdout == b"\0360123456789abcdef0123456789abcdef A 1 0 0 0 0 0\n"


async def test_a_script_cannot_disturb_the_questions_after_it(host: Host) -> None:
    await host.ask("wz_tmp=/x; wz_nonce=y; cd /; umask 0; exec 8>&-; trap 'echo x' EXIT; PATH=; unset HOME")
    assert (await host.ask("echo fine")).text == "fine"


async def test_questions_run_with_the_login_umask_and_can_find_administrators_programs(host: Host) -> None:
    answer = await host.ask("umask; echo $PATH")
    mask, path = answer.text.splitlines()
    assert int(mask, 8) == os.umask(current := os.umask(0)) or int(mask, 8) == current
    assert "/usr/sbin" in path.split(":")


async def test_nothing_is_left_after_closing(tmp_path: Path) -> None:
    async with shell_host(tmp_path / "spool") as host:
        kept = await scratch(host)
        assert kept.stat().st_mode & 0o777 == 0o700
    assert not kept.exists()
    assert list(tmp_path.iterdir()) == []


async def test_a_closed_host_answers_again_when_asked(tmp_path: Path) -> None:
    async with shell_host(tmp_path / "spool") as host:
        await host.ask("true")
        await host.close()
        assert (await host.ask("echo back")).text == "back"


async def test_directories_of_the_checklist_come_first_in_the_path(tmp_path: Path) -> None:
    host = make_host("local", path=[str(tmp_path), "/opt/x"])
    assert (await host.ask("echo $PATH")).text.startswith(f"{tmp_path}:/opt/x:")
    await host.close()


async def test_an_unfit_script_is_refused_before_it_is_sent() -> None:
    host = make_host("local")
    with pytest.raises(UsageError):
        await host.ask("echo \0")
    await host.close()


async def test_a_tunnel_from_this_machine_reaches_a_port_and_a_socket(tmp_path: Path) -> None:
    host = make_host("local")
    server = await asyncio.start_server(lambda _reader, writer: (writer.write(b"hi"), writer.close()), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with host.tunnel(f"127.0.0.1:{port}") as path:
        assert path.parent.stat().st_mode & 0o777 == 0o700
        reader, writer = await asyncio.open_unix_connection(path)
        assert await reader.read() == b"hi"
        writer.close()
    assert not path.exists()
    async with host.tunnel(str(tmp_path / "socket")) as path:
        assert path == tmp_path / "socket"
    server.close()
    await host.close()
