"""Files and units that a tool is about to change on a host: captured ahead of it, and brought back.

A file is brought back as `file` does it, a directory's owner and mode as `ownership`, a unit as `service`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wizard.actions.base import Action, Before, Difference, Result, Stage, result_of
from wizard.actions.file import File, FileSpec
from wizard.actions.ownership import Ownership, OwnershipSpec
from wizard.actions.service import Service, ServiceSpec
from wizard.actions.writing import Wanted
from wizard.errors import StepRefused
from wizard.facts.files import FileState, look
from wizard.facts.guarded import entering, script
from wizard.facts.units import Unit, show
from wizard.hosts.base import Attempt
from wizard.hosts.world import World
from wizard.text import one_line


class _KeyedStage:
    """The stage under another name for each thing brought back, so that their scripts are told apart."""

    def __init__(self, stage: Stage, prefix: str) -> None:
        self._stage = stage
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stage, name)

    async def run(self, host: Any, attempt: Attempt) -> Any:
        """Run it under a key of its own."""
        return await self._stage.run(host, replace(attempt, key=f"{self._prefix}-{attempt.key}"))


@dataclass(frozen=True, slots=True)
class _Item:
    """One captured thing: which kind brings it back, and what that kind captured."""

    kind: str
    name: str
    before: Mapping[str, Any]

    def action(self, world: World) -> Action[Any]:
        """The action that can undo and compare it."""
        if self.kind == "unit":
            return Service(ServiceSpec(unit=self.name, daemon_reload=True), world)
        if self.kind == "directory":
            return Ownership(OwnershipSpec(path=self.name), world)
        return File(FileSpec(path=self.name, absent=True), world)


class Deployed:
    """What was captured on one host. ``world`` is of the host itself, not of where the tool runs."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def capture(self, files: Sequence[str], places: Sequence[str], units: Sequence[str]) -> dict[str, Any]:
        """Before-state of these: ``items``, and ``beyond``, what cannot be brought back and why.

        Args:
            files: Paths that will be written.
            places: Paths, directories too, of which only owner and mode change, or that are made or removed.
            units: Names of units.
        """
        items: list[dict[str, Any]] = []
        beyond: list[str] = []
        for path in [*files, *places]:
            try:
                items.append(await (self._file(path) if path in files else self._place(path)))
            except StepRefused as problem:
                beyond.append(str(problem))
        for name in units:
            unit = await show(self._world.host, name)
            items.append({"kind": "unit", "name": name, "before": {"properties": dict(unit.properties)}})
        return {"items": items, "beyond": beyond}

    async def _place(self, path: str) -> dict[str, Any]:
        if (await look(self._world.host, path, guarded=True)).kind != "directory":
            return await self._file(path)
        before = await Ownership(OwnershipSpec(path=path), self._world).capture()
        return {"kind": "directory", "name": path, "before": before}

    async def _file(self, path: str) -> dict[str, Any]:
        action = File(FileSpec(path=path, absent=True), self._world)
        was = await action.look_at(path)
        return {"kind": "file", "name": path, "before": action.before(path, was, Wanted(None))}

    async def undo(self, stage: Stage, before: Before) -> Result:
        """Bring everything back, going on past what fails."""
        results = [
            await self._undo(_KeyedStage(stage, f"{index:02d}"), item) for index, item in enumerate(_items(before))
        ]
        failed = [result for result in results if not result.ok]
        left = [f"not brought back: {text}" for text in before.get("beyond", ())]
        what = "; ".join([result.what for result in failed or results] + left) or "nothing was captured"
        known = all(result.known for result in results)
        return Result(ok=not failed, known=known, what=what, output="\n".join(result.output for result in results))

    async def _undo(self, stage: Stage, item: _Item) -> Result:
        if item.kind != "file":
            return await item.action(self._world).undo(stage, item.before)
        now = await look(self._world.host, item.name, content=True, guarded=True)
        if now.kind == "directory" and item.before["was"]["kind"] == "absent":
            ran = await stage.run(self._world.host, Attempt("rmdir", _rmdir(item.name)))
            return result_of(ran, f"removed {one_line(item.name)}")
        # What was written was not known beforehand: what is there now is taken for it.
        known = {**item.before, "wanted": Wanted.as_it_is(now).to_json()}
        return await item.action(self._world).undo(stage, known)

    async def compare(self, before: Before) -> list[Difference]:
        """What differs, and what was never captured, so that nothing can be proven of it."""
        found = [Difference(text, "not captured", "not known") for text in before.get("beyond", ())]
        for item in _items(before):
            found += await item.action(self._world).compare(item.before)
            found += await self._restarted(item)
        return found

    async def _restarted(self, item: _Item) -> list[Difference]:
        """A unit that was started again runs with what was deployed until it is started once more."""
        was = Unit(item.name, item.before.get("properties", {}))
        if item.kind != "unit" or not was.running:
            return []
        now = await show(self._world.host, item.name)
        if now["InvocationID"] == was["InvocationID"]:
            return []
        return [Difference(f"{item.name} process", f"started as {was['InvocationID']}", "started again since")]


def _rmdir(path: str) -> str:
    return script(f'{entering(path)}\nrmdir -- "./$name"\n', "enter")


def _items(before: Before) -> Iterator[_Item]:
    for item in before.get("items", ()):
        yield _Item(item["kind"], item["name"], item["before"])


def told(before: Before) -> list[str]:
    """What was captured, a line each, for a person."""
    lines = [f"{item.kind} {item.name}: {_state(item)}" for item in _items(before)]
    return lines + [f"cannot be brought back: {text}" for text in before.get("beyond", ())]


def _state(item: _Item) -> str:
    if item.kind == "unit":
        return str(Unit(item.name, item.before["properties"]))
    return str(FileState.from_json(item.before["was"])) if item.kind == "file" else "directory"
