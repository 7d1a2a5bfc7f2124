"""A run of ten thousand events is taken up where it stood, with nothing done twice."""

from __future__ import annotations

from pathlib import Path

from tests.integration.commandline import Wizard, checklist
from tests.support.longrun import EVENTS, STEPS, grown


def test_a_long_run_goes_on_where_it_stood(tmp_path: Path) -> None:
    wizard = Wizard(tmp_path)
    file = wizard.write(checklist(STEPS))
    assert wizard("run", file, "--headless", "--run-dir", wizard.directory).exit_status == 4
    grown(wizard.directory, EVENTS)
    (tmp_path / "opened").touch()
    done = wizard("resume", wizard.directory, "--headless")
    assert done.exit_status == 0, done.stderr
    assert (tmp_path / "effects").read_text().split() == ["first", "second"]
    assert len(done.events) > EVENTS
    assert "the last of all words" in (wizard.directory / "report.md").read_text()
    assert wizard("verify", wizard.directory).exit_status == 0
