"""Canned runs for the screens: journals up to where something is to be seen, held clocks, and the interface on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from textual.screen import Screen

from screens.canned import CannedRun
from screens.clocks import Clocks
from screens.interface import Interface
from screens.run import RunScreen
from screens.settings import Loaded
from tests.fixtures.journals import make
from wizard.run import events as ev
from wizard.run.engine import Outcome
from wizard.run.events import Record
from wizard.run.intents import ABORT, GATE_ANSWERS, HAND_OVER, OVERRIDE, PAUSE, SCOPE_ANSWERS, UNDO_STEP
from wizard.run.journal import decode
from wizard.run.window import Window

JOURNALS = Path(make.__file__).parent
NOW = datetime(2026, 3, 14, 2, 21, 7, tzinfo=UTC)


class Held:
    """Clocks that stand still until a test moves them; ``later`` makes every modal listen."""

    def __init__(self) -> None:
        self.moment = 100.0
        self.clocks = Clocks(lambda: NOW, lambda: self.moment)

    def later(self, seconds: float = 1.0) -> None:
        """Let time pass."""
        self.moment += seconds


def records(name: str) -> list[Record]:
    """A journal of the fixtures, as its bytes are."""
    return [decode(line)[0] for line in (JOURNALS / f"{name}.jsonl").read_bytes().splitlines()]


@cache
def outputs() -> dict[str, bytes]:
    """What the attempts of all the journals printed, whichever stories other tests told before or tell later."""
    make.OUTPUTS.clear()
    for story in make.STORIES.values():
        story()
    return dict(make.OUTPUTS)


def upto(name: str, kind: type[ev.Event], nth: int = 1) -> list[Record]:
    """A journal cut off behind the nth event of a kind."""
    seen = 0
    for place, record in enumerate(whole := records(name)):
        seen += isinstance(record.event, kind)
        if seen == nth:
            return whole[: place + 1]
    raise AssertionError(f"{name} has no {nth} events of {kind.__name__}")


def followed(start: Sequence[Record], *events: ev.Event) -> list[Record]:
    """Records with more events behind them."""
    last = start[-1]
    more = [replace(last, seq=last.seq + place, event=event) for place, event in enumerate(events, start=1)]
    return [*start, *more]


def gate_events(scope: str = "start", answers: Sequence[str] = GATE_ANSWERS, **fields: Any) -> ev.GateBlocked:
    """A gate that stays shut, with the answers there really are."""
    shut = ["it is up", "every key is there"]
    return ev.GateBlocked(
        **{"scope": scope, "blocked_by": shut, "answers": list(answers), "advice": [ADVICE], **fields}
    )


ADVICE = "A unit that does not start says why: `journalctl -u stock -n 50`."


def at_gate() -> CannedRun:
    """A step whose start failed: one check failed, one could not be seen."""
    return live(followed(upto("failed_and_rolled_back", ev.GateBlocked)[:-1], gate_events()))


def at_gate_out_of_reach() -> CannedRun:
    """The same gate, whose host cannot be reached while it waits."""
    cut = ev.LinkChanged("stock", "detached", "reconnecting to ops@192.0.2.10")
    return live(followed(upto("failed_and_rolled_back", ev.GateBlocked)[:-1], gate_events(), cut))


def at_undone_gate(outcome: str = "rolled back") -> CannedRun:
    """The same gate after "undo this step"."""
    proven = "restored, proven" if outcome == "rolled back" else "failed"
    undone = [
        ev.GateAnswered("start", UNDO_STEP, ""),
        ev.RollbackStarted(["start"], "", "step start"),
        ev.UndoStarted("start"),
        ev.UndoEnded("start", proven, "stopped as before", 1.2),
        ev.RollbackEnded(outcome),
    ]
    shut = followed(upto("failed_and_rolled_back", ev.GateBlocked)[:-1], gate_events())
    return live(followed(shut, *undone, gate_events(blocked_by=[f"the step was undone: {outcome}"])))


OFFERED = ev.EditOffered("start", "systemctl start -- stock", "systemctl stop -- stock", "systemctl start stock", "u")
NOTIFY = """
notify:
  - {who: the shop's floor manager, when: every half hour, at: [gate, mend], text: "{{ data_dir }} is broken; {{ captured.keys }} keys"}
  - {who: support, at: [end]}
"""  # noqa: E501


def at_editable_gate() -> CannedRun:
    """A step with a text of its own."""
    start = upto("failed_and_rolled_back", ev.GateBlocked)[:-1]
    return live(followed(start, OFFERED, gate_events()))


def with_notices(told: list[Record]) -> list[Record]:
    """The same run of a checklist that says who is to be told."""
    started = told[0].event
    assert isinstance(started, ev.RunStarted)
    return [replace(told[0], event=replace(started, source=started.source + NOTIFY)), *told[1:]]


def at_noticed_gate() -> CannedRun:
    """A gate at which somebody is to be told."""
    start = with_notices(upto("failed_and_rolled_back", ev.GateBlocked)[:-1])
    return live(followed(start, gate_events()))


def at_irreversible_approval(command: str = "x") -> CannedRun:
    """An approval of a step that nobody can take back."""
    told = upto("clean", ev.StepRendered, 5)
    started = told[0].event
    assert isinstance(started, ev.RunStarted)
    text = started.source.replace(
        'ownership: {path: "{{ data_dir }}", owner: stock, group: stock, recursive: true}',
        "run: {command: x, irreversible: it stays}",
    )
    told[0] = replace(told[0], event=replace(started, source=text))
    asked = ev.QuestionAsked("chown", "approve", command, ["run", PAUSE, ABORT])
    return live(followed(told, asked))


def at_handover() -> CannedRun:
    """A run that waits for its successor."""
    start = upto("failed_and_rolled_back", ev.GateBlocked)[:-1]
    given = ev.HandedOver("Robin", "look at the disk first", "start", "desk1")
    return CannedRun(
        followed(start, gate_events(), ev.GateAnswered("start", HAND_OVER), given, ev.RunPaused("handed over")),
        outputs=outputs(),
    )


class DetachableRun(CannedRun):
    """A run that could be left alone."""

    tied = ""

    def detach(self) -> None:
        """Nothing."""


def detachable_run(tied: str = "", told: Sequence[Record] = ()) -> CannedRun:
    """A step at work, or what is told."""
    told = told or upto("clean", ev.AttemptClaimed, 4)
    run = DetachableRun(told, outputs=outputs(), running=True)
    run.tied = tied
    return run


def at_evidence_gate() -> CannedRun:
    """Evidence that forbids to begin."""
    start = upto("clean", ev.EvidenceObserved, 3)
    decisive = "Another account owns the directory than should; find out who changed it."
    return live(followed(start, ev.GateBlocked("evidence", ["owner of the data directory"], SCOPE_ANSWERS, [decisive])))


def at_closed_window() -> CannedRun:
    """A changing step that may not start now."""
    start = upto("clean", ev.StepStarted, 5)
    closed = "the window 2026-03-14 22:00Z to 2026-03-15 04:00Z is not open"
    source = live(followed(start, ev.GateBlocked("chown", [closed], [OVERRIDE, PAUSE, ABORT])))
    source.window = Window(NOW + timedelta(hours=20), NOW + timedelta(hours=26))
    return source


def at_approval(step: str = "chown", command: str = "") -> CannedRun:
    """A changing step that waits for a person's word."""
    start = upto("clean", ev.StepRendered, 5)
    rendered = start[-1].event
    assert isinstance(rendered, ev.StepRendered)
    assert rendered.step == step
    if command:
        start[-1] = replace(start[-1], event=replace(rendered, command=command))
    asked = ev.QuestionAsked(step, "approve", command or rendered.command, ["run", PAUSE, ABORT])
    return live(followed(start, asked))


def at_manual() -> CannedRun:
    """A question that only a person can answer."""
    return live(upto("clean", ev.QuestionAsked))


SHOWN = b" [Service]\n-User=redis\n-LimitNOFILE=10032\n+User={{ redis_user }}\n Restart=always\n"


def at_shown_manual() -> CannedRun:
    """A question with something to read beside it."""
    *start, question = upto("clean", ev.QuestionAsked)
    begun = ev.AttemptIntended("shown", "backups", 1, "do", "redis", "systemctl cat stock", "", 60.0, "boot")
    ended = ev.AttemptEnded("shown", "done", 0, len(SHOWN), 0, "", "shown.log", 0.1)
    told = followed(start, begun, ended, question.event)
    return CannedRun(told, outputs={**outputs(), "shown.log": SHOWN}, running=True)


def at_safe_stop() -> CannedRun:
    """A safe place to stop."""
    return live(upto("mitigated", ev.QuestionAsked))


def working(step: int = 5) -> CannedRun:
    """A step at work."""
    return live(upto("clean", ev.AttemptClaimed, 2 if step == 3 else 4))


def watching() -> CannedRun:
    """A watch with looks of every kind."""
    start = upto("clean", ev.SampleTaken)
    seen = {"saves end well": "rdb_last_bgsave_status:ok", "saves": "1 due, 1 seen, 12 changes unsaved"}
    more = [
        ev.SampleTaken("watch", number, verdict, seen)
        for number, verdict in enumerate(["ok", "no data", "ok", "bad", "ok"], start=2)
    ]
    return live(followed(start, *more))


def checking() -> CannedRun:
    """Checks that are still being tried."""
    start = upto("clean", ev.ActionEnded, 5)
    waiting = ev.CheckObserved(
        "chown",
        0,
        "every file belongs to stock",
        "stock",
        "fail",
        "stock:stock",
        "12 of 31 are not",
        ["/srv/stock/a"],
        3,
        3.0,
        final=False,
    )
    return live(followed(start, waiting))


def undoing() -> CannedRun:
    """In the middle of a rollback."""
    return live(upto("failed_and_rolled_back", ev.UndoStarted, 4))


def live(told: Sequence[Record]) -> CannedRun:
    """These records, as if an engine were behind them."""
    return CannedRun(told, outputs=outputs(), running=True)


def over(name: str, outcome: Outcome) -> CannedRun:
    """A whole journal whose engine has ended."""
    return CannedRun(records(name), outputs=outputs(), outcome=outcome)


def interface(
    source: CannedRun, held: Held | None = None, plan: str | None = None, loaded: Loaded | None = None
) -> Interface:
    """The interface on a canned run."""
    return interface_of(lambda: RunScreen(source, plan), held, loaded)


def interface_of(first: Callable[[], Screen[Any]], held: Held | None = None, loaded: Loaded | None = None) -> Interface:
    """The interface on any screen."""
    return Interface(first, (held or Held()).clocks, loaded)
