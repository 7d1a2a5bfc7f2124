from __future__ import annotations

import pytest

from wizard.errors import HostError, NoRoom
from wizard.hosts.base import AttemptState, Ending
from wizard.hosts.frames import Frame
from wizard.hosts.replies import answer_of, ending_of, refusal

DONE = AttemptState.DONE


@pytest.mark.parametrize(
    ("fields", "ending"),
    [
        (("done.0", "5", "0", "x"), Ending(DONE, 0, total=5)),
        (("done.7", "5", "3", "x"), Ending(DONE, 7, total=5, dropped=3)),
        (("done.124.timeout", "0", "0", "x"), Ending(DONE, 124, timed_out=True)),
        (("done.143.killed", "0", "0", "x"), Ending(DONE, 143, killed=True)),
        (("absent", "0", "0", "-"), Ending(AttemptState.ABSENT)),
        (("lost", "9", "0", "x"), Ending(AttemptState.LOST, total=9)),
        (("rebooted", "0", "0", "x"), Ending(AttemptState.REBOOTED)),
    ],
)
def test_an_ending_is_read(fields: tuple[str, ...], ending: Ending) -> None:
    assert ending_of(Frame("E", 1, fields)) == ending


@pytest.mark.parametrize("fields", [(), ("done", "0", "0", "-"), ("done.x", "0", "0", "-"), ("fine", "0", "0", "-")])
def test_an_ending_that_says_nothing_known_is_never_a_success(fields: tuple[str, ...]) -> None:
    with pytest.raises(HostError, match="nonsense"):
        ending_of(Frame("E", 1, fields))


def test_only_a_done_attempt_with_status_0_is_ok() -> None:
    assert ending_of(Frame("E", 1, ("done.0", "0", "0", "x"))).ok
    assert not ending_of(Frame("E", 1, ("done.0.timeout", "0", "0", "x"))).ok
    assert not ending_of(Frame("E", 1, ("cancelled", "0", "0", "x"))).ok


def test_an_answer_has_both_outputs_and_no_status_when_it_was_late() -> None:
    answer = answer_of(Frame("A", 1, ("143", "1", "0", "2"), b"outerr"[:2] + b"err"), 1.5)
    assert (answer.stdout, answer.stderr, answer.exit_status, answer.timed_out) == (b"ou", b"err", None, True)
    assert not answer.ok


def test_an_answer_without_its_fields_is_refused() -> None:
    with pytest.raises(HostError, match="nonsense"):
        answer_of(Frame("A", 1, ("0",)), 0)


@pytest.mark.parametrize("why", ["No space left on device", "Disk quota exceeded", "Read-only file system"])
def test_a_host_that_cannot_write_refuses_the_step_and_says_how_to_mend_it(why: str) -> None:
    problem = refusal(f"mkdir: cannot create directory 'd.0': {why}\nmkdir: cannot create directory 'd.1': {why}", "db")
    assert isinstance(problem, NoRoom)
    assert problem.what.endswith(f"nothing was started: mkdir: cannot create directory 'd.0': {why}")
    assert "run it again" in problem.mend


def test_what_else_a_host_complains_of_is_told_in_its_own_words() -> None:
    problem = refusal("the spool belongs to somebody else", "db")
    assert isinstance(problem, HostError)
    assert str(problem) == "db: the spool belongs to somebody else"
