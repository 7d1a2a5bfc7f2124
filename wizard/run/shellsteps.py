"""What each kind of action has to offer to a person with a shell: a script where it has one, words where it has not."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from wizard.actions.ansible import AnsibleSpec
from wizard.actions.base import Action, Before
from wizard.actions.edit import EditSpec
from wizard.actions.file import DEFAULT_MODE, FileSpec
from wizard.actions.manual import ManualSpec
from wizard.actions.ownership import OwnershipSpec
from wizard.actions.redis import RedisSpec
from wizard.actions.redis_scripts import SECRET, resume_script, set_script
from wizard.actions.restoring import restore_script
from wizard.actions.run import RunSpec
from wizard.actions.service import ServiceSpec
from wizard.actions.writing import Wanted, change_script
from wizard.checklist.spec import ActionSpec
from wizard.facts.ansible_script import Project
from wizard.facts.files import FileState
from wizard.facts.manifest import Manifest, base_acl
from wizard.facts.redis_cli import client
from wizard.facts.units import Unit
from wizard.hosts.content import opened
from wizard.hosts.world import LOCAL

_ANYTHING = "[0-9a-f]*"
"""A pattern of sh for every `Wanted.sight`, as by hand nobody read the file ahead; links and folders fall outside."""


MANY = 500
"""Paths up to which an ownership is written out; a larger manifest is named only."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A script and the words that go with it. ``host`` is set where it does not run on the step's own host."""

    script: str = ""
    words: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    host: str = ""


def doing(action: Action[Any]) -> Offer:
    """How to do by hand what the action does."""
    match action.spec:
        case RunSpec() as spec:
            offer = Offer(spec.command, secrets=spec.secrets)
        case OwnershipSpec() | ServiceSpec():
            offer = Offer(action.plan().command)
        case RedisSpec() as spec:
            offer = _redis(action, spec)
        case AnsibleSpec() as spec:
            offer = _ansible(action, spec)
        case FileSpec() as spec:
            offer = _file(action, spec)
        case ManualSpec() as spec:
            words = f"a person does this: {spec.ask}\nand says one of: {', '.join(spec.answers)}"
            offer = Offer(spec.show, words) if spec.show else Offer(words=words)
        case _:
            offer = Offer(words=f"no command does this; what the wizard would do:\n{action.plan().command}")
    return offer


def _redis(action: Action[RedisSpec], spec: RedisSpec) -> Offer:
    secrets = _redis_login(spec)
    if spec.read is None:
        return Offer(action.plan().command, secrets=secrets)
    settings = [name.removeprefix("config.") for name in spec.read if name.startswith("config.")]
    asked = [["INFO"], ["DBSIZE"], *(["CONFIG", "GET", name] for name in settings)]
    script = "".join(f"{client(spec)} {shlex.join(words)}\n" for words in asked)
    return Offer(script, f"look for: {', '.join(spec.read)}", secrets)


def _redis_login(spec: RedisSpec) -> Mapping[str, str]:
    return {SECRET: spec.password} if spec.password else {}


def _ansible(action: Action[AnsibleSpec], spec: AnsibleSpec) -> Offer:
    target = action.world.hosts.get(spec.host)
    project = Project(
        spec.directory,
        spec.playbook,
        spec.inventory,
        spec.limit,
        tuple(spec.tags),
        spec.extra_vars,
        target.destination if target else None,
    )
    words = (
        "where sudo asks for a password, put it into a file that only you can read"
        " and export ANSIBLE_BECOME_PASSWORD_FILE=FILE first"
    )
    options = ["--diff", "--check"] if spec.check else ["--diff"]
    return Offer(project.script(*options), words if spec.become_password else "", host=LOCAL)


def _file(action: Action[FileSpec], spec: FileSpec) -> Offer:
    if spec.source is not None:
        return Offer(words=action.plan().command)
    wanted = _wanted(spec)
    kept = (
        "" if spec.absent or (spec.mode and spec.owner and spec.group) else "what is not named here would have stayed"
    )
    words = f"{action.plan().command.splitlines()[0].rstrip(':')}\n{kept}"
    return Offer(opened(wanted.content) + change_script(spec.path, wanted, _ANYTHING, _folders(spec)), words)


def _wanted(spec: FileSpec) -> Wanted:
    if spec.content is None:
        return Wanted(None)
    content = spec.content.encode("utf-8", "surrogateescape")
    return Wanted(content, spec.owner or "", spec.group or "", f"{int(spec.mode or DEFAULT_MODE, 8):o}")


def _folders(spec: FileSpec) -> Sequence[str]:
    """The folder it belongs in and those above, outermost first."""
    above = [] if spec.absent else list(reversed(PurePosixPath(spec.path).parents))
    return [str(folder) for folder in above if str(folder) not in {"/", "."}]


def undoing(action: Action[Any], before: Before | None, file: Path | None) -> Offer:
    """How to take back by hand what the action did.

    Args:
        action: The action, rendered as it was done.
        before: What it captured; None where that cannot be read.
        file: Where that is kept.
    """
    kept = f"\nas captured in {file}" if file is not None else ""
    words = f"take it back: {action.plan().undo}{kept}"
    match action.spec:
        case RunSpec(undo=str(undo)) as spec:
            proof = f"\nit is taken back where this exits 0: {spec.undo_check}" if spec.undo_check else ""
            return Offer(undo, f"take it back with the command below{proof}", spec.secrets)
        case FileSpec() | EditSpec() if before is not None:
            return Offer(words=words + _file_words(before))
        case AnsibleSpec() as spec:
            return Offer(words=words, host=spec.host)
        case RedisSpec() as spec if before is not None:
            return Offer(_redis_script(spec, before), words, _redis_login(spec))
    return Offer(_restoring(action.spec, before) if before is not None else "", words)


def _restoring(spec: ActionSpec, before: Before) -> str:
    match spec:
        case ServiceSpec():
            return _service_script(spec, before)
        case OwnershipSpec() if len(before["entries"]) <= MANY:
            return _ownership_script(spec, before)
    return ""


def _service_script(spec: ServiceSpec, before: Before) -> str:
    was = Unit(spec.unit, before["properties"])
    unit, boot = shlex.quote(spec.unit), {"enabled": "enable", "disabled": "disable"}.get(was["UnitFileState"])
    enabling = [f"systemctl {boot} -- {unit}"] if boot else []
    lines = ["systemctl daemon-reload", *enabling, f"systemctl {'start' if was.running else 'stop'} -- {unit}"]
    return "\n".join(lines)


def _ownership_script(spec: OwnershipSpec, before: Before) -> str:
    was = Manifest.from_json(before)
    acls = {path: entry.acl for path, entry in was.entries.items() if entry.acl}
    if spec.grant or spec.revoke:
        top, entry = next(iter(was.entries.items()))
        acls[top] = entry.acl or base_acl(entry.mode)
    return restore_script(was, acls)


def _file_words(before: Before) -> str:
    """What the file was. Its bytes are not shown, as they may hold a secret."""
    was = FileState.from_json(before["was"])
    bytes_ = "" if was.content is None else "; its bytes are in there, in base64, as was.content"
    return f"\n{before['path']} was: {was}{bytes_}"


def _redis_script(spec: RedisSpec, before: Before) -> str:
    if "config" in before:
        return set_script(spec, before["config"])
    return resume_script(spec) if "paused" in before else ""
