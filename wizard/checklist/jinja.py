"""Everything that needs jinja2: one sandbox, and what an expression in ``{{ }}`` may be.

Kept apart so that jinja2 is imported only where there is a template. The sandbox is closed twice: only the kinds of
node in ``_PARTS`` are let through, and attributes are looked up in mappings, never on objects.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import (
    StrictUndefined,
    TemplateError,
    TemplateRuntimeError,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from wizard.checklist.problems import guess
from wizard.errors import UsageError

MAX_DEPTH = 30
"""Levels an expression may be nested."""
MAX_RENDERED = 1024 * 1024
"""Characters a filter may make."""

_LITERAL = "to write {{ itself, write {{ '{{' | raw }}"
_PARTS = (
    nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Filter, nodes.Test, nodes.List, nodes.Tuple, nodes.Neg,
)  # fmt: skip


class Raw(str):
    """Text that goes into a command as it is."""

    __slots__ = ()


def _replace(value: Any, old: str, new: str) -> str:
    text, old, new = str(value), str(old), str(new)
    if len(text) + text.count(old) * len(new) > MAX_RENDERED:
        raise TemplateRuntimeError("replace would make too long a text")
    return text.replace(old, new)


def _int(value: Any) -> int:
    text = str(value).strip()
    if not re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        raise UndefinedError(f"{text[:40]!r} is not a whole number")
    return int(text)


def _raw(value: Any) -> Raw:
    return Raw(_plain(value))


def _default(value: Any, other: Any) -> Any:
    return other if isinstance(value, Undefined) or value is None else value


FILTERS: dict[str, Callable[..., Any]] = {
    "raw": _raw,
    "default": _default,
    "lower": lambda value: str(value).lower(),
    "upper": lambda value: str(value).upper(),
    "replace": _replace,
    "trim": lambda value: str(value).strip(),
    "int": _int,
}
_TESTS: dict[str, Callable[[Any], bool]] = {
    "defined": lambda value: not isinstance(value, Undefined),
    "undefined": lambda value: isinstance(value, Undefined),
}


class _Environment(ImmutableSandboxedEnvironment):
    """Looks up names in mappings only: ``captured.keys`` is what was captured as ``keys``, not a method."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What a mapping holds under this name."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """What a mapping holds under this key."""
        if isinstance(obj, Mapping) and argument in obj:
            return obj[argument]
        return self.undefined(hint=f"{str(argument)[:60]!r} is not known yet")


