"""Finds the places where text could be read as markup, act on a click, or reach a terminal as it is, in our sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

TAKES_MARKUP = {"Static", "Label", "Button", "Checkbox", "Collapsible", "OptionList", "Listing", "Toast", "notify"}
"""What reads text as markup unless it is told otherwise."""

MARKUP_ONLY = {"from_markup", "from_ansi", "RichLog", "Markdown", "MarkdownViewer", "Link"}
"""What has no way to take text as it is, or follows what stands in it."""

GIVEN_CONTENT = {"update", "Option"}
"""What text is put into as ``Content``."""

TITLES = {"border_title", "border_subtitle", "tooltip"}
"""Attributes of a widget whose text is read as markup."""

MAKES_TEXT = {"str", "repr", "plain", "fit", "format", "join", "one_line", "sanitise"}


class Sink(NamedTuple):
    """One unsafe place."""

    line: int
    what: str


def screen_sinks(source: str) -> Iterator[Sink]:
    """Every unsafe place of a module of the interface."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.Assign):
            yield from (Sink(node.lineno, f"{name} is text") for name in _titles(node) if _is_text(node.value))


def console_sinks(source: str) -> Iterator[Sink]:
    """Every place of a module of the engine where Rich would read text as markup."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _markup_left_on(node, {"Console"})
            if _name(node.func) in {"from_markup", "from_ansi"}:
                yield Sink(node.lineno, f"{_name(node.func)} reads text as markup")


def _of_call(call: ast.Call) -> Iterator[Sink]:
    name = _name(call.func)
    yield from _markup_left_on(call, TAKES_MARKUP | {"Console"})
    if name in MARKUP_ONLY:
        yield Sink(call.lineno, f"{name} reads text as markup")
    if name in GIVEN_CONTENT and call.args and _is_text(call.args[0]):
        yield Sink(call.lineno, f"{name} is given text, not Content")
    if name == "print" or (name == "write" and "stdout" in ast.unparse(call.func)):
        yield Sink(call.lineno, "writes over the screen")
    if any(one.arg == "link" or (one.arg or "").startswith("@") for one in call.keywords):
        yield Sink(call.lineno, "a style that acts on a click")


def _markup_left_on(call: ast.Call, names: set[str]) -> Iterator[Sink]:
    given = {one.arg: one.value for one in call.keywords}
    off = isinstance(given.get("markup"), ast.Constant) and ast.literal_eval(given["markup"]) is False
    if not off and ("markup" in given or _name(call.func) in names):
        yield Sink(call.lineno, f"{_name(call.func)} without markup=False")


def _titles(assign: ast.Assign) -> Iterator[str]:
    return (one.attr for one in assign.targets if isinstance(one, ast.Attribute) and one.attr in TITLES)


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _is_text(node: ast.expr) -> bool:
    """It is made of text for sure; a literal of ours without a bracket cannot be markup."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and "[" in node.value
    if isinstance(node, ast.Call):
        joins_content = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call)
        return _name(node.func) in MAKES_TEXT and not joins_content
    return isinstance(node, ast.JoinedStr) or any(map(_is_text, _parts(node)))


def _parts(node: ast.expr) -> list[ast.expr]:
    """What may become the value of an expression."""
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.BoolOp(values=values):
            return values
    return []
