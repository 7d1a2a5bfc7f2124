"""Who is to be told, and what to paste: the checklist's words with what is known now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from screens.view import View
from screens.words import plain
from wizard.checklist.model import Notice
from wizard.checklist.templating import render_text
from wizard.errors import UsageError
from wizard.text import sanitise

_LEFT = re.compile(r"\{\{.*?\}\}", re.DOTALL)


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
    try:
        said = render_text(notice.text, {**inputs, "captured": dict(state.captured), "run": run})
    except UsageError:
        # A value that is not there yet must not keep anybody from being told.
        said = _LEFT.sub("…", notice.text)
    return sanitise(said).strip()


def _standing(view: View, scope: str) -> str:
    """How it stands, for a notice without a text of its own."""
    started, blocked = view.state.started, view.state.blocked
    head = f"{started.severity.upper()}: {plain(started.title)}." if started else ""
    done, total = view.progress()
    reasons = plain("; ".join(blocked.blocked_by)) if blocked else ""
    shut = f" We are stopped at {view.named(scope)}: {reasons}." if scope and reasons else ""
    return f"{head} {done} of {total} steps are done.{shut}"
