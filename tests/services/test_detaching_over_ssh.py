"""A run over a real SSH server that is left alone in the middle of a change: it is found again, and done once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from screens.live import LiveRun
from tests.integration.commandline import checklist, wait_until
from tests.services.sshd import WEB, Sshd
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.holder import let_go
from wizard.run.intents import BEGIN, Answer, Stop
from wizard.run.journal import read
from wizard.run.listing import summary, writer
from wizard.run.preparation import Request, prepare
from wizard.run.session import PREFLIGHT, Session

STEPS = """\
  - id: one
    title: One
    steps:
      - id: change
        title: Change
        why: it changes
        on: web
        run:
          command: "echo begun >> {{ where }}/effects; cat {{ where }}/gate; echo done >> {{ where }}/effects"
          irreversible: it stays
        checks:
          - on: web
            file: {path: "{{ where }}/effects", contains: [done]}
"""


def kinds(run: Path) -> list[str]:
    """What the journal tells, by kind."""
    return [record.event.kind for record in read(run).records] if (run / "events.jsonl").exists() else []


def test_a_change_on_a_host_is_found_again_and_done_once(
    server: Sshd, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(home / "state"))
    os.mkfifo(home / "gate")
    (home / "trial.yaml").write_text(checklist(STEPS, WEB))
    typed = {"where": str(home), "vm": server.destination, "identity": str(server.identity)}
    request = Request(
        str(home / "trial.yaml"), run_dir=home / "run", accept=frozenset({server.fingerprint}), typed=typed
    )
    live = LiveRun(prepare(request), Manner(approve=True), Session.walk)
    live.begin()
    try:
        wait_until(lambda: "question_asked" in kinds(home / "run"), "the question ahead of the first step")
        live.submit(Answer(PREFLIGHT, BEGIN))
        wait_until(lambda: kinds(home / "run").count("question_asked") > 1, "the question ahead of the change")
        live.submit(Answer("change", "run"))
        wait_until((home / "effects").exists, "the beginning of the change")
        live.detach()
        assert summary(home / "run").detached
        (home / "gate").write_text("")
        wait_until(lambda: "run_ended" in kinds(home / "run"), "the end")
        wait_until(lambda: not writer(home / "run"), "the end of the engine")
    finally:
        live.submit(Stop())
        if writer(home / "run"):
            let_go(home / "run")
    assert (home / "effects").read_text() == "begun\ndone\n"
    assert kinds(home / "run").count("attempt_intended") == 1
    (last,) = (record.event for record in read(home / "run").records if isinstance(record.event, ev.RunEnded))
    assert last.outcome == "resolved"
