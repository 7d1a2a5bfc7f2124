"""A run handed over: stopped with its packet beside the journal, and gone on with only by somebody who takes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.integration.commandline import Wizard, checklist
from tests.integration.operators import ScriptedOperator, prepare_trial, run_to_end, state_of
from wizard.redact import Redactor
from wizard.report.files import render_handover
from wizard.run import events as ev
from wizard.run.intents import AddNote, Answer, HandOver
from wizard.run.recorder import Output

GATED = checklist(
    """\
  - id: one
    title: One
    steps:
      - id: first
        title: First
        why: it comes first
        run: {command: "echo first >> effects", undo: "rm -f effects"}
        limit: 2m
        checks:
          - name: never so
            advice: Look at the file.
            file: {path: "{{ absent }}"}
""",
    "inputs:\n  absent: {type: path, default: ~/none}\n",
)
HANDED = "first: {answer: hand over, reason: look at the disk first, to: Robin}\n"


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    return Wizard(tmp_path)


def handed(wizard: Wizard) -> Path:
    done = wizard.run(GATED, answers=HANDED)
    assert done.exit_status == 4
    return wizard.directory


def test_a_packet_says_how_it_stands_what_could_be_undone_and_what_is_next(wizard: Wizard) -> None:
    directory = handed(wizard)
    packet = (directory / "handover.md").read_text()
    for wanted in [
        "handed over to Robin", "**look at the disk first**", "never so", "Look at the file.", "1.1 First",
        "at most 2 min", "wizard resume", "On another machine",
    ]:  # fmt: skip
        assert wanted in packet, wanted
    data = json.loads((directory / "handover.json").read_text())
    assert data["handover"]["to"] == "Robin"
    assert data["undo"][0]["undo"] == "rm -f effects"
    assert (directory / "handover.md").stat().st_mode & 0o777 == 0o600


def test_a_run_handed_over_goes_on_only_once_it_is_taken_over(wizard: Wizard) -> None:
    directory = handed(wizard)
    refused = wizard("resume", directory, "--headless")
    assert refused.exit_status == 4
    assert "--acknowledge" in refused.stderr
    assert "nobody has taken it over" in refused.stderr
    assert len(refused.of("run_resumed")) == 0
    taken = wizard("resume", directory, "--headless", "--acknowledge")
    (event,) = taken.of("handover_acknowledged")
    assert event["operator"]
    assert event["machine"]
    report = wizard("report", directory).stdout
    assert "Handed over to Robin" in report
    assert "Taken over by" in report
    again = wizard("resume", directory, "--headless")
    assert len(again.of("run_resumed")) == 2


def test_a_copied_run_directory_goes_on_elsewhere(wizard: Wizard, tmp_path: Path) -> None:
    directory = handed(wizard)
    shutil.copytree(directory, tmp_path / "copy")
    (wizard.home / "trial.yaml").unlink()
    taken = wizard("resume", tmp_path / "copy", "--headless", "--acknowledge")
    assert "gate blocked" in taken.stderr or taken.exit_status == 4
    assert '"handover_acknowledged"' in (tmp_path / "copy" / "events.jsonl").read_text()


def test_the_packet_of_any_run_is_written_on_demand(wizard: Wizard, tmp_path: Path) -> None:
    wizard.run(GATED)
    said = ("the disk is full", "it swaps", "the network", "Eliminated: The network.")
    for note in (
        *(f"#hypothesis {one}" for one in said),
        "#todo call the vendor",
        "#todo ring home",
        "#todo done: ring home",
        "#todo write to the shop",
    ):
        wizard("note", wizard.directory, note)
    lines = (wizard.directory / "events.jsonl").read_text().splitlines()
    numbers = {event["body"].get("text"): event["seq"] for event in map(json.loads, lines)}
    wizard("note", wizard.directory, f"#done {numbers['write to the shop']}")
    wizard("note", wizard.directory, f"#eliminated {numbers['it swaps']} because si and so are 0")
    assert wizard("handover", wizard.directory, "-o", tmp_path / "packet.md").exit_status == 0
    packet = (tmp_path / "packet.md").read_text()
    opened, _, eliminated = packet.partition("Hypotheses, eliminated")
    assert "the disk is full" in opened
    assert "the network" not in opened
    assert "it swaps" not in opened
    assert "si and so are 0" in eliminated
    assert "write to the shop" not in packet
    assert "the network" in eliminated
    assert "ring home" not in packet
    assert "call the vendor" in eliminated
    assert "Nobody has handed this run over" in packet
    assert not (wizard.directory / "handover.md").exists()


def test_a_hand_over_without_words_is_refused(wizard: Wizard) -> None:
    assert wizard.run(GATED, answers="first: hand over\n").exit_status == 2


def test_an_edit_cannot_be_answered_beforehand(wizard: Wizard) -> None:
    done = wizard.run(GATED, answers="first: {answer: edit and run again, reason: x}\n")
    assert done.exit_status == 2
    assert "needs a person" in done.stderr


def test_acknowledging_goes_with_a_headless_run(wizard: Wizard) -> None:
    directory = handed(wizard)
    refused = wizard("resume", directory, "--acknowledge")
    assert refused.exit_status == 2


def test_handing_over_while_a_step_waits_keeps_the_state_and_masks_secrets(tmp_path: Path) -> None:
    prepared = prepare_trial(tmp_path, token="correct-horse-battery")

    class Leaving(ScriptedOperator):
        def __call__(self, message: ev.Record | Output) -> None:
            super().__call__(message)
            if isinstance(message, ev.Record) and isinstance(message.event, ev.GateBlocked):
                self.submit(AddNote("correct-horse-battery", "todo"))
                self.submit(HandOver("Robin", "mind the correct-horse-battery"))

    person = Leaving(Answer("nothing", "x"))
    assert run_to_end(prepared, person).word == "paused"
    assert state_of(prepared).handed_over is not None
    told = render_handover(prepared.directory, Redactor(["correct-horse-battery"]))
    assert "correct-horse-battery" not in told
    assert "mind the" in told