def _plain(value: Any) -> Any:
    """A value as text says it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | Undefined):
        return value
    raise UndefinedError("the expression has no value of its own")


def _quoted(value: Any) -> str:
    """A value as one shell word."""
    text = str(_plain(value))
    return text if isinstance(value, Raw) else shlex.quote(text)


def _environment(finalize: Callable[[Any], Any]) -> _Environment:
    """A sandbox in which ``{%`` and ``{#`` mean nothing: shell text such as ``${#list}`` stays as it is."""
    env = _Environment(
        block_start_string="\0{%", block_end_string="\0%}", comment_start_string="\0{#", comment_end_string="\0#}",
        undefined=StrictUndefined, finalize=finalize, autoescape=False, keep_trailing_newline=True, cache_size=0,
    )  # fmt: skip
    env.globals.clear()
    env.filters.clear()
    env.filters.update(FILTERS)
    env.tests.clear()
    env.tests.update(_TESTS)
    return env


_TEXT = _environment(_plain)
_SHELL = _environment(_quoted)


@dataclass(frozen=True, slots=True)
class Expression:
    """One ``{{ }}``: the names it says, dotted where they are, and whether it goes into a command unquoted."""

    names: frozenset[str]
    raw: bool


def _invalid(what: str, mend: str) -> UsageError:
    return UsageError(what, mend=mend)


def _check(node: nodes.Node, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise _invalid("a template's expression is nested too deep", "make it shorter")
    if not isinstance(node, _PARTS):
        raise _invalid(
            f"a template may not use {_word(node)}", "use names, comparisons, and, or, not, if-else and filters only"
        )
    if isinstance(node, nodes.Filter):
        _check_filter(node)
    if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
        raise _invalid("a template may look up fixed keys only", "write the key in quotes")
    if isinstance(node, nodes.Neg) and not isinstance(node.node, nodes.Const):
        raise _invalid("a template may not use arithmetic", "compute it in a command and capture it")
    for child in node.iter_child_nodes():
        _check(child, depth + 1)


def _word(node: nodes.Node) -> str:
    if isinstance(node, nodes.Call):
        return "calls"
    return "arithmetic" if isinstance(node, nodes.BinExpr) else type(node).__name__.lower()


def _check_filter(node: nodes.Filter) -> None:
    wanted = {"default": 1, "replace": 2}.get(node.name, 0)
    if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) != wanted:
        raise _invalid(f"the filter `{node.name}` takes {wanted or 'no'} values", "give it as many, without names")


def _dotted(node: nodes.Node) -> str | None:
    """``captured.keys_before`` of a name or a look-up by fixed keys; None of anything else."""
    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(node=inner, attr=key) | nodes.Getitem(node=inner, arg=nodes.Const(value=key)):
            parent = _dotted(inner)
            return f"{parent}.{key}" if parent else None
        case _:
            return None


def _names(node: nodes.Node) -> Iterator[str]:
    name = _dotted(node)
    if name:
        yield name
        return
    for child in node.iter_child_nodes():
        yield from _names(child)


def _pieces(tree: nodes.Template) -> Iterator[str | Expression]:
    for output in tree.body:
        if not isinstance(output, nodes.Output):
            raise _invalid("a template may hold expressions only", "use {{ }}")
        for node in output.nodes:
            if isinstance(node, nodes.TemplateData):
                yield node.data
            else:
                _check(node)
                raw = isinstance(node, nodes.Filter) and node.name == "raw"
                yield Expression(frozenset(_names(node)), raw)


def _syntax(error: TemplateSyntaxError) -> UsageError:
    said = (error.message or "").rstrip(".")
    if said.startswith("No filter named"):
        name = said.split("'")[1]
        return _invalid(f"a template knows no filter `{name}`", guess(name, FILTERS))
    if said.startswith("No test named"):
        return _invalid("a template knows no such test", "use `is defined` or `is undefined`")
    return _invalid(f"a template that cannot be read: {said}", _LITERAL)


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[str | Expression, ...]:
    """A template as its literal parts and its expressions, in order.

    Raises:
        UsageError: It does not parse, or uses more than an expression may.
    """
    try:
        tree = _TEXT.parse(text)
        for node in tree.find_all(nodes.Filter):
            if node.name not in FILTERS:
                raise _invalid(f"a template knows no filter `{node.name}`", guess(node.name, FILTERS))
        for test in tree.find_all(nodes.Test):
            if test.name not in _TESTS or test.args:
                raise _invalid(f"a template knows no test `{test.name}`", "use `is defined` or `is undefined`")
        return tuple(_pieces(tree))
    except TemplateSyntaxError as error:
        raise _syntax(error) from None
    except RecursionError:
        raise _invalid("a template's expression is nested too deep", "make it shorter") from None


@lru_cache(maxsize=1024)
def _compiled(text: str, *, quote: bool) -> Any:
    return (_SHELL if quote else _TEXT).from_string(text)


def render(text: str, scope: Mapping[str, Any], *, quote: bool) -> str:
    """The template with values in place of its expressions; with ``quote``, each is one word of a shell.

    Raises:
        UsageError: It does not parse, may not be used, or says a name that has no value.
    """
    pieces(text)
    try:
        return str(_compiled(text, quote=quote).render(scope))
    except TemplateError as error:
        said = (error.message or "it cannot be rendered").rstrip(".")
        raise _invalid(f"a template has no value here: {said}", "give or capture the value first") from None
    except (TypeError, ValueError, OverflowError):
        raise _invalid("a template compares things of different types", "make numbers with `| int` first") from None
