"""Tokens of ssh_config(5): ``%h`` and the like, ``${VARIABLE}``, and a tilde."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path

from wizard.errors import UsageError

_TOKEN = re.compile(r"%(.?)|\$\{([^}]*)\}", re.DOTALL)


def local_tokens() -> Mapping[str, str]:
    """What is said of this machine and its user: ``%d``, ``%i``, ``%l``, ``%L``, and ``%%``."""
    name = socket.gethostname()
    return {"%": "%", "d": str(Path.home()), "i": str(os.getuid()), "l": name, "L": name.partition(".")[0]}


def expand(text: str, tokens: Mapping[str, str], *, variables: bool = True) -> str:
    """The text with its tokens replaced, in one pass: what a token stands for is not looked through again.

    Args:
        text: A value of ssh_config(5).
        tokens: By their letter.
        variables: ``${VARIABLE}`` is replaced too, as it is in names of files.

    Raises:
        UsageError: A token that is not known here, or a variable that is not set: ssh(1) ends over these too.
    """

    def replaced(found: re.Match[str]) -> str:
        letter, name = found.groups()
        if letter is None and not variables:
            return found[0]
        value = os.environ.get(name) if letter is None else tokens.get(letter)
        if value is None:
            raise UsageError(
                f"{found[0]} in {text!r} of the SSH configuration stands for nothing here",
                mend="Write out what it stands for",
            )
        return value

    return _TOKEN.sub(replaced, text)


def expand_path(text: str, tokens: Mapping[str, str]) -> Path:
    """A file that ssh_config(5) names.

    Raises:
        UsageError: As ``expand``.
    """
    return Path(expand(os.path.expanduser(text), tokens))  # noqa: PTH111 - the tilde of the text, not of a token
