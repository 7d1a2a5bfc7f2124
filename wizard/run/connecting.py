"""Reaching the hosts of a run: all at once, each told as soon as it answers, an unknown key asked about."""

from __future__ import annotations

import asyncio
import dataclasses

from wizard.checklist.templating import render_text
from wizard.errors import HostError, HostKeyChanged, HostKeyUnknown
from wizard.hosts.base import Host, Identity
from wizard.hosts.examining import Examination, examine
from wizard.hosts.world import LOCAL
from wizard.run import events as ev
from wizard.run.context import Context
from wizard.run.desk import Paused
from wizard.run.intents import ACCEPT_KEY, PAUSE
from wizard.run.needs import Needs, needs
from wizard.run.state import RunState

HOST = "host:"
"""What the scope of a question or a trouble about one host begins with."""


class Connecting:
    """Connects, and looks at what was connected to.

    Args:
        context: The run.
        person: Somebody is there who can accept a key, and who watches.
    """

    def __init__(self, context: Context, *, person: bool) -> None:
        self._context = context
        self._person = person
        self._asking = asyncio.Lock()
        self._left: Paused | None = None

    def _record(self, event: ev.Event) -> None:
        self._context.recorder.record(event)

    async def connect(self) -> None:
        """Reach every host at once; where several cannot be reached, the first one's error is the run's.

        Raises:
            HostError, Paused: A host cannot be reached, or a person would not trust it.
        """
        # This machine last: starting a shell here must not keep those waiting that are waited for longest.
        hosts = sorted(self._context.hosts.items(), key=lambda one: one[0] == LOCAL)
        ends = await asyncio.gather(*(self._reach(*one) for one in hosts), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def _reach(self, name: str, host: Host) -> None:
        try:
            identity = await self._trusted(name, host)
            same_machine(name, identity, self._context.recorder.state)
        except HostError as problem:
            if self._person:
                self._record(ev.TroubleMet(str(problem), HOST + name))
            raise
        declared = self._context.checklist.hosts.get(name)
        environment = declared.environment if declared else ""
        self._record(ev.HostConnected(name, host.label, dataclasses.asdict(identity), environment))

    async def _trusted(self, name: str, host: Host) -> Identity:
        """Connect; a jump host's key may be unknown too, so it is asked until none is."""
        while True:
            try:
                return await host.connect()
            except HostKeyUnknown as unknown:
                if not self._person:
                    raise
                await self._accept(name, unknown)
                host.vouch(unknown.fingerprint)

    async def _accept(self, name: str, unknown: HostKeyUnknown) -> None:
        """Ask about one key after the other: a person compares one at a time."""
        shown = ev.HostKeyShown(name, unknown.where, unknown.fingerprint, unknown.what)
        async with self._asking:
            if self._left:
                raise self._left
            self._record(shown)
            asked = ev.QuestionAsked(HOST + name, "host_key", unknown.what, [ACCEPT_KEY, PAUSE])
            try:
                await self._context.desk.question(asked)
            except Paused as left:
                # Who leaves at one host's key is not asked for the next one's.
                self._left = left
                raise

    async def examine(self) -> frozenset[str]:
        """Look at every host once, all at the same time. Nothing hangs on it, so a failure is only said.

        Returns the hosts whose spools were swept today, as far as they told.
        """
        wanted = needs(self._context.checklist, self._context.scope())
        hosts = self._context.hosts.items()
        seen = await asyncio.gather(*(self._examine(name, host, wanted.get(name, Needs())) for name, host in hosts))
        return frozenset(name for name, one in zip(self._context.hosts, seen, strict=True) if one.swept)

    async def _examine(self, name: str, host: Host, wanted: Needs) -> Examination:
        seen = await examine(host, wanted.tools, wanted.paths)
        self._record(_examined(name, seen, self._sudo(name, host)))
        return seen

    def _sudo(self, name: str, host: Host) -> str:
        """How root was come by, as far as it is known: a password may be at hand and yet not have been asked for."""
        declared = self._context.checklist.hosts.get(name)
        if declared is None or not declared.sudo:
            return "not used"
        if host.destination and host.destination.user == "root":
            return "not needed, as root logs in itself"
        password = render_text(declared.sudo_password or "", self._context.scope())
        return "with the password that was given, where it asks" if password else "without a password"


def same_machine(name: str, identity: Identity, state: RunState) -> None:
    """A resumed run goes on where it began; another machine behind the same address is none of its business.

    Raises:
        HostKeyChanged: It is another one.
    """
    known = state.hosts.get(name)
    if known is None or name == LOCAL:
        return
    then = (known.identity.get("machine_id"), known.identity.get("key"))
    if then != (identity.machine_id, identity.key):
        raise HostKeyChanged(
            f"another machine than at the start answers as {name}",
            where=known.label,
            mend=f"It was {then[0]} with key {then[1]}; find out what changed before going on",
        )


def _examined(name: str, seen: Examination, sudo: str) -> ev.HostExamined:
    return ev.HostExamined(
        host=name,
        os=seen.os,
        kernel=seen.kernel,
        sudo=sudo,
        skew=seen.skew,
        within=seen.within,
        tools=seen.tools,
        disks=[dict(disk) for disk in seen.disks],
        why=seen.why,
    )
