"""A practice host for the length of a ``with`` block, and the request for a run on it."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from wizard.checklist.document import Document, load
from wizard.drill.faults import NOTHING, Fault
from wizard.drill.furnish import furnish
from wizard.drill.host.orders import Orders
from wizard.drill.host.sweep import remove
from wizard.drill.inputs import inputs_for, write_answers, write_inputs
from wizard.drill.layout import Layout, new_root
from wizard.drill.needs import Programs, check_machine, find_redis, unused_account
from wizard.drill.process import LOOPBACK, HostProcess, free_port
from wizard.drill.project import build_project
from wizard.drill.surroundings import surroundings
from wizard.kinds import registry
from wizard.run.preparation import Request, find_checklist

CHECKLIST = "redis-ownership"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice host that runs.

    Args:
        layout: Where everything of it is.
        request: A run of the checklist on it, for `wizard.run.preparation.prepare`.
        answers: What a person would answer, as an answers file.
        fault: What is wrong on purpose.
        process: The practice host's own process.
    """

    layout: Layout
    request: Request
    answers: Path
    fault: Fault
    process: int

    def unmodelled(self) -> list[str]:
        """What the practice host was asked and does not model, a line each: what came of it proves nothing."""
        try:
            return self.layout.unmodelled.read_text().splitlines()
        except FileNotFoundError:
            return []


@contextmanager
def practice_host(
    checklist: str = CHECKLIST, fault: Fault = NOTHING, run_dir: Path | None = None, say: Say = lambda _line: None
) -> Iterator[Practice]:
    """Start a practice host; afterwards nothing of it is left but the run directory.

    Args:
        checklist: A path, or the name of a shipped checklist.
        fault: What is to be wrong on purpose.
        run_dir: Where the run is kept; None for the usual place.
        say: Told what is being done, a line a stage.

    Raises:
        UsageError: This machine cannot hold one, or lacks a program; the checklist cannot be used.
        HostUnreachable: It did not start.
    """
    check_machine()
    programs = find_redis()
    document = load(find_checklist(checklist), registry())
    with ExitStack() as stack:
        layout = Layout(new_root())
        stack.callback(remove, layout.root)
        yield _started(stack, layout, programs, Rehearsal(checklist, document, fault, run_dir), say)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is to be worked on the practice host."""

    checklist: str
    document: Document
    fault: Fault
    run_dir: Path | None


def _started(stack: ExitStack, layout: Layout, programs: Programs, rehearsal: Rehearsal, say: Say) -> Practice:
    """All of it, running; the stack takes it down again."""
    say(f"practice host: redis-server {programs.version} from {programs.server.parent}, in {layout.root}")
    gate = stack.enter_context(socket.create_server((LOOPBACK, 0)))
    orders = _orders(layout, rehearsal.fault, gate)
    furnish(layout, programs, orders.port, orders.password, rehearsal.fault)
    orders = _with_key(orders, layout)
    say("practice host: Redis saves once, its directory changes hands, 10,000 keys come that it cannot save")
    host = HostProcess(orders, gate)
    stack.callback(host.end)
    port: int = gate.getsockname()[1]
    # Only the practice host listens now: should it be gone, a connection is refused and not kept waiting.
    gate.close()
    say("practice host: the team's Ansible project, with the report's faults")
    build_project(layout, port, rehearsal.fault)
    request = _request(layout, rehearsal, orders, port, host.key())
    stack.enter_context(surroundings(layout))
    say(f"practice host: autobot@{LOOPBACK}:{port} serves")
    return Practice(layout, request, layout.operator / "answers.yaml", rehearsal.fault, host.pid)


def _orders(layout: Layout, fault: Fault, gate: socket.socket) -> Orders:
    servant = unused_account()
    if servant is not None:
        # Redis runs as another account and must reach its directory; the rest of the drill stays ours alone.
        os.chown(layout.root, -1, servant)
        layout.root.chmod(0o710)
    password = secrets.token_hex(16)
    return Orders(str(layout.root), os.getpid(), gate.fileno(), free_port(), password, "", servant, fault.step)


def _with_key(orders: Orders, layout: Layout) -> Orders:
    """The orders with the fingerprint of a new key for the operator."""
    import asyncssh  # noqa: PLC0415 - heavy, and not needed to say what this machine lacks

    key = asyncssh.generate_private_key("ssh-ed25519")
    with os.fdopen(os.open(layout.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.export_private_key())
    return replace(orders, client=key.get_fingerprint())


def _request(layout: Layout, rehearsal: Rehearsal, orders: Orders, port: int, key: str) -> Request:
    checklist, inputs, answers = (
        rehearsal.document.checklist,
        layout.operator / "inputs.yaml",
        layout.operator / "answers.yaml",
    )
    write_inputs(inputs, checklist.inputs, inputs_for(layout, port, orders.port, rehearsal.fault), orders.password)
    write_answers(answers, [step.id for phase in checklist.phases for step in phase.steps])
    return Request(
        checklist=rehearsal.checklist,
        inputs=inputs,
        run_dir=rehearsal.run_dir,
        accept=frozenset({key}),
        known_hosts=layout.known_hosts,
        local_spool=str(layout.operator / "spool"),
        practice=True,
    )
