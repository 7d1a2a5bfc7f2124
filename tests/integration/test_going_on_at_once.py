"""Two wizards on one run directory, one after the other: the second goes on from what is there, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.commandline import Wizard, checklist
from wizard.errors import RunDirectoryInUse
from wizard.redact import Redactor
from wizard.run.events import NoteAdded
from wizard.run.journal import Journal, read
from wizard.run.preparation import Request, open_run, prepare
from wizard.run.resuming import reopen

STUCK = checklist(
    """\
  - id: one
    title: One
    steps:
      - id: fail
        title: Fail
        why: it fails
        run: {command: "exit 1", irreversible: it did nothing}
        checks:
          - file: {path: "{{ absent }}"}
""",
    "inputs:\n  absent: {type: path, default: ~/none}\n",
)


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    return Wizard(tmp_path)


def test_a_resume_does_not_go_on_from_a_record_that_grew_since_it_was_read(wizard: Wizard) -> None:
    assert wizard.run(STUCK).exit_status == 4
    prepared = reopen(wizard.directory, Request(""))
    other = Journal(wizard.directory, Redactor(()))
    other.append(NoteAdded("the other wizard went on"))
    other.close()
    whole = read(wizard.directory)
    with pytest.raises(RunDirectoryInUse, match="went on with this run meanwhile"):
        open_run(prepared, [])
    assert read(wizard.directory) == whole
    open_run(reopen(wizard.directory, Request("")), []).recorder.journal.close()


def test_a_run_does_not_begin_in_a_record_that_another_wizard_began_meanwhile(
    wizard: Wizard, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = wizard.write(STUCK)
    prepared = prepare(Request(str(file), run_dir=wizard.directory))
    wizard.run(STUCK)
    whole = read(wizard.directory)
    monkeypatch.setattr("wizard.run.preparation.JOURNAL", "looked before the other began")
    with pytest.raises(RunDirectoryInUse):
        open_run(prepared, [])
    monkeypatch.undo()
    assert read(wizard.directory) == whole
