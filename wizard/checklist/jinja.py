"""Everything that needs jinja2: one sandbox, and what an expression in ``{{ }}`` may be.

Kept apart so that jinja2 is imported only where there is a template. The sandbox is closed twice: only the kinds of
node in ``_PARTS`` are let through, and attributes are looked up in mappings, never on objects.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
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

from wizard.checklist.meaning import HostText, How, Meaning, Placeholder
from wizard.checklist.problems import guess
from wizard.errors import UsageError

MAX_DEPTH = 30
"""Levels an expression may be nested."""
MAX_RENDERED = 1024 * 1024
"""Characters a filter may make."""

OUR_WORDS = "write it out, or make it an input"
"""The mend where a host may not say something."""
_GROUP_AT_END = re.compile(r"(?<!\\)((?:\\\\)*)\\([1-9][0-9]?)\Z")
_LITERAL = "to write {{ itself, write {{ '{{' | raw }}"
_PARTS = (
    nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Filter, nodes.Test, nodes.List, nodes.Tuple, nodes.Neg,
)  # fmt: skip


class Raw(str):
    """Text that goes into a command or a regular expression as it is."""

    __slots__ = ()


def _of(text: str, *parts: Any) -> str:
    """A text made of these parts: a host's where one of them is."""
    return HostText(text) if any(map(_holds_host_text, parts)) else text


def _holds_host_text(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_host_text, (*value.keys(), *value.values())))
    return any(map(_holds_host_text, value)) if isinstance(value, list | tuple) else isinstance(value, HostText)


def _replace(value: Any, old: Any, new: Any) -> str:
    parts = (value, old, new)
    text, old, new = str(value), str(old), str(new)
    if len(text) + text.count(old) * len(new) > MAX_RENDERED:
        raise TemplateRuntimeError("replace would make too long a text")
    return _of(text.replace(old, new), *parts)


def _int(value: Any) -> int | Placeholder:
    if isinstance(value, Placeholder):
        return value
    text = str(value).strip()
    if not re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        raise _invalid(f"{text[:40]!r} is not a whole number", "give or capture digits only, with a sign at most")
    return int(text)


def _raw(value: Any) -> Raw:
    if isinstance(value, HostText):
        raise _invalid("a host's text is never raw", "take `| raw` away")
    return Raw(_plain(value))


def _default(value: Any, other: Any) -> Any:
    return other if isinstance(value, Undefined) or value is None else value


