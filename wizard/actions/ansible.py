"""Runs a playbook on exactly one proven host, and can bring back the files and units that it changed there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from wizard.actions.base import Action, Before, Difference, Plan, Result, Stage, result_of
from wizard.actions.deployed import Deployed, told
from wizard.checklist.spec import (
    ActionSpec,
    AnsibleTag,
    AnsibleVariable,
    Flag,
    Flaw,
    HostPattern,
    LocalPath,
    Name,
    Text,
)
from wizard.errors import StepRefused, UsageError
from wizard.facts.ansible import ask_ansible, host_problem, syntax_problem, tag_problem
from wizard.facts.ansible_lines import FILE_MODULES, UNIT_MODULES, Tally, TaskLine, read_lines
from wizard.facts.ansible_script import PASSWORD, Project
from wizard.hosts.base import Attempt, Host
from wizard.hosts.world import LOCAL
from wizard.paths import CONTENT
from wizard.text import one_line

DRY_RUN_LIMIT = 1800.0
"""Seconds for ``--check`` over the whole playbook."""


class AnsibleSpec(ActionSpec):
    """A playbook, run on the operator's machine as the operator, limited to one host of the checklist."""

    kind: ClassVar[str] = "ansible"

    directory: LocalPath = Field(description="the project's root, where Ansible is started")
    playbook: LocalPath = Field(description="the playbook, as seen from there")
    inventory: LocalPath = Field(description="the inventory, as seen from there")
    limit: HostPattern = Field(description="Ansible's pattern; it must choose exactly `host`")
    host: Name = Field(description="the checklist's host that the inventory must mean")
    tags: list[AnsibleTag] = Field(default_factory=list, description="only tasks that bear one of these")
    check: Flag = Field(default=False, description="`--check --diff`: shows what would change and changes nothing")
    become_password: Text | None = Field(
        default=None, description="template of a secret input; never in a command line"
    )
    extra_vars: dict[str, AnsibleVariable] = Field(
        default_factory=dict,
        description="variables that beat all others, not rendered by Ansible; no secrets",
    )
    secret: Flag | None = Field(
        default=None,
        description="`true` shows no difference of any file, `false` every one; else its mode decides for each",
    )

    @property
    def changes(self) -> bool:
        """A dry run changes nothing."""
        return self.check is not True

    @property
    def reaches(self) -> tuple[str, ...]:
        """It runs on the operator's machine, and what it changes is there."""
        return (self.host,)

    def flaws(self) -> Iterator[Flaw]:
        """Names that no variable of Ansible can have."""
        for name in self.extra_vars:
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
                mend = "Use letters, digits and _, a letter first"
                yield Flaw(("extra_vars", name), f"{name!r} cannot be a variable's name", mend)


