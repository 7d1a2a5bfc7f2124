from __future__ import annotations

import pytest

from wizard.actions.redis import RedisSpec
from wizard.actions.redis_scripts import save_script
from wizard.checklist.redis_target import RedisTarget
from wizard.checklist.spec import STATIC
from wizard.checks.redis import RedisCheckSpec


def flaws(**fields: object) -> list[str]:
    return [flaw.what for flaw in RedisSpec.model_validate(fields, context=STATIC).flaws()]


@pytest.mark.parametrize("fields", [{}, {"save": True, "resume_writes": True}, {"read": ["time"], "save": "{{ x }}"}])
def test_a_redis_step_does_exactly_one_thing(fields: dict[str, object]) -> None:
    assert "a redis step does exactly one thing" in flaws(**fields)


@pytest.mark.parametrize(
    "fields",
    [{"read": ["dbsize", "info.server.run_id"]}, {"save": True}, {"set": {"save": "{{ x }}"}}, {"pause_writes": "5m"}],
)
def test_one_thing_is_fine(fields: dict[str, object]) -> None:
    assert flaws(**fields) == []


def test_a_name_that_cannot_be_read_is_found_before_the_run() -> None:
    assert flaws(read=["dbsise"]) == ["dbsise cannot be read from Redis"]


def test_a_password_is_never_set_by_a_command_line() -> None:
    assert "process list" in flaws(set={"requirepass": "{{ new }}"})[0]


def test_a_pause_must_end_by_itself() -> None:
    assert flaws(pause_writes="2h") == ["a pause must end by itself within an hour"]


def test_reading_changes_nothing_and_a_save_says_why_it_is_not_undone() -> None:
    assert not RedisSpec(read=["time"]).changes
    save = RedisSpec(save=True)
    assert save.changes
    assert not save.undoable
    assert "newer snapshot" in save.irreversible_reason


def test_the_script_quotes_what_it_was_given_and_leaves_the_password_out() -> None:
    target = RedisTarget(address="h; reboot:6379", username="$(id)", password="hunter2", cli="/opt/my redis/cli")

    script = save_script(target)

    assert "'h; reboot'" in script
    assert "'$(id)'" in script
    assert "hunter2" not in script


def test_a_check_that_asks_nothing_is_found_out() -> None:
    assert RedisCheckSpec(ping=False).never_fails()
    assert RedisCheckSpec().asked == ["ping"]
    assert RedisCheckSpec(keys="1").asked == ["keys"]


def test_a_check_names_the_moment_it_compares_with() -> None:
    assert RedisCheckSpec(saved_since="run_start").marks == {"run_start"}


def test_bounds_that_cannot_be_compared_are_found_before_the_run() -> None:
    assert [flaw.at for flaw in RedisCheckSpec(keys="lots", version="7").flaws()] == [("keys",)]
