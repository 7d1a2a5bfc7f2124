"""The report and the start once more in the light theme; ``test_themes`` has the run and its gate."""

from __future__ import annotations

import pytest

from tests.screens.test_pictures import test_the_report, test_the_start  # noqa: F401 - the same tests, another theme


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.interface.USUAL", "light")
