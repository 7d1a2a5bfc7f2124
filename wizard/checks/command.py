"""``command``: a command that only reads, and what it must print and exit with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from wizard.checklist.spec import CheckSpec, Command, Count, Flaw, Pattern, Text
from wizard.checklist.surroundings import regex_cautions
from wizard.checks.base import Check, Observation, failed, passed, unknown
from wizard.checks.patterns import pattern_flaw
from wizard.hosts.base import Answer
from wizard.patterns import PatternTooDear, search
from wizard.text import decode, one_line, sanitise

LIMIT = 60.0
"""Seconds a command may take; a longer look belongs in a step."""
_SHOWN = 10
_CANNOT_RUN = {126: "it could not be run", 127: "there is no such command"}
_HELPLESS = re.compile(r"(\|\||;|\n|^)\s*(true|:|exit 0)\s*$")


class CommandSpec(CheckSpec):
    """A command. ``stdout`` and ``stdout_lacks`` are regular expressions, searched line by line and across lines.

    Nothing printed is no sight of anything: for a command that must print nothing write ``stdout_is: ""``.
    """

    kind: ClassVar[str] = "command"

    command: Command
    exit_status: Count = 0
    stdout: Pattern | None = None
    stdout_lacks: Pattern | None = None
    stdout_is: Text | None = None

    def flaws(self) -> Iterator[Flaw]:
        """Regular expressions that can be compiled."""
        yield from pattern_flaw("stdout", self.stdout)
        yield from pattern_flaw("stdout_lacks", self.stdout_lacks)

    def cautions(self) -> Iterator[Flaw]:
        """Patterns that may explode over what is printed."""
        yield from regex_cautions("stdout", self.stdout)
        yield from regex_cautions("stdout_lacks", self.stdout_lacks)

    def never_fails(self) -> str:
        """Its end is always the same, and nothing is asked of what it prints."""
        asked = (self.stdout, self.stdout_lacks, self.stdout_is)
        if self.exit_status == 0 and asked == (None, None, None) and _HELPLESS.search(self.command.strip()):
            return "the command exits 0 whatever happens"
        return ""


class CommandCheck(Check[CommandSpec]):
    """Runs the command and reads its end and output."""

    Spec = CommandSpec

    def title(self) -> str:
        """The command."""
        return one_line(self.spec.command)

    async def observe(self) -> Observation:
        """Run it once."""
        answer = await self.host.ask(self.spec.command, limit=LIMIT)
        text = sanitise(decode(answer.stdout)).rstrip("\n")
        lines = [*text.splitlines()[-_SHOWN:], *sanitise(answer.complaint).splitlines()[-_SHOWN:]]
        if reason := self._unknown(answer):
            return unknown(self._expected(), reason, lines)
        if answer.exit_status != self.spec.exit_status:
            return failed(self._expected(), f"exit status {answer.exit_status}", lines)
        try:
            return await self._judge(text, lines, truncated=answer.truncated)
        except PatternTooDear as problem:
            return unknown(self._expected(), str(problem), lines)

    def _unknown(self, answer: Answer) -> str:
        if answer.timed_out:
            return f"no answer within {LIMIT:.0f} s"
        if answer.exit_status is None:
            return "its end was not learnt"
        if answer.exit_status != self.spec.exit_status:
            return _CANNOT_RUN.get(answer.exit_status, "")
        return ""

    def _expected(self) -> str:
        wanted = [f"exit status {self.spec.exit_status}"]
        if self.spec.stdout is not None:
            wanted.append(f"output matching {self.spec.stdout}")
        if self.spec.stdout_lacks is not None:
            wanted.append(f"no {self.spec.stdout_lacks} in the output")
        if self.spec.stdout_is is not None:
            wanted.append(f"exactly {self.spec.stdout_is!r}")
        return ", ".join(wanted)

    async def _judge(self, text: str, lines: list[str], *, truncated: bool) -> Observation:
        expected, seen = self._expected(), one_line(text) or "(printed nothing)"
        if self.spec.stdout_lacks is not None and (bad := await _search(self.spec.stdout_lacks, text)):
            return failed(expected, one_line(bad), lines)
        if truncated:
            return unknown(expected, "it printed more than could be read", lines)
        if self.spec.stdout_is is not None and text != self.spec.stdout_is.rstrip("\n"):
            return failed(expected, seen, lines)
        if self.spec.stdout is not None and not await _search(self.spec.stdout, text):
            return failed(expected, seen, lines)
        if self.spec.stdout_lacks is not None and not text:
            return unknown(expected, "it printed nothing, so nothing was seen", lines)
        return passed(expected, seen if text else f"exit status {self.spec.exit_status}", lines)


async def _search(pattern: str, text: str) -> str:
    """The line on which the pattern matches first; empty where it does not."""
    found = await search(pattern, text, multiline=True)
    if not found:
        return ""
    start = text.rfind("\n", 0, found.start) + 1
    return text[start : max(found.end, text.find("\n", found.end))] or "(an empty match)"
