"""Writes one JSON object a line for each task's result, beside the usual output; `wizard.facts.ansible_lines` reads it.

ansible-core has no such callback of its own. Contents never get into the file, only names, paths and outcomes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

LINES = "WIZARD_ANSIBLE_LINES"
_KEPT = ("path", "dest", "state", "recurse", "enabled", "daemon_reload", "name")


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core ships no types
    """Appends to the file named by the environment; where none is named it stays silent."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "wizard_lines"
    CALLBACK_NEEDS_ENABLED = False

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task ran."""
        self._result("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: Any = None) -> None:
        """A task failed; with `ignore_errors` the play goes on."""
        self._result("failed", result, ignored=bool(ignore_errors))

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """The host could not be reached."""
        self._result("unreachable", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A condition was false, or check mode cannot tell what would happen."""
        self._result("skipped", result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """The end: without this line the run did not come to it."""
        self._write({"event": "stats", "hosts": {host: stats.summarize(host) for host in stats.processed}})

    def _result(self, event: str, outcome: Any, **more: Any) -> None:
        task, result = _part(outcome, "task"), _part(outcome, "result")
        hidden = bool(result.get("_ansible_no_log")) or "censored" in result
        line = {
            "event": event,
            "host": _part(outcome, "host").get_name(),
            "task": task.get_name(),
            "module": str(task.action).rpartition(".")[2],
            "changed": bool(result.get("changed")),
            "untold": "in check mode" in str(result.get("msg", ""))
            or "check mode" in str(result.get("skip_reason", "")),
            "message": "" if hidden else str(result.get("msg", ""))[:2000],
            "touches": [] if hidden else list(_touches(result)),
        }
        self._write({**line, **more})

    def _write(self, line: Mapping[str, Any]) -> None:
        if path := os.environ.get(LINES):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


def _part(outcome: Any, name: str) -> Any:
    """Public since ansible-core 2.19, with an underscore before."""
    return getattr(outcome, name if hasattr(outcome, name) else f"_{name}")


def _touches(result: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """What each changed item of a task is about, by the module's own arguments."""
    for item in result.get("results") or [result]:
        if isinstance(item, Mapping) and item.get("changed"):
            arguments = dict((item.get("invocation") or {}).get("module_args") or {})
            told = {key: item[key] for key in ("dest", "path", "name") if isinstance(item.get(key), str)}
            kept = {key: arguments[key] for key in _KEPT if arguments.get(key) not in (None, "")}
            yield {key: str(value) for key, value in {**kept, **told}.items()}
