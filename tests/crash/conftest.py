"""Every test here is marked; an SSH server for those that go over one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import sshd
from tests.services.sshd import Sshd

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("crash")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many combinations there were: tests say so of themselves, in whichever process they ran."""
    counted: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, number in getattr(report, "user_properties", []):
                counted[name] += number if getattr(report, "when", "") == "call" else 0
    for name, number in counted.items():
        terminalreporter.write_line(f"{number} {name}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """One for all trials of a process."""
    with sshd.serve(tmp_path_factory.mktemp("sshd"), "MaxSessions 100") as server:
        yield server
