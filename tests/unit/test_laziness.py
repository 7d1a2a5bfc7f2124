"""What answers at once loads nothing heavy: shown in fresh processes, by the modules they hold at their end."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import wizard

PACKAGE = Path(wizard.__file__).parent
CHECKLIST = PACKAGE.parent / "checklists" / "redis-ownership.yaml"

HEAVY = {"ansible", "asyncio", "asyncssh", "redis", "rich", "textual"}
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


def loaded(tmp_path: Path, *words: str) -> set[str]:
    """The top-level modules that a command leaves loaded, run to its end in a process of its own."""
    told = tmp_path / "modules"
    subprocess.run([sys.executable, "-c", PROGRAM, told, *words], check=True, capture_output=True, cwd=tmp_path)
    return {name.partition(".")[0] for name in told.read_text().splitlines()}


@pytest.mark.parametrize("words", [("lint", str(CHECKLIST)), ("schema",)], ids=["lint", "schema"])
def test_lint_and_schema_load_nothing_that_only_a_run_needs(tmp_path: Path, words: tuple[str, ...]) -> None:
    modules = loaded(tmp_path, *words)
    assert "pydantic" in modules
    assert not modules & HEAVY


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
