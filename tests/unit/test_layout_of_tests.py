"""How the tests are laid out: no test module is imported by another, and the README names what there is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
README = (TESTS / "README.md").read_text()
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


def test_the_readme_names_every_folder() -> None:
    folders = {path.relative_to(TESTS).parts[0] for path in TESTS.glob("*/**/*.py")}
    assert folders == set(re.findall(r"^\| `(\w+)/` \|", README, re.MULTILINE))


def test_the_readme_names_every_target_that_runs_tests_and_no_other() -> None:
    rules = re.findall(r"^([a-z]+):.*##.*\n((?:\t.*\n)+)", (TESTS.parent / "Makefile").read_text(), re.MULTILINE)
    running = {target for target, recipe in rules if re.search(r"\(PYTEST\)|-m pytest", recipe)}
    told = set(re.findall(r"^\| `make ([a-z ]+)` \|", README, re.MULTILINE))
    assert told == running | {"lint types"}


def test_the_readme_names_every_helper_of_the_screens() -> None:
    helpers = {
        path.name for path in (TESTS / "screens").glob("*.py") if not path.name.startswith(("test_", "conftest"))
    }
    (modules,) = re.findall(r"^\| module .*\n\|-.*\n((?:\|.*\n)+)", README, re.MULTILINE)
    assert helpers == set(re.findall(r"`(\w+\.py)`", modules))


def test_what_the_readme_names_is_there() -> None:
    named = re.findall(r"\]\(([^)#:\s]+)\)|`((?:\w+/)+[\w.]*\w)`|tests/((?:\w+/)*\w+\.\w+)", README)
    paths = [one for found in named for one in found if one]
    assert len(paths) > 10
    assert [path for path in paths if not (TESTS / path).exists()] == []
