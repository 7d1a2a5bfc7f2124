from __future__ import annotations

from typing import Any

import pytest

from tests.support.absent import absent_name
from tests.support.shellhost import ScriptedHost, ShellHost
from tests.support.stage import world
from wizard.checks.base import Observation, Outcome
from wizard.checks.command import CommandCheck, CommandSpec
from wizard.hosts.base import Answer


async def look(host: ShellHost | None = None, **fields: Any) -> Observation:
    return await CommandCheck(CommandSpec(**fields), world(host or ShellHost())).observe()


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"command": "true"}, Outcome.PASS),
        ({"command": "false"}, Outcome.FAIL),
        ({"command": "exit 3", "exit_status": 3}, Outcome.PASS),
        ({"command": "echo PONG", "stdout": "^PONG$"}, Outcome.PASS),
        ({"command": "printf 'a\\nPONG\\nb'", "stdout": "^PONG$"}, Outcome.PASS),
        ({"command": "echo MISCONF", "stdout": "^PONG$"}, Outcome.FAIL),
        ({"command": ":", "stdout": "PONG"}, Outcome.FAIL),
        ({"command": "echo fine", "stdout_lacks": "denied"}, Outcome.PASS),
        ({"command": "echo Permission denied", "stdout_lacks": "denied"}, Outcome.FAIL),
        ({"command": ":", "stdout_lacks": "denied"}, Outcome.UNKNOWN),
        ({"command": ":", "stdout_is": ""}, Outcome.PASS),
        ({"command": "echo x", "stdout_is": ""}, Outcome.FAIL),
        ({"command": "echo redis", "stdout_is": "redis"}, Outcome.PASS),
        ({"command": absent_name("command")}, Outcome.UNKNOWN),
        ({"command": absent_name("command"), "exit_status": 127}, Outcome.PASS),
    ],
)
async def test_a_command_is_judged_by_its_end_and_its_output(fields: dict[str, Any], outcome: Outcome) -> None:
    assert (await look(**fields)).outcome is outcome


@pytest.mark.parametrize(
    "answer", [Answer(None), Answer(None, timed_out=True), Answer(0, b"fine", timed_out=True), Answer(None, b"PONG")]
)
async def test_an_end_that_was_not_learnt_is_unknown(answer: Answer) -> None:
    assert (await look(ScriptedHost(answer), command="x")).outcome is Outcome.UNKNOWN


async def test_cut_output_proves_no_absence_but_shows_presence() -> None:
    cut = ScriptedHost(Answer(0, b"Permission denied", truncated=True))

    assert (await look(cut, command="x", stdout_lacks="nothing")).outcome is Outcome.UNKNOWN
    assert (await look(cut, command="x", stdout_lacks="denied")).outcome is Outcome.FAIL


async def test_what_is_shown_cannot_command_the_terminal() -> None:
    seen = await look(command="printf '\\033[2J\\302\\233x'; printf '\\033c' >&2")

    assert not any("\x1b" in line or "\x9b" in line for line in (seen.observed, *seen.evidence))


def test_a_wrong_pattern_is_a_flaw_and_a_template_is_not() -> None:
    assert [flaw.at for flaw in CommandSpec(command="x", stdout="(", stdout_lacks="[").flaws()] == [
        ("stdout",),
        ("stdout_lacks",),
    ]
    assert not list(CommandSpec(command="x", stdout="({{ name }}").flaws())


@pytest.mark.parametrize("command", ["x || true", "x; true", ":", "x || :", "x\ntrue"])
def test_a_command_that_always_exits_0_never_fails(command: str) -> None:
    assert CommandSpec(command=command).never_fails()
    assert not CommandSpec(command=command, stdout="x").never_fails()


def test_a_command_that_can_fail_is_not_called_so() -> None:
    assert not CommandSpec(command="systemctl is-active redis").never_fails()
