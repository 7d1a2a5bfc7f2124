from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.support.fake_journal import FakeJournal
from tests.support.lab_host import LabHost
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

    reading = await read_unit(ScriptedHost(UNIT, page, NOTHING, SEES), "redis", Mark(1.0, CURSOR))

    assert reading.lines == (Line(1795445716.042608, "new", "s=2"),)
    assert not reading.blind


async def test_a_reader_goes_on_after_the_last_line() -> None:
    host = ScriptedHost(UNIT, Answer(0, entry("new", "s=2") + b"end 0\n"), NOTHING, SEES)

    reading = await read_unit(host, "redis", Mark(1.0, CURSOR))

    assert reading.end.cursor == "s=2"
    assert f"--cursor='{CURSOR}'" in host.asked[1]


async def test_a_long_journal_is_read_page_by_page() -> None:
    first = Answer(0, entry("one", "s=1") + entry("two", "s=2") + b'{"MESSAGE": "cut of')
    second = Answer(0, entry("two", "s=2") + entry("three", "s=3") + b"end 0\n")
    host = ScriptedHost(UNIT, first, second, NOTHING, SEES)

    reading = await read_unit(host, "redis", Mark(1.0, CURSOR))

    assert [line.text for line in reading.lines] == ["one", "two", "three"]
    assert "--cursor=s=2" in host.asked[2]


async def test_without_a_cursor_the_clock_decides() -> None:
    page = Answer(0, entry("before", "s=1", 1_500_000) + entry("after", "s=2", 2_500_000) + b"end 0\n")
    host = ScriptedHost(UNIT, page, NOTHING, SEES)

    reading = await read_unit(host, "redis", Mark(2.0))

    assert [line.text for line in reading.lines] == ["after"]
    assert "--since=@2" in host.asked[1]


async def test_bytes_that_are_not_text_are_shown() -> None:
    page = Answer(0, entry([255, 104, 105], "s=2") + entry(None, "s=3") + b"end 0\n")

    reading = await read_unit(ScriptedHost(UNIT, page, NOTHING, SEES), "redis", Mark(1.0, CURSOR))

    assert [line.text for line in reading.lines] == ["\\xffhi", ""]


END = "s=a32a;i=44;b=70d8;m=5938b000;t=660f2c81bffff;x=1"
TO_END = Answer(0, f"-- cursor: {END}\nend 0\n".encode())


async def test_a_reader_of_a_quiet_unit_goes_on_from_the_end_of_the_journal() -> None:
    reading = await read_unit(ScriptedHost(UNIT, TO_END, NOTHING, SEES), "redis", Mark(1.0, CURSOR))

    assert reading.end == Mark(0x660F2C81BFFFF / 1_000_000, END)


async def test_a_line_that_came_while_it_was_read_is_behind_the_end_and_not_read_again() -> None:
    page = Answer(0, TO_END.stdout.replace(b"end 0\n", entry("new", END.replace("i=44", "i=45")) + b"end 0\n"))

    reading = await read_unit(ScriptedHost(UNIT, page, NOTHING, SEES), "redis", Mark(1.0, CURSOR))

    assert reading.end.cursor == END.replace("i=44", "i=45")


async def test_an_end_that_is_told_too_early_takes_no_reader_back() -> None:
    mark = Mark(1.0, END.replace("i=44", "i=50"))
    sees = Answer(0, entry("marked", mark.cursor))

    assert (await read_unit(ScriptedHost(UNIT, TO_END, NOTHING, sees), "redis", mark)).end == mark


async def test_a_mark_beyond_a_journal_that_was_begun_anew_is_given_up() -> None:
    anew = Answer(0, b"-- cursor: s=1;i=1;b=2;m=3;t=4;x=5\nend 0\n")
    host = ScriptedHost(UNIT, anew, NOTHING, Answer(0))

    reading = await read_unit(host, "redis", Mark(1.0, CURSOR))

    assert reading.blind
    assert reading.end.cursor == "s=1;i=1;b=2;m=3;t=4;x=5"


