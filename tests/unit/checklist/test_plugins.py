"""Plugins of pydantic that happen to be installed beside us are not looked for; shown in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from wizard.checklist.schema import schema_text
from wizard.kinds import registry
schema_text(registry())
assert "eager_plugin" not in sys.modules
"""

LATER = """
import wizard.checklist.spec
from pydantic.plugin._loader import PYDANTIC_ENTRY_POINT_GROUP
assert PYDANTIC_ENTRY_POINT_GROUP == "pydantic"
"""


def test_a_plugin_beside_us_is_not_loaded(tmp_path: Path) -> None:
    information = tmp_path / "eager_plugin-1.0.dist-info"
    information.mkdir()
    information.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: eager-plugin\nVersion: 1.0\n")
    information.joinpath("entry_points.txt").write_text("[pydantic]\neager = eager_plugin:plugin\n")
    tmp_path.joinpath("eager_plugin.py").write_text("raise SystemExit('a plugin was loaded')\n")
    subprocess.run([sys.executable, "-c", PROGRAM, tmp_path], check=True)


def test_a_pydantic_that_wants_more_of_its_loader_has_it() -> None:
    subprocess.run([sys.executable, "-c", LATER], check=True)
