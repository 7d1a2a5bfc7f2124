"""Who decides on a host's key: every key comes past, and only one that is proven gets more time and our keys."""

from __future__ import annotations

import pytest

from wizard.hosts.judge import KeyJudge
from wizard.hosts.known import Lookup, Record
from wizard.hosts.sshlib import asyncssh


def key(kind: str = "ssh-ed25519") -> asyncssh.SSHKey:
    return asyncssh.generate_private_key(kind).convert_to_public()


def line(pattern: str, shown: asyncssh.SSHKey) -> str:
    return f"{pattern} {shown.export_public_key('openssh').decode().strip()}"


def judge(lookup: Lookup, *accept: str) -> tuple[KeyJudge, list[str]]:
    told: list[str] = []
    made = KeyJudge(lookup, frozenset(accept), lambda shown: told.append(f"accepted {shown.get_fingerprint()}"))
    made.on_proven = lambda: told.append("proven")
    return made, told


def test_a_key_on_record_is_proven_and_another_is_not() -> None:
    mine, other = key(), key()
    made, told = judge(Lookup("db", 22, [mine], exact=True), other.get_fingerprint())
    assert not made.validate_host_public_key("db", "", 22, other)
    assert (told, made.shown) == ([], other)
    assert made.validate_host_public_key("db", "", 22, mine)
    assert told == ["proven"]


def test_a_person_vouches_for_a_key_where_none_is_on_record() -> None:
    mine, other = key(), key()
    made, told = judge(Lookup("db", 22), mine.get_fingerprint())
    assert not made.validate_host_public_key("db", "", 22, other)
    assert made.validate_host_public_key("db", "", 22, mine)
    assert told == [f"accepted {mine.get_fingerprint()}", "proven"]


def test_an_authority_on_record_is_proven_and_another_is_not() -> None:
    mine, other = key(), key()
    made, told = judge(Lookup("db", 22, authorities=[mine]))
    assert not made.validate_host_ca_key("db", "", 22, other)
    assert made.validate_host_ca_key("db", "", 22, mine)
    assert told == ["proven"]


def test_the_library_is_told_of_no_key_it_could_trust_by_itself() -> None:
    mine, gone = key(), key()
    made, _ = judge(Lookup("db", 22, [mine], [mine], [gone], exact=True))
    assert made.match("db", "192.0.2.1", 22) == ([], [], [gone])


@pytest.mark.parametrize(
    ("pattern", "port", "found", "exact"),
    [
        ("db", 22, True, True),
        ("DB2,db", 22, True, True),
        ("[db]:2222", 2222, True, True),
        ("db", 2222, True, False),
        ("[db]:2222", 22, False, False),
        ("192.0.2.1", 22, False, False),
        ("*", 22, True, True),
    ],
)
def test_a_record_speaks_for_its_name_and_port(pattern: str, port: int, *, found: bool, exact: bool) -> None:
    mine = key()
    seen = Record(["# nothing", "not a line", line(pattern, mine)]).look_up("db", port)
    assert (list(seen.keys), seen.exact) == ([mine] if found else [], exact)


@pytest.mark.parametrize("port", [22, 2222])
def test_a_revoked_key_is_revoked_at_every_port(port: int) -> None:
    gone = key()
    assert gone in Record([f"@revoked {line('db', gone)}"]).look_up("db", port).revoked


def test_an_authority_makes_no_key_changed() -> None:
    seen = Record([f"@cert-authority {line('db', key())}"]).look_up("db", 22)
    assert (len(seen.authorities), seen.exact) == (1, False)
