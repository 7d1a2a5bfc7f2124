"""The headless reader: a run told line by line, to a person on standard error or as JSON lines on standard output."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wizard.backlog import Missed, Told
from wizard.facts.guarded import readable
from wizard.lines import Lines, plain
from wizard.run import events as ev
from wizard.run.events import Record, body_of
from wizard.run.recorder import Output

if TYPE_CHECKING:
    from rich.console import Console

GLYPHS = {"pass": ("✔", "green"), "fail": ("✘", "red"), "unknown": ("?", "yellow"), "skip": ("–", "dim")}
ENDS = {
    "verified": ("✔", "green"),
    "accepted": ("!", "yellow"),
    "skipped": ("–", "yellow"),
    "not needed": ("–", "dim"),
    "failed": ("✘", "red"),
    "unknown": ("?", "yellow"),
}
UNDONE = {
    "restored, proven": ("✔", "green"),
    "ran, unproven": ("?", "yellow"),
    "not needed": ("–", "dim"),
    "not undoable": ("–", "yellow"),
    "failed": ("✘", "red"),
}
EVIDENCE_SHOWN = 5


class JsonLines:
    """Each event as one JSON line on standard output; a step's output is left to its file."""

    def __call__(self, message: Told) -> None:
        """Print an event."""
        if isinstance(message, Record):
            line = {"seq": message.seq, "at": message.at, "who": message.who, "kind": message.event.kind}
            print(json.dumps({**line, "body": body_of(message.event)}), flush=True)  # noqa: T201 - stdout is this reader's sink


