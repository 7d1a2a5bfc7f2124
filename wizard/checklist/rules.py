"""What types cannot say of a document: ids, hosts, gates, undo, and each part's own flaws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.checklist.build import KindsLike
from wizard.checklist.defaults import field_names, specs_of
from wizard.checklist.draft import LOCAL, Draft, Finding
from wizard.checklist.model import Checklist
from wizard.checklist.positions import Loc
from wizard.checklist.problems import guess
from wizard.checklist.sound import mappings
from wizard.checklist.spec import Spec, is_template
from wizard.checklist.values import Unfit, convert
from wizard.checklist.walking import specs

MOMENTS = frozenset({"gate", "end", "resolved"})
"""Moments of a notice that are no phase's end."""


def duplicate_ids(draft: Draft) -> Iterator[Finding]:
    """Two phases, or two steps anywhere, with one id."""
    for keys in (("phases",), ("phases", "steps")):
        seen: dict[Any, str] = {}
        for loc, part in mappings(draft.data, *keys):
            name = part.get("id")
            if isinstance(name, str) and name in seen:
                yield Finding((*loc, "id"), f"the id `{name}` is taken by {seen[name]}", "give it another")
            elif isinstance(name, str):
                seen[name] = f"the {keys[-1].removesuffix('s')} `{part.get('title', name)}`"


def emptiness(draft: Draft) -> Iterator[Finding]:
    """A document without phases or exit criteria, a phase without steps."""
    if not draft.data.get("phases"):
        yield Finding(("phases",), "there are no phases", "write at least one, with a step")
    if not draft.data.get("exit_criteria"):
        yield Finding(
            ("exit_criteria",), "there are no exit criteria", "say what must hold before the incident is resolved"
        )
    for loc, phase in mappings(draft.data, "phases"):
        if not phase.get("steps"):
            yield Finding(loc, "a phase without steps", "write a step, or take the phase away")


def gates(draft: Draft) -> Iterator[Finding]:
    """A step that changes something needs proof, and a way back or a reason why there is none."""
    for loc, step in draft.steps():
        action = step.action
        if action.changes and not step.checks and not _given(draft, loc, "checks"):
            yield Finding(
                loc, f"the step `{step.id}` changes something and has no checks", "write what must hold after it"
            )
        if action.changes and not action.undoable and not action.irreversible_reason:
            mend = "write how to take it back in `undo`, or why nobody can in `irreversible`"
            yield Finding((*loc, step.kind), f"the step `{step.id}` changes something and has no way back", mend)
        if step.samples and step.kind != "watch":
            yield Finding((*loc, "samples"), "only a `watch` takes samples", "make them checks")


def _given(draft: Draft, loc: Loc, key: str) -> bool:
    """Something was written there, sound or not."""
    return any(place == loc and bool(part.get(key)) for place, part in mappings(draft.data, "phases", "steps"))


def vain_checks(draft: Draft) -> Iterator[Finding]:
    """Checks that can never fail."""
    for loc, item in draft.checks():
        reason = item.check.never_fails()
        if reason:
            yield Finding(
                (*loc, item.kind), f"this check can never fail: {reason}", "ask for something that can be wrong"
            )


def _host_words(draft: Draft) -> Iterator[tuple[Loc, str]]:
    for loc, spec in specs(draft.checklist):
        for key in ("on", "host"):
            name = getattr(spec, key, None)
            if key in spec.model_fields_set and isinstance(name, str) and not is_template(name):
                yield (*loc, key), name


def undefined_hosts(draft: Draft) -> Iterator[Finding]:
    """Hosts that are named and not declared."""
    for loc, name in _host_words(draft):
        if name not in draft.hosts:
            yield Finding(loc, f"there is no host `{name}`", guess(name, draft.hosts))
    local = (draft.checklist.hosts or {}).get(LOCAL)
    if local is not None and local.ssh is not None:
        yield Finding(("hosts", LOCAL), "`local` is always the operator's machine", "give this host another name")


def defaults(draft: Draft) -> Iterator[Finding]:
    """Inputs whose default is not of their type, or whose name a template already knows."""
    for name in draft.inputs & {
        "captured",
        "run",
        "true",
        "false",
        "none",
        "not",
        "and",
        "or",
        "if",
        "else",
        "is",
        "in",
        "self",
    }:
        yield Finding(("inputs", name), f"`{name}` means something else in a template", "give the input another name")
    for name, one in (draft.checklist.inputs or {}).items():
        if one is None or one.default is None or one.type == "secret" or any(True for _ in one.flaws()):
            continue
        try:
            convert(one.default, one)
        except Unfit as unfit:
            yield Finding(("inputs", name, "default"), unfit.what, unfit.mend)


def unknown_defaults(checklist: Checklist, kinds: KindsLike) -> Iterator[Finding]:
    """Defaults of a kind there is not, or of a field that no such kind takes."""
    known = {*kinds.actions, *kinds.checks}
    for kind, fields in (checklist.defaults or {}).items():
        if kind not in known:
            yield Finding(("defaults", kind), f"there is no kind `{kind}`", guess(kind, known))
            continue
        names = set().union(*(field_names(spec) for spec in specs_of(kind, kinds)))
        for name in set(fields or {}) - names:
            yield Finding(("defaults", kind, name), f"no `{kind}` takes `{name}`", guess(name, names))


def proofs(draft: Draft) -> Iterator[Finding]:
    """Preventive measures that name a step or an exit criterion which is not there."""
    known = [part.get("id") for _, part in mappings(draft.data, "phases", "steps")]
    known += [part.get("name") for _, part in mappings(draft.data, "exit_criteria")]
    words = {word for word in known if isinstance(word, str)}
    for number, measure in enumerate(draft.checklist.prevention or ()):
        for place, name in enumerate(measure.checked_by if measure else ()):
            if name not in words and not is_template(name):
                mend = guess(name, words) or "give the exit criterion this name"
                yield Finding(
                    ("prevention", number, "checked_by", place), f"there is no step or exit criterion `{name}`", mend
                )


def moments(draft: Draft) -> Iterator[Finding]:
    """Notices for a moment that never comes."""
    phases = [part.get("id") for _, part in mappings(draft.data, "phases")]
    known = {name for name in phases if isinstance(name, str)} | MOMENTS
    for number, notice in enumerate(draft.checklist.notify or ()):
        for place, name in enumerate((notice.at or ()) if notice else ()):
            if name not in known:
                yield Finding(("notify", number, "at", place), f"there is no phase `{name}`", guess(name, known))
    for loc, phase in draft.phases():
        if phase.id in MOMENTS:
            yield Finding((*loc, "id"), f"`{phase.id}` means something else in `notify`", "give the phase another id")


def own_flaws(draft: Draft) -> Iterator[Finding]:
    """What each part finds wrong with itself."""
    for loc, spec in specs(draft.checklist):
        yield from _flaws(loc, spec)


def _flaws(loc: Loc, spec: Spec) -> Iterator[Finding]:
    for flaw in spec.flaws():
        yield Finding((*loc, *flaw.at), flaw.what, flaw.mend)


RULES = (duplicate_ids, emptiness, gates, vain_checks, undefined_hosts, defaults, proofs, moments, own_flaws)
