"""What a checklist stands on: its inputs, its hosts, and evidence of how things are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, WrapValidator
from pydantic_core import PydanticCustomError

from wizard.checklist.logins import Login
from wizard.checklist.meaning import LOGIN, WRITTEN
from wizard.checklist.redis_target import RedisTarget
from wizard.checklist.spec import (
    Command,
    Count,
    Flag,
    Flaw,
    LocalPath,
    Name,
    Prose,
    SettingName,
    Spec,
    Text,
    YamlPath,
    is_template,
)
from wizard.errors import UsageError
from wizard.patterns import flaw_of

InputType = Literal["host", "path", "text", "number", "port", "account", "unit", "duration", "flag", "secret", "choice"]
Environment = Literal["production", "staging", "test", "practice"]

Variable = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that a template can say: lower-case letters, digits and underscores."""


def _scalar(value: Any, _handler: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise PydanticCustomError("scalar", "expected text, a number, true or false")


Place = Annotated[str, LOGIN]
"""A machine to log in to, as ssh takes it."""
Written = Annotated[str, WRITTEN]
"""A text about an input, which is known before any template."""
Scalar = Annotated[Any, WRITTEN, WrapValidator(_scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})]


def regex_flaw(at: str, pattern: str | None) -> Iterator[Flaw]:
    """A flaw where the regular expression does not compile; nothing where it holds a template."""
    if pattern is None or "{{" in pattern:
        return
    if error := flaw_of(pattern):
        yield Flaw((at,), f"not a regular expression: {error}", "mend it, or escape its signs with a backslash")


def regex_cautions(at: str, pattern: str | None) -> Iterator[Flaw]:
    """What of a regular expression may explode over a text of a host; nothing where it holds a template."""
    if pattern is not None and "{{" not in pattern:
        from wizard.checklist.costly import cautions_about  # noqa: PLC0415 - only lint asks

        yield from (Flaw((at,), what, mend) for what, mend in cautions_about(pattern))


class Input(Spec):
    """Something the operator gives at the start of a run."""

    type: InputType
    default: Scalar = None
    help: Written = ""
    choices: tuple[Written, ...] = ()
    env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    pattern: Written | None = None

    def flaws(self) -> Iterator[Flaw]:
        """Settings that do not go with the type."""
        yield from regex_flaw("pattern", self.pattern)
        if (self.type == "choice") != bool(self.choices):
            mend = (
                "list what may be chosen" if self.type == "choice" else "take `choices` away, or make it `type: choice`"
            )
            yield Flaw((), f"`type: {self.type}` and `choices` do not go together", mend)
        if self.type == "secret" and self.default not in {None, ""}:
            yield Flaw(
                ("default",), "a secret is written in the checklist", "take it away and name a variable in `env`"
            )
        if self.type != "secret" and self.env is not None:
            yield Flaw(
                ("env",), "only a secret can come from the environment", "take it away, or make it `type: secret`"
            )

    def cautions(self) -> Iterator[Flaw]:
        """A pattern that may explode over what a person types."""
        yield from regex_cautions("pattern", self.pattern)


class RedisSource(RedisTarget):
    """A reading taken from a Redis server. ``read`` is the name of an INFO field or a configuration parameter."""

    read: SettingName


class Source(Spec):
    """One place a fact is read from: ``command``, ``yaml`` with ``at``, or ``redis``.

    Args:
        secret: `true` keeps its value out of every record, `false` lets it be shown; where neither is said, that of
            a YAML file which others may not read is kept out.
    """

    on: Name | None = None
    command: Command | None = None
    yaml: Text | None = None
    at: YamlPath | None = None
    redis: RedisSource | None = None
    secret: Flag | None = None

    def flaws(self) -> Iterator[Flaw]:
        """A source that is no place, or two."""
        given = [name for name in ("command", "yaml", "redis") if getattr(self, name) is not None]
        if len(given) != 1:
            yield Flaw((), "a source needs exactly one of `command`, `yaml` and `redis`", "write one of them")
        elif (self.at is not None) != (self.yaml is not None):
            yield Flaw((), "`yaml` and `at` go together", "write the file in `yaml` and the path in it in `at`")


class HostSpec(Spec):
    """A machine that steps and checks work on. Exactly one of ``ssh`` and ``local`` is set.

    Args:
        ssh: ``user@host``, or an alias of the operator's SSH configuration.
        path: Directories put first in PATH.
        spool: Directory on the host where attempts are kept.
        role: What it is to others, as `master` or `replica`: read before the run and again before each change.
    """

    ssh: Place | None = None
    local: Flag = False
    port: Count | None = None
    identity: LocalPath | None = None
    sudo: Flag = False
    sudo_password: Text | None = None
    path: tuple[LocalPath, ...] = ()
    spool: LocalPath | None = None
    environment: Environment = "production"
    role: Source | None = None

    def flaws(self) -> Iterator[Flaw]:
        """A host that is nowhere, or in two places."""
        if (self.ssh is None) == (self.local is False):
            yield Flaw((), "a host needs either `ssh` or `local: true`", "write one of them")
        if self.ssh is not None and not is_template(self.ssh):
            yield from _login_flaw(self.ssh)
        if self.role is not None and self.role.on is not None:
            yield Flaw(("role", "on"), "the role of a host is read on that host", "take `on` away")


def _login_flaw(text: str) -> Iterator[Flaw]:
    try:
        Login.parse(text)
    except UsageError as error:
        yield Flaw(("ssh",), error.what, error.mend)


class Evidence(Spec):
    """A fact read from several sources and compared. ``decisive`` says why the run must stop if one disagrees.

    ``may_differ`` is set where the sources each say something of their own, so that nothing is to be compared.
    ``stake`` says what the fact puts at stake: a person sees both before the first step.
    """

    fact: Prose
    expect: Text | None = None
    decisive: Prose | None = None
    why: Prose | None = None
    may_differ: Flag = False
    stake: Prose | None = None
    sources: Mapping[str, Source]

    def flaws(self) -> Iterator[Flaw]:
        """A fact that nobody is asked for."""
        if not self.sources:
            yield Flaw(("sources",), "no source is named", "name at least one")
