"""``service``: a systemd unit started, stopped, restarted, enabled or disabled, and seen to be so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from shlex import quote
from typing import ClassVar, Literal

from wizard.actions.base import Action, Before, Difference, Plan, Result, Stage, result_of
from wizard.checklist.spec import ActionSpec, Flag, Flaw, UnitName, is_template
from wizard.errors import StepRefused
from wizard.facts.asking import PLAIN
from wizard.facts.units import Unit, name_flaw, parse, show, show_command
from wizard.hosts.base import Attempt
from wizard.text import one_line

_VERBS = {"started": "start", "stopped": "stop", "restarted": "restart"}
_FIXED = frozenset({"static", "generated", "transient", "masked", "masked-runtime", "alias", ""})
_ON = frozenset({"enabled", "enabled-runtime"})

_SETTLED = """state() { systemctl show --no-pager -p ActiveState -- "$unit" | sed 's/^ActiveState=//'; }
while case $(state) in *ing) true ;; *) false ;; esac; do sleep 1; done
"""
"""Waits while the unit is activating, deactivating or reloading; the attempt's own limit ends it."""


class ServiceSpec(ActionSpec):
    """A unit as it shall be. ``daemon_reload`` makes systemd read changed unit files first."""

    kind: ClassVar[str] = "service"

    unit: UnitName
    state: Literal["started", "stopped", "restarted"] | None = None
    enabled: Flag | None = None
    daemon_reload: Flag = False

    def flaws(self) -> Iterator[Flaw]:
        """Something to do, to one unit."""
        if self.state is None and self.enabled is None and not self.daemon_reload:
            yield Flaw(("unit",), "nothing to do", "Give state, enabled or daemon_reload")
        if not is_template(self.unit) and (wrong := name_flaw(self.unit)):
            yield Flaw(("unit",), wrong, "Name one unit, without blanks and wildcards")


