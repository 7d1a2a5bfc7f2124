"""Nothing that the interface writes is beyond a tilde in the ASCII theme; the pictures look at what is shown."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import screens
from screens.ascii import TABLE
from tests.screens.pictures import LAST_ASCII

SCREENS = Path(screens.__file__).parent


@pytest.mark.parametrize("path", sorted(SCREENS.rglob("*.py")), ids=lambda path: str(path.relative_to(SCREENS)))
def test_every_sign_that_is_written_somewhere_has_one_in_ascii(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
    shown = "".join(text for text in texts if isinstance(text, str)).translate(TABLE)
    assert path.name == "ascii.py" or not {sign for sign in shown if sign > LAST_ASCII}
