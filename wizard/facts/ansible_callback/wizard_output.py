"""Ansible's usual output, but with counts in place of the differences of files that others may not read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping
from difflib import unified_diff
from typing import Any

from ansible.plugins.callback.default import CallbackModule as Usual

DOCUMENTATION = """
    name: wizard_output
    type: stdout
    short_description: the default output, without what others may not read
    extends_documentation_fragment:
      - default_callback
      - result_format_callback
"""

SECRET = "WIZARD_ANSIBLE_SECRET"  # noqa: S105  the name of a variable
"""``true`` or ``false`` as the checklist says; where it is not set, the mode of each file decides."""

_OTHERS_READ = 0o004


class CallbackModule(Usual):  # type: ignore[misc]  # ansible-core ships no types
    """The default output."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "wizard_output"

    def v2_on_file_diff(self, result: Any) -> None:
        """A file changed, or would."""
        whole = result.result if hasattr(result, "result") else result._result  # noqa: SLF001  as it was before 2.19
        for one in whole.get("results") or [whole]:
            if isinstance(one, MutableMapping) and one.get("diff") and _hidden(one):
                one["diff"] = list(_counted(one["diff"]))
        super().v2_on_file_diff(result)


def _hidden(result: Mapping[str, Any]) -> bool:
    """Others may not read it, or that is not known: a file that is not there yet has no mode in a dry run."""
    if said := os.environ.get(SECRET):
        return said == "true"
    arguments = (result.get("invocation") or {}).get("module_args") or {}
    modes = [mode for mode in (result.get("mode"), arguments.get("mode")) if mode]
    return not modes or any(not _others_read(str(mode)) for mode in modes)


def _others_read(mode: str) -> bool:
    try:
        return bool(int(mode, 8) & _OTHERS_READ)
    except ValueError:
        return False


def _counted(diffs: Any) -> Iterator[Any]:
    for diff in diffs if isinstance(diffs, list) else [diffs]:
        before, after = diff.get("before"), diff.get("after")
        # What is no text is about a file's mode and owner, or its state, and shows no content.
        if not isinstance(before, str | None) or not isinstance(after, str | None) or (before is after is None):
            yield diff
            continue
        lines = list(unified_diff((before or "").splitlines(), (after or "").splitlines(), lineterm="", n=0))[2:]
        added, gone = (sum(line.startswith(sign) for line in lines) for sign in "+-")
        name = diff.get("after_header") or diff.get("before_header") or "its content"
        yield {"prepared": f"{name}: {added} lines added, {gone} taken away; not shown, as others may not read it\n"}
