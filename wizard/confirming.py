"""A terminal that cannot show the interface: a run goes on there without one, on the typed word of the person at it.

Headless, no step is shown before it changes something. That is what a person asks for with ``--headless``; a terminal
that happens to be dumb asks for nothing, so the person is told and has to say so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress

from wizard.checklist.templating import render
from wizard.errors import UsageError, WizardError
from wizard.run.preparation import Prepared
from wizard.run.state import replay
from wizard.text import one_line

DUMB = ("", "dumb")
"""What TERM says where nothing but lines can be shown."""

LEFT_TO_CHANCE = (
    "Headless, no step is shown to you before it changes something: each one runs as soon as the gate before it has\n"
    "opened on what was observed, and the run stops, with its state kept, at what only a person can decide.\n"
)
ONLY_LOOKS = "With --check nothing is changed, so it goes on headless.\n"


def only_lines() -> bool:
    """There is a person at a terminal, and it can show nothing but lines."""
    return os.environ.get("TERM", "") in DUMB and sys.stdin.isatty() and sys.stderr.isatty()


def confirm(prepared: Prepared, *, rolling_back: bool = False) -> None:
    """Say that the interface cannot be shown and what would be done without it, and go on only on a typed word.

    Raises:
        UsageError: The person did not type it.
    """
    sys.stderr.write(f"wizard: the interface cannot be shown here ({_term()}).\n")
    if prepared.request.mode == "check":
        sys.stderr.write(ONLY_LOOKS)
        return
    name = prepared.document.checklist.checklist
    sys.stderr.write("".join(_told(prepared, rolling_back=rolling_back)))
    sys.stderr.write(f"Type {name} to go on headless; anything else leaves it: ")
    sys.stderr.flush()
    if _typed() != name:
        _leave(prepared)


def _typed() -> str:
    try:
        return sys.stdin.readline().strip()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return ""


def tell(what: str) -> None:
    """Say that something goes on headless, where that takes nobody's word."""
    sys.stderr.write(f"wizard: the interface cannot be shown here ({_term()}); {what}.\n")


def _term() -> str:
    term = os.environ.get("TERM", "")
    return f"TERM={term}" if term else "TERM is not set"


def _told(prepared: Prepared, *, rolling_back: bool) -> Iterator[str]:
    checklist = prepared.document.checklist
    title = f"  {one_line(checklist.title)} ({checklist.checklist})"
    if rolling_back and prepared.history:
        stack = replay(prepared.history.records).undo_stack
        yield f"Headless, nothing of it is shown before it is undone, newest first: {', '.join(stack) or 'nothing'}.\n"
        yield f"{title}\n"
        return
    yield LEFT_TO_CHANCE
    steps = [step for phase in checklist.phases for step in phase.steps]
    changing = [step for step in steps if step.action.changes]
    hosts = ", ".join(_host(prepared, name) for name in dict.fromkeys(step.on for step in changing))
    on = f", on {hosts}" if hosts else ""
    yield f"{title}: {len(changing)} of its {len(steps)} steps change something{on}.\n"


def _host(prepared: Prepared, name: str) -> str:
    """A host by name and, where it can be told already, by address."""
    spec = prepared.document.checklist.hosts.get(name)
    with suppress(WizardError):
        address = render(spec, {**prepared.inputs.values}).ssh if spec and spec.ssh else ""
        return f"{name} ({one_line(address)})" if address else name
    return name


def _leave(prepared: Prepared) -> None:
    """Nothing was begun, so no empty run is left behind either."""
    if prepared.history is None and prepared.request.run_dir is None:
        with suppress(OSError):
            prepared.directory.rmdir()
    mend = "Give --headless to run without the interface, or open it in another terminal"
    raise UsageError("nothing was begun", mend=mend)