FILTERS: dict[str, Callable[..., Any]] = {
    "raw": _raw,
    "default": _default,
    "lower": lambda value: _of(str(value).lower(), value),
    "upper": lambda value: _of(str(value).upper(), value),
    "replace": _replace,
    "trim": lambda value: _of(str(value).strip(), value),
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


def _escaped(value: Any) -> str:
    """A value as the regular expression that finds just it."""
    text = str(_plain(value))
    if isinstance(value, HostText) and not text:
        raise _invalid("a host's text is empty, and an empty text is found everywhere", "capture what is never empty")
    return text if isinstance(value, Raw | Placeholder) else re.escape(text)


_BECOMES: Mapping[How, Callable[[Any], Any]] = {
    How.AS_IS: _plain,
    How.WORD: _quoted,
    How.PATTERN: _escaped,
    How.REPLACEMENT: lambda value: str(_plain(value)).replace("\\", r"\\"),
}


def _fit(value: Any, meaning: Meaning) -> Any:
    """The value, where it may stand in such a field."""
    text = str(_plain(value))
    if isinstance(value, HostText) and meaning.refuses_host:
        raise _invalid(f"a host's text cannot stand in {meaning.name}", OUR_WORDS)
    if not isinstance(value, Raw | Placeholder) and not meaning.accepts(text):
        raise _invalid(f"{text[:60]!r} cannot stand in {meaning.name}", f"give {meaning.wants} only")
    return value


def _finalizer(meaning: Meaning) -> Callable[[Any], Any]:
    become = _BECOMES[meaning.how]
    return (lambda value: become(_fit(value, meaning))) if meaning.fits else become


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


@dataclass(frozen=True, slots=True)
class Expression:
    """One ``{{ }}``.

    Args:
        names: Those it says, dotted where it looks something up.
        raw: Its value is as it is, whatever comes of it.
        sources: The names whose text may be part of its value; one that it only compares is none.
        raw_sources: Those of them that are under ``| raw``.
        number: Its value is a whole number, or there is none.
    """

    names: frozenset[str]
    raw: bool
    sources: frozenset[str] = frozenset()
    raw_sources: frozenset[str] = frozenset()
    number: bool = False

    @property
    def of_host(self) -> bool:
        """A host's text may be part of its value."""
        return any(name.partition(".")[0] == "captured" for name in self.sources)


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


def _sources(node: nodes.Node) -> Iterator[str]:
    """The names whose text may be part of a value."""
    match node:
        case nodes.Compare() | nodes.Not() | nodes.Test():
            return
        case nodes.CondExpr(expr1=one, expr2=other):
            parts: Iterable[nodes.Node] = [part for part in (one, other) if part is not None]
        case _:
            parts = node.iter_child_nodes()
    name = _dotted(node)
    if name:
        yield name
        return
    for part in parts:
        yield from _sources(part)


def _raw_sources(node: nodes.Node) -> Iterator[str]:
    for found in (node, *node.find_all(nodes.Filter)):
        if isinstance(found, nodes.Filter) and found.name == "raw":
            yield from _sources(found)


def _expression(node: nodes.Node) -> Expression:
    last = node.name if isinstance(node, nodes.Filter) else ""
    sources, raw_sources = frozenset(_sources(node)), frozenset(_raw_sources(node))
    return Expression(frozenset(_names(node)), last == "raw", sources, raw_sources, last == "int")


def _pieces(tree: nodes.Template) -> Iterator[str | Expression]:
    for output in tree.body:
        if not isinstance(output, nodes.Output):
            raise _invalid("a template may hold expressions only", "use {{ }}")
        for node in output.nodes:
            if isinstance(node, nodes.TemplateData):
                yield node.data
            else:
                _check(node)
                yield _expression(node)


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


@lru_cache(maxsize=32)
def _environment_for(meaning: Meaning) -> _Environment:
    return _environment(_finalizer(meaning))


def _with_whole_groups(text: str) -> str:
    r"""A replacement with ``\g<1>`` in place of each ``\1`` that a value follows, whose digits would join it."""
    tokens = [(kind, value) for _, kind, value in _TEXT.lex(text)]
    follow = [kind for kind, _ in tokens[1:]] + [""]
    return "".join(
        _GROUP_AT_END.sub(r"\1\\g<\2>", value) if kind == "data" and after == "variable_begin" else value
        for (kind, value), after in zip(tokens, follow, strict=True)
    )


@lru_cache(maxsize=1024)
def _compiled(text: str, meaning: Meaning) -> Any:
    if meaning.how is How.REPLACEMENT:
        text = _with_whole_groups(text)
    return _environment_for(meaning).from_string(text)


def _marked(scope: Mapping[str, Any]) -> Mapping[str, Any]:
    captured = scope.get("captured")
    if not isinstance(captured, Mapping):
        return scope
    return {**scope, "captured": {name: _as_host_text(value) for name, value in captured.items()}}


def _as_host_text(value: Any) -> Any:
    return HostText(value) if isinstance(value, str) and not isinstance(value, Placeholder) else value


def render(text: str, scope: Mapping[str, Any], meaning: Meaning) -> str:
    """The template with values in place of its expressions, each as it shall be in a field of this meaning.

    What is captured in the scope is a host's text.

    Raises:
        UsageError: It does not parse, may not be used, says a name that has no value, or a value does not fit.
    """
    pieces(text)
    try:
        return str(_compiled(text, meaning).render(_marked(scope)))
    except TemplateError as error:
        said = (error.message or "it cannot be rendered").rstrip(".")
        raise _invalid(f"a template has no value here: {said}", "give or capture the value first") from None
    except (TypeError, ValueError, OverflowError):
        raise _invalid("a template compares things of different types", "make numbers with `| int` first") from None
