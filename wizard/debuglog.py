"""Where it is written what is for us, not for the operator."""

from __future__ import annotations

import logging
from pathlib import Path

from wizard.paths import private_directory, private_file


def debug_log(directory: Path) -> None:
    """Write what is for us, not for the operator, to ``debug.log`` in this directory, and nowhere else."""
    # A debug log on a full disk is no reason to print tracebacks over a run.
    logging.raiseExceptions = False
    logging.basicConfig(
        filename=private_file(private_directory(directory) / "debug.log"),
        level=logging.INFO,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
        force=True,
    )
