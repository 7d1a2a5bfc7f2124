"""What ships must be sound, and the schema beside it must be the model's own."""

from pathlib import Path

import pytest

from wizard.checklist.document import lint, load
from wizard.checklist.schema import schema_text
from wizard.kinds import registry

SHIPPED = Path(__file__).parents[2] / "checklists"
CHECKLISTS = sorted(SHIPPED.glob("*.yaml"))

REPORT = {
    "Phase 1": 3,
    "Phase 2": 4,
    "Phase 3": 5,
    "Phase 4": 3,
    "Phase 5": 6,
    "Phase 6": 2,
}
"""Items of the customer's report that a step answers; phase 2 names one file's two edits apart, phase 6 joins three."""


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_it_lints(path: Path) -> None:
    assert lint(path, registry()) == []


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_an_editor_is_told_where_its_schema_is(path: Path) -> None:
    assert path.read_text().startswith("# yaml-language-server: $schema=./checklist.schema.json\n")


def test_the_schema_beside_them_is_the_models_own() -> None:
    assert (SHIPPED / "checklist.schema.json").read_text() == schema_text(registry()), "run `make schema`"


def test_every_item_of_the_report_is_answered_by_a_step() -> None:
    document = load(SHIPPED / "redis-ownership.yaml", registry())
    items = [step.item for phase in document.checklist.phases for step in phase.steps if step.item]
    counted = {phase: sum(item.startswith(phase) for item in items) for phase in REPORT}
    assert all(counted[phase] >= wanted for phase, wanted in REPORT.items()), counted
    assert len(document.checklist.phases) == len(REPORT)


def test_every_step_of_it_says_why() -> None:
    document = load(SHIPPED / "redis-ownership.yaml", registry())
    assert all(len(step.why) > 10 for phase in document.checklist.phases for step in phase.steps)
