"""Who is to be told, and what to paste: the checklist's words with what is known now."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from screens.view import View
from screens.words import plain
from wizard.checklist.model import Notice
from wizard.checklist.templating import render_text
from wizard.errors import UsageError
from wizard.text import sanitise

_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ToTell:
    """Somebody to be told. ``text`` may have several lines."""

    who: str
    when: str
    text: str


def to_tell(view: View, moment: str, scope: str = "") -> Sequence[ToTell]:
    """Who is to be told at a moment; see `View.due`. ``scope`` is the gate, where the moment is one."""
    return [
        ToTell(plain(notice.who), plain(notice.when or ""), _text(view, notice, scope)) for notice in view.due(moment)
    ]


def _text(view: View, notice: Notice, scope: str) -> str:
    if notice.text is None:
        return _standing(view, scope)
    state = view.state
    inputs = dict(state.started.inputs) if state.started else {}
    run = {"id": state.started.run if state.started else "", "started": state.began_at}
    scope_now = {**inputs, "captured": dict(state.captured), "run": run}
    return sanitise(_EXPRESSION.sub(lambda found: _value(found[0], scope_now), notice.text)).strip()


def _value(expression: str, scope: Mapping[str, Any]) -> str:
    """What it becomes; a value that is not there yet must not keep anybody from being told."""
    try:
        return render_text(expression, scope)
    except UsageError:
        return "…"


def _standing(view: View, scope: str) -> str:
    """How it stands, for a notice without a text of its own."""
    started, blocked = view.state.started, view.state.blocked
    head = f"{started.severity.upper()}: {plain(started.title)}." if started else ""
    done, total = view.progress()
    reasons = plain("; ".join(blocked.blocked_by)) if blocked else ""
    shut = f" We are stopped at {view.named(scope)}: {reasons}." if scope and reasons else ""
    over = f" The run has ended: {plain(view.state.ended.outcome)}." if view.state.ended else ""
    return f"{head} {done} of {total} steps are done.{shut}{over}"
