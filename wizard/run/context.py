"""What the parts of one run share: its document, inputs, hosts, record and desk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wizard.actions.base import Action, Editable
from wizard.checklist.inputs import Inputs
from wizard.checklist.model import CheckItem, Checklist, Step
from wizard.checklist.spec import Spec
from wizard.checklist.templating import render, render_flag, render_text
from wizard.checks.base import Check
from wizard.errors import UsageError
from wizard.frozen import frozen
from wizard.hosts.base import Host
from wizard.hosts.world import Mark, World
from wizard.kinds import Kinds
from wizard.redact import Redactor
from wizard.run.desk import Desk
from wizard.run.journal import Head
from wizard.run.recorder import Recorder


@dataclass(slots=True)
class Holds:
    """What this life of the run holds: by host, the links as they were when it was last asked for.

    Args:
        take_over: What another run holds is taken over; somebody said so beforehand.
        person: Somebody is there who can be asked.
        preparing: What attempts need is being made on hosts meanwhile.
    """

    take_over: bool = False
    person: bool = False
    held: dict[str, Mapping[str, str]] = field(default_factory=dict)
    preparing: set[asyncio.Task[None]] = field(default_factory=set)


@dataclass(slots=True)
class Anchors:
    """What is being left with the hosts: by host, the newest head that it is to have, and who sends it.

    Args:
        wanted: Anything is left at all: a run that is to change nothing writes into no syslog either.
    """

    wanted: bool = True
    next: dict[str, Head] = field(default_factory=dict)
    sending: dict[str, asyncio.Task[None]] = field(default_factory=dict)


@frozen
class Context:
    """One run's surroundings. ``directory`` is the run directory; ``hosts`` holds ``local`` too."""

    run: str
    directory: Path
    checklist: Checklist
    inputs: Inputs
    kinds: Kinds
    hosts: Mapping[str, Host]
    recorder: Recorder
    desk: Desk
    redactor: Redactor
    holds: Holds = field(default_factory=Holds)
    anchors: Anchors = field(default_factory=Anchors)

    def scope(self) -> dict[str, Any]:
        """The names a template may use right now."""
        state = self.recorder.state
        return {
            **self.inputs.values,
            **self.inputs.secrets,
            "captured": dict(state.captured),
            "run": {"id": self.run, "started": state.began_at},
        }

    def wanted(self, when: str | None) -> bool:
        """A ``when`` holds, or there is none."""
        return when is None or render_flag(when, self.scope())

    def world(self, host: str, written: Spec | None = None) -> World:
        """The surroundings of a kind that works on this host, made from this part of the checklist."""
        marks = {
            name: {where: Mark(mark.clock, mark.cursor) for where, mark in taken.items()}
            for name, taken in self.recorder.state.marks.items()
        }
        return World(self.hosts[host], self.hosts, self.run, self.directory, marks, written, self.secret_paths(host))

    def secret_paths(self, host: str) -> frozenset[str]:
        """The paths on a host whose content is secret by one of the steps there: no check and no evidence shows it."""
        return frozenset(self._secret_paths(host))

    def _secret_paths(self, host: str) -> Iterator[str]:
        for path, secret in self.checklist.hidden.get(host, ()):
            # What an earlier step captures is not known yet, and then nothing is at that path yet.
            with suppress(UsageError):
                if secret is True or render_flag(secret, self.scope(), where="secret"):
                    yield render_text(path, self.scope())

    def action(self, step: Step) -> Action[Any]:
        """The step's action as it runs: rendered with what is known now, with a person's text where one was given."""
        action, edits = self.written(step), self.recorder.state.steps[step.id].edits
        return action.edited([Editable(one.text, one.undo) for one in edits]) if edits else action

    def written(self, step: Step) -> Action[Any]:
        """The step's action as the checklist has it, rendered with what is known now."""
        kind = self.kinds.actions[step.kind]
        return kind(render(step.action, self.scope()), self.world(step.on, step.action))

    def check(self, item: CheckItem, host: str) -> Check[Any]:
        """A check, rendered with what is known now; ``host`` is where it looks unless it says otherwise."""
        kind = self.kinds.checks[item.kind]
        return kind(render(item.check, self.scope()), self.world(item.on or host))