class Service(Action[ServiceSpec]):
    """Changes one unit.

    Before-state: the properties of the unit as loaded (`wizard.facts.units.PROPERTIES`).
    """

    Spec = ServiceSpec

    def plan(self) -> Plan:
        """The commands, and the state they would be undone to."""
        return Plan("\n".join(self._commands()), f"{one_line(self.spec.unit)} running and enabled, or not, as captured")

    def _commands(self) -> list[str]:
        unit = quote(self.spec.unit)
        reload = ["systemctl daemon-reload"] if self.spec.daemon_reload else []
        enable = [] if self.spec.enabled is None else [f"systemctl {_enabling(on=bool(self.spec.enabled))} -- {unit}"]
        change = [f"systemctl {_VERBS[self.spec.state]} -- {unit}"] if self.spec.state else []
        return [*reload, *enable, *change]

    async def capture(self) -> Before:
        """The unit as loaded now.

        Raises:
            StepRefused: It does not exist, is masked, or cannot be enabled.
        """
        if wrong := name_flaw(self.spec.unit):
            raise StepRefused(wrong, where=self.host.name, mend="Name one unit")
        unit = await show(self.host, self.spec.unit)
        self._refuse(unit)
        return {"properties": dict(unit.properties)}

    def _refuse(self, unit: Unit) -> None:
        if not unit.loaded and (self.spec.state or self.spec.enabled is not None):
            what = f"unit {unit.name} cannot be used: {unit['LoadState']}"
            raise StepRefused(what, where=self.host.name, mend="Check its name, and that its file is in place")
        if self.spec.enabled is not None and unit["UnitFileState"] in _FIXED:
            what = f"unit {unit.name} is {unit['UnitFileState'] or 'not a file'}, so it cannot be enabled or disabled"
            raise StepRefused(what, where=self.host.name, mend="Leave enabled out")

    def revives(self, before: Before) -> bool:
        """It was running: to be started again on the unit and the files of before, so after these are back."""
        return self._unit(before).running

    async def perform(self, stage: Stage, before: Before) -> Result:
        """Run the commands, wait until the unit's state has settled, and read it again."""
        was = self._unit(before)
        steps = "".join(f"{command} || exit\n" for command in self._commands())
        ran = await stage.run(self.host, Attempt("service", self._script(steps)))
        now = parse(self.spec.unit, ran.text)
        values = {"main_pid_before": was["MainPID"], "main_pid": now["MainPID"], "result": now["Result"]}
        result = replace(result_of(ran, f"{one_line(self.spec.unit)} is {now}"), values=values)
        wrong = self._wrong(was, now) if result.ok else ""
        return replace(result, ok=False, what=wrong) if wrong else result

    def _script(self, steps: str) -> str:
        unit = quote(self.spec.unit)
        return f"set -u\n{PLAIN}\nunit={unit}\n{steps}{_SETTLED}{show_command(self.spec.unit)}\n"

    def _wrong(self, was: Unit, now: Unit) -> str:
        """What is not as it should be although every command exited 0; empty where nothing is."""
        about = one_line(self.spec.unit)
        if self.spec.state == "stopped" and now.running:
            return f"{about} is still {now}"
        if self.spec.state == "stopped" and was.running and now["Result"] != "success":
            # systemctl stop exits 0 too where systemd had to kill what would not end (systemd 252).
            return f"{about} stopped, but not cleanly: Result={now['Result']}"
        if self.spec.state in {"started", "restarted"} and not now.running and now["Type"] != "oneshot":
            return f"{about} did not stay up: {now}, Result={now['Result']}"
        if self.spec.state == "restarted" and was.running and was["InvocationID"] == now["InvocationID"]:
            return f"{about} was not restarted: it is still the same invocation"
        if self.spec.enabled is not None and (now["UnitFileState"] in _ON) != bool(self.spec.enabled):
            return f"{about} is {now['UnitFileState']} at boot"
        return ""

    async def undo(self, stage: Stage, before: Before) -> Result:
        """Bring it back to running or not, enabled or not; a changed unit file is read again first."""
        was = self._unit(before)
        if not await self.compare(before):
            return Result(ok=True, what=f"{one_line(self.spec.unit)} is as it was; nothing to undo")
        ran = await stage.run(self.host, Attempt("restore", self._script(_restoring(was))))
        now = parse(self.spec.unit, ran.text)
        return replace(
            result_of(ran, f"{one_line(self.spec.unit)} is {now} again"), values={"main_pid": now["MainPID"]}
        )

    async def compare(self, before: Before) -> Sequence[Difference]:
        """Loaded, running and enabled as captured; process ids and how it came to stand still are not compared."""
        was, now = self._unit(before), await show(self.host, self.spec.unit)
        pairs = zip(_standing(was), _standing(now).values(), strict=True)
        found = [(key, _standing(was)[key], value) for key, value in pairs]
        about = one_line(self.spec.unit)
        return [Difference(f"{about} {key}", then, value) for key, then, value in found if then != value]

    def _unit(self, before: Before) -> Unit:
        return Unit(self.spec.unit, before["properties"])


def _standing(unit: Unit) -> Mapping[str, str]:
    """What an undo can bring back: a unit that had failed stands still, like one that was stopped."""
    running = "running" if unit.running else "not running"
    return {"LoadState": unit["LoadState"], "state": running, "UnitFileState": unit["UnitFileState"]}


def _enabling(*, on: bool) -> str:
    return "enable" if on else "disable"


def _restoring(was: Unit) -> str:
    """Sh that brings a unit back, command by command only where something differs."""
    boot = was["UnitFileState"]
    runtime = " --runtime" if boot.endswith("-runtime") else ""
    again = """property() { systemctl show --no-pager -p "$1" -- "$unit" | sed "s/^$1=//"; }
if [ "$(property NeedDaemonReload)" = yes ]; then systemctl daemon-reload || exit; fi
"""
    if boot in _ON | {"disabled"}:
        verb = _enabling(on=boot in _ON)
        again += f'[ "$(property UnitFileState)" = {quote(boot)} ] || systemctl {verb}{runtime} -- "$unit" || exit\n'
    return again + f'systemctl {"start" if was.running else "stop"} -- "$unit" || exit\n'
