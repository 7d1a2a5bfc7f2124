"""The whole plan ahead of the first step."""

from __future__ import annotations

from tests.fixtures.journals import make
from tests.screens.stories import records, upto
from wizard.checklist.document import load
from wizard.kinds import registry
from wizard.run import events as ev
from wizard.run.planned import planned
from wizard.run.preparation import shipped
from wizard.run.state import RunState, replay


def test_every_step_is_told_with_its_command_and_marks_for_what_is_not_known_yet() -> None:
    checklist = load(make.CHECKLIST, registry()).checklist
    plan = {one.step.id: one for one in planned(checklist, replay(records("clean")[:1]), registry())}
    assert list(plan) == ["look", "open-access", "save", "stop", "chown", "start", "watch", "backups"]
    assert plan["open-access"].command == "setfacl -m u:shop:rwx -- /srv/stock"
    assert plan["open-access"].undo
    assert plan["look"].undo == ""
    assert plan["start"].checks == ("it is up", "every key is there")


def test_what_was_rendered_already_is_told_as_it_ran() -> None:
    checklist = load(make.CHECKLIST, registry()).checklist
    state = replay(upto("clean", ev.StepRendered, 2))
    plan = {one.step.id: one for one in planned(checklist, state, registry())}
    assert plan["open-access"].command == state.steps["open-access"].command


def test_the_shipped_checklist_is_told_without_any_value_at_all() -> None:
    checklist = load(shipped()["redis-ownership"], registry()).checklist
    plan = planned(checklist, RunState(), registry())
    assert len(plan) == sum(len(phase.steps) for phase in checklist.phases)
    assert all(one.command for one in plan)
    assert any("<captured.running_uid>" in one.unknown for one in plan)
