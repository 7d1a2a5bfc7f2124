"""Whether a playbook would do what it is trusted to do, asked before it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from wizard.checklist.spec import AnsibleTag, CheckSpec, Flag, Flaw, HostPattern, LocalPath, Name
from wizard.checks.base import Check, Observation, Outcome, failed, judged, passed, unknown
from wizard.errors import StepRefused, UsageError
from wizard.facts.ansible import host_problem, syntax_problem, tag_problem
from wizard.facts.ansible_script import Project
from wizard.facts.ansible_sources import Source, sources
from wizard.facts.asking import Unseen
from wizard.hosts.world import LOCAL


class AnsibleCheckSpec(CheckSpec):
    """Looks at a playbook on the operator's machine; nothing is run on any host."""

    kind: ClassVar[str] = "ansible"

    directory: LocalPath = Field(description="the project's root, where Ansible is started")
    playbook: LocalPath = Field(description="the playbook, as seen from there")
    inventory: LocalPath | None = Field(
        default=None, description="the inventory; ansible.cfg's own where none is named"
    )
    syntax: Flag = Field(default=True, description="it parses")
    templates: Flag = Field(default=False, description="every file its template and copy tasks name is found")
    tags: list[AnsibleTag] = Field(default_factory=list, description="at least one task bears one of these")
    host: Name | None = Field(default=None, description="the checklist's host that `limit` must choose, and no other")
    limit: HostPattern | None = Field(default=None, description="Ansible's pattern for the host")

    def flaws(self) -> Iterator[Flaw]:
        """A host cannot be proven without the limit that chooses it."""
        if self.host is not None and self.limit is None:
            mend = "Give the limit too"
            yield Flaw(("limit" if self.host is None else "host",), "host and limit belong together", mend)

    def never_fails(self) -> str:
        """With syntax off, something else must be asked."""
        asked = self.syntax is not False or self.templates is not False or self.tags or self.host
        return "" if asked else "it asks nothing of the playbook"


class AnsibleCheck(Check[AnsibleCheckSpec]):
    """Looks at one playbook."""

    Spec = AnsibleCheckSpec

    def title(self) -> str:
        """The playbook and what is asked of it."""
        return f"{self.spec.playbook}: {', '.join(self._aspects())}"

    async def observe(self) -> Observation:
        """Every aspect asked for; the worst outcome is the outcome."""
        seen = [await self._look(name, aspect) for name, aspect in self._aspects().items()]
        worst = next(one for one in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS) if one in {o.outcome for o in seen})
        evidence = tuple(line for one in seen for line in one.evidence)
        return Observation(worst, "; ".join(o.expected for o in seen), "; ".join(o.observed for o in seen), evidence)

    def _aspects(self) -> Mapping[str, Callable[[], Awaitable[Observation]]]:
        spec = self.spec
        every = {
            "syntax": (spec.syntax, self._syntax),
            "templates": (spec.templates, self._templates),
            "tags": (bool(spec.tags), self._tags),
            "host": (spec.host is not None, self._chosen),
        }
        return {name: aspect for name, (asked, aspect) in every.items() if asked}

    async def _look(self, name: str, aspect: Callable[[], Awaitable[Observation]]) -> Observation:
        try:
            return await aspect()
        except (UsageError, Unseen) as problem:
            return unknown(name, str(problem))
        except StepRefused as problem:
            return failed(name, str(problem))

    def _project(self) -> Project:
        spec = self.spec
        return Project(spec.directory, spec.playbook, spec.inventory or "", spec.limit or "", tuple(spec.tags))

    async def _syntax(self) -> Observation:
        problem = await syntax_problem(self.world.hosts[LOCAL], self._project())
        return judged(not problem, "it parses", problem or "it parses")

    async def _tags(self) -> Observation:
        problem = await tag_problem(self.world.hosts[LOCAL], self._project())
        expected = f"a task bears {' or '.join(self.spec.tags)}"
        return judged(not problem, expected, problem or expected)

    async def _chosen(self) -> Observation:
        spec = self.spec
        host = self.world.hosts[str(spec.host)]
        project = Project(spec.directory, spec.playbook, spec.inventory or "", spec.limit or "", ssh=host.destination)
        problem = await host_problem(self.world.hosts[LOCAL], project, host)
        expected = f"{spec.limit} is {spec.host} and no other"
        return judged(not problem, expected, problem or expected)

    async def _templates(self) -> Observation:
        from asyncio import to_thread  # noqa: PLC0415  lint needs the kinds and no loop

        found = await to_thread(sources, Path(self.spec.directory), self.spec.playbook)
        missing = [source for source in found if source.literal and source.found is None]
        evidence = [_told(source) for source in missing]
        expected = "every file that template and copy name is found"
        if missing:
            return failed(expected, f"not found: {', '.join(source.src for source in missing)}", evidence)
        open_ones = sum(not source.literal for source in found)
        more = f"; {open_ones} more with names only Ansible can work out" if open_ones else ""
        return passed(expected, f"{len(found) - open_ones} found{more}")


def _told(source: Source) -> str:
    return f"{source.task}: {source.src} is not in {', '.join(str(place.parent) for place in source.looked_for)}"
