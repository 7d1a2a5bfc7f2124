"""The terminal interface."""

from __future__ import annotations

import os

# Textual reads it when it is loaded, and paints at the next or next but one of so many moments a second: what a key
# does is shown within 2 ms, where it would be 33. What comes by itself is taken in 30 times a second at most.
os.environ.setdefault("TEXTUAL_FPS", "1000")
