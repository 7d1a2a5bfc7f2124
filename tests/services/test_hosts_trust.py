"""Whom we trust and who lets us in: each refusal by its own name, with what to do about it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.services import sshd
from tests.services.sshd import Sshd
from wizard.errors import (
    HostKeyChanged,
    HostKeyUnknown,
    HostUnreachable,
    LoginRefused,
    SudoRefused,
    UsageError,
)
from wizard.hosts.base import Answer, Identity
from wizard.hosts.factory import make_host

pytestmark = pytest.mark.usefixtures("home")


async def connect(server: Sshd, **options: Any) -> Identity:
    own = server.home.parent / "state" / "known_hosts"
    host = make_host(
        "redis", **({"ssh": server.destination, "identity": server.identity, "known_hosts": own} | options)
    )
    try:
        return await host.connect()
    finally:
        await host.close()


async def test_an_unknown_key_is_shown_and_written_nowhere(server: Sshd, home: Path) -> None:
    with pytest.raises(HostKeyUnknown) as refusal:
        await connect(server)
    assert refusal.value.fingerprint == server.fingerprint
    assert server.fingerprint in str(refusal.value)
    assert str(server.port) in refusal.value.where
    assert "ssh-keygen -lf" in refusal.value.mend
    assert not (home / "state").exists()


async def test_an_accepted_key_is_kept_and_trusted_from_then_on(server: Sshd, home: Path) -> None:
    assert (await connect(server, accept=["SHA256:other", server.fingerprint])).key == server.fingerprint
    own = home / "state" / "known_hosts"
    assert own.read_text() == server.known_line
    assert own.stat().st_mode & 0o777 == 0o600
    assert (await connect(server)).key == server.fingerprint
    assert own.read_text() == server.known_line


async def test_a_key_that_is_vouched_for_after_it_was_shown_lets_the_same_host_connect(
    server: Sshd, home: Path
) -> None:
    own = home / "state" / "known_hosts"
    host = make_host("redis", ssh=server.destination, identity=server.identity, known_hosts=own)
    try:
        with pytest.raises(HostKeyUnknown) as shown:
            await host.connect()
        host.vouch("SHA256:another")
        with pytest.raises(HostKeyUnknown):
            await host.connect()
        host.vouch(shown.value.fingerprint)
        assert (await host.connect()).accepted
    finally:
        await host.close()
    assert own.read_text() == server.known_line
    assert not (await connect(server)).accepted


async def test_a_key_that_changed_is_not_accepted_on_anybodys_word(server: Sshd, home: Path) -> None:
    (home / ".ssh/known_hosts").write_text(server.known_line)
    sshd.stop(server)
    server.new_host_key()
    server.process = sshd.start(server.home, server.port).process
    own = home / "state" / "known_hosts"
    host = make_host("redis", ssh=server.destination, identity=server.identity, known_hosts=own)
    host.vouch(server.fingerprint)
    with pytest.raises(HostKeyChanged):
        await host.connect()
    await host.close()


async def test_accepting_another_key_accepts_nothing(server: Sshd) -> None:
    with pytest.raises(HostKeyUnknown):
        await connect(server, accept=["SHA256:AAAA"])


async def test_a_key_the_user_knows_is_trusted(server: Sshd, home: Path) -> None:
    (home / ".ssh/known_hosts").write_text(f"not a line\n# comment\n{server.known_line}")
    assert (await connect(server)).key == server.fingerprint


async def test_a_changed_key_is_refused_even_where_it_is_accepted(server: Sshd, home: Path) -> None:
    (home / ".ssh/known_hosts").write_text(server.known_line)
    sshd.stop(server)
    server.new_host_key()
    server.process = sshd.start(server.home, server.port).process
    with pytest.raises(HostKeyChanged, match=r"not the one on record.*SHA256:.*ssh-keygen -R"):
        await connect(server, accept=[server.fingerprint])


async def test_a_host_that_no_longer_has_the_kind_of_key_on_record_has_changed(server: Sshd, home: Path) -> None:
    (home / ".ssh/known_hosts").write_text(server.known_line)
    sshd.stop(server)
    server.new_host_key("ecdsa")
    server.process = sshd.start(server.home, server.port).process
    with pytest.raises(HostKeyChanged, match="not the one on record and is now SHA256"):
        await connect(server)


async def test_another_ports_key_does_not_make_this_one_changed(server: Sshd, home: Path) -> None:
    sshd.make_key(home / "other")
    kind, key, *_ = (home / "other.pub").read_text().split()
    (home / ".ssh/known_hosts").write_text(f"127.0.0.1 {kind} {key}\n")
    with pytest.raises(HostKeyUnknown):
        await connect(server)


async def test_a_revoked_key_is_refused(server: Sshd, home: Path) -> None:
    (home / ".ssh/known_hosts").write_text(f"{server.known_line}@revoked {server.known_line}")
    with pytest.raises(HostKeyChanged):
        await connect(server)


async def test_a_key_the_host_does_not_know_is_a_refused_login(server: Sshd, home: Path) -> None:
    sshd.make_key(home / "stranger")
    with pytest.raises(LoginRefused, match=r"stranger.*authorized_keys"):
        await connect(server, identity=home / "stranger", accept=[server.fingerprint])


async def test_an_identity_file_that_is_not_there_is_named(server: Sshd, home: Path) -> None:
    with pytest.raises(LoginRefused, match=r"missing_key"):
        await connect(server, identity=home / "missing_key", accept=[server.fingerprint])


async def test_a_wrong_port_is_a_host_that_cannot_be_reached(server: Sshd, closed_port: int) -> None:
    with pytest.raises(HostUnreachable, match=f"port {closed_port}"):
        await connect(server, port=closed_port)


async def test_a_host_that_has_no_address_cannot_be_reached(server: Sshd) -> None:
    with pytest.raises(HostUnreachable, match=r"nowhere\.invalid"):
        await connect(server, ssh="root@nowhere.invalid")


async def test_a_host_without_a_working_shell_cannot_be_reached(home: Path) -> None:
    with (
        sshd.serve(home / "sshd", "ForceCommand echo This account is not available >&2; exit 1") as server,
        pytest.raises(HostUnreachable, match="not available"),
    ):
        await connect(server, accept=[server.fingerprint])


async def test_the_users_ssh_configuration_is_read(server: Sshd, home: Path) -> None:
    (home / ".ssh/config").write_text(
        f"Host db\n  HostName 127.0.0.1\n  Port {server.port}\n  User {server.user}\n"
        f"  IdentityFile {server.identity}\n  RemoteCommand echo no\n  RequestTTY force\n  ForwardAgent yes\n"
    )
    identity = await connect(server, ssh="db", identity=None, accept=[server.fingerprint])
    assert identity.user == server.user


async def test_a_jump_host_is_passed_through_and_its_key_is_checked_too(server: Sshd, home: Path) -> None:
    with sshd.serve(home / "bastion") as bastion:
        (home / ".ssh/config").write_text(
            f"Host bastion\n  HostName 127.0.0.1\n  Port {bastion.port}\n  IdentityFile {bastion.identity}\n"
            "  UserKnownHostsFile none\n"
            f"Host db\n  HostName 127.0.0.1\n  Port {server.port}\n  ProxyJump bastion\n"
        )
        with pytest.raises(HostKeyUnknown) as refusal:
            await connect(server, ssh="db", accept=[server.fingerprint])
        assert refusal.value.fingerprint == bastion.fingerprint
        identity = await connect(server, ssh="db", accept=[server.fingerprint, bastion.fingerprint])
        assert identity.key == server.fingerprint
        assert "Accepted publickey" in bastion.log


async def test_a_jump_through_itself_is_an_error_not_a_loop(server: Sshd, home: Path) -> None:
    (home / ".ssh/config").write_text("Host one\n  ProxyJump two\nHost two\n  ProxyJump one\n")
    with pytest.raises(UsageError, match="through itself"):
        await connect(server, ssh="one")


SUDO = """#!/bin/sh
# Stands in for sudo(8): MODE is what the sudoers file would say.
asks() { printf %s "$prompt" >&2; IFS= read -r given || exit 1; }
runas=$RUNAS_DEFAULT WHO=0
export WHO
while [ "$1" != -- ]; do
    case $1 in -n) quiet=1 ;; -p) prompt=$2 && shift ;; -u) runas=$2 && shift ;; esac
    shift
