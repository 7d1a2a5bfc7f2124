"""``edit``: replacements in one file that must match exactly as often as stated, or nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import Field

from wizard.actions.base import Before, Plan
from wizard.actions.replacing import PRIVACY, ReplacesFile
from wizard.actions.writing import Wanted
from wizard.checklist.meaning import DATA, Meaning
from wizard.checklist.spec import (
    ActionSpec,
    Count,
    Flag,
    Flaw,
    Pattern,
    ReplacementText,
    Spec,
    Text,
    YamlPath,
    is_template,
)
from wizard.checklist.surroundings import regex_cautions
from wizard.errors import StepRefused
from wizard.facts import yamlpath
from wizard.facts.privacy import is_private, kept_out
from wizard.patterns import beside, flaw_of, replaced, search_now
from wizard.text import one_line


class Replacement(Spec):
    """One replacement: ``match`` (literal) or ``regex`` becomes ``with``; or the value ``at`` a YAML path changes."""

    match: Text | None = None
    regex: Pattern | None = None
    new: ReplacementText | None = Field(None, alias="with")
    count: Count = 1
    at: YamlPath | None = None
    old_value: Text | None = Field(None, alias="from")
    new_value: Text | None = Field(None, alias="to")

    def flaws(self) -> Iterator[Flaw]:
        """One way to find it, and all that this way needs."""
        ways = {name for name in ("match", "regex", "at") if getattr(self, name) is not None}
        if len(ways) != 1:
            yield Flaw((), "needs exactly one of match, regex and at", "Keep one of them")
        elif "at" in ways:
            yield from self._value_flaws()
        else:
            yield from self._text_flaws()

    def _value_flaws(self) -> Iterator[Flaw]:
        if self.old_value is None or self.new_value is None:
            yield Flaw(("at",), "at needs from and to", "Say what the value is now and what it shall be")
        if self.new is not None:
            yield Flaw(("with",), "with belongs to match and regex", "Write to")
        if self.at and not is_template(self.at) and (wrong := yamlpath.path_flaw(self.at)):
            yield Flaw(("at",), wrong, "Write it as in [0].vars.redis_user")

    def _text_flaws(self) -> Iterator[Flaw]:
        if self.new is None:
            yield Flaw((), "needs with: what stands there afterwards", "Write with (an empty text removes)")
        if self.old_value is not None or self.new_value is not None:
            yield Flaw((), "from and to belong to at", "Write match and with")
        if self.match == "" or (self.match is not None and self.match == self.new):
            yield Flaw(("match",), "a match that is empty or already its replacement", "Name the text to replace")
        if self.regex is not None and not is_template(self.regex) and (wrong := flaw_of(self.regex)):
            yield Flaw(("regex",), f"not a regular expression: {wrong}", "Correct it, or use match for literal text")
        if not isinstance(self.count, str) and self.count < 1:
            yield Flaw(("count",), "a replacement that matches nothing does nothing", "Write 1 or more")

    def meaning_of(self, name: str) -> Meaning:
        """Beside literal text a replacement is literal too."""
        return DATA if name == "new" and self.regex is None else super().meaning_of(name)

    def cautions(self) -> Iterator[Flaw]:
        """A pattern that may explode over a file."""
        yield from regex_cautions("regex", self.regex)

    def __str__(self) -> str:
        if self.at is not None:
            return f"at {self.at}: {self.old_value!r} becomes {self.new_value!r}"
        kind = "" if self.regex is None else "regular expression "
        return f"{kind}{self.match if self.regex is None else self.regex!r} becomes {self.new!r}, {_times(self.count)}"


class EditSpec(ActionSpec):
    """Replacements in one file, each on what the one before left."""

    kind: ClassVar[str] = "edit"

    path: Text
    replace: list[Replacement]
    secret: Flag | None = Field(default=None, description=PRIVACY)

    def flaws(self) -> Iterator[Flaw]:
        """At least one replacement; each tells its own."""
        if not self.replace:
            yield Flaw(("replace",), "nothing to replace", "Name at least one replacement")


class Edit(ReplacesFile[EditSpec]):
    """Edits one file; owner, mode and ACL stay."""

    Spec = EditSpec

    def plan(self) -> Plan:
        """The replacements."""
        path = one_line(self.spec.path, 400)
        lines = "\n".join(f"  {one_line(str(replacement), 300)}" for replacement in self._told())
        return Plan(f"edit {path}:\n{lines}", f"{path} as it was, byte for byte")

    def _told(self) -> Sequence[Replacement | str]:
        """The replacements as a person may see them: where they are secret, as the checklist has them."""
        if self.spec.secret is not True:
            return self.spec.replace
        written = self.world.written
        if isinstance(written, EditSpec):
            return written.replace
        return [f"{len(self.spec.replace)} replacements, not shown"]

    async def capture(self) -> Before:
        """The file, and its content with every replacement made.

        Raises:
            StepRefused: A replacement does not match exactly as often as stated.
        """
        was = await self.look_at(self.spec.path)
        if was.content is None:
            raise StepRefused(f"{one_line(self.spec.path)} is not there", where=self.host.name, mend="Write it first")
        text = was.content.decode("utf-8", "surrogateescape")
        try:
            private = is_private(self.spec.secret, was.mode)
            changed = await beside(lambda: edited(text, self.spec.replace, private=private))
        except StepRefused as refused:
            where = f"{self.host.name}: {one_line(self.spec.path)}"
            raise StepRefused(refused.what, where=where, mend=refused.mend or "Look at the file") from refused
        kept = Wanted.as_it_is(was)
        content = changed.encode("utf-8", "surrogateescape")
        return self.before(self.spec.path, was, Wanted(content, kept.owner, kept.group, kept.mode, kept.acl))


def edited(text: str, replacements: Sequence[Replacement], *, private: bool = False) -> str:
    """The text with every replacement made; unchanged where every one of them has been made before.

    Args:
        text: What the file holds.
        replacements: In their order.
        private: Nothing of the text may be said in a refusal.

    Raises:
        StepRefused: One does not match exactly as often as stated.
    """
    if all(_is_made(text, replacement) for replacement in replacements):
        return text
    for number, replacement in enumerate(replacements, start=1):
        about = f"replacement {number}" if private else one_line(str(replacement), 300)
        text = _made(text, replacement, about, private=private)
    return text


def _is_made(text: str, wish: Replacement) -> bool:
    """Its outcome stands in the text as often as it should, and nothing is left to replace."""
    if wish.at is not None:
        return _value(text, wish.at) == wish.new_value
    if not wish.new or (wish.regex is not None and "\\" in wish.new):
        return False
    return text.count(wish.new) == wish.count and not _is_in(wish, text.replace(wish.new, "\0"))


def _value(text: str, at: str) -> str | None:
    try:
        return yamlpath.value_at(text, at)
    except StepRefused:
        return None


def _is_in(wish: Replacement, text: str) -> bool:
    if wish.match is not None:
        return wish.match in text
    return search_now(wish.regex or "", text, multiline=True) is not None


def _made(text: str, wish: Replacement, about: str, *, private: bool) -> str:
    if wish.at is not None:
        return _value_made(text, wish.at, wish.old_value or "", wish.new_value or "", private=private)
    changed, times = _replaced(text, wish, about)
    if times != wish.count:
        wanted = f", {_times(wish.count)}" if private else ""
        raise StepRefused(f"{about}{wanted}, but it is there {times} times", mend=_MEND)
    return changed


def _replaced(text: str, wish: Replacement, about: str) -> tuple[str, int]:
    """The text with every match replaced, and how many there were."""
    if wish.match is not None:
        return text.replace(wish.match, wish.new or ""), text.count(wish.match)
    try:
        return replaced(wish.regex or "", wish.new or "", text)
    except ValueError as problem:
        raise StepRefused(f"{about}: {problem}", mend="Correct the regular expression") from None


_MEND = "Nothing was changed; look at the file, then correct match or count"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _value_made(text: str, at: str, old: str, new: str, *, private: bool) -> str:
    found = yamlpath.value_at(text, at)
    if found != old and private:
        raise StepRefused(f"{at} is another value ({kept_out(found)})", mend="Nothing was changed; look at it")
    if found != old:
        raise StepRefused(f"{at} is {one_line(found)!r}, not {one_line(old)!r}", mend="Nothing was changed; look at it")
    return yamlpath.replaced(text, at, new)
