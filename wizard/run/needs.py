"""What a checklist needs of each host: the programs its steps, checks and facts call, and where it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from wizard.checklist.meaning import SHELL
from wizard.checklist.model import CheckItem, Checklist, Step
from wizard.checklist.spec import Spec
from wizard.checklist.templating import Scope, render_text
from wizard.checklist.walking import strings
from wizard.errors import WizardError
from wizard.frozen import frozen
from wizard.hosts.world import LOCAL

BY_KIND: Mapping[str, tuple[str, ...]] = {
    "ansible": ("ansible-playbook",),
    "ownership": ("chown", "find", "getfacl", "setfacl"),
    "tree": ("find",),
    "service": ("systemctl",),
    "journal": ("journalctl",),
}
"""Programs that a kind of action or check calls by itself."""

CHANGING: Mapping[str, tuple[str, ...]] = {"redis": ("redis-cli",)}
"""Programs that a kind of action calls only where it changes something."""

CALLED = re.compile(
    r"(?<![\w./-])(ansible(?:-\w+)?|apt-get|curl|docker|getfacl|getent|git|gzip|ip|iptables|journalctl|jq|kubectl|lsof"
    r"|mysql|mysqldump|nft|nginx|openssl|perl|pg_dump|podman|psql|python3|redis-(?:cli|check-rdb|server)|rsync|scp"
    r"|setfacl|setpriv|sqlite3|ss|systemctl|systemd-analyze|tar|wget|zstd)(?![\w/=.-])"
)
"""Programs that not every machine has, as they are called in shell text."""

MANY = 12
"""Paths of one host whose room is looked at, at most."""


@frozen
class Needs:
    """What is needed of one host."""

    tools: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def needs(checklist: Checklist, scope: Scope) -> dict[str, Needs]:
    """What the checklist needs, by host.

    Args:
        checklist: Its steps, checks and facts.
        scope: What templates of paths can say now; a path that needs more is left out.
    """
    tools: dict[str, set[str]] = {}
    for host, tool in [*_of_evidence(checklist), *_of_checks(checklist), *_of_steps(checklist)]:
        tools.setdefault(host, set()).add(tool)
    paths: dict[str, dict[str, None]] = {}
    for host, path in _written(checklist, scope):
        paths.setdefault(host, {})[path] = None
    hosts = {LOCAL, *checklist.hosts, *tools, *paths}
    return {host: Needs(tuple(sorted(tools.get(host, ()))), tuple(paths.get(host, ()))[:MANY]) for host in hosts}


Need = tuple[str, str]
"""A host, and what is needed there."""


def _of_evidence(checklist: Checklist) -> Iterator[Need]:
    for fact in checklist.evidence:
        for source in fact.sources.values():
            yield from ((source.on or LOCAL, tool) for tool in _called(source))


def _of_checks(checklist: Checklist) -> Iterator[Need]:
    scopes = [checklist.exit_criteria, *(phase.checks for phase in checklist.phases)]
    for items in scopes:
        yield from (need for item in items for need in _of_check(item, LOCAL))


def _of_check(item: CheckItem, host: str) -> Iterator[Need]:
    where = item.on or host
    yield from ((where, tool) for tool in (*BY_KIND.get(item.kind, ()), *_called(item.check)))


def _of_steps(checklist: Checklist) -> Iterator[Need]:
    for step in _steps(checklist):
        changing = CHANGING.get(step.kind, ()) if step.action.changes else ()
        yield from ((step.on, tool) for tool in (*BY_KIND.get(step.kind, ()), *changing, *_called(step.action)))
        for item in (*step.requires, *step.checks, *step.samples):
            yield from _of_check(item, step.on)
        for kept in step.capture.values():
            yield from ((kept.on or step.on, tool) for tool in _called(kept))


def _steps(checklist: Checklist) -> Iterator[Step]:
    return (step for phase in checklist.phases for step in phase.steps)


def _called(spec: Spec) -> Iterator[str]:
    """Programs that shell text in a spec calls."""
    for _, text, meaning in strings(spec):
        if meaning is SHELL:
            yield from CALLED.findall(re.sub(r"(?m)^\s*#.*$", "", text))


def _written(checklist: Checklist, scope: Scope) -> Iterator[Need]:
    for step in _steps(checklist):
        path = getattr(step.action, "path", None) if step.action.changes else None
        try:
            rendered = render_text(path, scope) if path else ""
        except WizardError:
            continue
        if rendered.startswith("/"):
            yield step.on, rendered
