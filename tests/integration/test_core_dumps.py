"""The wizard, and what it starts here, leave no core dump."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.integration.commandline import Wizard, checklist, phase, step

ALLOWED = 'ulimit -S -c "$(ulimit -H -c)"'
"""Dumps are allowed, as far as they can be, to what is started."""


def test_no_step_may_dump_core_where_the_shell_before_it_may(tmp_path: Path) -> None:
    wizard = Wizard(tmp_path)
    text = checklist(
        phase(
            step(
                "look",
                'command: "ulimit -S -c; ulimit -H -c", read_only: true',
                "command: {command: 'ulimit -S -c', stdout_is: '0'}",
            )
        )
    )
    file = wizard.write(text)
    with wizard.start("run", file, "--headless", "--run-dir", wizard.directory, before=ALLOWED) as process:
        process.communicate(timeout=180)
    (output,) = (wizard.directory / "output").iterdir()
    hard = subprocess.run(["sh", "-c", "ulimit -H -c"], capture_output=True, text=True, check=True).stdout
    assert output.read_text() == f"0\n{hard}"
