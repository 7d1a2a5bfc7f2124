"""The terminal interface."""

from __future__ import annotations

import os

# Textual reads it when it is loaded: what a key does is shown within 8 ms, where it would be 17.
os.environ.setdefault("TEXTUAL_FPS", "120")
