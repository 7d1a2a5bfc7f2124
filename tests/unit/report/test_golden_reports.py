"""Whole reports, from canned journals, held word by word. WRITE_GOLDEN=1 writes journals and reports again."""

import os
from pathlib import Path

import pytest

from tests.fixtures.journals.make import HERE, OUTPUTS, STORIES, journal
from wizard.report.build import build, build_from
from wizard.report.markdown import to_markdown
from wizard.run.journal import Reading, read

names = pytest.mark.parametrize("name", STORIES)
REWRITE = os.environ.get("WRITE_GOLDEN") == "1"


def told(name: str, directory: Path) -> Reading:
    lines = journal(STORIES[name]().records)
    if REWRITE:
        (HERE / f"{name}.jsonl").write_bytes(lines)
    kept = (HERE / f"{name}.jsonl").read_bytes()
    assert kept == lines, "the journal beside make.py is not the one it makes"
    (directory / "events.jsonl").write_bytes(kept)
    return read(directory)


@names
def test_a_report_is_the_one_that_was_read_and_approved(name: str, tmp_path: Path) -> None:
    reading = told(name, tmp_path)
    assert reading.broken is None
    text = to_markdown(build_from(reading), OUTPUTS.__getitem__)
    golden = HERE / f"{name}.md"
    if REWRITE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@names
def test_a_second_report_is_the_first_byte_for_byte(name: str, tmp_path: Path) -> None:
    reading = told(name, tmp_path)
    first, second = (to_markdown(build_from(reading), OUTPUTS.__getitem__) for _ in range(2))
    assert first.encode() == second.encode()


@names
def test_a_journal_that_ends_anywhere_makes_a_report(name: str, tmp_path: Path) -> None:
    reading = told(name, tmp_path)
    for length in range(len(reading.records) + 1):
        text = to_markdown(build(reading.records[:length]), OUTPUTS.__getitem__)
        assert text.startswith("# Incident report: ")
        assert "Journal | " + f"{length} events" in text
