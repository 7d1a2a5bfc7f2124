"""The tutorial's own commands, in their order, as a new user would paste them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"


def fences(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TUTORIAL.read_text(), re.MULTILINE | re.DOTALL)


def test_what_the_tutorial_says_to_type_does_what_it_says(tmp_path: Path) -> None:
    place = tmp_path / "wizard-tutorial"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"HOME": str(tmp_path), "PATH": path, "LANG": "C.UTF-8", "WIZARD_STATE_DIR": str(tmp_path / "state")}
    printed = ""
    (checklist,) = fences("yaml")
    for script in fences("sh"):
        done = subprocess.run(
            ["/bin/sh", "-e"], input=script, env=environment, capture_output=True, text=True, timeout=100, check=False
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        (place / "first.yaml").write_text(checklist)
        printed = done.stdout
    assert printed.endswith("hullo\n")
    assert not (place / "shelf").exists()
    assert "tell who reads greetings" in (place / "report.html").read_text()
