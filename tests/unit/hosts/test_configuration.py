"""What `ssh -G` prints is read for what it means; where there is no ssh, the library's reader stands in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from wizard.checklist.logins import Login
from wizard.errors import HostUnreachable, UsageError
from wizard.hosts import algorithms, sshoptions
from wizard.hosts import configuration as module
from wizard.hosts.configuration import Configuration, configuration, local_user, parse
from wizard.hosts.known import Lookup
from wizard.hosts.libraryconfig import read
from wizard.hosts.tokens import expand

DUMP = """\
host db
user deploy
hostname db.example.com
port 2222
connecttimeout 10
serveraliveinterval 60
serveralivecountmax 5
identityfile ~/.ssh/id with blank
identityfile none
identityfile %d/.ssh/%r@%h
certificatefile ~/.ssh/mine-cert.pub
userknownhostsfile /tmp/a b ~/.ssh/second /srv/third
globalknownhostsfile none
proxycommand sh -c 'nc %h %p' ${MARK} # note
requesttty auto
setenv A=b
identityagent none
pubkeyauthentication unbound
proxyusefdpass no
rekeylimit 1073741824 3600
"""


def told(**options: str | Sequence[str]) -> Configuration:
    """A configuration of these options, each by its name."""
    values: Mapping[str, Sequence[str]] = {
        name: [value] if isinstance(value, str) else value for name, value in options.items()
    }
    return Configuration(Login("db"), values)


def test_what_ssh_prints_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    found = Configuration(Login("db"), parse(DUMP))
    assert (found.user, found.hostname, found.port) == ("deploy", "db.example.com", 2222)
    assert (found.number("connecttimeout"), sshoptions.silence(found)) == (10, 300)
    assert found.identities == [Path("/home/me/.ssh/id with blank"), Path("/home/me/.ssh/deploy@db.example.com")]
    assert found.known_hosts == [Path("/tmp/a b"), Path("/home/me/.ssh/second"), Path("/srv/third")]
    assert found.proxy_command == "sh -c 'nc db.example.com 2222' ${MARK} # note"
    assert (found.agent, found.flag("pubkeyauthentication"), found.flag("proxyusefdpass")) == ("", True, False)


def test_what_the_checklist_says_wins() -> None:
    found = Configuration(Login("db", "root", 22), parse(DUMP))
    assert (found.user, found.port, found.tokens["r"], found.tokens["p"]) == ("root", 22, "root", "22")


def test_an_ssh_that_says_little_leaves_what_ssh_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    found = Configuration(Login("db"), parse("hostname db\nport 22\n"))
    assert (found.user, found.agent) == (local_user(), "/run/agent")
    assert Path("/home/me/.ssh/id_ed25519") in found.identities
    assert [str(path) for path in found.known_hosts] == [
        "/home/me/.ssh/known_hosts",
        "/home/me/.ssh/known_hosts2",
        "/etc/ssh/ssh_known_hosts",
        "/etc/ssh/ssh_known_hosts2",
    ]


@pytest.mark.parametrize(
    ("given", "agent"),
    [("none", ""), ("SSH_AUTH_SOCK", "/run/agent"), ("$OTHER", "/run/other"), ("$ABSENT", ""), ("/x/%%", "/x/%")],
)
def test_an_agent_is_named_in_each_way(given: str, agent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    monkeypatch.setenv("OTHER", "/run/other")
    monkeypatch.delenv("ABSENT", raising=False)
    assert told(identityagent=given).agent == agent


def test_what_a_token_stands_for_is_not_looked_through_again() -> None:
    assert expand("%h-%%h-%n", {"%": "%", "h": "%n", "n": "${HOME}"}) == "%n-%h-${HOME}"


@pytest.mark.parametrize("text", ["%q", "%", "${WZ_NOT_SET}"])
def test_what_stands_for_nothing_is_an_error(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WZ_NOT_SET", raising=False)
    with pytest.raises(UsageError, match="stands for nothing"):
        expand(f"a{text}", {"%": "%"})


@pytest.mark.parametrize(
    ("given", "ciphers"),
    [
        ("aes256-ctr,aes128-gcm@openssh.com,unknown", ["aes128-gcm@openssh.com", "aes256-ctr"]),
        ("aes256-ctr,aes128-ctr", ["aes256-ctr", "aes128-ctr"]),
        ("^aes*-cbc", ["aes128-gcm@openssh.com", "aes256-cbc", "aes192-cbc", "aes128-cbc"]),
    ],
)
def test_a_speed_up_reorders_what_is_allowed_and_nothing_else(given: str, ciphers: list[str]) -> None:
    offered = sshoptions.options(told(ciphers=given))["encryption_algs"]
    assert offered[: len(ciphers)] == ciphers
    if given[0] != "^":
        assert offered == ciphers


def test_ciphers_may_be_added_and_taken_away() -> None:
    added = sshoptions.options(told(ciphers="+aes256-cbc"))["encryption_algs"]
    taken = sshoptions.options(told(ciphers="-*gcm*"))["encryption_algs"]
    assert set(added) == {*algorithms.USUAL_ENCRYPTION, "aes256-cbc"}
    assert set(taken) == {name for name in algorithms.USUAL_ENCRYPTION if "gcm" not in name}


@pytest.mark.parametrize("name", ["Ciphers", "KexAlgorithms", "MACs", "PubkeyAcceptedAlgorithms"])
def test_where_no_algorithm_is_left_the_option_is_named(name: str) -> None:
    with pytest.raises(UsageError, match=f"no value of {name}"):
        sshoptions.options(told(**{name.lower(): "unheard-of"}))


@pytest.mark.parametrize("name", ["ProxyUseFdpass", "BindInterface"])
def test_what_would_lead_another_way_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(UsageError, match=name):
        sshoptions.options(told(**{name.lower(): "yes"}))


def test_kinds_of_certificates_allow_what_their_keys_sign() -> None:
    given = "ssh-ed25519-cert-v01@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com"
    offered = sshoptions.options(told(pubkeyacceptedalgorithms=given))["signature_algs"]
    assert offered == ["ssh-ed25519", "sk-ssh-ed25519@openssh.com"]


def test_a_host_is_asked_for_certificates_only_where_an_authority_is_known() -> None:
    plain = sshoptions.host_key_algorithms(told(), Lookup("db", 22), certified=False)
    both = sshoptions.host_key_algorithms(told(), Lookup("db", 22), certified=True)
    assert plain[0] == "ssh-ed25519"
    assert not [name for name in plain if name.endswith(sshoptions.CERTIFIED)]
    assert both[0].endswith(sshoptions.CERTIFIED)
    assert both[-len(plain) :] == plain


def test_nothing_of_a_configuration_is_left_for_the_library_to_read() -> None:
    offered = sshoptions.options(told(setenv="A=b", sendenv="LANG", forwardagent="yes", remotecommand="id"))
    assert (offered["config"], offered["env"], offered["send_env"], offered["command"]) == (None,) * 4
    assert (offered["agent_forwarding"], offered["request_pty"]) == (False, False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that is the account's, and a folder of programs ahead of all others."""
    account = SimpleNamespace(pw_name="me", pw_dir=str(tmp_path))
    monkeypatch.setattr(module, "_account", lambda: account)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def stand_in(home: Path, text: str) -> None:
    """An ssh of our own."""
    (home / "ssh").write_text(f"#!/bin/sh\n{text}\n")
    (home / "ssh").chmod(0o755)


