"""``yaml``: a value of a YAML file, wherever the file is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from wizard.checklist.spec import CheckSpec, Flag, Flaw, Text, YamlPath, is_template
from wizard.checks.base import Check, Observation, failed, judged, passed, unknown
from wizard.errors import StepRefused
from wizard.facts.files import look
from wizard.facts.privacy import is_private, kept_out
from wizard.facts.yamlpath import NoSuchPath, path_flaw, value_at
from wizard.text import one_line

PRIVACY = "`true` keeps a value out of every record, `false` lets it be shown; else the file's mode decides"


class YamlSpec(CheckSpec):
    """A place in a YAML file, as in ``[0].vars.redis_user``: there, with this value, or absent."""

    kind: ClassVar[str] = "yaml"

    path: Text
    at: YamlPath
    equals: Text | None = None
    absent: Flag = False
    secret: Flag | None = Field(default=None, description=PRIVACY)

    def flaws(self) -> Iterator[Flaw]:
        """A path that can be walked, and no value of what must be absent."""
        if not is_template(self.at) and (wrong := path_flaw(self.at)):
            yield Flaw(("at",), wrong, "Write it as in [0].vars.redis_user")
        if self.absent is True and self.equals is not None:
            yield Flaw(("absent",), "what is absent equals nothing", "Keep one of equals and absent")


class YamlCheck(Check[YamlSpec]):
    """Walks the nodes of a YAML file; nothing in it is constructed."""

    Spec = YamlSpec

    def title(self) -> str:
        """The place and its value."""
        return f"{one_line(self.spec.at)} in {one_line(self.spec.path)} is {self._expected()}"

    def _expected(self) -> str:
        if self.spec.absent:
            return "absent"
        return "there" if self.spec.equals is None else one_line(self.spec.equals)

    async def observe(self) -> Observation:
        """Read the file once; what is not there, or no YAML, is UNKNOWN."""
        state = await look(self.host, self.spec.path, content=True)
        if state.content is None:
            return unknown(self._expected(), f"{one_line(self.spec.path)}: {state.kind}")
        try:
            value = value_at(state.content.decode("utf-8", "surrogateescape"), self.spec.at)
        except NoSuchPath as missing:
            return (passed if self.spec.absent else failed)(self._expected(), missing.what)
        except (StepRefused, ValueError) as problem:
            return unknown(self._expected(), one_line(str(problem)))
        holds = not self.spec.absent and self.spec.equals in {None, value}
        told = one_line(value)
        secret = True if self.spec.secret is None and self.spec.path in self.world.secret else self.spec.secret
        if value != self.spec.equals and is_private(secret, state.mode):
            told = kept_out(value)
        return judged(holds, self._expected(), told)
