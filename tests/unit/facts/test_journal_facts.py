from __future__ import annotations

import json
import time

import pytest

from tests.support.shellhost import ScriptedHost, ShellHost
from wizard.facts.asking import Unseen
from wizard.facts.journal import Line, read_unit, take_mark
from wizard.hosts.base import Answer
from wizard.hosts.world import Mark

CURSOR = "s=a32a;i=3f;b=70d8;m=5938a5fd;t=660f2c81bc66b;x=e7821e04cbbdb462"
UNIT = Answer(0, b"Id=redis.service\nLoadState=loaded\nActiveState=active\n")
SEES = Answer(0, b'{"__REALTIME_TIMESTAMP": "900000", "__CURSOR": "s=other;i=1;' + CURSOR[9:].encode() + b'"}\n')
BLIND = Answer(9)
NOTHING = Answer(0, b"end 0\n")


def entry(text: object, cursor: str, micros: int = 1795445716042608) -> bytes:
    return json.dumps({"__REALTIME_TIMESTAMP": str(micros), "MESSAGE": text, "__CURSOR": cursor}).encode() + b"\n"


async def test_the_line_of_the_mark_is_dropped_and_no_other() -> None:
    page = Answer(0, entry("old", CURSOR) + entry("new", "s=2") + b"end 0\n")

    reading = await read_unit(ScriptedHost(UNIT, SEES, page, NOTHING), "redis", Mark(1.0, CURSOR))

    assert reading.lines == (Line(1795445716.042608, "new", "s=2"),)
    assert not reading.blind


async def test_a_reader_goes_on_after_the_last_line() -> None:
    host = ScriptedHost(UNIT, SEES, Answer(0, entry("new", "s=2") + b"end 0\n"), NOTHING)
    mark = Mark(1.0, CURSOR)

    reading = await read_unit(host, "redis", mark)

    assert reading.next_mark(mark).cursor == "s=2"
    assert f"--cursor='{CURSOR}'" in host.asked[2]


async def test_a_long_journal_is_read_page_by_page() -> None:
    first = Answer(0, entry("one", "s=1") + entry("two", "s=2") + b'{"MESSAGE": "cut of')
    second = Answer(0, entry("two", "s=2") + entry("three", "s=3") + b"end 0\n")
    host = ScriptedHost(UNIT, SEES, first, second, NOTHING)

    reading = await read_unit(host, "redis", Mark(1.0, CURSOR))

    assert [line.text for line in reading.lines] == ["one", "two", "three"]
    assert "--cursor=s=2" in host.asked[3]


async def test_without_a_cursor_the_clock_decides() -> None:
    page = Answer(0, entry("before", "s=1", 1_500_000) + entry("after", "s=2", 2_500_000) + b"end 0\n")
    host = ScriptedHost(UNIT, SEES, page, NOTHING)

    reading = await read_unit(host, "redis", Mark(2.0))

    assert [line.text for line in reading.lines] == ["after"]
    assert "--since=@2" in host.asked[2]


async def test_bytes_that_are_not_text_are_shown() -> None:
    page = Answer(0, entry([255, 104, 105], "s=2") + entry(None, "s=3") + b"end 0\n")

    reading = await read_unit(ScriptedHost(UNIT, SEES, page, NOTHING), "redis", Mark(1.0, CURSOR))

    assert [line.text for line in reading.lines] == ["\\xffhi", ""]


async def test_a_cursor_that_is_gone_is_an_error_and_not_an_empty_journal() -> None:
    gone = Answer(0, b"end 1\n", b"Failed to seek to cursor: Invalid argument\n")

    with pytest.raises(Unseen, match="Failed to seek"):
        await read_unit(ScriptedHost(UNIT, SEES, gone), "redis", Mark(1.0, CURSOR))


async def test_a_reader_without_rights_is_blind() -> None:
    reading = await read_unit(ScriptedHost(UNIT, BLIND, NOTHING, NOTHING), "redis", Mark(1.0, CURSOR))

    assert "may not read" in reading.blind


async def test_a_journal_that_no_longer_goes_back_to_the_mark_is_blindness() -> None:
    later = Answer(0, entry("x", "s=2;i=9;b=70d8;m=6;t=7;x=8"))
    by_clock = Answer(0, entry("x", "s=2", 3_000_000))

    for first, mark in ((later, Mark(1.0, CURSOR)), (by_clock, Mark(2.0))):
        reading = await read_unit(ScriptedHost(UNIT, first, NOTHING, NOTHING), "redis", mark)
        assert "no longer goes back" in reading.blind


async def test_a_unit_that_does_not_exist_is_blindness_too() -> None:
    missing = Answer(0, b"Id=nosuch.service\nLoadState=not-found\n")

    assert "not-found" in (await read_unit(ScriptedHost(missing, NOTHING), "nosuch", Mark(1.0, CURSOR))).blind


async def test_suppressed_lines_of_this_unit_are_told() -> None:
    notes = entry("Suppressed 12 messages from redis.service", "s=4") + entry(
        "Suppressed 3 messages from x.service", "s=5"
    )

    reading = await read_unit(
        ScriptedHost(UNIT, SEES, NOTHING, Answer(0, notes + b"end 0\n")), "redis", Mark(1.0, CURSOR)
    )

    assert reading.suppressed == ("Suppressed 12 messages from redis.service",)


async def test_a_mark_is_the_hosts_clock_and_cursor() -> None:
    said = f"1795445716.250000000\n-- cursor: {CURSOR}\n".encode()

    assert await take_mark(ScriptedHost(Answer(0, said))) == Mark(1795445716.25, CURSOR)


async def test_a_clock_without_fractions_will_do() -> None:
    assert await take_mark(ScriptedHost(Answer(0, b"1795445716.%N\n"))) == Mark(1795445716.0)


async def test_a_mark_without_a_clock_is_an_error() -> None:
    with pytest.raises(Unseen):
        await take_mark(ScriptedHost(Answer(0, b"")))


async def test_where_there_is_no_journal_the_mark_is_the_clock_alone() -> None:
    mark = await take_mark(ShellHost(path=[]))

    assert abs(mark.clock - time.time()) < 60
