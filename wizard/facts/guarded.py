"""Scripts that act on a path without trusting a name that another account of the host can change meanwhile.

The functions are in ``wizard/hosts/sh/guarded.sh``. A script gets those that it calls, so that it stays short.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from shlex import quote

from wizard.errors import StepRefused
from wizard.facts.asking import PLAIN, operand
from wizard.hosts.base import Answer, Host
from wizard.text import one_line

REFUSED = 3
"""Exit status of a script that found something else than it was made for, and changed nothing."""

_FUNCTION = re.compile(r"^(\w+)\(\) \{\n(?:.*\n)*?\}\n", re.MULTILINE)


@cache
def _functions() -> dict[str, str]:
    text = (Path(__file__).parents[1] / "hosts" / "sh" / "guarded.sh").read_text("utf-8")
    return {found[1]: found[0] for found in _FUNCTION.finditer(text)}


@cache
def library(*names: str) -> str:
    """The sh of these functions, and of those that they call, in the order of the file."""
    known = _functions()
    wanted, pending = set[str](), list(names)
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted.add(name)
            pending += [word for word in re.findall(r"\w+", known[name]) if word in known]
    return "".join(text for name, text in known.items() if name in wanted)


_BODY, _LIBRARY = "main() {\n", "}\n# By what:\n"


def script(body: str, *calls: str, head: str = "set -eu") -> str:
    """A script that does ``body`` and has the functions that it calls; first what is done, then by what."""
    return f"{head}\n{PLAIN}\n{_BODY}{body}{_LIBRARY}{library(*calls)}main\n"


@lru_cache(maxsize=256)
def readable(command: str) -> str:
    """A script as a person reads it: what it does, and how many lines of functions of ours go with it.

    Only what is ours to the letter is left out, so that nothing can hide among it.
    """
    head = command.partition("\n")[0]
    body, _, functions = command.partition(_BODY)[2].rpartition(_LIBRARY)
    calls = [name for name in _FUNCTION.findall(functions) if name in _functions()]
    if not calls or command != script(body, *calls, head=head):
        return command
    count = library(*calls).count("\n")
    return f"{head}\n{body}# and {count} lines of the wizard's own functions, which the record has\n"


def parted(path: str) -> tuple[str, str]:
    """The directory that holds a path, and its name there."""
    whole = path.rstrip("/") or "/"
    folder, slash, name = whole.rpartition("/")
    return folder or slash or ".", name or "."


def entering(path: str) -> str:
    """Lines of sh that enter the directory of a path and set ``$name``; they need `library` with ``enter``.

    Raises:
        Unseen: The path holds a NUL.
    """
    folder, name = parted(path)
    operand(path)
    return f"name={quote(name)}\nenter {quote(folder)}"


def guard(host: Host, answer: Answer) -> None:
    """Pass on why a script refused to go where a path leads.

    Raises:
        StepRefused: It did.
    """
    if answer.exit_status == REFUSED:
        raise StepRefused(one_line(answer.complaint, 300), where=host.name, mend="Look at who can change that path")
