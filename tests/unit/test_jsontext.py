"""JSON of others: nested deeply, or not what it should be, it is an error in words wherever it is read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.support.shellhost import ScriptedHost
from wizard import cli
from wizard.errors import RecordChanged
from wizard.facts.ansible_lines import Tally, read_lines
from wizard.facts.asking import Unseen
from wizard.facts.journal import read_unit
from wizard.hosts.base import Answer
from wizard.hosts.world import Mark
from wizard.jsontext import DEEPEST, UnfitJson, parse
from wizard.run import before
from wizard.run.inbox import take_words
from wizard.run.journal import GENESIS, read
from wizard.run.verification import verify

DEEP = "[" * 100_000
DEEP_AND_WHOLE = "[" * 500 + "]" * 500


@pytest.mark.parametrize(
    "text", [DEEP, DEEP_AND_WHOLE, '{"a":' * 500 + "1" + "}" * 500, "[", "", "9" * 10_000, b"\xff"]
)
def test_what_cannot_be_used_is_one_kind_of_error(text: str | bytes) -> None:
    with pytest.raises(UnfitJson):
        parse(text)


@pytest.mark.parametrize("text", ["[" * DEEPEST + "]" * DEEPEST, "[" + "[1]," * 1000 + "{}]", '"' + "[" * 1000 + '"'])
def test_what_is_long_and_not_deep_is_read(text: str) -> None:
    assert parse(text) == json.loads(text)
    assert parse(text.encode()) == json.loads(text)


def line(**fields: object) -> str:
    known = {"v": 1, "seq": 1, "at": "2026-01-01T00:00:00.000Z", "kind": "trouble_met", "who": "me", "prev": GENESIS}
    return json.dumps({**known, "body": {"what": "it", "scope": ""}, **fields})


LINES = [
    DEEP,
    DEEP_AND_WHOLE,
    line().replace('"it"', DEEP_AND_WHOLE),
    line(body=[]),
    line(kind=[]),
    line(body={"what": [], "scope": ""}),
    line(kind="before_captured", body={"step": "s", "file": ["f"], "sha256": {}}),
    line(kind="attempt_ended", body={"key": [1], "state": 3, "exit_status": 0, "total": 1, "dropped": 0}),
    line(kind=5, body={}),
    "[]",
    "7",
]


@pytest.mark.parametrize("last", LINES)
def test_verify_says_where_the_record_of_a_run_is_none(
    last: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = line()
    last = last.replace(GENESIS, hashlib.sha256(first.encode()).hexdigest()).replace('"seq": 1', '"seq": 2')
    tmp_path.joinpath("events.jsonl").write_text(f"{first}\n{last}\n")
    assert cli.main(["verify", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "broken at line 2 of the journal" in told
    assert "1 events" in told
    assert "the record is not whole" in told


def test_a_line_that_is_whole_is_broken_by_none_of_that(tmp_path: Path) -> None:
    tmp_path.joinpath("events.jsonl").write_text(f"{line()}\n")
    assert verify(tmp_path).ok


async def test_a_journal_of_a_host_that_is_nested_deeply_is_unseen() -> None:
    unit = Answer(0, b"Id=redis.service\nLoadState=loaded\nActiveState=active\n")
    for row in (
        '{"MESSAGE":' + DEEP,
        '{"MESSAGE":[999]}',
        '{"__REALTIME_TIMESTAMP":[]}',
        '{"__REALTIME_TIMESTAMP":"x"}',
    ):
        host = ScriptedHost(unit, Answer(0, row.encode() + b"\nend 0\n"))
        with pytest.raises(Unseen, match="the journal could not be read"):
            await read_unit(host, "redis", Mark(1.0, "s=1"))


def test_lines_of_ansible_words_and_before_states_that_are_nested_deeply(tmp_path: Path) -> None:
    tmp_path.joinpath("lines").write_text(f"{DEEP}\n")
    assert read_lines(tmp_path / "lines") == Tally([])

    tmp_path.joinpath("before").mkdir()
    tmp_path.joinpath("before", "s.json").write_text(DEEP)
    with pytest.raises(RecordChanged, match="cannot be read"):
        before.load(tmp_path, "s.json", hashlib.sha256(DEEP.encode()).hexdigest())

    inbox = tmp_path / "inbox"
    inbox.mkdir(mode=0o700)
    inbox.joinpath(f"{1:020d}-0123abcd.json").write_text(DEEP)
    assert take_words(tmp_path) == []
    assert [*inbox.iterdir()] == []


def test_a_journal_that_is_nested_deeply_is_read_up_to_there(tmp_path: Path) -> None:
    tmp_path.joinpath("events.jsonl").write_text(f"{line()}\n{DEEP}\n")
    reading = read(tmp_path)
    assert len(reading.records) == 1
    assert reading.broken
    assert "nested" in reading.broken.why
