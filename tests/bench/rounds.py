"""Timing whole processes fairly: one after another in every round, so that whatever else the machine does hits all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Timed:
    """What is timed, and what is tidied up after it outside the timing."""

    run: Callable[[], None]
    clean: Callable[[], None] = lambda: None


def interleaved(timed: Mapping[str, Timed], rounds: int) -> dict[str, list[float]]:
    """Wall seconds of each in each round, after one round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(rounds + 1):
        for name, one in timed.items():
            os.sync()  # or what one has written would be waited for by the next one's fsync
            began = time.perf_counter()
            one.run()
            seconds[name].append(time.perf_counter() - began)
            one.clean()
    return {name: taken[1:] for name, taken in seconds.items()}


def table(seconds: Mapping[str, Sequence[float]], base: str) -> str:
    """Least, median and most of each in seconds, and the median of its ratios to ``base`` round by round."""
    lines = [f"{'':24}{'min':>9}{'median':>9}{'max':>9}   × {base}"]
    for name, taken in seconds.items():
        lines.append(
            f"{name:24}{min(taken):9.3f}{median(taken):9.3f}{max(taken):9.3f}{ratio(seconds, name, base):9.2f}"
        )
    return "\n".join(lines)


def ratio(seconds: Mapping[str, Sequence[float]], name: str, base: str) -> float:
    """The median over the rounds of how many times as long as ``base`` this one took in the same round."""
    return median(mine / its for mine, its in zip(seconds[name], seconds[base], strict=True))
