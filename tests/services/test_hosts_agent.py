"""Keys that only an agent can use: no passphrase is asked for, and no more keys are offered than were named."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import sshd
from tests.services.sshd import Sshd
from wizard.errors import HostKeyUnknown, LoginRefused
from wizard.hosts.factory import make_host
from wizard.hosts.identities import Identities

PASSPHRASE = "a passphrase of its own"


@pytest.fixture
def agent(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agent of this test's own; its socket is where clients look for it."""
    socket = home / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    while not socket.exists():
        assert process.poll() is None, "ssh-agent ended"
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    yield
    process.terminate()
    process.wait()


def add(*keys: Path) -> None:
    """Give the agent these keys."""
    subprocess.run(["ssh-add", "-q", *keys], check=True, stdin=subprocess.DEVNULL)


def lock(key: Path) -> None:
    """Put a passphrase on a key's file."""
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", PASSPHRASE, "-f", key], check=True)


async def login(server: Sshd, identity: Path | None) -> str:
    """Who we are on the host."""
    host = make_host(
        "redis",
        ssh=server.destination,
        identity=identity,
        known_hosts=server.home / "known",
        accept=[server.fingerprint],
    )
    try:
        return (await host.connect()).user
    finally:
        await host.close()


@pytest.mark.usefixtures("agent")
async def test_a_key_that_only_the_agent_holds_lets_us_in(server: Sshd, tmp_path: Path) -> None:
    key = shutil.move(server.identity, tmp_path / "elsewhere")
    add(key)
    Path(key).unlink()
    assert await login(server, None) == server.user


@pytest.mark.usefixtures("agent")
async def test_an_encrypted_key_named_by_the_checklist_is_used_through_the_agent(server: Sshd) -> None:
    add(server.identity)
    lock(server.identity)
    assert await login(server, server.identity) == server.user


@pytest.mark.usefixtures("agent")
async def test_the_named_key_alone_is_offered_however_many_the_agent_holds(server: Sshd, tmp_path: Path) -> None:
    # sshd lets a client try six keys; the right one comes last here.
    others = [tmp_path / f"other{number}" for number in range(8)]
    for other in others:
        sshd.make_key(other)
    add(*others, server.identity)
    lock(server.identity)
    assert await login(server, server.identity) == server.user
    assert server.log.count("Failed publickey") == 0


async def test_an_encrypted_key_that_no_agent_holds_is_refused_with_the_way_out(server: Sshd) -> None:
    lock(server.identity)
    with pytest.raises(LoginRefused) as refusal:
        await login(server, server.identity)
    assert "agent" in refusal.value.mend
    assert PASSPHRASE not in str(refusal.value)


async def test_an_agent_that_is_gone_is_no_reason_to_fail(
    server: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "gone"))
    assert await login(server, server.identity) == server.user


def configure(home: Path, *lines: str) -> None:
    """Write the configuration for every host."""
    (home / ".ssh/config").write_text("\n  ".join(["Host *", *lines]) + "\n")


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("on_disk", [True, False])
@pytest.mark.parametrize("written", ["{key}.pub", "{key}"])
@pytest.mark.parametrize("only", ["yes", "no"])
async def test_a_public_half_names_the_key_that_the_agent_holds(
    server: Sshd, home: Path, written: str, only: str, *, on_disk: bool
) -> None:
    add(server.identity)
    if on_disk:
        lock(server.identity)
    else:
        server.identity.unlink()
    configure(home, f"IdentityFile {written.format(key=server.identity)}", f"IdentitiesOnly {only}")
    assert await login(server, None) == server.user
    assert server.log.count("Failed publickey") == 0


@pytest.mark.usefixtures("agent")
async def test_what_the_configuration_names_is_offered_ahead_of_what_else_the_agent_holds(
    server: Sshd, home: Path
) -> None:
    # sshd lets a client try six keys.
    others = [home / f"other{number}" for number in range(8)]
    for other in others:
        sshd.make_key(other)
    add(*others, server.identity)
    lock(server.identity)
    configure(home, f"IdentityFile {server.identity}")
    assert await login(server, None) == server.user
    assert server.log.count("Failed publickey") == 0


@pytest.mark.usefixtures("agent")
async def test_no_other_key_of_the_agent_is_offered_where_the_configuration_says(server: Sshd, home: Path) -> None:
    sshd.make_key(home / "other")
    add(server.identity)
    configure(home, f"IdentityFile {home}/other", "IdentitiesOnly yes")
    with pytest.raises(LoginRefused):
        await login(server, None)


@pytest.mark.usefixtures("agent")
async def test_an_agent_that_the_configuration_forbids_is_not_asked(server: Sshd, home: Path) -> None:
    add(server.identity)
    configure(home, "IdentityAgent none")
    with pytest.raises(LoginRefused):
        await login(server, None)


@pytest.mark.usefixtures("agent")
async def test_a_certificate_is_used_with_the_key_that_the_agent_holds(home: Path) -> None:
    sshd.make_key(home / "authority")
    with sshd.serve(home / "sshd", f"TrustedUserCAKeys {home}/authority.pub") as server:
        (server.home / "authorized_keys").unlink()
        add(server.identity)
        lock(server.identity)
        subprocess.run(
            ["ssh-keygen", "-q", "-s", home / "authority", "-I", "x", "-n", server.user, f"{server.identity}.pub"],
            check=True,
        )
        configure(home, f"IdentityFile {server.identity}")
        assert await login(server, None) == server.user


@pytest.mark.usefixtures("agent")
async def test_the_agent_is_shown_to_no_host_that_has_not_proven_who_it_is(
    server: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def connect(_identities: Identities) -> None:
        asked.append("asked")

    monkeypatch.setattr(Identities, "connect", connect)
    host = make_host("redis", ssh=server.destination, known_hosts=server.home / "known")
    with pytest.raises(HostKeyUnknown):
        await host.connect()
    await host.close()
    assert asked == []
