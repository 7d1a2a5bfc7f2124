"""Settings that every test shares."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# Whoever started the tests in the background of a shell had them ignore Control-C, and so every program they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A slow machine is no failure, so no example is held to a time. The pipeline judges a change and not the luck of the
# draw: there the examples are always the same; on a developer's machine they are new each time.
settings.register_profile("wizard", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("wizard")
