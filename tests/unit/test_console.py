"""The narrator: everything told in plain lines, nothing from outside obeyed."""

import io
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from wizard.backlog import Missed
from wizard.console import Narrator
from wizard.lines import LONGEST, Lines
from wizard.run import events as ev
from wizard.run.events import Event, Record
from wizard.run.recorder import Output

HOSTILE = "\x1b]52;c;aGk=\x07 [bold red]x[/] \x9b31m \u202e\u200b \x1b[2J [@click=app.quit]y[/]"


def told(*messages: Event | Output | Missed, width: int = 120) -> str:
    out = io.StringIO()
    narrator = Narrator(Console(file=out, width=width, highlight=False, markup=False, emoji=False))
    for seq, message in enumerate(messages, start=1):
        narrator(
            message if isinstance(message, Output | Missed) else Record(seq, "2026-01-01T00:00:00.000Z", "me", message)
        )
    return out.getvalue()


def check(outcome: str, **fields: Any) -> ev.CheckObserved:
    given = {"expected": "up", "observed": "down", "evidence": ["line 1"], "tries": 1, "seconds": 0.1, "final": True}
    return ev.CheckObserved(scope="s", index=0, title="it is up", host="web", outcome=outcome, **{**given, **fields})


def test_a_host_where_nothing_outlives_its_login_is_said_to_be_one() -> None:
    assert "a step ends with the connection" in told(ev.HostConnected("web", "web", {"outlives": False}))
    for identity in ({"outlives": True}, {}):
        assert "a step ends with" not in told(ev.HostConnected("web", "web", identity))


def test_a_role_is_told_as_news_and_a_host_that_is_back_in_it_as_good_news() -> None:
    learnt, gone, other = ev.RoleSeen("db", "master", pinned=True), ev.RoleSeen("db", ""), ev.RoleSeen("db", "replica")
    assert "● db is master; changes go by that" in told(learnt)
    assert "! db is replica now" in told(learnt, other)
    assert "● db is master again" in told(learnt, gone, ev.RoleSeen("db", "master"))
    assert "! db is master now" in told(learnt, ev.RoleSeen("db", "replica", pinned=True), ev.RoleSeen("db", "master"))


def test_a_failed_check_shows_what_was_expected_beside_what_was_seen() -> None:
    text = told(check("fail"))
    assert "✘ fail" in text
    assert "it is up" in text
    assert "expected up" in text
    assert "down" in text
    assert "line 1" in text


@pytest.mark.parametrize(("outcome", "word"), [("pass", "✔ pass"), ("unknown", "? unknown"), ("skip", "– skip")])
def test_a_verdict_is_a_glyph_and_a_word(outcome: str, word: str) -> None:
    assert word in told(check(outcome))


def test_a_check_still_waiting_says_so() -> None:
    assert "waiting" in told(check("fail", final=False))


def test_output_is_told_in_whole_lines() -> None:
    text = told(Output("s", "web", b"one\ntw"), Output("s", "web", b"o\n"))
    assert "│ one\n" in text
    assert "│ two\n" in text


def test_output_without_a_last_newline_is_told_when_the_action_ends() -> None:
    text = told(Output("s", "web", b"half"), ev.ActionEnded("s", 1, ok=True, known=True, what="done"))
    assert "│ half\n" in text


def test_output_that_went_by_is_told_by_its_size_and_the_open_line_ahead_of_it_ends() -> None:
    text = told(Output("s", "web", b"half"), Missed(12_345, "s.log"), Output("s", "web", b"on\n"))
    assert [line[6:].strip() for line in text.splitlines()] == [
        "│ half",
        "… 12,345 bytes went by unseen; output/s.log has them",
        "│ on",
    ]


def test_of_a_line_without_bounds_its_beginning_is_shown_and_the_rest_counted() -> None:
    lines, piece = Lines(), "é".encode() * 50_000
    assert [line for _ in range(40) for line in lines.feed(piece)] == []
    [line] = lines.feed(b"\n")
    assert line == "é" * (LONGEST // 2) + f" … {4_000_000 - LONGEST:,} bytes more of this line"
    assert [*lines.feed(b"next\n")] == ["next"]
    assert [*lines.feed(b"x" * (LONGEST + 1)), *lines.flush()] == ["x" * LONGEST + " … 1 bytes more of this line"]


def test_an_action_of_unknown_outcome_is_never_called_passed_or_failed() -> None:
    text = told(ev.ActionEnded("s", 1, ok=False, known=False, what="outcome unknown: lost"))
    assert "? unknown" in text


def test_a_gate_names_what_keeps_it_shut_and_the_authors_advice() -> None:
    text = told(ev.GateBlocked("stop", ["a copy exists"], [], ["Copy it first."]))
    assert "gate shut at stop: a copy exists" in text
    assert "Copy it first." in text


@pytest.mark.parametrize(
    "message",
    [
        Output("s", "web", HOSTILE.encode() + b"\n"),
        check("fail", observed=HOSTILE, expected=HOSTILE, evidence=[HOSTILE]),
        ev.StepStarted("s", "p", HOSTILE, "web", HOSTILE),
        ev.StepRendered("s", HOSTILE, HOSTILE, changes=True),
        ev.TroubleMet(HOSTILE),
        ev.GateBlocked("s", [HOSTILE], [], [HOSTILE]),
        ev.QuestionAsked("s", "manual", HOSTILE, ["done"]),
        ev.LinkChanged("web", "detached", HOSTILE),
        ev.ValueCaptured("s", "name", HOSTILE),
        ev.SampleTaken("s", 1, "ok", {HOSTILE: HOSTILE}),
        ev.RunPaused(HOSTILE),
        ev.RoleSeen("web", HOSTILE, pinned=True),
        ev.RoleSeen("web", "", why=HOSTILE),
        ev.EvidenceObserved(
            HOSTILE, "before", "fail", {HOSTILE: {"value": HOSTILE, "outcome": "fail", "why": ""}}, HOSTILE
        ),
    ],
    ids=lambda message: type(message).__name__,
)
def test_nothing_from_outside_reaches_the_terminal_as_more_than_text(message: Event | Output) -> None:
    text = told(message)
    assert not set(text) & set("\x1b\x07\x9b\u202e\u200b")
    assert "[bold red]x[/]" in text


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_lines_are_the_same_however_the_bytes_were_cut(data: bytes, cuts: list[int]) -> None:
    whole, parts = Lines(), Lines()
    places = [0, *sorted(cut for cut in cuts if cut <= len(data)), len(data)]
    pieces = [data[one:two] for one, two in pairwise(places)]
    one_go = [*whole.feed(data), *whole.flush()]
    assert [line for piece in pieces for line in parts.feed(piece)] + [*parts.flush()] == one_go
