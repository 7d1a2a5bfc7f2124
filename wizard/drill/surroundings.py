"""Git and Ansible as they come, whatever this user has set up for them; what they keep vanishes with the drill."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wizard.drill.host.sweep import MARK
from wizard.drill.layout import Layout
from wizard.drill.project import ISOLATED

_ANSIBLE = """\
[defaults]
gathering = smart
fact_caching = jsonfile
fact_caching_connection = {facts}
[ssh_connection]
pipelining = True
"""
"""Faster than its defaults: facts are gathered once, and modules go down the connection that is there."""


def _ours(layout: Layout) -> Mapping[str, str]:
    beside = [str(Path(sys.executable).parent), str(layout.tools)]
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), *beside])
    ansible = {"ANSIBLE_CONFIG": str(layout.operator / "ansible.cfg"), "ANSIBLE_HOME": str(layout.operator / "ansible")}
    # The mark lets the practice host end what was started on its behalf on this side too.
    return {**ISOLATED, **ansible, "PATH": search, MARK: str(layout.root)}


def _client(tools: Path) -> None:
    """An ``ssh`` for a machine that has none; its own comes first in the PATH."""
    tools.mkdir()
    program = shlex.join([sys.executable, "-m", "wizard.drill.sshclient"])
    package = shlex.quote(str(Path(__file__).parents[2]))
    (tools / "ssh").write_text(f'#!/bin/sh\nPYTHONPATH={package} exec {program} "$@"\n')
    (tools / "ssh").chmod(0o755)


@contextmanager
def surroundings(layout: Layout) -> Iterator[None]:
    """Our environment for as long as the drill lasts: what the wizard starts on this machine inherits it."""
    (layout.operator / "ansible.cfg").write_text(_ANSIBLE.format(facts=layout.operator / "facts"))
    _client(layout.tools)
    ours = _ours(layout)
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
