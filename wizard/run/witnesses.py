"""Asking the hosts of a run for the heads of its journal that were left with them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from wizard.errors import HostError
from wizard.hosts import syslog
from wizard.hosts.base import Host
from wizard.run import events as ev
from wizard.run.connecting import same_machine
from wizard.run.events import Record
from wizard.run.journal import Head, heads
from wizard.run.preparation import Prepared, Request, hosts_of
from wizard.run.resuming import reopen
from wizard.run.state import RunState, replay
from wizard.run.testimony import Asked, Witness, compare


def witnesses(directory: Path, request: Request) -> list[Witness]:
    """Ask every host that a run reaches over SSH, and compare. No question is asked of a person.

    Args:
        directory: The run directory.
        request: Inputs given now; secrets are among them or in the environment.

    Raises:
        UsageError, JournalUnwritable: The run cannot be read, or an input is missing.
    """
    prepared = reopen(directory, request, as_started=True, rolling_back=True)
    before = prepared.history.records if prepared.history else ()
    asked = asyncio.run(_ask(prepared, replay(before)))
    # A run that goes on leaves heads meanwhile: the chain is read after the hosts, what was sent to them before.
    chain = heads(directory)
    return [compare(one, chain, _sent(one.host, before)) for one in asked]


def _sent(host: str, records: Sequence[Record]) -> set[Head]:
    events = (record.event for record in records)
    anchors = (event for event in events if isinstance(event, ev.ChainAnchored) and event.host == host)
    return {Head(event.number, event.head) for event in anchors if not event.why}


async def _ask(prepared: Prepared, state: RunState) -> list[Asked]:
    hosts, declared = hosts_of(prepared), prepared.document.checklist.hosts
    remote = {name: hosts[name] for name, spec in declared.items() if spec.ssh}
    return await asyncio.gather(*(_asked(name, host, prepared.run, state) for name, host in remote.items()))


async def _asked(name: str, host: Host, run: str, state: RunState) -> Asked:
    try:
        same_machine(name, await host.connect(), state)
        return Asked(name, await syslog.find(host, run))
    except HostError as problem:
        return Asked(name, why=str(problem))
    finally:
        await host.close()
