from __future__ import annotations

import pytest

from wizard.facts.bounds import is_bounds, within
from wizard.facts.redis_cli import place
from wizard.facts.redis_replies import RedisUnanswered, Trouble, error_reply, fields, formatted, plain


@pytest.mark.parametrize(
    ("printed", "reply"),
    [
        ("OK", "OK"),
        ("(integer) 12", 12),
        ("(nil)", None),
        ("(empty array)", []),
        ("(empty list or set)", []),
        ('"a \\"b\\" \\\\ \\n \\x00 \\xc3\\xa4"', 'a "b" \\ \n \x00 ä'),
        ('1) "save"\n2) ""', ["save", ""]),
        (' 9) "i"\n10) (integer) 3', ["i", 3]),
        ('1) "a) b"', ["a) b"]),
        ('"\\xff"', "\\xff"),
    ],
)
def test_what_redis_cli_prints_becomes_the_plain_value(printed: str, reply: object) -> None:
    assert formatted(printed) == reply


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("NOAUTH Authentication required.", Trouble.DENIED),
        ("WRONGPASS invalid username-password pair", Trouble.DENIED),
        ("NOPERM this user has no permissions", Trouble.DENIED),
        ("LOADING Redis is loading the dataset in memory", Trouble.LOADING),
        ("MISCONF Redis is configured to save RDB snapshots", Trouble.ERROR),
    ],
)
def test_an_error_reply_is_raised_by_its_kind(text: str, trouble: Trouble) -> None:
    with pytest.raises(RedisUnanswered) as raised:
        formatted(f"(error) {text}")
    assert raised.value.trouble is error_reply(text).trouble is trouble


def test_a_reply_off_the_wire_reads_the_same() -> None:
    assert plain([b"a", 1, None, b"\xff"]) == ["a", 1, None, "\\xff"]


def test_info_is_read_by_field() -> None:
    assert fields("# Server\r\nrun_id:ab\r\nconfig_file:/a:b\r\n\r\n") == {"run_id": "ab", "config_file": "/a:b"}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("127.0.0.1:6379", ["-h", "127.0.0.1", "-p", "6379"]),
        ("[::1]:6380", ["-h", "::1", "-p", "6380"]),
        ("db.example", ["-h", "db.example"]),
        ("/run/redis/a b.sock", ["-s", "/run/redis/a b.sock"]),
    ],
)
def test_an_address_is_a_port_or_a_socket(address: str, words: list[str]) -> None:
    assert place(address) == words


@pytest.mark.parametrize(
    ("value", "bounds", "holds"),
    [
        ("10001", "10001", True),
        ("10002", "10001", False),
        ("10002", ">=10001", True),
        ("7.0.15", ">=6.2,<8", True),
        ("8.0", ">=6.2,<8", False),
        ("6.2", "6.2.0", True),
        ("7.10", ">7.9", True),
    ],
)
def test_bounds_compare_numbers_part_by_part(value: str, bounds: str, *, holds: bool) -> None:
    assert is_bounds(bounds)
    assert within(value, bounds) is holds


def test_words_are_no_bounds() -> None:
    assert not is_bounds("many")
    with pytest.raises(ValueError, match="many"):
        within("1", "many")
