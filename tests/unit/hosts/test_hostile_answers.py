"""Answers that no host gives of itself: each is refused in a person's words, and none gets as far as a number."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.support.shellhost import ScriptedHost
from wizard.errors import HostError
from wizard.facts import accounts, files, logfiles, manifest, ports
from wizard.facts.asking import Unseen
from wizard.hosts import examining, holding, sweeping
from wizard.hosts.attachment import identified
from wizard.hosts.base import MEBIBYTE, Answer, Host
from wizard.hosts.frames import Frame
from wizard.hosts.numbers import MOST, natural
from wizard.hosts.pull import BEYOND, Pull
from wizard.hosts.replies import answer_of, ending_of

NO_NUMBERS = ("", "-", "-1", "+1", " 1", "1_0", "1e9", "0x1", "nan", "inf", "\u0663", "\u00b2", "9" * 20, "9" * 5000)
HELLO = {"machine_id": "ab12", "boot_id": "7d-0f", "init": "17", "hostname": "h", "user": "u", "uid": "0", "clock": "1"}
HOLDER = holding.Holder("run", "me", "here", "now")


def said(text: str) -> ScriptedHost:
    return ScriptedHost(Answer(0, text.encode()))


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        natural(text)


@pytest.mark.parametrize("number", [0, 7, MOST])
def test_a_number_is_one(number: int) -> None:
    assert natural(str(number)) == number


@pytest.mark.parametrize("text", [*NO_NUMBERS, "256"])
@pytest.mark.parametrize("at", range(4))
def test_an_answer_has_numbers_that_can_be(text: str, at: int) -> None:
    fields = ["0", "0", "0", "0"]
    fields[at] = text
    with pytest.raises(HostError, match="nonsense"):
        answer_of(Frame("A", 1, tuple(fields), b"word"), 0.0)


@pytest.mark.parametrize("text", NO_NUMBERS)
@pytest.mark.parametrize("fields", ["done.{} 0 0 -", "done.0 {} 0 -", "done.0 0 {} -"])
def test_an_end_has_numbers_that_can_be(text: str, fields: str) -> None:
    with pytest.raises(HostError, match="nonsense"):
        ending_of(Frame("E", 1, tuple(field.format(text) for field in fields.split(" "))))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("uid", text) for text in (*NO_NUMBERS, "4294967296")),
        *(("clock", text) for text in NO_NUMBERS),
        *(
            (name, text)
            for name in ("machine_id", "boot_id", "init")
            for text in ("a\0b", "\x1b[2J", "$(id)", "a" * 65)
        ),
    ],
)
def test_who_cannot_be_is_nobody(name: str, value: str) -> None:
    with pytest.raises(HostError, match="did not say who it is"):
        identified({**HELLO, name: value}, "")


def test_names_that_are_too_long_are_cut() -> None:
    identity = identified({**HELLO, "hostname": "h" * 5000, "user": "u" * 5000}, "")
    assert (len(identity.hostname), len(identity.user)) == (255, 255)


@pytest.mark.parametrize(
    "answer",
    [
        *(f"taken\t{text}\t/var/tmp\trun me here now" for text in (*NO_NUMBERS, "1000000000")),
        "taken\t1\t/var/\0tmp\trun me here now",
        "taken\t1\tvar\trun me here now",
        "given\t1\t/var/tmp\trun me here now",
    ],
)
async def test_a_hold_that_cannot_be_is_none(answer: str) -> None:
    with pytest.raises(HostError, match="cannot be learnt"):
        await holding.hold(said(answer), HOLDER)


@pytest.mark.parametrize("text", [*NO_NUMBERS, "1 1"])
async def test_a_sweep_that_cannot_be_is_none(text: str) -> None:
    with pytest.raises(HostError, match="could not be swept"):
        await sweeping.sweep(said(f"swept 0 0 {text} 0"))


@pytest.mark.parametrize("text", [text for text in (*NO_NUMBERS, "9" * 18) if text == text.strip()])
async def test_a_look_believes_no_clock_and_no_room_that_cannot_be(text: str) -> None:
    room = f"/dev/a {text} 1 1 1% /\n"
    seen = await examining.examine(said(f"clock\t{text}.5\nrooms\n{room * 2}"), [], [])
    assert not seen.disks
    assert seen.skew is None


FACTS: dict[str, tuple[Callable[[Host], Awaitable[object]], str]] = {
    "account": (lambda host: accounts.account(host, "redis"), "redis:x:108:{}::/:/bin/sh\n"),
    "uid": (lambda host: accounts.uid_of(host, "redis"), "redis:x:{}:116::/:/bin/sh\n"),
    "file": (lambda host: files.look(host, "/srv/a", content=True), "81a4 1 {} 116 0\nredis\nredis\n\n--\n"),
    "log": (lambda host: logfiles.read_log(host, "/var/log/a", 0.0), "+0000\n{}\nword\n"),
    "tree": (lambda host: manifest.survey(host, "/srv", recursive=True), "fd00 {} 116 755 d\n/srv\0"),
    "ports": (ports.listeners, "LISTEN {}\n"),
}


@pytest.mark.parametrize("text", ["", "-1", "nan", "9" * 5000])
@pytest.mark.parametrize("fact", FACTS)
async def test_a_fact_that_cannot_be_read_is_unseen_not_a_fault_of_ours(fact: str, text: str) -> None:
    look, answer = FACTS[fact]
    with pytest.raises(Unseen, match="makes no sense"):
        await look(said(answer.format(text)))


async def test_a_host_cannot_fill_this_machine_with_output_that_it_was_not_to_keep() -> None:
    taken: list[int] = []

    def take(_at: int, data: bytes) -> None:
        taken.append(len(data))

    async def flood() -> AsyncIterator[Frame]:
        at = 0
        while True:
            yield Frame("D", 1, (str(at),), b"x" * MEBIBYTE)
            at += MEBIBYTE

    with pytest.raises(HostError, match="more than the 1048576 bytes"):
        await Pull("key", 0, take, cap=MEBIBYTE).over(flood())
    assert sum(taken) <= MEBIBYTE + BEYOND
