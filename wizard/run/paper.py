"""Steps and checks of a run that is only on paper: rendered as far as they can be, written out for a person's shell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from wizard.actions.base import Action, Editable
from wizard.checklist.model import CheckItem, Step
from wizard.checklist.spec import Spec
from wizard.checklist.templating import render
from wizard.errors import WizardError
from wizard.hosts.fake import FakeHost
from wizard.hosts.world import World
from wizard.kinds import Kinds
from wizard.run.placeholders import Known, as_written
from wizard.run.places import OnPaper
from wizard.run.shellsteps import Offer
from wizard.run.shelltext import comment, pasted

UNRENDERED = (WizardError, ValueError, TypeError, LookupError, RuntimeError)
"""What rendering and planning raise where a value, a mark in its place or a before-state is not what a kind expects."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What steps are written out with. ``directory`` is the run directory, which need not be there.

    ``edits`` holds the texts that a person gave steps at their gates, newest last.
    """

    known: Known
    kinds: Kinds
    directory: Path
    places: Mapping[str, OnPaper]
    edits: Mapping[str, Sequence[Editable]] = field(default_factory=dict)

    def where(self, host: str) -> str:
        """The host by name and place: ``redis (autobot@172.16.168.23 · sudo)``."""
        place = self.places[host].place
        return f"{place.name} ({place.label})"

    def action(self, step: Step) -> Action[Any]:
        """The step's action, with marks in place of unknown values.

        Raises:
            WizardError, ValueError: A mark is not what a field takes.
        """
        action = self.kinds.actions[step.kind](render(step.action, self.known.scope), self._world(step.on, step.action))
        edits = self.edits.get(step.id)
        return action.edited(edits) if edits else action

    def _world(self, host: str, written: Spec | None = None) -> World:
        """Hosts that are never asked: planning asks nothing."""
        hosts = {name: FakeHost(name, destination=one.destination) for name, one in self.places.items()}
        return World(hosts[host], hosts, self.known.scope["run"]["id"], self.directory, written=written)

    def by_hand(self, step: Step, make: Callable[[Action[Any]], Offer]) -> str:
        """What ``make`` offers for the step's action, written out; the step's own text where it cannot be rendered."""
        offer, missing = self._offered(step, make), self.known.missing(step.action)
        if missing and not offer.script:
            offer = replace(offer, words=f"needs: {', '.join(missing)}\n{offer.words}")
        return self._written(step, offer)

    def _offered(self, step: Step, make: Callable[[Action[Any]], Offer]) -> Offer:
        if not self.known.faithful(step.action):
            return Offer(words=f"as the checklist has it:\n{as_written(step.action)}")
        try:
            return make(self.action(step))
        except UNRENDERED as problem:
            return Offer(words=f"as the checklist has it ({problem}):\n{as_written(step.action)}")

    def _written(self, step: Step, offer: Offer) -> str:
        place = self.places[offer.host or step.on].place
        words = comment(offer.words) if offer.words else ""
        if place.name != step.on:
            words += comment(f"this is done on {self.where(place.name)}")
        return words + (pasted(place, offer.script, offer.secrets) if offer.script else "")

    def checks(self, how: str, items: Sequence[CheckItem], host: str) -> str:
        """A comment line for each check that applies, as far as that is known."""
        return "".join(comment(f"{how}: {one}") for one in self.titles(items, host))

    def titles(self, items: Sequence[CheckItem], host: str) -> list[str]:
        """What each check that applies looks for, as far as that is known."""
        return [self._check(item, host) for item in items if self.known.holds(item.when) is not False]

    def _check(self, item: CheckItem, host: str) -> str:
        where = "" if item.on in {None, host} else f" - on {item.on}"
        only = f" (where this holds: {item.when})" if self.known.holds(item.when) is None else ""
        return f"{item.name or self._title(item, host)}{where}{only}"

    def _title(self, item: CheckItem, host: str) -> str:
        try:
            spec = render(item.check, self.known.scope)
            return self.kinds.checks[item.kind](spec, self._world(item.on or host)).title()
        except UNRENDERED:
            return f"{item.kind}: {as_written(item.check)}"
