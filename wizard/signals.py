"""The signals that stop a run with its state kept."""

from __future__ import annotations

import signal

SIGNALS = {signal.SIGHUP: "hung up", signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
"""Each signal, and how the record names it."""