async def test_ssh_is_asked_in_words_that_no_name_can_leave(home: Path) -> None:
    stand_in(home, f'printf "%s\\n" "$@" >{home}/words; echo "hostname -x"; echo "port 22"')
    found = await configuration(Login("db", "me", 2222))
    assert (home / "words").read_text().split() == ["-G", "-T", "-l", "me", "-p", "2222", "--", "db"]
    assert (found.hostname, found.port) == ("-x", 2222)


async def test_another_home_than_the_accounts_is_told_to_ssh(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home / "else where"))
    stand_in(home, f'cat "$4" >{home}/read; printf "%s\\n" "$@" >{home}/words')
    await configuration(Login("db"))
    assert (home / "words").read_text().split()[:3] == ["-G", "-T", "-F"]
    first, second, third = (home / "read").read_text().splitlines()
    assert (first, second) == (f'Include "{home}/else where/.ssh/config"', f'Include "{module.SYSTEM}"')
    assert third.startswith(f'UserKnownHostsFile "{home}/else where/.ssh/known_hosts" ')


async def test_an_ssh_that_does_not_come_to_an_end_is_ended(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESOLVING", 0.1)
    stand_in(home, "sleep 300 & wait")
    with pytest.raises(HostUnreachable, match="did not end"):
        await configuration(Login("db"))


async def test_what_ssh_says_of_a_bad_configuration_is_passed_on(home: Path) -> None:
    stand_in(home, "echo 'config: line 1: Bad configuration option: x' >&2; exit 255")
    with pytest.raises(UsageError, match=r"line 1: Bad configuration option: x.*ssh -G -- db"):
        await configuration(Login("db"))


async def test_an_ssh_that_is_too_old_to_be_asked_leaves_it_to_the_library(home: Path) -> None:
    (home / ".ssh").mkdir()
    (home / ".ssh/config").write_text("Host db\n  HostName db.example.com\n")
    stand_in(home, "echo 'ssh: illegal option -- G' >&2; echo 'usage: ssh [-1246]' >&2; exit 255")
    assert (await configuration(Login("db"))).hostname == "db.example.com"


def test_without_an_ssh_the_library_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    config = tmp_path / "config"
    config.write_text(
        "Host db\n  HostName db.example.com\n  IdentityFile ~/.ssh/%h\n  UserKnownHostsFile ~/one ~/two\n"
        "  RevokedHostKeys ~/gone\n  KnownHostsCommand /bin/echo %H\n  ProxyCommand nc %h %p\n  Compression yes\n"
        "  AddressFamily inet\n  IdentitiesOnly yes\n  GlobalKnownHostsFile none\n"
        "Match final all\n  ServerAliveInterval 9\n"
    )
    found = Configuration(Login("db", "me", 2222), read(Login("db", "me", 2222), [config]), expanded=True)
    assert (found.user, found.hostname, found.port) == ("me", "db.example.com", 2222)
    assert found.identities == [tmp_path / ".ssh/db.example.com"]
    assert found.known_hosts == [tmp_path / "one", tmp_path / "two"]
    assert found.file("revokedhostkeys") == tmp_path / "gone"
    assert found.text("knownhostscommand") == "/bin/echo %H"
    assert found.proxy_command == "nc db.example.com 2222"
    assert (found.flag("compression"), found.flag("identitiesonly"), found.text("addressfamily")) == (
        True,
        True,
        "inet",
    )
    assert found.number("serveraliveinterval") == 9
