"""No test module is imported by another module: what several of them share stands in helper modules and conftests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
IMPORTERS = {"import_module", "__import__", "importorskip", "run_module"}
OF_TESTS = re.compile(r"tests(\.\w+)+")
"""A text that names something of ours by its dotted path: a plug-in of pytest, what is patched, what Python runs."""


def imported(source: str) -> Iterator[str]:
    """The dotted path of everything that a module imports, in every way in which it can."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names):
                yield from (f"{module or ''}.{alias.name}" for alias in names)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str(path)), *_]):
                yield from [path] if name in IMPORTERS else []
            case ast.Constant(value=str(text)) if OF_TESTS.fullmatch(text):
                yield text


def of_test_modules(source: str) -> list[str]:
    """Imports of test modules, or out of them."""
    return [path for path in imported(source) if any(part.startswith("test_") for part in path.split("."))]


def test_no_module_imports_a_test_module() -> None:
    found = {str(path.relative_to(TESTS)): of_test_modules(path.read_text()) for path in TESTS.rglob("*.py")}
    assert {path: modules for path, modules in found.items() if modules} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import tests.unit.test_text",
        "import tests.unit.test_text as text",
        "from tests.unit.test_text import one",
        "from tests.unit.test_text import *",
        "from tests.unit import test_text",
        "from .test_text import one",
        "from . import test_text",
        "def later():\n    from tests.unit.test_text import one",
        "importlib.import_module('.test_text', 'tests.unit')",
        "__import__('tests.unit.test_text')",
        "pytest_plugins = ['tests.unit.test_text']",
        "run([python, '-m', 'tests.unit.test_text'])",
    ],
)
def test_an_import_of_a_test_module_is_seen(source: str) -> None:
    assert of_test_modules(source)


@pytest.mark.parametrize("source", ["from tests.unit import text", "import tests.support.terminal", "x = 'test_text'"])
def test_other_imports_are_allowed(source: str) -> None:
    assert not of_test_modules(source)
