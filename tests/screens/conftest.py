"""What every test of a screen stands on: the same terminal everywhere."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def same_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have switched colours off; the pictures have them."""
    for name in ("NO_COLOR", "TEXTUAL_ANIMATIONS", "TEXTUAL_THEME", "TEXTUAL_PRESS", "TEXTUAL_SCREENSHOT"):
        monkeypatch.delenv(name, raising=False)
