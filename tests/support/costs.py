"""A pytest plugin that lists the slowest tests and modules, and of each how long it computed and how long it waited.

Used by ``make slowest``: ``pytest -p tests.support.costs``. A test's wall clock alone does not tell which of the two it
is, and only what waits can be run beside something else.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

import pytest

from tests.support import warm

SLOWEST = 100
COST = "cost"
"""The property of a test's last report: its seconds of wall clock, and of processor time here and in its children."""


def _processor_seconds(who: int) -> float:
    used = getrusage(who)
    forks = warm.seconds() if who == RUSAGE_CHILDREN else 0.0  # children of a child, which lives on
    return used.ru_utime + used.ru_stime + forks


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Sum up what set-up, test and teardown cost, and tell it with the last of them; children count once they ended."""
    now = time.perf_counter(), _processor_seconds(RUSAGE_SELF), _processor_seconds(RUSAGE_CHILDREN)
    if call.when == "setup":
        item.stash[STARTED] = (now[0] - call.duration, *item.config.stash.get(LAST, now[1:]))
    if call.when == "teardown":
        item.user_properties.append((COST, [end - start for end, start in zip(now, item.stash[STARTED], strict=True)]))
    item.config.stash[LAST] = now[1:]
    return (yield)


STARTED = pytest.StashKey[tuple[float, float, float]]()
LAST = pytest.StashKey[tuple[float, float]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, and what all of them cost together."""
    costs = {
        report.nodeid: value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name == COST
    }
    modules: dict[str, list[float]] = {}
    for nodeid, cost in costs.items():
        known = modules.setdefault(nodeid.partition("::")[0], [0.0, 0.0, 0.0])
        known[:] = [so_far + more for so_far, more in zip(known, cost, strict=True)]
    for what, rows in (("tests", costs), ("modules", modules)):
        terminalreporter.section(f"the {SLOWEST} slowest {what}; seconds")
        terminalreporter.write_line("   wall  computing  waiting")
        for name, (wall, own, children) in sorted(rows.items(), key=lambda row: -row[1][0])[:SLOWEST]:
            terminalreporter.write_line(
                f"{wall:7.2f}{own + children:11.2f}{max(0.0, wall - own - children):9.2f}  {name}"
            )
    computing = sum(own + children for _, own, children in costs.values())
    terminalreporter.write_line(f"{len(costs)} tests: {computing:.0f} s of processor time")