class Ansible(Action[AnsibleSpec]):
    """One run of one playbook.

    Before-state: ``items`` and ``beyond`` of `wizard.actions.deployed`, for what a dry run said would change.
    """

    Spec = AnsibleSpec

    def plan(self) -> Plan:
        """The script; what it would change is learnt from a dry run before it starts."""
        undo = (
            "the files and units that a dry run names, as captured before; a task of another kind is named, not undone"
        )
        return Plan(self._script(), "nothing to undo: it changes nothing" if self.spec.check else undo)

    @property
    def _local(self) -> Host:
        return self.world.hosts[LOCAL]

    @property
    def _target(self) -> Host:
        try:
            return self.world.hosts[self.spec.host]
        except KeyError:
            raise UsageError(f"the checklist has no host {self.spec.host}", mend="Name one of its hosts") from None

    def _project(self) -> Project:
        spec = self.spec
        ssh = self._target.destination
        return Project(
            spec.directory, spec.playbook, spec.inventory, spec.limit, tuple(spec.tags), spec.extra_vars, ssh
        )

    def _lines(self, purpose: str) -> Path:
        """The same for the same step in every life of the run, so that a re-attached run is read where it writes.

        Names of tasks and messages may hold what nobody declared a secret, so it goes once the run has ended.
        """
        name = hashlib.sha256(self.spec.model_dump_json(exclude={"become_password"}).encode()).hexdigest()[:12]
        return self.world.files / CONTENT / f"ansible-{name}-{purpose}.jsonl"

    def _script(self) -> str:
        options = ["--diff", "--check"] if self.spec.check else ["--diff"]
        feed = f"printf '%s' \"${{{PASSWORD}-}}\"" if self.spec.become_password else ""
        return self._project().script(*options, lines=self._lines("run"), password=feed, secret=self.spec.secret)

    async def capture(self) -> Before:
        """Prove host, tags and syntax; learn from a dry run what would change, and capture that.

        Raises:
            StepRefused: One of them does not hold, or the dry run fails.
            ToolMissing: Ansible is not installed.
        """
        await self._prove()
        if self.spec.check:
            return {}
        tally = await self._dry_run()
        touched = _Touched(tally)
        host = replace(self.world, host=self._target)
        captured = await Deployed(host).capture(touched.files, touched.places, touched.units)
        return {**captured, "beyond": [*captured["beyond"], *touched.beyond]}

    async def _prove(self) -> None:
        project = self._project()
        where = f"{self.spec.directory}/{self.spec.playbook}"
        if problem := await syntax_problem(self._local, project):
            raise StepRefused(f"the playbook does not parse: {problem}", where=where, mend="Mend the playbook")
        if problem := await host_problem(self._local, project, self._target):
            raise StepRefused(problem, where=where, mend="Mend the inventory or the limit")
        if problem := await tag_problem(self._local, project):
            raise StepRefused(problem, where=where, mend="Tag the tasks, or use a tag there is")

    async def _dry_run(self) -> Tally:
        lines = self._lines("dry-run")
        password = self.spec.become_password or ""
        script = self._project().script("--check", lines=lines, password="cat" if password else "")
        answer = await ask_ansible(self._local, script, stdin=password.encode(), limit=DRY_RUN_LIMIT)
        tally = read_lines(lines)
        lines.unlink(missing_ok=True)
        problem = tally.problem or ("" if answer.ok else f"exit status {answer.exit_status}")
        if problem:
            said = f" ({one_line(answer.complaint, 300)})" if answer.complaint and not tally.ended else ""
            mend = "Mend it, or give tasks that cannot be tried a `when: not ansible_check_mode`"
            raise StepRefused(f"the dry run says: {problem}{said}", where=self.spec.playbook, mend=mend)
        return tally

    async def perform(self, stage: Stage, before: Before) -> Result:
        """Run it, and read from our callback what really ran."""
        for line in told(before):
            stage.say(line)
        password = self.spec.become_password
        secrets = {PASSWORD: password} if password else {}
        ran = await stage.run(self._local, Attempt(key="ansible", script=self._script(), secrets=secrets))
        tally = read_lines(self._lines("run"))
        verb = "would change" if self.spec.check else "changed"
        result = result_of(ran, f"{len(tally.ran)} tasks ran, {len(tally.changed)} {verb} something")
        if result.known and tally.problem:
            result = replace(result, ok=False, what=tally.problem)
        return replace(result, values=_values(tally))

    async def undo(self, stage: Stage, before: Before) -> Result:
        """Bring the captured files and units back, on the host itself."""
        return await Deployed(replace(self.world, host=self._target)).undo(stage, before)

    async def compare(self, before: Before) -> Sequence[Difference]:
        """Captured files and units that differ, and tasks of which nothing could be captured."""
        return await Deployed(replace(self.world, host=self._target)).compare(before)


def _values(tally: Tally) -> Mapping[str, str]:
    counts = {name: str(tally.counts.get(name, 0)) for name in ("ok", "changed", "skipped", "unreachable")}
    failed = str(tally.counts.get("failures", 0))
    return {**counts, "failed": failed, "changed_tasks": ", ".join(line.task for line in tally.changed)}


class _Touched:
    """What a dry run says would change: files, other paths, units, and what nothing can be captured of."""

    def __init__(self, tally: Tally) -> None:
        self.files: list[str] = []
        self.places: list[str] = []
        self.units: list[str] = []
        self.beyond = [f"task {line.task!r} ({line.module}), untried" for line in tally.tasks if line.untold]
        for line in tally.changed:
            self._add(line, list(dict.fromkeys(_names(line))))

    def _add(self, line: TaskLine, touched: list[str]) -> None:
        if line.module in UNIT_MODULES and touched:
            self.units += [unit for unit in touched if unit not in self.units]
        elif line.module in FILE_MODULES and touched and not _spreads(line):
            known = self.places if line.module == "file" else self.files
            known += [path for path in touched if path not in self.files + self.places]
        else:
            self.beyond.append(f"task {line.task!r} ({line.module})")


def _names(line: TaskLine) -> Iterator[str]:
    keys = ("name",) if line.module in UNIT_MODULES else ("dest", "path", "name")
    for touch in line.touches:
        if found := next((touch[key] for key in keys if touch.get(key)), ""):
            yield f"{found}.service" if line.module in UNIT_MODULES and "." not in found else found


def _spreads(line: TaskLine) -> bool:
    """It reaches below the path it names."""
    return any(touch.get("recurse") == "True" or touch.get("dest", "").endswith("/") for touch in line.touches)
