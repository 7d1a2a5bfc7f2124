"""``{{ }}`` in a checklist: what it refers to, and what it becomes. Templates hold expressions only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from wizard.checklist.positions import Loc, show
from wizard.checklist.spec import Spec
from wizard.checklist.walking import key_of, shell_fields
from wizard.errors import UsageError

Scope = Mapping[str, Any]
"""The names a template may use: inputs by name, ``captured`` and ``run``."""

S = TypeVar("S", bound=Spec)

_STATEMENT = re.compile(r"\{%|\{#.*?#\}", re.DOTALL)


def _engine() -> Any:
    from wizard.checklist import jinja  # noqa: PLC0415 - a checklist without templates does not pay for jinja2

    return jinja


def _shell() -> Any:
    from wizard.checklist import shell  # noqa: PLC0415 - comes with jinja2

    return shell


def _refuse_statements(text: str) -> None:
    if _STATEMENT.search(text):
        raise UsageError(
            "a template may hold expressions only", mend="use {{ }}, and `when` for what is not always done"
        )
    if "{{" in text and "\r" in text:
        raise UsageError("a carriage return beside a template", mend="use plain line ends")


def references(text: str) -> frozenset[str]:
    """The names a template says, dotted where it looks something up: ``data_dir``, ``captured.keys_before``.

    Raises:
        UsageError: It does not parse, or uses more than an expression may.
    """
    _refuse_statements(text)
    if "{{" not in text:
        return frozenset()
    pieces = _engine().pieces(text)
    return frozenset(name for piece in pieces if not isinstance(piece, str) for name in piece.names)


def raw_references(text: str) -> frozenset[str]:
    """The names that go into a command without quotes, because of ``| raw``."""
    pieces = _engine().pieces(text) if "{{" in text else ()
    return frozenset(name for piece in pieces if not isinstance(piece, str) and piece.raw for name in piece.names)


def misplaced(command: str) -> Iterator[tuple[str, str]]:
    """What is wrong, and the mend, for each expression that stands where quoting cannot protect it."""
    if "{{" in command:
        yield from _shell().misplaced(_engine().pieces(command))


def _render(text: str, scope: Scope, where: str, *, quote: bool) -> str:
    try:
        _refuse_statements(text)
        done = str(_engine().render(text, scope, quote=quote)) if "{{" in text else text
    except UsageError as error:
        raise UsageError(error.what, where=where, mend=error.mend) from None
    if quote and "\0" in done:
        raise UsageError("a value holds a NUL, which no command can", where=where, mend="Give another value")
    return done


def render_text(text: str, scope: Scope, *, where: str = "") -> str:
    """Values rendered in as they are.

    Raises:
        UsageError: The template is not sound, or says a name without a value. ``where`` goes into it.
    """
    return _render(text, scope, where, quote=False)


def render_command(text: str, scope: Scope, *, where: str = "") -> str:
    """Every value rendered in as one shell word, unless marked ``| raw``.

    Raises:
        UsageError: As `render_text`, or an expression stands where quoting does not protect it, or a value holds a NUL.
    """
    for what, mend in misplaced(text):
        raise UsageError(what, where=where, mend=mend)
    return _render(text, scope, where, quote=True)


def render_flag(text: str, scope: Scope, *, where: str = "when") -> bool:
    """A template that says true or false.

    Raises:
        UsageError: As `render_text`, or it says something else.
    """
    said = render_text(text, scope, where=where).strip().lower()
    if said not in {"true", "false"}:
        raise UsageError(
            f"this must be true or false but is {said[:60]!r}", where=where, mend="Compare it with something"
        )
    return said == "true"


def _rendered(value: Any, scope: Scope, loc: Loc, *, shell: bool) -> Any:
    if isinstance(value, str):
        return (render_command if shell else render_text)(value, scope, where=show(loc))
    if isinstance(value, Spec):
        return _render_spec(value, scope, loc)
    if isinstance(value, Mapping):
        return {key: _rendered(item, scope, (*loc, key), shell=shell) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rendered(item, scope, (*loc, number), shell=shell) for number, item in enumerate(value)]
    return value


def _render_spec(spec: S, scope: Scope, loc: Loc) -> S:
    kind, shell = type(spec), shell_fields(type(spec))
    names = [name for name in kind.model_fields if name in spec.model_fields_set]
    values = {
        key_of(kind, name): _rendered(getattr(spec, name), scope, (*loc, key_of(kind, name)), shell=name in shell)
        for name in names
    }
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = show((*loc, *first["loc"]))
        raise UsageError(
            f"what was rendered does not fit: {first['msg']}", where=where, mend="Give other values"
        ) from None


def render(spec: S, scope: Scope) -> S:
    """The same spec with every template rendered and every value checked again.

    Raises:
        UsageError: A template has no value, or what came of it does not fit its field; ``where`` is the field's path.
    """
    kind = getattr(type(spec), "kind", None)
    return _render_spec(spec, scope, (kind,) if isinstance(kind, str) else ())
