"""A trial run on this machine with a live engine, and a person who answers what it asks from a list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wizard.run import events as ev
from wizard.run import intents
from wizard.run.attempting import Manner
from wizard.run.engine import Outcome
from wizard.run.intents import Answer
from wizard.run.journal import read
from wizard.run.preparation import Prepared, Request, prepare
from wizard.run.recorder import Output
from wizard.run.session import PREFLIGHT, Session
from wizard.run.state import RunState, replay
from wizard.running import engine_of

CHECKLIST = """\
checklist: trial
title: A trial
severity: low
inputs:
  where: {type: path}
  token: {type: secret, default: ""}
phases:
  - id: one
    title: One
    steps:
      - id: look
        title: Look
        why: a command that cannot be found
        run: {command: "{{ where }}/no-such-program", read_only: true}
        checks:
          - name: it printed
            command: {command: "true", exit_status: 0, stdout_is: ""}
      - id: write
        title: Write
        why: the file must say today
        file: {path: "{{ where }}/board", content: "wrong\\n", mode: "0644"}
        checks:
          - file: {path: "{{ where }}/board", contains: [today]}
      - id: lamp
        title: Lamp
        why: at night nobody reads a dark board
        run: {command: "echo off > {{ where }}/lamp", undo: "rm -f {{ where }}/lamp"}
        checks:
          - file: {path: "{{ where }}/lamp", contains: ["on"]}
exit_criteria:
  - name: the trial is over
    command: {command: "true", exit_status: 0, stdout_is: ""}
"""
Asked = ev.GateBlocked | ev.QuestionAsked


class ScriptedOperator:
    """Begins, and answers what is asked then by a list, in order; what is asked beyond it stops the run."""

    def __init__(self, *replies: Answer) -> None:
        self.replies = list(replies)
        self.asked: list[Asked] = []
        self.submit: Callable[[intents.Intent], None] = lambda _: None

    def __call__(self, message: ev.Record | Output) -> None:
        if not isinstance(message, ev.Record) or not isinstance(message.event, ev.GateBlocked | ev.QuestionAsked):
            return
        if message.event.scope == PREFLIGHT:
            self.submit(Answer(PREFLIGHT, intents.BEGIN))
        else:
            self.asked.append(message.event)
            reply = self.replies.pop(0) if self.replies else Answer(message.event.scope, intents.PAUSE)
            self.submit(reply)


def prepare_trial(home: Path, token: str = "") -> Prepared:
    file = home / "trial.yaml"
    file.write_text(CHECKLIST)
    (home / "board").write_text("yesterday\n")
    return prepare(Request(str(file), [f"where={home}"], run_dir=home / "run", typed={"token": token}))


def run_to_end(prepared: Prepared, person: ScriptedOperator, *, approve: bool = True) -> Outcome:
    engine = engine_of(prepared, Manner(approve=approve), [person], Session.walk, lambda: None)
    person.submit = engine.submit
    engine.start()
    outcome = engine.join(60)
    assert outcome is not None
    return outcome


def state_of(prepared: Prepared) -> RunState:
    return replay(read(prepared.directory).records)
