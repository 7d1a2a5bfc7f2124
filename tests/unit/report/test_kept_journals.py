"""Journals of every shape, as older builds wrote them: each build folds them and gives the very same report.

Those beside make.py are held word by word in test_golden_reports.py, with their outputs; these are never made again.

WRITE_GOLDEN=1 writes the reports again, after they were read; the journals are never written again.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fixtures.journals.make import HERE
from tests.fixtures.journals.shapes import KEPT, SHAPES
from wizard.report.build import build_from
from wizard.report.markdown import to_markdown
from wizard.run.events import Unread
from wizard.run.journal import Reading, read
from wizard.run.state import RunState, apply, replay

JOURNALS = sorted([*HERE.glob("*.jsonl"), *KEPT.glob("*.jsonl")])
each = pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem)
REWRITE = os.environ.get("WRITE_GOLDEN") == "1"


def reading(path: Path, directory: Path) -> Reading:
    (directory / "events.jsonl").write_bytes(path.read_bytes())
    return read(directory)


def rendered(seen: Reading) -> str:
    return to_markdown(build_from(seen), lambda name: f"what {name} held\n".encode())


def test_every_shape_is_kept_with_its_report() -> None:
    assert {path.stem for path in JOURNALS} >= set(SHAPES)
    assert len(JOURNALS) >= 16
    assert [path.stem for path in JOURNALS if not path.with_suffix(".md").exists()] == [] or REWRITE


@pytest.mark.parametrize("path", sorted(KEPT.glob("*.jsonl")), ids=lambda path: path.stem)
def test_its_report_is_the_same_byte_for_byte(path: Path, tmp_path: Path) -> None:
    text = rendered(reading(path, tmp_path))
    if REWRITE:
        path.with_suffix(".md").write_text(text, encoding="utf-8")
    assert text.encode() == path.with_suffix(".md").read_bytes()


@each
def test_every_line_of_it_is_still_understood(path: Path, tmp_path: Path) -> None:
    seen = reading(path, tmp_path)
    assert seen.broken is None
    assert not [record.event for record in seen.records if isinstance(record.event, Unread)]
    assert bool(seen.torn) == (path.stem == "torn")


@each
def test_it_folds_to_one_state_wherever_it_is_taken_up(path: Path, tmp_path: Path) -> None:
    records = reading(path, tmp_path).records
    half = replay(records[: len(records) // 2])
    for record in records[len(records) // 2 :]:
        half = apply(half, record)
    assert half == replay(records) != RunState()