async def test_a_note_behind_the_end_is_left_for_who_goes_on_from_there() -> None:
    notes = entry("Suppressed 1 messages from redis.service", END.replace("i=44", "i=46")) + b"end 0\n"

    reading = await read_unit(ScriptedHost(UNIT, TO_END, Answer(0, notes), SEES), "redis", Mark(1.0, CURSOR))

    assert not reading.suppressed


async def test_a_journal_that_grew_too_much_is_blindness_and_read_on_from_there() -> None:
    pages = [Answer(0, entry(f"{number}", f"s=a32a;i={number:x}") + b'{"MESSAGE": "cut of') for number in range(1, 41)]

    reading = await read_unit(ScriptedHost(UNIT, *pages, NOTHING, SEES), "redis", Mark(1.0, CURSOR))

    assert "more than can be looked through" in reading.blind
    assert (len(reading.lines), reading.end.cursor) == (40, "s=a32a;i=28")


async def test_a_line_too_long_to_be_read_is_blindness_and_gone_past() -> None:
    page = Answer(0, f"-- cursor: {END}\n".encode() + b'{"MESSAGE": "cut of')

    reading = await read_unit(ScriptedHost(UNIT, *[page] * 40, NOTHING, SEES), "redis", Mark(1.0, CURSOR))

    assert "more than can be looked through" in reading.blind
    assert reading.end.cursor == END


async def test_a_cursor_that_is_gone_is_an_error_and_not_an_empty_journal() -> None:
    gone = Answer(0, b"end 1\n", b"Failed to seek to cursor: Invalid argument\n")

    with pytest.raises(Unseen, match="Failed to seek"):
        await read_unit(ScriptedHost(UNIT, gone), "redis", Mark(1.0, CURSOR))


async def test_a_reader_without_rights_is_blind() -> None:
    reading = await read_unit(ScriptedHost(UNIT, NOTHING, NOTHING, BLIND), "redis", Mark(1.0, CURSOR))

    assert "may not read" in reading.blind


async def test_a_journal_that_no_longer_goes_back_to_the_mark_is_blindness() -> None:
    later = Answer(0, entry("x", "s=2;i=9;b=70d8;m=6;t=7;x=8"))
    by_clock = Answer(0, entry("x", "s=2", 3_000_000))

    for first, mark in ((later, Mark(1.0, CURSOR)), (by_clock, Mark(2.0))):
        reading = await read_unit(ScriptedHost(UNIT, NOTHING, NOTHING, first), "redis", mark)
        assert "no longer goes back" in reading.blind


async def test_a_unit_that_does_not_exist_is_blindness_too() -> None:
    missing = Answer(0, b"Id=nosuch.service\nLoadState=not-found\n")

    assert "not-found" in (await read_unit(ScriptedHost(missing, NOTHING), "nosuch", Mark(1.0, CURSOR))).blind


async def test_suppressed_lines_of_this_unit_are_told() -> None:
    notes = entry("Suppressed 12 messages from redis.service", "s=4") + entry(
        "Suppressed 3 messages from x.service", "s=5"
    )

    reading = await read_unit(
        ScriptedHost(UNIT, NOTHING, Answer(0, notes + b"end 0\n"), SEES), "redis", Mark(1.0, CURSOR)
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


@pytest.mark.parametrize(("files", "blind"), [("LPKSHHRH", ""), ("", "may not read")])
async def test_a_journal_without_a_word_of_systemd_is_told_by_its_files(tmp_path: Path, files: str, blind: str) -> None:
    journal = FakeJournal(tmp_path)
    journal.log("of a.service")
    journal.tool("journalctl", (tmp_path / "journalctl").read_text().replace("echo boot; ", ""))
    for name, said in (("id", "1000"), ("cat", files), ("systemctl", UNIT.stdout.decode())):
        journal.tool(name, f"#!/bin/sh\nprintf %s '{said}'\n")
    host = LabHost(path=f"{tmp_path}:/usr/bin:/bin")

    reading = await read_unit(host, "a.service", await take_mark(host))

    assert blind in reading.blind
    assert bool(reading.blind) == bool(blind)
