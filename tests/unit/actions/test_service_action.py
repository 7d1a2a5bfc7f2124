from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.shellhost import ScriptedHost, ShellHost
from tests.support.stage import RecordingStage, world
from wizard.actions.service import Service, ServiceSpec
from wizard.errors import StepRefused
from wizard.hosts.base import Answer

RUNNING = {
    "Type": "simple",
    "MainPID": "38",
    "Result": "success",
    "LoadState": "loaded",
    "ActiveState": "active",
    "SubState": "running",
    "UnitFileState": "enabled",
    "NeedDaemonReload": "no",
    "InvocationID": "09c6",
}
STOPPED = {**RUNNING, "MainPID": "0", "ActiveState": "inactive", "SubState": "dead"}

SYSTEMCTL = """#!/bin/sh
# Stands in for systemd: keeps the properties of one unit in files and remembers what it was told.
cd {folder} || exit
echo "$*" >>told
case $1 in
    show)
        case "$*" in
            *"-p ActiveState --"*) cat now | grep ^ActiveState= ;;
            *"-p NeedDaemonReload --"*) cat now | grep ^NeedDaemonReload= ;;
            *"-p UnitFileState --"*) cat now | grep ^UnitFileState= ;;
            *) cat now ;;
        esac ;;
    *) [ ! -e "after-$1" ] || cp "after-$1" now ;;
esac
"""


def text(properties: dict[str, str]) -> str:
    return "".join(f"{key}={value}\n" for key, value in properties.items())


@pytest.fixture
def systemd(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "systemctl").write_text(SYSTEMCTL.format(folder=tmp_path))
    (tmp_path / "bin" / "systemctl").chmod(0o755)
    (tmp_path / "now").write_text(text(RUNNING))
    (tmp_path / "after-stop").write_text(text(STOPPED))
    (tmp_path / "after-start").write_text(text({**RUNNING, "MainPID": "99", "InvocationID": "2"}))
    (tmp_path / "after-restart").write_text(text({**RUNNING, "MainPID": "99", "InvocationID": "2"}))
    (tmp_path / "after-disable").write_text(text({**RUNNING, "UnitFileState": "disabled"}))
    (tmp_path / "after-enable").write_text(text(RUNNING))
    return tmp_path


def action(systemd: Path, **fields: Any) -> Service:
    return Service(ServiceSpec(unit="redis", **fields), world(ShellHost(path=[systemd / "bin"])))


def told(systemd: Path) -> Sequence[str]:
    return [line for line in (systemd / "told").read_text().splitlines() if not line.startswith("show")]


async def test_a_unit_is_stopped_and_runs_again_after_the_undo(systemd: Path) -> None:
    stop = action(systemd, state="stopped")
    before = await stop.capture()

    result = await stop.perform(RecordingStage(), before)

    assert result.ok, result
    assert (result.values["main_pid_before"], result.values["main_pid"]) == ("38", "0")
    assert [(found.before, found.now) for found in await stop.compare(before)] == [("running", "not running")]
    assert (await stop.undo(RecordingStage("undo1"), before)).ok
    assert not await stop.compare(before)
    assert told(systemd) == ["stop -- redis", "start -- redis"]


async def test_a_stop_that_had_to_kill_is_not_called_good(systemd: Path) -> None:
    (systemd / "after-stop").write_text(text({**STOPPED, "ActiveState": "failed", "Result": "timeout"}))
    stop = action(systemd, state="stopped")

    result = await stop.perform(RecordingStage(), await stop.capture())

    assert (result.ok, result.known) == (False, True)
    assert "Result=timeout" in result.what


async def test_a_unit_that_does_not_stay_up_is_not_called_started(systemd: Path) -> None:
    (systemd / "now").write_text(text(STOPPED))
    (systemd / "after-start").write_text(text({**STOPPED, "ActiveState": "failed", "Result": "exit-code"}))
    start = action(systemd, state="started")

    result = await start.perform(RecordingStage(), await start.capture())

    assert (result.ok, "did not stay up" in result.what) == (False, True)


async def test_a_restart_must_be_a_new_invocation(systemd: Path) -> None:
    restart = action(systemd, state="restarted")
    before = await restart.capture()

    assert (await restart.perform(RecordingStage(), before)).values["main_pid"] == "99"
    (systemd / "after-restart").write_text(text(RUNNING))
    assert "same invocation" in (await restart.perform(RecordingStage(), before)).what


async def test_reload_and_enable_come_before_the_start(systemd: Path) -> None:
    step = action(systemd, state="restarted", enabled=False, daemon_reload=True)

    assert step.plan().command.splitlines() == [
        "systemctl daemon-reload",
        "systemctl disable -- redis",
        "systemctl restart -- redis",
    ]


async def test_disabling_is_undone_by_enabling(systemd: Path) -> None:
    step = action(systemd, enabled=False)
    before = await step.capture()
    await step.perform(RecordingStage(), before)

    await step.undo(RecordingStage("undo1"), before)

    assert told(systemd)[:2] == ["disable -- redis", "enable -- redis"]
    assert not await step.compare(before)


async def test_undo_reads_a_changed_unit_file_again_first(systemd: Path) -> None:
    stop = action(systemd, state="stopped")
    before = await stop.capture()
    await stop.perform(RecordingStage(), before)
    (systemd / "now").write_text(text({**STOPPED, "NeedDaemonReload": "yes"}))

    await stop.undo(RecordingStage("undo1"), before)

    assert told(systemd)[-2:] == ["daemon-reload", "start -- redis"]


async def test_undo_of_what_never_started_runs_nothing(systemd: Path) -> None:
    stop = action(systemd, state="stopped")
    stage = RecordingStage("undo1")

    assert (await stop.undo(stage, await stop.capture())).ok
    assert not stage.attempts


@pytest.mark.parametrize(
    ("properties", "fields"),
    [
        ({"LoadState": "not-found"}, {"state": "started"}),
        ({"LoadState": "masked"}, {"state": "started"}),
        ({"LoadState": "loaded", "UnitFileState": "static"}, {"enabled": True}),
    ],
)
async def test_a_unit_that_cannot_be_used_is_refused(properties: dict[str, str], fields: dict[str, Any]) -> None:
    host = ScriptedHost(Answer(0, text(properties).encode()))

    with pytest.raises(StepRefused):
        await Service(ServiceSpec(unit="redis", **fields), world(host)).capture()


async def test_a_pattern_for_many_units_is_refused_even_when_rendered() -> None:
    with pytest.raises(StepRefused, match="not the name of one unit"):
        await Service(ServiceSpec(unit="redis*", state="stopped"), world(ShellHost())).capture()


@pytest.mark.parametrize("fields", [{}, {"unit": "a b", "state": "started"}])
def test_contradictions_are_flaws(fields: dict[str, Any]) -> None:
    assert list(ServiceSpec(**{"unit": "redis", **fields}).flaws())
