"""``service``: a systemd unit as it is loaded and running, never as its file says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from wizard.checklist.spec import CheckSpec, Count, Duration, Flag, Flaw, Text, UnitName, is_template
from wizard.checks.base import Check, Observation, failed, judged
from wizard.facts.units import Unit, name_flaw, processes, show, show_twice
from wizard.text import one_line

LONGEST = 60.0
"""Seconds between the two reads of ``steady``: one look must answer within the gate's patience."""
_LASTING = ("MainPID", "InvocationID", "NRestarts")


class ServiceCheckSpec(CheckSpec):
    """A unit. Names of states are systemd's own: ``active: active``, ``sub: running``, ``result: success``.

    ``gone``: it is inactive and no process of it is left. ``steady``: nothing restarted it for that long.
    ``properties``: any others of the loaded unit, with their exact values.
    """

    kind: ClassVar[str] = "service"

    unit: UnitName
    active: Text | None = None
    sub: Text | None = None
    enabled: Text | None = None
    user: Text | None = None
    group: Text | None = None
    result: Text | None = None
    needs_reload: Flag | None = None
    drop_ins: Flag | None = None
    gone: Flag = False
    restarts: Count | None = None
    steady: Duration | None = None
    properties: dict[str, Text] = Field(default_factory=dict)

    def flaws(self) -> Iterator[Flaw]:
        """One unit, something to ask of it, and nothing that contradicts itself."""
        if not is_template(self.unit) and (wrong := name_flaw(self.unit)):
            yield Flaw(("unit",), wrong, "Name one unit, without blanks and wildcards")
        if not any((self.wanted(), self.drop_ins is not None, self.gone, self.steady)):
            yield Flaw(("unit",), "nothing is asked of the unit", "Give active, user, gone, or another field")
        if isinstance(self.steady, float) and self.steady > LONGEST:
            yield Flaw(("steady",), f"longer than the {LONGEST:.0f} s of one look", "Use hold for a longer time")
        if self.gone is True and self.steady:
            yield Flaw(("gone",), "a unit that is gone is not steady", "Keep one of gone and steady")

    def wanted(self) -> dict[str, str]:
        """Property names of systemd with the values they must have."""
        named = {
            "ActiveState": self.active,
            "SubState": self.sub,
            "UnitFileState": self.enabled,
            "User": self.user,
            "Group": self.group,
            "Result": self.result,
            "NRestarts": None if self.restarts is None else str(self.restarts),
            "NeedDaemonReload": None if self.needs_reload is None else "yes" if self.needs_reload else "no",
        }
        return {**{key: value for key, value in named.items() if value is not None}, **self.properties}


class ServiceCheck(Check[ServiceCheckSpec]):
    """Reads the loaded unit."""

    Spec = ServiceCheckSpec

    def title(self) -> str:
        """The unit and what is asked of it."""
        return f"{one_line(self.spec.unit)}: {', '.join(self._wishes())}"

    def _wishes(self) -> Iterator[str]:
        yield from (f"{key}={one_line(value)}" for key, value in self.spec.wanted().items())
        if self.spec.drop_ins is not None:
            yield "drop-ins" if self.spec.drop_ins else "no drop-ins"
        if self.spec.gone:
            yield "inactive, and no process of it left"
        if self.spec.steady:
            yield f"the same process for {self.spec.steady:.0f} s"

    async def observe(self) -> Observation:
        """Read it once, or twice where it must be steady."""
        expected = ", ".join(self._wishes())
        unit = await show(self.host, self.spec.unit, self.spec.properties)
        if not unit.loaded:
            # A missing unit prints Result=success and ActiveState=inactive all the same (systemd 252).
            return failed(expected, f"there is no such unit: LoadState={unit['LoadState']}")
        wrong = [*self._wrong(unit)]
        if self.spec.gone and not wrong:
            wrong = await self._left(unit)
        if self.spec.steady and not wrong:
            wrong = await self._unsteady(self.spec.steady)
        return judged(not wrong, expected, "; ".join(wrong) or str(unit), wrong)

    def _wrong(self, unit: Unit) -> Iterator[str]:
        for key, value in self.spec.wanted().items():
            if unit[key] != value:
                yield f"{key}={unit[key]}"
        if self.spec.drop_ins is not None and self.spec.drop_ins != bool(unit.drop_ins):
            yield f"drop-ins: {' '.join(unit.drop_ins) or 'none'}"

    async def _left(self, unit: Unit) -> list[str]:
        if unit.running or unit["MainPID"] not in {"", "0"}:
            return [f"it is {unit}"]
        left = await processes(self.host, unit)
        return [f"still running: {', '.join(left)}"] if left else []

    async def _unsteady(self, seconds: float) -> list[str]:
        first, second = await show_twice(self.host, self.spec.unit, seconds)
        changed = [f"{key} was {first[key]}, then {second[key]}" for key in _LASTING if first[key] != second[key]]
        return changed if second.running else [f"it is {second}", *changed]
