"""``journalctl`` and ``logger``: the practice host's journal, in the forms that are asked for."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from wizard.drill.host.journal import MANAGER_PID, Journal, Line
from wizard.drill.host.state import PracticeHost
from wizard.drill.standins.call import Call, Reply, UnmodelledError, complaint

_FLAGS = frozenset({"-q", "-a", "--no-pager"})
_HOURS = re.compile(r"-(\d+)h")
_EPOCH = re.compile(r"@(\d+(?:\.\d+)?)")


@dataclass
class _Asked:
    """What the words of a call ask for; ``terms`` is a list of alternatives, each a list of ``FIELD=value``."""

    unit: str = ""
    since: str = ""
    cursor: str = ""
    last: int | None = None
    output: str = "short"
    fields: list[str] = field(default_factory=list)
    show_cursor: bool = False
    terms: list[list[str]] = field(default_factory=lambda: [[]])

    def read(self, words: Sequence[str]) -> None:
        """Take the words in.

        Raises:
            UnmodelledError: One of them is not known.
        """
        rest = iter(words)
        for word in rest:
            name, equals, value = word.partition("=")
            if word in {"-u", "-n", "-o", "--since"}:
                self._option(word, next(rest, ""))
            elif equals and name.startswith("--"):
                self._option(name, value)
            elif word == "--show-cursor":
                self.show_cursor = True
            elif word == "+":
                self.terms.append([])
            elif equals and name.strip("_").isupper():
                self.terms[-1].append(word)
            elif word not in _FLAGS:
                raise UnmodelledError(f"the option {word}")

    def _option(self, name: str, value: str) -> None:
        match name:
            case "-u":
                self.unit = value if "." in value else f"{value}.service"
            case "-n":
                self.last = int(value)
            case "-o":
                self.output = value
            case "--since":
                self.since = value
            case "--cursor":
                self.cursor = value
            case "--output-fields":
                self.fields = value.split(",")
            case _:
                raise UnmodelledError(f"the option {name}")

    def wants(self, line: Line) -> bool:
        """The filters let the line through."""
        of_unit = not self.unit or self.unit in {line.fields.get("_SYSTEMD_UNIT"), line.fields.get("UNIT")}
        return of_unit and any(line.matches(terms) for terms in self.terms)


async def journalctl(call: Call, host: PracticeHost) -> Reply:
    """Filters by unit and fields, from a time or cursor on, as JSON, text or bare messages."""
    asked = _Asked()
    asked.read(call.words)
    try:
        lines = [line for line in _from(asked, host.journal) if asked.wants(line)]
    except KeyError:
        return complaint(call, "Failed to seek to cursor: Invalid argument")
    if asked.last is not None:
        lines = lines[len(lines) - min(asked.last, len(lines)) :]
    out = "".join(f"{_told(line, asked)}\n" for line in lines)
    if asked.show_cursor and host.journal.lines:
        out += f"-- cursor: {host.journal.lines[-1].cursor}\n"
    return Reply(out=out)


async def logger(call: Call, host: PracticeHost) -> Reply:
    """One line with a tag, as the user who calls."""
    match [word for word in call.words if word != "--socket-errors=on"]:
        case ["-t", tag, "--", message]:
            host.journal.write(message, SYSLOG_IDENTIFIER=tag, _UID=str(call.uid))
            return Reply()
    raise UnmodelledError(f"the words {' '.join(call.words)}")


def _from(asked: _Asked, journal: Journal) -> list[Line]:
    if asked.cursor:
        return journal.from_cursor(asked.cursor)
    if not asked.since:
        return journal.lines
    if found := _EPOCH.fullmatch(asked.since):
        return journal.since(float(found[1]))
    if found := _HOURS.fullmatch(asked.since):
        return journal.since(time.time() - 3600 * int(found[1]))
    raise UnmodelledError(f"--since {asked.since}")


def _told(line: Line, asked: _Asked) -> str:
    if asked.output == "cat":
        return line.message
    if asked.output == "json":
        kept = {name: value for name, value in line.fields.items() if not asked.fields or name in asked.fields}
        return json.dumps({"__CURSOR": line.cursor, "__REALTIME_TIMESTAMP": str(line.clock), **kept})
    if asked.output != "short":
        raise UnmodelledError(f"-o {asked.output}")
    by = "systemd" if line.fields.get("_PID") == MANAGER_PID else line.fields.get("SYSLOG_IDENTIFIER", "redis-server")
    when = time.strftime("%b %d %H:%M:%S", time.localtime(line.clock / 1_000_000))
    return f"{when} practice {by}[{line.fields.get('_PID', '?')}]: {line.message}"
