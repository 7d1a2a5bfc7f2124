from __future__ import annotations

from pathlib import Path

from tests.support.lab_host import LabStage, lab_world
from tests.support.redis_lab import Lab, redis_lab, wait_until
from wizard.actions.watch import Watch, WatchSpec


def watch(lab: Lab, tmp_path: Path) -> Watch:
    spec = WatchSpec.model_validate({"for": "1s", "every": "1s", "saves": lab.target()})
    return Watch(spec, lab_world(tmp_path))


async def test_a_scheduled_save_is_expected_and_seen(tmp_path: Path) -> None:
    with redis_lab(tmp_path / "redis", "--save", "1 1") as lab:
        saved = lab.cli("LASTSAVE")
        lab.cli("SET", "a", "1")

        def until_saved(_seconds: float) -> None:
            wait_until(lambda: lab.cli("LASTSAVE") != saved, lab.directory)

        result = await watch(lab, tmp_path).perform(LabStage(on_pause=until_saved), {})

    assert result.ok, result
    assert (result.values["saves_expected"], result.values["saves_seen"]) == ("1", "1")


async def test_without_writes_none_is_expected_and_that_is_said(tmp_path: Path) -> None:
    with redis_lab(tmp_path / "redis", "--save", "1 1") as lab:
        result = await watch(lab, tmp_path).perform(LabStage(), {})

    assert result.ok, result
    assert result.values["saves_expected"] == "0"
    assert "no save was due" in result.what


async def test_a_server_that_is_gone_is_no_data(tmp_path: Path) -> None:
    with redis_lab(tmp_path / "redis") as lab:
        lab.stop()
        result = await watch(lab, tmp_path).perform(LabStage(), {})

    assert not result.ok
    assert result.values["no_data"] == "1"


async def test_each_look_brings_the_numbers_that_are_followed(tmp_path: Path) -> None:
    with redis_lab(tmp_path / "redis") as lab:
        lab.cli("CONFIG", "SET", "save", "3600 1")
        lab.cli("SET", "a", "1")
        stage = LabStage()
        await watch(lab, tmp_path).perform(stage, {})

    look = stage.samples[0]
    assert look.numbers["changes since last save"] == 1
    assert look.numbers["memory used (bytes)"] > 100_000
    assert 0 <= look.numbers["last save age (s)"] < 60
    assert look.next_save is not None
    assert 3500 < look.next_save <= 3600
