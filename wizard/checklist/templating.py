"""``{{ }}`` in a checklist: what it refers to, and what it becomes. ``{%`` and ``{#`` are ordinary text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from wizard.checklist.meaning import DATA, SHELL, How, Meaning, Placeholder
from wizard.checklist.positions import Loc, show
from wizard.checklist.spec import Spec
from wizard.checklist.walking import key_of
from wizard.errors import UsageError

Scope = Mapping[str, Any]
"""The names a template may use: inputs by name, ``captured`` and ``run``."""

S = TypeVar("S", bound=Spec)


def _engine() -> Any:
    from wizard.checklist import jinja  # noqa: PLC0415 - a checklist without templates does not pay for jinja2

    return jinja


def _shell() -> Any:
    from wizard.checklist import shell  # noqa: PLC0415 - comes with jinja2

    return shell


def _regex() -> Any:
    from wizard.checklist import regex_text  # noqa: PLC0415 - comes with jinja2

    return regex_text


def _refuse_returns(text: str) -> None:
    if "{{" in text and "\r" in text:
        raise UsageError("a carriage return beside a template", mend="use plain line ends")


def references(text: str) -> frozenset[str]:
    """The names a template says, dotted where it looks something up: ``data_dir``, ``captured.keys_before``.

    Raises:
        UsageError: It does not parse, or uses more than an expression may.
    """
    if "{{" not in text:
        return frozenset()
    _refuse_returns(text)
    pieces = _engine().pieces(text)
    return frozenset(name for piece in pieces if not isinstance(piece, str) for name in piece.names)


def misplaced(text: str, meaning: Meaning = SHELL) -> Iterator[tuple[str, str]]:
    """What is wrong, and the mend, for each expression whose value would be more than data in such a field."""
    if "{{" not in text:
        return
    pieces = _engine().pieces(text)
    for piece in pieces:
        if not isinstance(piece, str):
            yield from _of_hosts(piece.sources, piece.raw_sources, meaning)
    if meaning.how is How.WORD:
        yield from _shell().misplaced(pieces)
    elif meaning.how is How.PATTERN:
        yield from _regex().misplaced(pieces)
    elif meaning.how is How.REPLACEMENT:
        yield from _regex().misplaced_in_replacement(pieces)


def _of_hosts(sources: frozenset[str], raw: frozenset[str], meaning: Meaning) -> Iterator[tuple[str, str]]:
    """What a host may not say in such a field, or not raw."""
    for name in sorted(filter(_is_captured, raw)):
        does = {How.WORD: "would run as a command", How.PATTERN: "would be a regular expression"}
        yield f"`{name}` comes from a host and {does.get(meaning.how, 'is never raw')}", "take `| raw` away"
    for name in sorted(filter(_is_captured, sources if meaning.refuses_host else ())):
        yield (
            f"`{name}` comes from a host and cannot stand in {meaning.name}, where nothing keeps it from being obeyed",
            _engine().OUR_WORDS,
        )


def _is_captured(name: str) -> bool:
    return name.partition(".")[0] == "captured"


def _refuse(text: str, meaning: Meaning) -> None:
    _refuse_returns(text)
    for what, mend in misplaced(text, meaning):
        raise UsageError(what, mend=mend)


def render_as(text: str, scope: Scope, meaning: Meaning, *, where: str = "") -> str:
    """Values rendered in, each as it shall be in a field of this meaning.

    Raises:
        UsageError: The template is not sound, says a name without a value, or a value may not stand there. ``where``
            goes into it.
    """
    if "{{" not in text:
        return text
    try:
        _refuse(text, meaning)
        done = str(_engine().render(text, scope, meaning))
    except UsageError as error:
        raise UsageError(error.what, where=where, mend=error.mend) from None
    if meaning is SHELL and "\0" in done:
        raise UsageError("a value holds a NUL, which no command can", where=where, mend="Give another value")
    if meaning.refuses_host and done.startswith("-"):
        mend = "Give one that does not begin with -"
        raise UsageError(f"{done[:60]!r} would be taken for an option", where=where, mend=mend)
    return done


def render_text(text: str, scope: Scope, *, where: str = "") -> str:
    """Values rendered in as they are.

    Raises:
        UsageError: As `render_as`.
    """
    return render_as(text, scope, DATA, where=where)


def render_command(text: str, scope: Scope, *, where: str = "") -> str:
    """Every value rendered in as one shell word, unless marked ``| raw``.

    Raises:
        UsageError: As `render_as`, or an expression stands where quoting does not protect it, or a value holds a NUL.
    """
    return render_as(text, scope, SHELL, where=where)


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


def _rendered(value: Any, scope: Scope, loc: Loc, meaning: Meaning) -> Any:
    if isinstance(value, str):
        return render_as(value, scope, meaning, where=show(loc))
    if isinstance(value, Spec):
        return _render_spec(value, scope, loc)
    if isinstance(value, Mapping):
        return {key: _rendered(item, scope, (*loc, key), meaning.below(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rendered(item, scope, (*loc, number), meaning) for number, item in enumerate(value)]
    return value


def _render_spec(spec: S, scope: Scope, loc: Loc) -> S:
    kind = type(spec)
    names = [name for name in kind.model_fields if name in spec.model_fields_set]
    values = {
        key_of(kind, name): _rendered(getattr(spec, name), scope, (*loc, key_of(kind, name)), spec.meaning_of(name))
        for name in names
    }
    try:
        done = kind.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = show((*loc, *first["loc"]))
        raise UsageError(
            f"what was rendered does not fit: {first['msg']}", where=where, mend="Give other values"
        ) from None
    for flaw in () if _is_on_paper(scope) else done.flaws():
        raise UsageError(f"what was rendered does not fit: {flaw.what}", where=show((*loc, *flaw.at)), mend=flaw.mend)
    return done


def _is_on_paper(scope: Scope) -> bool:
    """Marks stand in place of values, so that what is rendered is to be read and not to be used."""
    parts = [scope, *(part for part in scope.values() if isinstance(part, Mapping))]
    return any(isinstance(value, Placeholder) for part in parts for value in part.values())


def render(spec: S, scope: Scope) -> S:
    """The same spec with every template rendered and every value checked again.

    Raises:
        UsageError: A template has no value, or what came of it does not fit its field; ``where`` is the field's path.
    """
    kind = getattr(type(spec), "kind", None)
    return _render_spec(spec, scope, (kind,) if isinstance(kind, str) else ())
