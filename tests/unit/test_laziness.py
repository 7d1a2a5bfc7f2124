"""What answers at once loads nothing heavy: shown in fresh processes, by the modules they hold at their end."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import wizard

PACKAGE = Path(wizard.__file__).parent
CHECKLIST = PACKAGE.parent / "checklists" / "redis-ownership.yaml"

HEAVY = {"ansible", "asyncio", "asyncssh", "redis", "regex", "rich", "textual"}
"""Libraries that only a run needs."""

PROGRAM = """
import sys
from wizard.cli import main
try:
    status = main(sys.argv[2:])
finally:
    open(sys.argv[1], "w").write("\\n".join(sys.modules))
sys.exit(status)
"""


SHORT = """\
checklist: short
title: A short one
severity: low
phases:
  - id: only
    title: Only
    steps:
      - {id: say, title: Say, why: to see what is loaded for it, run: {command: echo said, read_only: true}}
exit_criteria:
  - command: {command: test -d /}
"""


def every_module(tmp_path: Path, *words: str) -> set[str]:
    """The modules that a command leaves loaded, run to its end in a process of its own."""
    told = tmp_path / "modules"
    environment = {**os.environ, "WIZARD_STATE_DIR": str(tmp_path / "state")}
    subprocess.run(
        [sys.executable, "-c", PROGRAM, told, *words], check=True, capture_output=True, cwd=tmp_path, env=environment
    )
    return set(told.read_text().splitlines())


def loaded(tmp_path: Path, *words: str) -> set[str]:
    """The same, by their top-level packages."""
    return {name.partition(".")[0] for name in every_module(tmp_path, *words)}


@pytest.mark.parametrize("words", [("lint", str(CHECKLIST)), ("schema",)], ids=["lint", "schema"])
def test_lint_and_schema_load_nothing_that_only_a_run_needs(tmp_path: Path, words: tuple[str, ...]) -> None:
    modules = loaded(tmp_path, *words)
    assert "pydantic" in modules
    assert not modules & HEAVY
    # Only a search for plugins of pydantic's in every installed distribution needs it.
    assert "email" not in modules


def test_a_run_loads_nothing_that_only_other_checklists_need(tmp_path: Path) -> None:
    tmp_path.joinpath("short.yaml").write_text(SHORT)
    modules = every_module(tmp_path, "run", "short.yaml", "--headless")
    assert {"asyncio", "wizard.run.engine", "wizard.report.files"} <= modules
    heavy = {
        "asyncssh",
        "email",
        "importlib.metadata",
        "importlib.resources",
        "jinja2",
        "redis",
        "regex",
        "rich",
        "textual",
    }
    rare = {
        "wizard.checklist.costly",
        "wizard.facts.journal",
        "wizard.facts.redis",
        "wizard.facts.yamlpath",
        "wizard.run.inbox",
    }
    assert not modules & (heavy | rare)


@pytest.mark.parametrize("words", [("--help",), ("run", "--help"), ("version",)], ids=" ".join)
def test_help_and_version_load_no_library_at_all(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert not loaded(tmp_path, *words) & {*HEAVY, "jinja2", "pydantic", "yaml"}


def imported(path: Path) -> Iterator[str]:
    """The top-level packages that a module names in its import statements, wherever they stand."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_only_the_command_line_reaches_for_the_interface() -> None:
    reaching = {
        path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if {"screens", "textual"} & {*imported(path)}
    }
    assert reaching <= {Path("cli.py")}


def test_the_engine_and_its_console_run_without_the_interface() -> None:
    program = "import sys, wizard.console, wizard.run.engine; sys.exit(bool({'screens', 'textual'} & {*sys.modules}))"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_first_screen_of_a_run_loads_nothing_that_it_does_not_show() -> None:
    program = "import sys, wizard.cli, screens.opening; print(*{name.partition('.')[0] for name in sys.modules})"
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert "textual" in told
    assert not {*told} & {"ansible", "asyncssh", "jinja2", "pydantic", "redis", "yaml"}