done
shift
case MODE in
nopasswd) [ "$runas" = root ] || WHO=33; exec "$@" ;;
another) WHO=33; exec "$@" ;;
password)
    [ -z "$quiet" ] || { echo "sudo: a password is required" >&2; exit 1; }
    asks
    [ "$given" = "right ü one" ] && exec "$@"
    echo "Sorry, try again." >&2
    asks
    ;;
forbidden) echo "tester is not in the sudoers file." >&2; exit 1 ;;
tty) echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1 ;;
silent) exec sleep 30 ;;
killed) kill -9 $$ ;;
esac
"""


async def asked_as_root(home: Path, monkeypatch: pytest.MonkeyPatch, mode: str, password: str | None) -> Answer:
    """Ask over a stand-in for sudo, by somebody who is not root."""
    tools, system = home / "tools", home / "system"
    for folder in (tools, system):
        folder.mkdir()
    (system / "sudo").write_text(SUDO.replace("MODE", mode))
    (tools / "sudo").write_text(f"#!/bin/sh\ncat >{home}/caught\n")
    (tools / "id").write_text(
        '#!/bin/sh\n[ "$1" = -u ] && echo ${WHO-1000} || echo "uid=${WHO-1000}(tester) gid=1000"\n'
    )
    for tool in (*tools.iterdir(), *system.iterdir()):
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("RUNAS_DEFAULT", "backup")
    monkeypatch.setattr("wizard.hosts.sudo.PROGRAMS", (str(home / "absent/sudo"), str(system / "sudo")))
    host = make_host("local", sudo=True, sudo_password=password)
    assert host.label.endswith("· sudo")
    try:
        return await host.ask("cat; echo asked")
    finally:
        await host.close()


@pytest.mark.parametrize(("mode", "password"), [("nopasswd", None), ("nopasswd", "x"), ("password", "right ü one")])
async def test_sudo_lets_in_and_a_password_it_does_not_ask_for_goes_nowhere(
    home: Path, monkeypatch: pytest.MonkeyPatch, mode: str, password: str | None
) -> None:
    assert (await asked_as_root(home, monkeypatch, mode, password)).stdout == b"asked\n"
    assert not (home / "caught").exists()  # by a sudo that the login's own PATH leads to


@pytest.mark.parametrize(
    ("mode", "password", "reason"),
    [
        ("password", None, "wants a password"),
        ("password", "wrong", "did not take the password"),
        ("forbidden", "x", "may not use sudo"),
        ("tty", None, "requiretty"),
        ("silent", "x", "did not answer"),
        ("another", None, r"not root's: uid=33\(tester\)"),
    ],
)
async def test_sudo_that_refuses_is_told_why_and_never_waits(
    home: Path, monkeypatch: pytest.MonkeyPatch, mode: str, password: str | None, reason: str
) -> None:
    monkeypatch.setattr("wizard.hosts.sudo.PATIENCE", 1.0)
    with pytest.raises(SudoRefused, match=reason):
        await asked_as_root(home, monkeypatch, mode, password)


async def test_a_host_that_goes_down_under_sudo_refuses_nothing_so_it_is_tried_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(HostUnreachable, match="before sudo had answered"):
        await asked_as_root(home, monkeypatch, "killed", None)