class Narrator:
    """Phases, steps, output and checks as lines on standard error.

    Args:
        console: Where they go; standard error where it is None.
        clock: What each line begins with; the time since this reader began where it is None.
    """

    def __init__(self, console: Console | None = None, clock: Callable[[], str] | None = None) -> None:
        self._console = console or _stderr()
        """None where no terminal reads it, so that nothing is styled."""
        began = time.monotonic()
        self._clock = clock or (lambda: _clock(time.monotonic() - began))
        self._lines = Lines()
        self._place: dict[str, str] = {}
        self._pinned: dict[str, str] = {}
        self._tell: dict[type[ev.Event], Callable[[Any], None]] = {
            ev.RunStarted: self._run_started,
            ev.HostConnected: self._host_connected,
            ev.LinkChanged: self._link_changed,
            ev.EvidenceObserved: self._evidence,
            ev.PhaseStarted: self._phase_started,
            ev.StepStarted: self._step_started,
            ev.StepRendered: self._step_rendered,
            ev.ActionEnded: self._action_ended,
            ev.CheckObserved: self._check,
            ev.ValueCaptured: self._captured,
            ev.SampleTaken: self._sample,
            ev.StepEnded: self._step_ended,
            ev.GateBlocked: self._blocked,
            ev.GateAnswered: self._answered,
            ev.QuestionAsked: self._question,
            ev.QuestionAnswered: self._answered,
            ev.RollbackStarted: self._rollback_started,
            ev.UndoStarted: self._undo_started,
            ev.UndoEnded: self._undo_ended,
            ev.RollbackEnded: self._rollback_ended,
            ev.RunResumed: self._resumed,
            ev.TroubleMet: self._trouble,
            ev.HostHeld: self._held,
            ev.RoleSeen: self._role,
            ev.LeftoverEnded: self._leftover,
            ev.SpoolSwept: self._swept,
            ev.RunPaused: self._paused,
            ev.RunEnded: self._ended,
        }

    def __call__(self, message: Told) -> None:
        """Tell one thing."""
        if isinstance(message, Output):
            for line in self._lines.feed(message.data):
                self._line("      │ ", "dim", line)
            return
        if isinstance(message, Missed):
            self._missed(message)
            return
        tell = self._tell.get(type(message.event))
        if tell:
            tell(message.event)

    def _missed(self, missed: Missed) -> None:
        self._open_line()
        kept = f"; output/{plain(missed.file)} has them" if missed.file else ""
        self._line("      … ", "yellow", f"{missed.count:,} bytes went by unseen{kept}")

    def _open_line(self) -> None:
        for line in self._lines.flush():
            self._line("      │ ", "dim", line)

    def _line(self, lead: str, style: str, *parts: str) -> None:
        clock = f"{self._clock()} "
        said = " ".join(part for part in parts if part)
        if self._console is None:
            sys.stderr.write(f"{clock}{lead}{said}\n")
            return
        from rich.text import Text  # noqa: PLC0415 - rich is loaded only where something is styled

        mark = lead.lstrip(" ")
        indent = lead[: len(lead) - len(mark)]
        self._console.print(Text.assemble((clock, "dim"), indent, (mark, style), said), soft_wrap=True)

    def _run_started(self, event: ev.RunStarted) -> None:
        for number, phase in enumerate(event.outline, start=1):
            self._place[phase["id"]] = str(number)
            for place, step in enumerate(phase["steps"], start=1):
                self._place[step["id"]] = f"{number}.{place}"
        self._line("", "", f"{event.checklist} · {plain(event.title)}   {event.severity.upper()}   run {event.run}")
        if event.practice:
            self._line("", "", "a drill: the hosts are practice hosts, whatever environment is named")

    def _host_connected(self, event: ev.HostConnected) -> None:
        key = str(event.identity.get("key", ""))
        self._line("● ", "green", f"{event.host} = {plain(event.label)}", event.environment, key)
        if event.identity.get("outlives") is False:
            self._line(
                "! ", "yellow", f"{event.host} ends what a login leaves running: a step ends with the connection"
            )

    def _link_changed(self, event: ev.LinkChanged) -> None:
        glyph = "● " if event.state == "attached" else "○ "
        self._line(glyph, "yellow", f"{event.host} {event.state}", plain(event.reason))

    def _evidence(self, event: ev.EvidenceObserved) -> None:
        expect = f"expected {plain(event.expect)}" if event.expect else ""
        self._verdict(event.outcome, f"{plain(event.fact)} ({event.moment})", expect)
        for label, source in event.sources.items():
            self._line("      ", "dim", f"{plain(label)}: {plain(source['value'] or source['why'])}")

    def _phase_started(self, event: ev.PhaseStarted) -> None:
        self._line("▶ ", "bold", f"{self._place.get(event.phase, '')} {plain(event.title)}")

    def _step_started(self, event: ev.StepStarted) -> None:
        place = self._place.get(event.step, "")
        self._line("  ● ", "bold", f"{place} {plain(event.title)}  [{event.step}] on {plain(event.label)}")

    def _step_rendered(self, event: ev.StepRendered) -> None:
        for line in readable(event.command).splitlines()[:20]:
            self._line("      $ ", "cyan", plain(line))
        if event.changes:
            self._line("      undo: ", "dim", plain(event.undo))

    def _action_ended(self, event: ev.ActionEnded) -> None:
        self._open_line()
        self._verdict("pass" if event.ok else "fail" if event.known else "unknown", plain(event.what), "")

    def _check(self, event: ev.CheckObserved) -> None:
        if not event.final and event.outcome == "pass":
            return
        waiting = "" if event.final else "waiting"
        self._verdict(
            event.outcome, plain(event.title), f"{plain(event.observed)}  {event.seconds:.1f} s {waiting}".rstrip()
        )
        if event.final and event.outcome in {"fail", "unknown"}:
            self._line("          ", "dim", f"expected {plain(event.expected)}")
            for line in list(event.evidence)[:EVIDENCE_SHOWN]:
                self._line("          ", "dim", plain(line))

    def _verdict(self, outcome: str, what: str, detail: str) -> None:
        glyph, style = GLYPHS[outcome]
        self._line(f"      {glyph} {outcome:8}", style, what, f"  {detail}" if detail else "")

    def _captured(self, event: ev.ValueCaptured) -> None:
        self._line("      = ", "dim", f"{event.name}: {plain(event.value)}")

    def _sample(self, event: ev.SampleTaken) -> None:
        outcome = {"ok": "pass", "bad": "fail"}.get(event.verdict, "unknown")
        seen = ", ".join(f"{name} {value}" for name, value in event.seen.items())
        self._verdict(outcome, f"sample {event.number}", plain(seen))

    def _step_ended(self, event: ev.StepEnded) -> None:
        glyph, style = ENDS.get(event.outcome, ("·", ""))
        reason = plain(event.reason)
        place = self._place.get(event.step, "")
        self._line(f"  {glyph} ", style, f"{place} {event.outcome}", reason, f"{event.seconds:.1f} s")

    def _blocked(self, event: ev.GateBlocked) -> None:
        self._line("  ■ ", "red", f"gate shut at {event.scope}:", plain("; ".join(event.blocked_by)))
        for advice in event.advice:
            self._line("    ", "yellow", plain(advice))

    def _answered(self, event: ev.GateAnswered | ev.QuestionAnswered) -> None:
        note = event.reason if isinstance(event, ev.GateAnswered) else event.note
        self._line("  → ", "yellow", f"{event.scope}: {event.answer}", plain(note))

    def _question(self, event: ev.QuestionAsked) -> None:
        self._line("  ¿ ", "yellow", plain(event.text), f"({' / '.join(event.answers)})")

    def _rollback_started(self, event: ev.RollbackStarted) -> None:
        self._line("◀ ", "bold", f"rollback, {event.scope}:", ", ".join(event.plan) or "nothing to undo")

    def _undo_started(self, event: ev.UndoStarted) -> None:
        self._line("  ● ", "bold", f"{self._place.get(event.step, '')} undo {event.step}")

    def _undo_ended(self, event: ev.UndoEnded) -> None:
        self._open_line()
        glyph, style = UNDONE.get(event.outcome, ("✘", "red"))
        lead = f"{event.step}: {event.outcome}"
        self._line(f"  {glyph} ", style, lead, plain(event.reason), f"{event.seconds:.1f} s")
        for left in event.differences:
            self._line("        ", "red", plain(f"{left['where']}: was {left['before']}, is {left['now']}"))

    def _rollback_ended(self, event: ev.RollbackEnded) -> None:
        self._line("◀ ", "bold", event.outcome)

    def _resumed(self, event: ev.RunResumed) -> None:
        torn = f"a line of {event.torn} bytes had been cut off" if event.torn else ""
        self._line("▶ ", "bold", "resumed without a terminal" if event.detached else "resumed", torn)

    def _held(self, event: ev.HostHeld) -> None:
        if event.over:
            self._line("  ! ", "yellow", f"{event.host} taken over from", plain(event.over))

    def _role(self, event: ev.RoleSeen) -> None:
        if event.pinned:
            self._pinned[event.host] = event.role
            self._line("  ● ", "green", f"{event.host} is {plain(event.role)}; changes go by that")
        elif event.role and event.role == self._pinned.get(event.host):
            self._line("  ● ", "green", f"{event.host} is {plain(event.role)} again")
        elif event.role:
            self._line("  ! ", "yellow", f"{event.host} is {plain(event.role)} now")
        else:
            self._line("  ○ ", "yellow", f"what {event.host} is cannot be told:", plain(event.why))

    def _leftover(self, event: ev.LeftoverEnded) -> None:
        self._line("  ! ", "yellow", f"what attempt {event.attempt} had left running on {event.host} was ended")

    def _swept(self, event: ev.SpoolSwept) -> None:
        if event.full:
            self._line("  ! ", "yellow", f"{event.host} keeps too many attempts:", f"{event.left:,} bytes")

    def _trouble(self, event: ev.TroubleMet) -> None:
        self._line("  ✘ ", "red", plain(event.what))

    def _paused(self, event: ev.RunPaused) -> None:
        what = "detached, state kept:" if event.detached else "paused, state kept:"
        self._line("‖ ", "yellow", what, plain(event.reason))

    def _ended(self, event: ev.RunEnded) -> None:
        style = "green" if event.outcome == "resolved" and not event.deviations else "yellow"
        self._line("■ ", style, f"{event.outcome} after {_clock(event.seconds)}")
        for deviation in event.deviations:
            self._line("    ", "yellow", f"deviation: {plain(deviation)}")
        if event.remaining:
            self._line("    ", "yellow", f"not done: {', '.join(event.remaining)}")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def _stderr() -> Console | None:
    if not (sys.stderr.isatty() or os.environ.get("FORCE_COLOR")):
        return None
    from rich.console import Console  # noqa: PLC0415 - rich is loaded only where something is styled

    dumb = os.environ.get("TERM") == "dumb"
    return Console(stderr=True, highlight=False, markup=False, emoji=False, no_color=True if dumb else None)
