"""What Ansible says of a playbook without running it.

Does it parse, which hosts and tasks does it choose, and where does the inventory say the host is?
"""

from __future__ import annotations

import re
import shlex
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wizard.errors import StepRefused, ToolMissing
from wizard.facts.ansible_script import Project
from wizard.facts.asking import Unseen
from wizard.hosts.base import Answer, Host
from wizard.jsontext import parse
from wizard.text import one_line

LIMIT = 120.0
"""Seconds; a dynamic inventory may ask elsewhere."""
NOT_FOUND = 127
SSH_PORT = 22

_HOSTS = re.compile(r"^ +hosts \(\d+\):\n((?: {6}.*\n?)*)", re.MULTILINE)
_INDENT, _TAGS = " " * 6, "\tTAGS: ["
"""How ``--list-tasks`` writes a task, which may have any name."""

_ALL_TAGS = {"all", "tagged"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One task as ``--list-tasks`` names it."""

    name: str
    tags: frozenset[str]


async def ask_ansible(local: Host, script: str, *, stdin: bytes = b"", limit: float = LIMIT) -> Answer:
    """What Ansible answers on the operator's machine.

    Raises:
        ToolMissing: It is not installed.
        Unseen: It did not come to an end.
    """
    answer = await local.ask(script, limit=limit, stdin=stdin)
    if answer.exit_status == NOT_FOUND:
        raise ToolMissing("Ansible is not installed here", mend="Install ansible-core, or this program's drill extra")
    if answer.exit_status is None or answer.timed_out:
        raise Unseen("Ansible did not come to an end", where=local.label)
    return answer


async def syntax_problem(local: Host, project: Project) -> str:
    """Why the playbook does not parse, in Ansible's words; empty where it does."""
    whole = replace(project, limit="", tags=())
    answer = await ask_ansible(local, whole.script("--syntax-check"))
    return "" if answer.ok else _complaint(answer)


async def chosen_hosts(local: Host, project: Project) -> list[str]:
    """The inventory's names of the hosts that the plays and the limit choose.

    Raises:
        StepRefused: Ansible cannot tell, or the limit matches none.
    """
    answer = await ask_ansible(local, project.script("--list-hosts"))
    if not answer.ok:
        raise StepRefused(f"the limit {project.limit} chooses no host: {_complaint(answer)}")
    blocks = "".join(found[1] for found in _HOSTS.finditer(answer.text + "\n"))
    return sorted({line.strip() for line in blocks.splitlines() if line.strip()})


async def listed_tasks(local: Host, project: Project) -> list[Listed]:
    """The tasks that the tags choose.

    Raises:
        StepRefused: Ansible cannot tell.
    """
    answer = await ask_ansible(local, project.script("--list-tasks"))
    if not answer.ok:
        raise StepRefused(f"Ansible cannot list the playbook's tasks: {_complaint(answer)}")
    lines = [line for line in answer.text.split("\n") if line.startswith(_INDENT) and line.endswith("]")]
    told = [line.removeprefix(_INDENT)[:-1].rpartition(_TAGS) for line in lines]
    return [Listed(name, frozenset(re.split(r", *", tags))) for name, between, tags in told if between]


def bearing(tasks: Sequence[Listed], tags: Sequence[str]) -> list[Listed]:
    """Those that bear one of the tags; a task tagged ``always`` comes along with any, and proves nothing."""
    if not tags or _ALL_TAGS & set(tags):
        return list(tasks)
    return [task for task in tasks if task.tags & set(tags)]


async def tag_problem(local: Host, project: Project) -> str:
    """Why the tags choose no task (Ansible then exits 0 having done nothing), and which tags there are."""
    if bearing(await listed_tasks(local, project), project.tags):
        return ""
    every = await listed_tasks(local, replace(project, tags=()))
    existing = sorted({tag for task in every for tag in task.tags if tag})
    return f"no task bears the tag {', '.join(project.tags)}; there are {', '.join(existing) or 'no tags at all'}"


async def host_problem(local: Host, project: Project, host: Host) -> str:
    """Why the limit is not proven to choose exactly this host; empty where it is.

    Raises:
        StepRefused: Ansible cannot tell.
    """
    chosen = await chosen_hosts(local, project)
    if len(chosen) != 1:
        return f"the limit {project.limit} chooses {len(chosen)} hosts: {one_line(', '.join(chosen))}"
    answer = await ask_ansible(local, project.inventory_script(chosen[0]))
    try:
        variables = parse(answer.stdout)
    except ValueError:
        raise StepRefused(f"the inventory does not tell about {chosen[0]}: {_complaint(answer)}") from None
    if not isinstance(variables, dict):
        raise StepRefused(f"the inventory does not tell about {chosen[0]}: it answers with {type(variables).__name__}")
    return await _place_problem(local, host, chosen[0], variables)


async def _place_problem(local: Host, host: Host, name: str, variables: dict[str, Any]) -> str:
    address = str(variables.get("ansible_host", name))
    port = int(variables.get("ansible_port", SSH_PORT))
    here = variables.get("ansible_connection") == "local"
    key = (await host.connect()).key
    pinned = host.destination
    if not key:
        return "" if here or address in _LOOPBACK else f"{name} is {address}, but {host.name} is this machine"
    if pinned is None:
        return f"it is not known where {host.name} is"
    if here:
        return f"the inventory runs {name} on this machine, but {host.name} is {pinned.hostname}"
    address, port = await _as_ssh_says(local, address, variables.get("ansible_port") and port)
    if port == pinned.port and _same_place(address, pinned.hostname):
        return ""
    return f"the inventory says {name} is {address}:{port}, but {host.name} is {pinned.hostname}:{pinned.port}"


async def _as_ssh_says(local: Host, address: str, port: int | None) -> tuple[str, int]:
    """Where ssh would really go, after ~/.ssh/config."""
    option = f"-p {port} " if port else ""
    answer = await local.ask(f"ssh -G {option}-- {shlex.quote(address)}")
    told = dict(line.split(" ", 1) for line in answer.text.splitlines() if " " in line) if answer.ok else {}
    return told.get("hostname", address), int(told.get("port", port or SSH_PORT))


def _same_place(one: str, other: str) -> bool:
    return one.lower() == other.lower() or bool(set(_addresses(one)) & set(_addresses(other)))


def _addresses(name: str) -> Iterator[str]:
    try:
        yield from (str(found[4][0]) for found in socket.getaddrinfo(name, None))
    except OSError:
        return


def _complaint(answer: Answer) -> str:
    said = [line for line in answer.complaint.splitlines() if line.strip() and not line.startswith("[WARNING]")]
    return one_line(" ".join(said), 600).removeprefix("[ERROR]: ") or f"exit status {answer.exit_status}"
