"""Hosts on paper: how a person reaches them with ssh, from what the checklist says and nothing else."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from wizard.checklist.logins import Login
from wizard.checklist.model import Checklist, HostSpec
from wizard.checklist.templating import render
from wizard.errors import WizardError
from wizard.hosts.base import Destination
from wizard.hosts.world import LOCAL
from wizard.run.placeholders import Known
from wizard.run.shelltext import Place

SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A host. ``destination`` is None for this machine, and where the user is left to ssh's own settings."""

    place: Place
    destination: Destination | None = None


def places(checklist: Checklist, known: Known, known_hosts: Path | None) -> dict[str, OnPaper]:
    """Every host of a checklist by name, this machine among them.

    Args:
        checklist: Declares them.
        known: What their templates can say.
        known_hosts: The wizard's own file of accepted host keys; None where only the user's is read.
    """
    declared = {LOCAL: HostSpec(local=True), **checklist.hosts}
    return {name: _place(name, spec, known, known_hosts) for name, spec in declared.items()}


def _place(name: str, spec: HostSpec, known: Known, known_hosts: Path | None) -> OnPaper:
    try:
        rendered = render(spec, known.scope)
        root = "sudo " if rendered.sudo else ""
        label = f"{rendered.ssh or 'this machine'}{' · sudo' if root else ''}"
        if rendered.ssh is None:
            return OnPaper(Place(name, label, f"{root}/bin/sh", _opening(rendered)))
        way = _way(Login.parse(rendered.ssh), rendered, known_hosts)
    except (WizardError, RuntimeError):
        # Path.expanduser raises RuntimeError for a user that is not there.
        return OnPaper(Place(name, spec.ssh or "", ""))
    shell = f"{_ssh(way)} {root}/bin/sh"
    return OnPaper(Place(name, label, shell, _opening(rendered)), way if way.user else None)


def _way(login: Login, spec: HostSpec, known_hosts: Path | None) -> Destination:
    return Destination(
        user=login.user,
        hostname=login.host,
        port=spec.port or login.port or SSH_PORT,
        identity=Path(spec.identity).expanduser() if spec.identity else None,
        known_hosts=(Path("~/.ssh/known_hosts"), known_hosts) if known_hosts else (),
    )


def _ssh(way: Destination) -> str:
    known = " ".join(f'"{path}"' for path in way.known_hosts)
    options = [
        *(["-o", f"UserKnownHostsFile={known}"] if known else []),
        *(["-i", str(way.identity)] if way.identity else []),
        *(["-p", str(way.port)] if way.port != SSH_PORT else []),
    ]
    return shlex.join(["ssh", *options, f"{way.user}@{way.hostname}" if way.user else way.hostname])


def _opening(spec: HostSpec) -> str:
    """The directories that the checklist puts first in PATH."""
    return f"PATH={shlex.quote(':'.join(spec.path))}:$PATH; export PATH\n" if spec.path else ""
