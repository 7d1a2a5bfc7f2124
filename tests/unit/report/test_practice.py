"""A drill's report and its lines say that it was one, though the checklist calls the host production."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fixtures.journals.make import STORIES, journal
from wizard.report.build import build_from
from wizard.report.markdown import to_markdown
from wizard.run import events as ev
from wizard.run.journal import read


@pytest.mark.parametrize("practice", [True, False], ids=["drill", "real"])
def test_a_report_says_whether_it_was_a_drill(tmp_path: Path, *, practice: bool) -> None:
    records = STORIES["clean"]().records
    started = records[0].event
    assert isinstance(started, ev.RunStarted)
    records[0] = replace(records[0], event=replace(started, practice=practice))
    (tmp_path / "events.jsonl").write_bytes(journal(records))
    assert ("This was a drill" in to_markdown(build_from(read(tmp_path)))) == practice
