"""What every test of a screen stands on: the same terminal everywhere."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest

from tests.screens import stories
from tests.screens.sandbox import Place


@pytest.fixture(autouse=True)
def same_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have switched colours off; the pictures have them."""
    for name in ("NO_COLOR", "TEXTUAL_ANIMATIONS", "TEXTUAL_THEME", "TEXTUAL_PRESS", "TEXTUAL_SCREENSHOT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)
    copy(stories.JOURNALS / "clean.jsonl", directory / "events.jsonl")
    return directory
