"""What is wrong with a document's templates: names that are not there yet or at all, and secrets in the open."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.checklist.draft import Draft, Finding
from wizard.checklist.meaning import SHELL, Meaning
from wizard.checklist.positions import Loc
from wizard.checklist.problems import guess
from wizard.checklist.templating import misplaced, references
from wizard.checklist.walking import strings
from wizard.errors import UsageError

SECRET_KEYS = {"password", "sudo_password", "become_password", "secrets"}
"""Keys whose values reach their program by its environment, a private file or standard input, not by its arguments."""

_RUN = {"id", "started"}


def templates(draft: Draft) -> Iterator[Finding]:
    """Everything that is wrong with each string of the document."""
    for loc, text, meaning in strings(draft.checklist):
        if "{{" in text:
            yield from _template(draft, loc, text, meaning)
        elif _is_condition(loc):
            yield Finding(loc, "`when` is always the same", "compare something, as in {{ captured.acl == 'yes' }}")
        elif _keeps_secrets(loc):
            yield Finding(loc, "a secret is written in the checklist", "make it an input of `type: secret`")


def _keeps_secrets(loc: Loc) -> bool:
    return loc[0] != "inputs" and bool(SECRET_KEYS.intersection(loc[-2:]))


def _is_condition(loc: Loc) -> bool:
    """The ``when`` of a step or check item, not that of a notice, which is prose."""
    return loc[-1] == "when" and isinstance(loc[-2], int) and loc[0] in {"phases", "exit_criteria"}


def _template(draft: Draft, loc: Loc, text: str, meaning: Meaning) -> Iterator[Finding]:
    try:
        said = references(text)
    except UsageError as error:
        yield Finding(loc, error.what, error.mend)
        return
    if said and loc[0] == "inputs":
        yield Finding(loc, "an input is known before any template", "write it out")
        return
    for name in sorted(said):
        yield from _unknown(draft, loc, name)
    yield from _secrets(draft, loc, said, shell=meaning is SHELL)
    for what, mend in misplaced(text, meaning):
        yield Finding(loc, what, mend)


def _unknown(draft: Draft, loc: Loc, name: str) -> Iterator[Finding]:
    root, _, key = name.partition(".")
    if root == "captured":
        yield from _capture(draft, loc, key)
    elif root == "run":
        if key not in _RUN:
            yield Finding(loc, f"there is no `{name}`", guess(key, _RUN))
    elif root not in draft.inputs:
        yield Finding(loc, f"there is no input `{root}`", guess(root, draft.inputs | {"captured", "run"}))
    elif key:
        yield Finding(loc, f"the input `{root}` has no parts, so no `{key}`", f"use {{{{ {root} }}}}")


def _capture(draft: Draft, loc: Loc, key: str) -> Iterator[Finding]:
    if key in draft.captured_at(loc):
        return
    step = next((place for place, kept in draft.captures.items() if key in kept), None)
    if step is None:
        every = set().union(*draft.captures.values())
        yield Finding(loc, f"no step captures `{key}`", guess(key, every) or "write a `capture` in an earlier step")
    else:
        after = "when its own action is over" if loc[:4] == step else "by a later step"
        yield Finding(loc, f"`captured.{key}` is captured {after}, too late for this", "capture it in an earlier step")


def _secrets(draft: Draft, loc: Loc, said: frozenset[str], *, shell: bool) -> Iterator[Finding]:
    for name in sorted(said & draft.secrets):
        if shell:
            mend = f'hand it over in `secrets: {{NAME: "{{{{ {name} }}}}"}}` and read "$NAME"'
            yield Finding(loc, f"the secret `{name}` stands in a command line", mend)
        elif not _keeps_secrets(loc):
            mend = f"use it in {', '.join(sorted(SECRET_KEYS))} only"
            yield Finding(loc, f"the secret `{name}` would be shown here", mend)
