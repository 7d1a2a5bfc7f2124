"""Settings and fixtures that every test shares."""

from __future__ import annotations

import gc
import os
import signal
import socket
from collections.abc import Iterator

import pytest
from hypothesis import settings

# Helpers assert too, and what they compared is to be told as in a test.
FOLDERS = ("bench", "crash", "drill", "integration", "property", "realhost", "screens", "services", "support", "unit")
pytest.register_assert_rewrite(*(f"tests.{folder}" for folder in FOLDERS))

# Whoever started the tests in the background of a shell, or by nohup, had them ignore these, and so their programs.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)

# A slow machine is no failure, so no example is held to a time. A test judges the change and not the luck of the draw,
# so its examples are always the same; `make explore` draws new ones, and what it finds becomes an example of its test.
settings.register_profile("wizard", deadline=None, derandomize="EXPLORE" not in os.environ)
settings.load_profile("wizard")


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nobody listens, nor can while the test lasts: it is bound, and not listened on."""
    with socket.socket() as held:
        held.bind(("", 0))
        yield held.getsockname()[1]


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking through all tests and modules again and again: a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def pytest_sessionfinish() -> None:
    """Collect once what the last tests left; pytest would go through all that there is five times more.

    Then the process ends of which wizards are forks, where there is one.
    """
    from tests.support import warm  # noqa: PLC0415 - not before its asserts are registered

    gc.collect()
    gc.freeze()
    warm.end()
