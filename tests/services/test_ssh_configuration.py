"""What ssh_config(5) says holds here as it does for ssh(1), but for what would make a login weaker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.services import sshd
from tests.services.sshd import Sshd
from wizard.errors import HostKeyChanged, HostKeyUnknown, HostUnreachable, LoginRefused, UsageError
from wizard.hosts import configuration, dial
from wizard.hosts.base import Identity
from wizard.hosts.factory import make_host

RELAY = """\
import os, socket, sys, threading
far = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def out():
    while data := far.recv(65536):
        os.write(1, data)
    os._exit(0)
threading.Thread(target=out, daemon=True).start()
while data := os.read(0, 65536):
    far.sendall(data)
"""
"""Standard input and output to a port of this machine: what nc(1) does as a ProxyCommand."""

Configure = Callable[..., None]


@pytest.fixture
def configure(server: Sshd, home: Path) -> Configure:
    """Write a configuration in which `db` is the server, and a host that is known."""
    (home / ".ssh/known_hosts").write_text(server.known_line)

    def write(*lines: str, ahead: str = "", port: int = server.port, identity: Path | None = server.identity) -> None:
        own = [f"IdentityFile {identity}"] if identity else []
        block = ["Host db", "HostName 127.0.0.1", f"Port {port}", f"User {server.user}", *lines, *own]
        (home / ".ssh/config").write_text(ahead + "\n  ".join(block) + "\n")

    return write


@pytest.fixture
def relay(home: Path) -> str:
    """A ProxyCommand."""
    (home / "relay.py").write_text(RELAY)
    return f"{sys.executable} {home}/relay.py %p"


async def connect(home: Path, ssh: str = "db", **options: Any) -> Identity:
    host = make_host("db", **({"ssh": ssh, "known_hosts": home / "state/known_hosts"} | options))
    try:
        return await host.connect()
    finally:
        await host.close()


async def said(home: Path, script: str) -> str:
    """What a question on the host is answered."""
    host = make_host("db", ssh="db", known_hosts=home / "state/known_hosts")
    try:
        return (await host.ask(script)).text
    finally:
        await host.close()


@pytest.mark.parametrize(
    ("ahead", "lines"),
    [
        ("", ["IdentityFile ~/.ssh/id_not_there"]),
        ("", ["CertificateFile ~/.ssh/not-there-cert.pub"]),
        ("", ["ConnectTimeout 10s", "ServerAliveInterval 1m"]),
        ("", ["ServerAliveCountMax 3 # three"]),
        ("", ["Compression yes", "AddressFamily inet", "BindAddress 127.0.0.1", "RekeyLimit 1G 1h"]),
        ("", ["IdentityAgent none", "PreferredAuthentications publickey,password"]),
        ("", ["KexAlgorithms curve25519-sha256", "MACs hmac-sha2-256", "Ciphers aes128-ctr"]),
        ("", ["PubkeyAcceptedAlgorithms ssh-ed25519", "HostKeyAlgorithms ssh-ed25519"]),
        ("", ["PKCS11Provider none", "CanonicalizeHostname no"]),
        ('Match exec "test 1 = 1"\n  ServerAliveInterval 20\n', []),
        ('Match host db exec "test %n = db"\n  ServerAliveInterval 20\n', []),
        ("Match final all\n  ServerAliveInterval 20\n", []),
        ("Include nothing-there.d/*\n", []),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else value[:20],
)
async def test_what_ssh_takes_is_taken(configure: Configure, home: Path, ahead: str, lines: list[str]) -> None:
    configure(*lines, ahead=ahead)
    assert (await connect(home)).key


async def test_what_ssh_refuses_is_refused_in_its_words(configure: Configure, home: Path) -> None:
    configure("NoSuchOption yes")
    with pytest.raises(UsageError, match=r"config.*line 5.*nosuchoption.*ssh -G -- db"):
        await connect(home)


async def test_the_systems_configuration_is_read_behind_the_users(
    server: Sshd, configure: Configure, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure()
    (home / "system").write_text((home / ".ssh/config").read_text())
    (home / ".ssh/config").write_text("Host db\n  ServerAliveInterval 7\n")
    monkeypatch.setattr(configuration, "SYSTEM", home / "system")
    assert (await connect(home)).key == server.fingerprint


async def test_who_logs_in_is_what_match_user_sees(server: Sshd, configure: Configure, home: Path) -> None:
    configure(ahead="Match user nobody\n  HostName nowhere.invalid\n")
    (home / ".ssh/config").write_text((home / ".ssh/config").read_text().replace(f"User {server.user}", ""))
    with pytest.raises(HostUnreachable, match=r"nowhere\.invalid|not known|resolution"):
        await connect(home, ssh="nobody@db")
    assert (await connect(home, ssh=f"{server.user}@db")).user == server.user


@pytest.mark.parametrize("form", ["ssh://{user}@127.0.0.1:{port}", "{user}@127.0.0.1:{port}", "bastion"])
async def test_a_jump_is_passed_through_in_each_form(server: Sshd, configure: Configure, home: Path, form: str) -> None:
    with sshd.serve(home / "bastion") as bastion:
        (home / ".ssh/known_hosts").write_text(server.known_line + bastion.known_line)
        jump = form.format(user=bastion.user, port=bastion.port)
        hop = (
            f"Host bastion 127.0.0.1\n  HostName 127.0.0.1\n  Port {bastion.port}\n  IdentityFile {bastion.identity}\n"
        )
        configure(f"ProxyJump {jump}", ahead=hop)
        text = (home / ".ssh/config").read_text()
        (home / ".ssh/config").write_text(text.replace("Host bastion 127.0.0.1", "Host bastion 127.0.0.1 !db"))
        assert (await connect(home)).key == server.fingerprint
        assert "Accepted publickey" in bastion.log


@pytest.mark.parametrize("jump", ["x`id`", "ssh://a%3Bid@b", "-oProxyCommand=id"])
async def test_a_jump_that_a_shell_would_read_is_refused(configure: Configure, home: Path, jump: str) -> None:
    configure(f"ProxyJump {jump}")
    with pytest.raises(UsageError):
        await connect(home)


async def test_a_cipher_that_only_the_configuration_allows_is_used(home: Path, configure: Configure) -> None:
    with sshd.serve(home / "old", "Ciphers aes256-cbc") as old:
        (home / ".ssh/known_hosts").write_text(old.known_line)
        configure(port=old.port, identity=old.identity)
        with pytest.raises(HostUnreachable, match="encryption"):
            await connect(home)
        configure("Ciphers +aes256-cbc", port=old.port, identity=old.identity)
        assert (await connect(home)).key == old.fingerprint


async def test_a_cipher_that_the_configuration_forbids_is_not_used(home: Path, configure: Configure) -> None:
    with sshd.serve(home / "fast", "Ciphers aes128-gcm@openssh.com") as fast:
        (home / ".ssh/known_hosts").write_text(fast.known_line)
        configure("Ciphers aes256-ctr", port=fast.port, identity=fast.identity)
        with pytest.raises(HostUnreachable, match="encryption"):
            await connect(home)


KNOWN = {
    "user": "UserKnownHostsFile {home}/corp",
    "several": "UserKnownHostsFile {home}/none {home}/corp",
    "token": "UserKnownHostsFile {home}/%k",
    "global": "GlobalKnownHostsFile {home}/none {home}/corp",
    "command": "KnownHostsCommand /bin/cat {home}/corp",
    "command with tokens": 'KnownHostsCommand /bin/echo "%H" {key}',
}


@pytest.mark.parametrize("where", KNOWN)
async def test_a_key_is_on_record_wherever_the_configuration_says(
    server: Sshd, configure: Configure, home: Path, where: str
) -> None:
    (home / ".ssh/known_hosts").unlink()
    for name in ("corp", "db"):
        (home / name).write_text(server.known_line)
    configure()
    with pytest.raises(HostKeyUnknown):
        await connect(home)
    configure(KNOWN[where].format(home=home, key=server.known_line.split(" ", 1)[1].strip()))
    assert (await connect(home)).key == server.fingerprint
    assert not (home / "state").exists()


async def test_no_file_of_host_keys_is_no_trust(server: Sshd, configure: Configure, home: Path) -> None:
    configure("UserKnownHostsFile none", "GlobalKnownHostsFile none", "StrictHostKeyChecking no")
    with pytest.raises(HostKeyUnknown):
        await connect(home)
    assert (await connect(home, accept=[server.fingerprint])).accepted


async def test_a_command_for_host_keys_that_fails_is_named(configure: Configure, home: Path) -> None:
    configure("KnownHostsCommand /bin/false")
    with pytest.raises(HostUnreachable, match="KnownHostsCommand"):
        await connect(home)


async def test_an_alias_stands_for_name_and_port(server: Sshd, configure: Configure, home: Path) -> None:
    kind_and_key = server.known_line.split(" ", 1)[1]
    (home / ".ssh/known_hosts").write_text(f"db-of-the-shop {kind_and_key}")
    configure("HostKeyAlias db-of-the-shop")
    assert (await connect(home)).key == server.fingerprint
    sshd.make_key(home / "other")
    (home / ".ssh/known_hosts").write_text(f"db-of-the-shop {(home / 'other.pub').read_text()}{server.known_line}")
    with pytest.raises(HostKeyChanged):
        await connect(home)


async def test_a_key_that_is_on_record_for_an_address_proves_no_name(
    server: Sshd, configure: Configure, home: Path
) -> None:
    (home / ".ssh/known_hosts").write_text(server.known_line)
    configure(ahead="Host db\n  HostName localhost\n  AddressFamily inet\n")
    with pytest.raises(HostKeyUnknown):
        await connect(home)


def revoke_as_text(server: Sshd, path: Path) -> None:
    path.write_text("# gone\n" + server.known_line.split(" ", 1)[1])


def revoke_as_list(server: Sshd, path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-k", "-f", path, server.home / "host_key.pub"], check=True)


@pytest.mark.parametrize("revoke", [revoke_as_text, revoke_as_list])
@pytest.mark.parametrize("known", [True, False])
async def test_a_key_that_is_revoked_elsewhere_is_refused(
    server: Sshd, configure: Configure, home: Path, revoke: Callable[[Sshd, Path], None], *, known: bool
) -> None:
    (home / ".ssh/known_hosts").write_text(server.known_line if known else "")
    revoke(server, home / ".ssh/revoked")
    configure("RevokedHostKeys ~/.ssh/revoked")
    with pytest.raises(HostKeyChanged, match=r"revoked.*RevokedHostKeys"):
        await connect(home, accept=[server.fingerprint])
    assert "Accepted" not in server.log


@pytest.mark.parametrize("revoke", [revoke_as_text, revoke_as_list])
async def test_a_list_of_other_revoked_keys_refuses_nobody(
    server: Sshd, configure: Configure, home: Path, revoke: Callable[[Sshd, Path], None]
) -> None:
    with sshd.serve(home / "other") as other:
        revoke(other, home / "revoked")
    configure(f"RevokedHostKeys {home}/revoked")
    assert (await connect(home)).key == server.fingerprint


async def test_revoked_keys_that_cannot_be_read_refuse_every_host(configure: Configure, home: Path) -> None:
    configure("RevokedHostKeys ~/.ssh/gone")
    with pytest.raises(UsageError, match=r"\.ssh/gone: RevokedHostKeys.*cannot be read"):
        await connect(home)


async def test_a_proxy_command_may_complain_as_it_likes(
    server: Sshd, configure: Configure, home: Path, relay: str
) -> None:
    configure(f"ProxyCommand sh -c 'echo SSH-1.0-nonsense >&2; exec {relay}' # as ssh takes it")
    assert (await connect(home)).key == server.fingerprint


async def test_what_a_proxy_command_complained_of_is_said(configure: Configure, home: Path) -> None:
    configure("ProxyCommand echo 'no ticket for %h' >&2; exit 1")
    with pytest.raises(HostUnreachable, match=r"no ticket for 127\.0\.0\.1"):
        await connect(home)


async def test_patience_is_what_the_configuration_says(
    server: Sshd, configure: Configure, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dial, "CONNECTING", 0.001)
    configure()
    with pytest.raises(HostUnreachable, match="in time"):
        await connect(home)
    configure("ConnectTimeout 60")
    assert (await connect(home)).key == server.fingerprint


@pytest.mark.parametrize(
    ("options", "script", "answer"),
    [
        (["SetEnv WZ_SET=set"], "echo ${WZ_SET-unset}", "unset"),
        (["SendEnv WZ_*"], "echo ${WZ_SENT-unset}", "unset"),
        (["ForwardAgent yes"], "echo ${SSH_AUTH_SOCK-unset}", "unset"),
        (["RemoteCommand echo no", "RequestTTY force"], "tty; echo here", "not a tty\nhere"),
        (["PermitLocalCommand yes", "LocalCommand touch {home}/local"], "ls {home}/local 2>&1 | wc -w", "1"),
        (["ControlMaster yes", "ControlPath {home}/control"], "ls {home}/control >/dev/null 2>&1 || echo none", "none"),
        (["LocalForward {home}/forward 127.0.0.1:1"], "ls {home}/forward >/dev/null 2>&1 || echo none", "none"),
    ],
    ids=lambda value: value[0].split()[0] if isinstance(value, list) else "",
)
async def test_what_would_weaken_a_login_is_left_out(
    home: Path, configure: Configure, monkeypatch: pytest.MonkeyPatch, options: list[str], script: str, answer: str
) -> None:
    monkeypatch.setenv("WZ_SENT", "sent")
    monkeypatch.setenv("SSH_AUTH_SOCK", str(home / "agent"))
    with sshd.serve(home / "open", "AcceptEnv *\nPermitUserEnvironment yes") as server:
        (home / ".ssh/known_hosts").write_text(server.known_line)
        configure(*(line.format(home=home) for line in options), port=server.port, identity=server.identity)
        script = script.format(home=home) if "{home}" in script else script
        if "LocalCommand" in options[-1]:
            await said(home, "true")
            assert not (home / "local").exists()
            return
        assert await said(home, script) == answer


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["ProxyCommand true", "ProxyUseFdpass yes"], "ProxyUseFdpass"),
        (["KexAlgorithms sntrup761x25519-sha512@openssh.com"], "KexAlgorithms"),
    ],
)
async def test_what_has_no_equivalent_is_named(configure: Configure, home: Path, lines: list[str], name: str) -> None:
    configure(*lines)
    with pytest.raises(UsageError, match=f"{name}.*equivalent"):
        await connect(home)


async def test_a_way_to_log_in_that_has_no_equivalent_is_named_where_the_login_is_refused(
    configure: Configure, home: Path
) -> None:
    configure("PKCS11Provider /usr/lib/none.so", identity=None)
    with pytest.raises(LoginRefused, match="PKCS11Provider of the SSH configuration has no equivalent"):
        await connect(home)


async def test_without_an_ssh_the_librarys_reader_is_asked(
    server: Sshd, configure: Configure, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".ssh/known_hosts").unlink()
    (home / "corp").write_text(server.known_line)
    revoke_as_text(server, home / "revoked")
    shown = server.fingerprint
    monkeypatch.setenv("PATH", str(home / "empty"))
    configure(f"UserKnownHostsFile {home}/corp", "SetEnv WZ_SET=set", "Ciphers +aes256-cbc", "IdentityFile ~/none")
    assert (await connect(home)).key == shown
    configure(f"UserKnownHostsFile {home}/corp", f"RevokedHostKeys {home}/revoked")
    with pytest.raises(HostKeyChanged, match="revoked"):
        await connect(home)
    configure("ConnectTimeout soon")
    with pytest.raises(UsageError, match="no ssh on this machine"):
        await connect(home)


# Certificates of hosts and of users


def sign(authority: Path, key: Path, *options: str) -> None:
    """Sign a public key; the certificate is beside it."""
    subprocess.run(
        ["ssh-keygen", "-q", "-s", authority, "-I", "wizard-test", *options, f"{key}.pub"], check=True, timeout=20
    )


def fingerprint(key: Path) -> str:
    listing = subprocess.run(["ssh-keygen", "-lf", f"{key}.pub"], check=True, capture_output=True, text=True)
    return listing.stdout.split()[1]


@contextmanager
def certified(home: Path, *options: str) -> Iterator[Sshd]:
    """A server with a certificate, by the authority in `home/authority`."""
    place = home / "certified"
    place.mkdir()
    sshd.make_key(home / "authority")
    sshd.make_key(place / "second")
    sign(home / "authority", place / "second", "-h", *options)
    with sshd.serve(place, f"HostKey {place}/second\nHostCertificate {place}/second-cert.pub") as server:
        # Its one key is the certified one.
        for name in ("host_key", "host_key.pub"):
            (place / name).write_text((place / name.replace("host_key", "second")).read_text())
        sshd.stop(server)
        again = sshd.start(place, server.port, f"HostCertificate {place}/second-cert.pub")
        server.process = again.process
        yield server


@pytest.fixture
def by_authority(home: Path) -> Callable[[Sshd], str]:
    """A line that trusts the authority for a server."""
    return lambda server: f"@cert-authority [127.0.0.1]:{server.port} {(home / 'authority.pub').read_text()}"


async def reach(server: Sshd, home: Path, **options: Any) -> Identity:
    return await connect(home, ssh=server.destination, identity=server.identity, **options)


async def test_a_certificate_of_an_authority_on_record_lets_us_in(
    home: Path, by_authority: Callable[[Sshd], str]
) -> None:
    with certified(home, "-n", "127.0.0.1") as server:
        (home / ".ssh/known_hosts").write_text(by_authority(server))
        assert (await reach(server, home)).key == server.fingerprint


async def test_a_certificate_of_an_authority_nobody_has_on_record_leaves_an_unknown_key(home: Path) -> None:
    with certified(home, "-n", "127.0.0.1") as server:
        with pytest.raises(HostKeyUnknown) as refusal:
            await reach(server, home)
        assert refusal.value.fingerprint == server.fingerprint
        assert "between" not in str(refusal.value)
        assert (await reach(server, home, accept=[server.fingerprint])).accepted


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-n", "127.0.0.1", "-V", "20200101:20200102"], "has expired"),
        (["-n", "127.0.0.1", "-V", "20900101:20910101"], "not valid yet"),
        (["-n", "another.example"], "another name"),
    ],
)
async def test_a_certificate_that_is_no_good_is_told_why_and_the_plain_key_is_looked_at(
    home: Path, by_authority: Callable[[Sshd], str], options: list[str], words: str
) -> None:
    with certified(home, *options) as server:
        (home / ".ssh/known_hosts").write_text(by_authority(server))
        with pytest.raises(HostKeyUnknown, match=words) as refusal:
            await reach(server, home)
        assert refusal.value.fingerprint == server.fingerprint
        (home / ".ssh/known_hosts").write_text(by_authority(server) + server.known_line)
        assert (await reach(server, home)).key == server.fingerprint


async def test_a_certificate_of_a_revoked_authority_is_told_as_that(
    home: Path, by_authority: Callable[[Sshd], str]
) -> None:
    with certified(home, "-n", "127.0.0.1") as server:
        line = by_authority(server)
        (home / ".ssh/known_hosts").write_text(line + line.replace("@cert-authority", "@revoked"))
        with pytest.raises(HostKeyChanged, match="revoked"):
            await reach(server, home, accept=[server.fingerprint])


async def test_another_authority_on_record_than_the_one_that_signed_is_told_as_that(home: Path) -> None:
    with certified(home, "-n", "127.0.0.1") as server:
        sshd.make_key(home / "stranger")
        line = f"@cert-authority * {(home / 'stranger.pub').read_text()}"
        (home / ".ssh/known_hosts").write_text(line)
        with pytest.raises(HostKeyUnknown, match="authority that is not on record"):
            await reach(server, home)


@pytest.mark.parametrize("named", [True, False])
async def test_a_certificate_of_ours_lets_us_in(home: Path, *, named: bool) -> None:
    sshd.make_key(home / "authority")
    with sshd.serve(home / "sshd", f"TrustedUserCAKeys {home}/authority.pub") as server:
        (server.home / "authorized_keys").unlink()
        (home / ".ssh/known_hosts").write_text(server.known_line)
        with pytest.raises(LoginRefused):
            await reach(server, home)
        sign(home / "authority", server.identity, "-n", server.user)
        certificate = Path(f"{server.identity}-cert.pub")
        if named:
            certificate.rename(home / "mine")
        block = f"Host 127.0.0.1\n  IdentityFile {server.identity}\n"
        (home / ".ssh/config").write_text(block + (f"  CertificateFile {home}/mine\n" if named else ""))
        assert (await connect(home, ssh=server.destination)).user == server.user


# Hosts with several keys


@pytest.fixture
def many(home: Path) -> Iterator[Sshd]:
    """A server with a key of each kind."""
    place = home / "many"
    place.mkdir()
    for kind in ("rsa", "ecdsa"):
        sshd.make_key(place / kind, kind)
    with sshd.serve(place, f"HostKey {place}/rsa\nHostKey {place}/ecdsa") as server:
        yield server


async def test_an_unknown_host_shows_the_key_that_ssh_shows(many: Sshd, home: Path) -> None:
    with pytest.raises(HostKeyUnknown, match="ssh-ed25519") as refusal:
        await reach(many, home)
    assert refusal.value.fingerprint == many.fingerprint


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "host_key"])
async def test_any_of_its_keys_that_a_person_vouches_for_is_found(many: Sshd, home: Path, kind: str) -> None:
    wanted = fingerprint(many.home / kind)
    assert (await reach(many, home, accept=["SHA256:another", wanted])).key == wanted
    assert (await reach(many, home)).key == wanted


async def test_where_none_matches_the_first_one_is_told(many: Sshd, home: Path) -> None:
    with pytest.raises(HostKeyUnknown) as refusal:
        await reach(many, home, accept=["SHA256:another"])
    assert refusal.value.fingerprint == many.fingerprint


async def test_a_host_is_asked_for_the_kind_of_key_that_is_on_record(many: Sshd, home: Path) -> None:
    kind_and_key = " ".join((many.home / "rsa.pub").read_text().split()[:2])
    (home / ".ssh/known_hosts").write_text(f"[127.0.0.1]:{many.port} {kind_and_key}\n")
    assert (await reach(many, home)).key == fingerprint(many.home / "rsa")


async def test_a_short_rsa_key_is_refused_where_the_configuration_says(many: Sshd, home: Path) -> None:
    kind_and_key = " ".join((many.home / "rsa.pub").read_text().split()[:2])
    (home / ".ssh/known_hosts").write_text(f"[127.0.0.1]:{many.port} {kind_and_key}\n")
    (home / ".ssh/config").write_text("Host *\n  RequiredRSASize 8192\n")
    with pytest.raises(HostKeyChanged, match="RequiredRSASize"):
        await reach(many, home)
