"""Shell text for a person to paste: comments that nothing ends, and scripts in here-documents that nothing can leave.

Each script is handed to a shell of its own, so that its ``set -e``, ``umask`` or ``exit`` does not stay behind in the
person's, and reads nothing from the terminal, where the next line to be pasted may be waiting.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wizard.text import sanitise

OPEN = re.compile(r"<(?:captured\.|run\.|input |secret )[a-z][a-z0-9_]*>")
"""What stands in a text for a value that is not known or not shown: ``<captured.keys>``, ``<secret password>``."""

_SECRET = re.compile(r"<secret ([a-z][a-z0-9_]*)>")

GIVEN = r"""# given NAME VALUE: what sets a variable in another shell; nothing where the value is empty
given() { [ -z "$2" ] || printf "%s='%s'\nexport %s\n" "$1" "$(printf %s "$2" | sed "s/'/'\\\\''/g")" "$1"; }
"""
"""A secret goes through a pipe: in an argument, every user of the machine could read it."""


COMMENTS = '[ -z "${ZSH_VERSION-}" ] || setopt interactive_comments\n'
"""A zsh that is typed at reads ``#`` as a word like any other, and obeys what stands behind it; zshoptions(1)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A host on paper. ``shell`` is the command that starts a shell there; empty where it is not known how."""

    name: str
    label: str
    shell: str
    opening: str = ""


def comment(text: str) -> str:
    """The text as comment lines."""
    lines = sanitise(text).rstrip("\n").split("\n")
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def part(text: str) -> str:
    """The text as comment lines, with which something begins that is pasted by itself."""
    return f"\n{COMMENTS}{comment(text)}"


def pasted(place: Place, script: str, secrets: Mapping[str, str]) -> str:
    """The script as it can be pasted, or as a comment where it cannot be: with the reason.

    Args:
        place: Where it runs.
        script: POSIX sh.
        secrets: Environment of the script; the values name secrets as ``<secret NAME>``.
    """
    body = f"{place.opening}(\n{script.rstrip(chr(10))}\n) </dev/null\n"
    if reason := _unfit(place, body):
        return comment(f"{reason}:") + comment(script)
    mark = _mark(body)
    document = f"<<'{mark}'\n{body}{mark}\n"
    if not secrets:
        return f"{place.shell} {document}"
    given = "".join(f"given {name} {_words(value)}; " for name, value in secrets.items())
    return f"{{ {given}cat {document}}} | {place.shell}\n"


def _unfit(place: Place, body: str) -> str:
    if missing := sorted(set(OPEN.findall(place.shell + body))):
        return f"not to be pasted before this is known: {', '.join(missing)}"
    if not place.shell or "\n" in place.shell:
        return f"not to be pasted, as it is not known how to reach {place.name}"
    if sanitise(place.shell + body) != place.shell + body:
        return "not to be pasted, as it holds characters that cannot be shown as they are"
    return ""


def _mark(body: str) -> str:
    """A word that the body does not hold."""
    number = 1
    while f"EOF_{number}" in body:
        number += 1
    return f"EOF_{number}"


def _words(value: str) -> str:
    """A value as one word of sh, with a variable for each secret named in it."""
    return "".join(_pieces(value)) or "''"


def _pieces(value: str) -> Iterator[str]:
    for place, part in enumerate(_SECRET.split(value)):
        if place % 2:
            yield f'"${{{part}?}}"'
        elif part:
            yield shlex.quote(part)
