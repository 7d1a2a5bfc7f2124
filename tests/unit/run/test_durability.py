"""What is on disk when: an act waits for the record that announces it, a sight does not."""

import os
from pathlib import Path
from threading import Event, Thread

import pytest

from wizard.errors import JournalUnwritable
from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run.journal import JOURNAL, Journal, read

INTENDED = ev.AttemptIntended("k", "copy", 1, "do", "there", "cp a b", "", 60.0, "boot")


@pytest.fixture
def synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lines the journal held each time it was made durable."""
    lines: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        lines.append((tmp_path / JOURNAL).read_bytes().count(b"\n"))

    monkeypatch.setattr(os, "fsync", fsync)
    return lines


def test_an_attempt_waits_until_its_intent_and_all_before_it_are_on_disk(tmp_path: Path, synced: list[int]) -> None:
    journal = Journal(tmp_path, Redactor([]), who="tester")
    journal.append(ev.StepStarted("copy", "all", "Copy", "there", "root@there"))
    journal.append(ev.BeforeCaptured("copy", "copy.json", ""))
    journal.append(ev.UndoRegistered("copy", "remove it"))
    assert synced == []
    journal.append(INTENDED)
    assert synced == [4]
    journal.close()


@pytest.mark.parametrize(
    "event",
    [
        INTENDED,
        ev.GateAnswered("copy", "skip", "not today"),
        ev.QuestionAnswered("copy", "run"),
        ev.NoteAdded("seen by eye"),
        ev.UndoStarted("copy"),
        ev.RollbackStarted(["copy"]),
        ev.RunPaused("stopped"),
        ev.RunEnded("resolved"),
    ],
    ids=lambda event: event.kind,
)
def test_what_is_acted_on_or_was_said_by_a_person_is_durable_at_once(
    tmp_path: Path, synced: list[int], event: ev.Event
) -> None:
    journal = Journal(tmp_path, Redactor([]), who="tester")
    journal.append(event)
    journal.close()
    assert synced == [1]


def test_an_attempt_waits_for_the_output_of_the_one_before_and_a_sight_does_not(tmp_path: Path) -> None:
    journal, written, order = Journal(tmp_path, Redactor([]), who="tester"), Event(), []

    def flush() -> None:
        written.wait()
        order.append("output")

    journal.after(flush)
    journal.append(ev.UndoRegistered("copy", "remove it"))
    order.append("sight")
    intending = Thread(target=lambda: (journal.append(INTENDED), order.append("intent")))
    intending.start()
    written.set()
    intending.join()
    journal.close()
    assert order == ["sight", "output", "intent"]


def test_where_an_output_could_not_be_kept_nothing_more_is_intended(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Redactor([]), who="tester")

    def flush() -> None:
        raise JournalUnwritable("output cannot be kept")

    journal.after(flush)
    with pytest.raises(JournalUnwritable, match="output cannot be kept"):
        journal.append(INTENDED)
    journal.append(ev.RunPaused("output cannot be kept"))
    journal.close()
    assert [record.event.kind for record in read(tmp_path).records] == ["run_paused"]
