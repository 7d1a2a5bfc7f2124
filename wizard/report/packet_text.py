"""The packet as Markdown, for whoever takes the run over."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from wizard.report.blocks import bullets, table, time, verdict
from wizard.report.escape import code, fence, text
from wizard.report.packet import Packet, ToUndo
from wizard.report.times import meant
from wizard.run.items import Item

OTHER_MACHINE = """\
The packet is the run directory itself: `events.jsonl`, `before/` and `output/`. Copy it whole, with its modes, as in
`rsync -a` or `tar -p`, and go on from the copy; nobody may go on from the first one as well. What is not in it:

- secrets, which were never kept: they are asked for again;
- the keys of hosts that were accepted: they are asked for again, by fingerprint, unless known_hosts is brought too;
- your own SSH key or agent, and the paths on the operator's machine that the inputs name, such as a checkout;
- what steps on `local` started: it ran on the first machine, and is unknown on another."""


def packet_text(packet: Packet) -> str:
    """The whole of it."""
    return "\n\n".join(_blocks(packet)) + "\n"


def _blocks(packet: Packet) -> Iterator[str]:
    yield f"# Handover: {text(packet.title)}"
    yield from _next(packet)
    yield table(["What", "On record"], _rows(packet))
    yield from _gate(packet)
    yield from _listed("Running without a wizard", packet.running, "Nothing that is on record.")
    yield from _undo(packet)
    yield from _notes(packet)
    yield from _listed("Deviations", packet.deviations, "None.")
    yield from _go_on(packet)


def _next(packet: Packet) -> Iterator[str]:
    given = packet.handover
    yield "## Next"
    if not given.at:
        yield "Nobody has handed this run over; this is how it stands."
        return
    to = f" to {text(given.to)}" if given.to else ""
    yield f"{text(given.by)} handed over{to} at {time(given.at)}: **{text(given.words)}**"
    yield f"Taken over by {text(packet.taken_over)}." if packet.taken_over else "Nobody has taken it over yet."


def _rows(packet: Packet) -> Iterator[tuple[str, str]]:
    yield "Stands", f"{text(packet.standing)}{f': {text(packet.reason)}' if packet.reason else ''}"
    yield "Done", text(packet.progress)
    yield "Severity", text(packet.severity)
    if packet.current:
        yield "At", text(packet.current)
    if packet.question:
        yield "Waits for an answer to", text(packet.question)
    yield "Run", code(packet.run)
    yield "Checklist", code(packet.checklist)
    yield "Last event", time(packet.last)
    for name, label, environment in packet.hosts:
        yield f"Host {code(name)}", f"{code(label)}{f', {text(environment)}' if environment else ''}"


def _gate(packet: Packet) -> Iterator[str]:
    yield "## Open gate"
    gate = packet.gate
    if gate is None:
        yield "None."
        return
    yield f"{text(gate.place)} is shut by: {'; '.join(map(text, gate.blocked_by))}."
    if gate.checks:
        rows = [(text(name), verdict(end), text(expected), text(seen)) for name, end, expected, seen in gate.checks]
        yield table(["Check", "Outcome", "Expected", "Observed"], rows)
    yield from (f"Advice: {text(advice)}" for advice in gate.advice)


def _undo(packet: Packet) -> Iterator[str]:
    yield "## Undo stack"
    if not packet.undo:
        yield "Nothing could be undone."
        return
    yield f"Newest first. All of it: {text(packet.worst)}."
    yield table(["Step", "Host", "Undo", "At worst"], map(_undone, packet.undo))


def _undone(one: ToUndo) -> tuple[str, ...]:
    how = f"**cannot be undone:** {text(one.irreversible)}" if one.irreversible else text(one.undo)
    return text(one.place), code(one.host), how, text(one.worst)


def _notes(packet: Packet) -> Iterator[str]:
    yield from _listed("Hypotheses, open", map(_note, packet.hypotheses), "None is on record.", escaped=True)
    yield from _listed("Hypotheses, confirmed", map(_note, packet.confirmed), "None is on record.", escaped=True)
    yield from _listed("Hypotheses, eliminated", map(_note, packet.eliminated), "None is on record.", escaped=True)
    yield from _listed("To do", map(_note, packet.todos), "Nothing is on record.", escaped=True)


def _note(item: Item) -> str:
    why = f" ({text(item.outcome)} by {text(item.settled_by)}: {text(item.reason)})" if item.reason else ""
    return f"{time(meant(item.when, item.at))}, {text(item.who)}: {text(item.text)}{why}"


def _listed(title: str, items: Iterable[str], nothing: str, *, escaped: bool = False) -> Iterator[str]:
    yield f"## {title}"
    told = [item if escaped else text(item) for item in items]
    yield bullets(told) if told else nothing


def _go_on(packet: Packet) -> Iterator[str]:
    yield "## How to go on"
    run = shlex.quote(packet.directory or packet.run)
    yield fence(
        f"wizard resume {run}             # shows this, asks for your word, then goes on\n"
        f"wizard resume {run} --headless --acknowledge\n"
        f"wizard rollback {run}           # undoes it all, newest first\n"
        f"wizard plan {run}               # the rest as shell, should the wizard be the trouble",
        "sh",
    )
    if packet.secrets:
        yield f"Secrets to give again: {', '.join(map(code, packet.secrets))}."
    yield "### On another machine"
    yield OTHER_MACHINE
