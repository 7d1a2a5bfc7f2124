"""A secret stands in no sink, wherever the bytes that carry it were cut: output file, screen, journal, report."""

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.output import OutputFile
from wizard.redact import Redactor
from wizard.report.files import write_report
from wizard.run import events as ev
from wizard.run.journal import Journal
from wizard.text import decode

SECRET = "correct-horse-battery"
LINES = "first-line-of-it\nsecond-line-of-it"
SPELLINGS = {
    "plain": SECRET.encode(),
    "base64": base64.b64encode(SECRET.encode()),
    "hex": SECRET.encode().hex().encode(),
    "several lines": LINES.encode(),
}


def printed(spelling: bytes) -> bytes:
    return b"it is " + spelling + b" and no more\n"


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_output_is_masked_at_every_split(tmp_path: Path, spelling: bytes) -> None:
    whole = printed(spelling)
    for cut in range(len(whole) + 1):
        output = OutputFile(tmp_path / f"{cut}.log", Redactor([SECRET, LINES]))
        shown = output.write(0, whole[:cut]) + output.write(cut, whole[cut:]) + output.close()
        assert spelling not in shown
        assert spelling not in output.path.read_bytes()


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(list(SPELLINGS.values())))
def test_journal_and_report_are_masked_whatever_stands_around(
    tmp_path_factory: Any, before: str, after: str, spelling: bytes
) -> None:
    directory = tmp_path_factory.mktemp("run")
    redactor = Redactor([SECRET, LINES])
    journal = Journal(directory, redactor, who="tester")
    text = before + decode(spelling) + after
    journal.append(ev.NoteAdded(text))
    journal.append(ev.CheckObserved("end", 0, text, "web", "fail", text, text, [text], 1, 0.1))
    journal.append(ev.TroubleMet(text))
    journal.close()
    write_report(directory, redactor)
    for path in directory.iterdir():
        assert spelling not in path.read_bytes(), path.name
