"""What is said when a run ends: nothing in it is obeyed by a terminal, whatever the run directory is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.journals import run_started, write_journal
from wizard.errors import HostUnreachable
from wizard.run.engine import FAILED, PAUSED, Outcome
from wizard.running import told_end

HOSTILE = "\x1b]0;owned\x07\u202e"


@pytest.mark.parametrize("word", [PAUSED, FAILED, "resolved"])
def test_a_name_that_a_terminal_would_obey_is_made_visible(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    directory = tmp_path / HOSTILE
    directory.mkdir()
    write_journal(directory, run_started())
    told_end(directory, Outcome(word, 1, HostUnreachable(HOSTILE, where=HOSTILE)), option=f"--set=x={HOSTILE}")
    said = capsys.readouterr().err
    assert not {"\x1b", "\x07", "\u202e"} & {*said}
    assert ("go on: wizard resume" in said) is (word in {PAUSED, FAILED})
