"""The heads that hosts have beside the chain: cut off and rewritten are found, another's line is not believed."""

from __future__ import annotations

import hashlib

import pytest

from wizard.hosts.syslog import JOURNALD, Kept
from wizard.run.journal import Head
from wizard.run.testimony import AGAINST, NOTHING, UNKNOWN, WHOLE, Asked, Witness, compare, verdict
from wizard.run.verification import Verification

FILE = "/var/log/syslog"
CHAIN = [hashlib.sha256(bytes([number])).hexdigest() for number in range(9)]
OTHER = hashlib.sha256(b"other").hexdigest()


def kept(*numbers: int, where: str = JOURNALD) -> list[Kept]:
    return [Kept(number, CHAIN[number - 1], where) for number in numbers]


def sent(*numbers: int) -> set[Head]:
    return {Head(number, CHAIN[number - 1]) for number in numbers}


def said(found: list[Kept], events: int = 9, took: set[Head] | None = None) -> tuple[str, str]:
    witness = compare(Asked("db", found), CHAIN[:events], took or set())
    return witness.verdict, " / ".join(witness.lines)


def test_heads_that_are_all_in_the_chain_say_that_it_is_whole() -> None:
    word, line = said(kept(3, 7), took=sent(3, 7))
    assert word == WHOLE
    assert line == "host db holds 2 anchors of this run; all are in the chain, the last at event 7 of 9"


def test_a_head_beyond_the_end_says_that_it_was_cut_off() -> None:
    word, line = said(kept(3, 7), events=5, took=sent(3))
    assert word == AGAINST
    assert line.startswith("host db: its anchor at event 7 is not in this journal, which has 5 events: it was cut off")


def test_another_head_at_its_place_says_that_it_was_rewritten() -> None:
    word, line = said([*kept(3), Kept(7, OTHER), Kept(8, OTHER)])
    assert word == AGAINST
    assert line == "host db: its anchor at event 7 is not in this journal: it was rewritten"


def test_a_head_that_was_taken_and_is_not_there_is_neither_good_nor_bad() -> None:
    word, line = said(kept(7), took=sent(3, 7))
    assert word == UNKNOWN
    assert "1 of 2 anchors that were left there are not found: rotated away, removed, or not to be read" in line
    assert said([], took=sent(3))[0] == UNKNOWN


def test_a_host_that_never_took_one_says_nothing() -> None:
    assert said([]) == (
        NOTHING,
        "host db holds no anchor of this run / host db: the journal says of none that it was left there",
    )


def test_where_journald_vouches_a_line_in_a_file_accuses_nobody_but_still_counts_where_it_is_right() -> None:
    forged = Kept(8, OTHER, FILE)
    assert said([*kept(7), forged], took=sent(7))[0] == WHOLE
    word, line = said([*kept(3, where=FILE), *kept(7), forged], took=sent(3, 7))
    assert word == WHOLE
    assert "holds 2 anchors" in line


def test_where_only_a_file_tells_its_limits_are_said() -> None:
    word, line = said([Kept(8, OTHER, FILE)])
    assert word == AGAINST
    assert line.endswith("(from /var/log/syslog, where anybody on the host may have written it)")
    word, line = said(kept(7, where=FILE), took=sent(7))
    assert word == WHOLE
    assert "anybody on the host may have written it" in line


def test_a_number_that_no_event_has_is_against_it_and_breaks_nothing() -> None:
    assert said([Kept(0, OTHER)])[0] == AGAINST
    assert said([Kept(10**11, OTHER)])[0] == AGAINST


GOOD, BAD, DARK, MUTE = (Witness(word, [word]) for word in (WHOLE, AGAINST, UNKNOWN, NOTHING))
GONE = Witness(UNKNOWN, ["it could not be asked"], reached=False)


@pytest.mark.parametrize(
    ("witnesses", "word", "status"),
    [
        ([GOOD], WHOLE, 0),
        ([GOOD, MUTE], WHOLE, 0),
        ([GOOD, BAD, GONE], AGAINST, 1),
        ([GOOD, DARK], UNKNOWN, 1),
        ([GOOD, GONE], UNKNOWN, 3),
        ([MUTE], UNKNOWN, 1),
        ([], UNKNOWN, 1),
    ],
)
def test_only_what_hosts_confirm_is_whole(witnesses: list[Witness], word: str, status: int) -> None:
    assert verdict(witnesses) == word
    found = Verification(9, CHAIN[-1], witnesses=witnesses)
    assert (found.ok, found.exit_status) == (word == WHOLE, status)
    assert [line for line in found.lines() if line.startswith("the record is whole, ")] == [
        "the record is whole, and so say the hosts"
    ] * (word == WHOLE)


def test_a_record_that_is_broken_in_itself_is_not_whole_whatever_hosts_say() -> None:
    found = Verification(9, CHAIN[-1], output=("a.log: gone",), witnesses=[GONE])
    assert (found.exit_status, found.lines()[-1]) == (1, "the record is not whole")
