"""What a value becomes in the field that it is rendered into: the one list that rendering and lint go by.

Two parties fill templates. The operator gives inputs; a host says what was captured. What a host says is data wherever
it stands: quoted, escaped or compared. Where a program reads the text by rules of its own, so that no quoting keeps it
from being obeyed, a host's text is refused.
"""

from __future__ import annotations

import re
from enum import Enum

from wizard.frozen import frozen


class HostText(str):
    """Text that a host said; filters keep it what it is."""

    __slots__ = ()


class Placeholder(str):
    """A visible mark in place of a value that is not known yet; it is shown to a person and never run."""

    __slots__ = ()


class How(Enum):
    """What is done with a value on its way into the text of a field."""

    AS_IS = "as is"
    WORD = "quoted as one word of a shell"
    PATTERN = "escaped in a regular expression"
    REPLACEMENT = "its backslashes doubled"


@frozen
class Meaning:
    """Marks a field with what a value becomes there.

    Args:
        name: What kind of text the field holds, for messages: "a tag of Ansible".
        host: What a host's text becomes, as docs/security.md tells it.
        given: The same of an input; empty where there is no difference.
        how: What is done with the value.
        fits: Regular expression that each value must match in full, unless an input is marked ``| raw``.
        wants: In words, what ``fits`` lets through.
        refuses_host: A host's text may not stand there at all.
    """

    name: str
    host: str
    given: str = ""
    how: How = How.AS_IS
    fits: str = ""
    wants: str = ""
    refuses_host: bool = False

    def accepts(self, value: str) -> bool:
        """The value may stand in the field."""
        return not self.fits or re.fullmatch(self.fits, value, re.ASCII) is not None

    def below(self, key: object) -> Meaning:
        """What a value becomes below this key of the field's mapping."""
        steers = self is VARIABLE and isinstance(key, str) and key.startswith("ansible_")
        return ANSIBLE_SETTING if steers else self


def _refused(name: str, fits: str, wants: str) -> Meaning:
    """A field that a program reads by rules of its own, so that no quoting makes a host's text data."""
    return Meaning(
        name, "refused", f"itself, of {wants} only, no `-` first; under `| raw` as it is",
        fits=fits, wants=wants, refuses_host=True,
    )  # fmt: skip


def _fitting(name: str, fits: str, wants: str) -> Meaning:
    """A field of a small language in which a value of these characters is nothing but itself."""
    return Meaning(name, f"itself, of {wants} only; else refused", fits=fits, wants=wants)


DATA = Meaning("a text", "the text itself: compared, shown, or one quoted word")
PROSE = Meaning("a text", "nothing: it is shown as written, and no template is filled in")
WRITTEN = Meaning("what an input may be", "nothing: lint refuses templates here")
ELSEWHERE = Meaning("a default", "what it becomes in the field that the default is for")
SHELL = Meaning("a command", "one word, quoted; refused under `| raw`", "one word, quoted; under `| raw` as it is",
                how=How.WORD)  # fmt: skip
PATTERN = Meaning("a regular expression", "itself, every sign escaped; refused under `| raw`, and where it is empty",
                  "itself, every sign escaped; under `| raw` as it is", how=How.PATTERN)  # fmt: skip
REPLACEMENT = Meaning(
    "a replacement",
    "the text itself; a backslash in it stays one, and a digit joins no group ahead of it",
    how=How.REPLACEMENT,
)
VARIABLE = Meaning(
    "a variable of Ansible",
    "a string tagged `!unsafe`, which Ansible does not render; refused in `ansible_…`",
    "a string tagged `!unsafe`; in `ansible_…` of letters, digits and `_ . / : @ % + -` only",
)
TYPED = Meaning("a value of its type", "a value of the field's type, else refused")
CONDITION = Meaning("a condition", "`true` or `false`, else the run stops")

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_PATH = r"[A-Za-z0-9_./~+@ -]*"  # an input may say, being empty, that the usual place is meant

LIMIT = _refused("a pattern of hosts", _NAME, "letters, digits and `_ . -`")
TAG = _refused("a tag of Ansible", _NAME, "letters, digits and `_ . -`")
LOCAL_PATH = _refused("a path that decides what is read", _PATH, "letters, digits, blanks and `_ . / ~ + @ -`")
LOGIN = _refused("a place to log in to", r"[A-Za-z0-9_.:@%\[\]-]+", "letters, digits and `_ . : @ % [ ] -`")
SETTING_NAME = _refused("the name of a value", r"[A-Za-z0-9_.:-]+", "letters, digits and `_ . : -`")
ANSIBLE_SETTING = _refused(
    "a variable that steers Ansible itself", r"[A-Za-z0-9_./:@%+-]*", "letters, digits and `_ . / : @ % + -`"
)

UNIT = _fitting("the name of a unit", r"[A-Za-z0-9:_.\\@-]+", "letters, digits and `: _ . \\ @ -`")
ACCOUNT = _fitting(
    "the name of an account", r"[A-Za-z0-9_][A-Za-z0-9_.@+\\-]*\$?", "letters, digits and `_ . @ + \\ - $`"
)
BOUNDS = _fitting("a number to compare with", r"[0-9]+(\.[0-9]+)*", "digits and dots")
ADDRESS = _fitting("an address", r"[A-Za-z0-9_.:/%@\[\]-]+", "letters, digits and `_ . : / % @ [ ] -`")
YAML_PATH = _fitting("a part of a YAML path", r"[\w /@:%+~-]+", "letters, digits, blanks and `_ / @ : % + ~ -`")
ACCESS = _fitting("letters of rwx", r"[rwx]+", "letters of `rwx`")
