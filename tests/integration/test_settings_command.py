"""`wizard settings`: what is in force as a file that can be used again, and what is wrong with the one there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.cli import main
from wizard.paths import settings_file


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    settings_file().parent.mkdir(parents=True)
    return settings_file()


def test_without_a_file_the_usual_ones_are_printed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"# {file} (not there)\ntheme: dark  ")
    assert printed.err == ""


def test_what_is_printed_is_a_file_of_its_own(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("theme: light\nkeymap: {run.note: ['#', f2]}\n")
    assert main(["settings"]) == 0
    first = capsys.readouterr().out
    file.write_text(first)
    assert main(["settings"]) == 0
    again = capsys.readouterr().out
    assert [line.partition("#  ")[0].rpartition("  # ")[0] for line in again.splitlines()] == [
        line.partition("#  ")[0].rpartition("  # ")[0] for line in first.splitlines()
    ]
    assert 'run.note: ["#", "f2"]' in first


def test_checking_says_only_what_is_wrong(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "--check"]) == 0
    assert capsys.readouterr().err == f"{file}: not there\n"
    file.write_text("theme: light\n")
    assert main(["settings", "--check"]) == 0
    assert capsys.readouterr().err == f"{file}: nothing wrong\n"
    file.write_text("theme: lite\nnotices: {bell: 1}\n")
    assert main(["settings", "--check"]) == 2
    assert capsys.readouterr().out.splitlines() == [
        f"{file}:1:8: theme: the text 'lite' is not allowed here; did you mean `light`?",
        f"{file}:2:17: notices.bell: expected true or false, found the number 1; write true or false, without quotes",
    ]


def test_what_is_wrong_goes_to_standard_error_and_the_usual_ones_are_printed(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("theme: lite\n")
    assert main(["settings"]) == 2
    printed = capsys.readouterr()
    assert "did you mean `light`?" in printed.err
    assert "theme: dark" in printed.out
