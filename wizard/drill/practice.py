"""A practice host for the length of a ``with`` block, and the request for a run on it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from wizard.checklist.document import load
from wizard.drill.faults import NOTHING, Fault
from wizard.drill.furnish import furnish
from wizard.drill.host.orders import Orders
from wizard.drill.host.sweep import end_processes, remove
from wizard.drill.inputs import inputs_for, write_answers, write_inputs
from wizard.drill.layout import Layout, new_root
from wizard.drill.needs import check_machine, find_redis, unused_account
from wizard.drill.project import ISOLATED, build_project
from wizard.errors import HostUnreachable
from wizard.kinds import registry
from wizard.run.preparation import Request, find_checklist

CHECKLIST = "redis-ownership"
_ANSIBLE = "[defaults]\n[ssh_connection]\npipelining = True\n"
"""Modules go down the connection that is there, instead of to a file of their own first: the faster way."""
_GOODBYE = 15.0
"""Seconds in which the practice host has ended; then it is ended."""

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
    layout = Layout(new_root())
    host: subprocess.Popen[bytes] | None = None
    try:
        password, port, servant = secrets.token_hex(16), _free_port(), unused_account()
        say(f"practice host: redis-server {programs.version}, in {layout.root}")
        _let_in(layout, servant)
        furnish(layout, programs, port, password, fault)
        orders = Orders(str(layout.root), port, password, _new_key(layout), servant, fault.step)
        say("practice host: Redis starts, saves, loses its directory, and takes 10,000 keys it cannot save")
        host = _start(orders)
        told = _told(host, layout)
        say("practice host: the team's Ansible project, as the report found it")
        build_project(layout, told["port"], fault)
        checks = document.checklist
        given = inputs_for(layout, told["port"], port, fault)
        write_inputs(layout.operator / "inputs.yaml", checks.inputs, given, password)
        write_answers(layout.operator / "answers.yaml", [step.id for phase in checks.phases for step in phase.steps])
        request = Request(
            checklist=checklist,
            inputs=layout.operator / "inputs.yaml",
            run_dir=run_dir,
            accept=frozenset({told["key"]}),
            known_hosts=layout.known_hosts,
            local_spool=str(layout.operator / "spool"),
        )
        with _surroundings(layout):
            yield Practice(layout, request, layout.operator / "answers.yaml", fault, host.pid)
    finally:
        _end(host, layout)


def _let_in(layout: Layout, servant: int | None) -> None:
    """Where Redis runs as another account it must reach its directory; the rest of the drill stays ours alone."""
    if servant is not None:
        os.chown(layout.root, -1, servant)
        layout.root.chmod(0o710)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _new_key(layout: Layout) -> str:
    """Make the operator's key; returns its fingerprint."""
    import asyncssh  # noqa: PLC0415 - heavy, and not needed to say what this machine lacks

    key = asyncssh.generate_private_key("ssh-ed25519")
    with os.fdopen(os.open(layout.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.export_private_key())
    return str(key.get_fingerprint())


def _start(orders: Orders) -> subprocess.Popen[bytes]:
    """In a session of its own, so that no key pressed in a terminal ends it before us."""
    package = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    host = subprocess.Popen(
        [sys.executable, "-m", "wizard.drill.host"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(Path(orders.root) / "operator/host.log").open("wb"),
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )
    assert host.stdin is not None  # noqa: S101 - it was asked for
    host.stdin.write(json.dumps(asdict(orders)).encode() + b"\n")
    host.stdin.flush()
    return host


def _told(host: subprocess.Popen[bytes], layout: Layout) -> Mapping[str, object]:
    assert host.stdout is not None  # noqa: S101 - it was asked for
    log = layout.operator / "host.log"
    line = host.stdout.readline()
    told = json.loads(line) if line else {}
    if "port" not in told:
        said = told.get("problem") or (log.read_text().strip().splitlines() or ["it said nothing"])[-1]
        raise HostUnreachable(f"the practice host did not start: {said}", mend="Try again; then tell us")
    return told


@contextmanager
def _surroundings(layout: Layout) -> Iterator[None]:
    """Git and Ansible as they come, whatever this user has set up for them; what they keep vanishes too."""
    settings = layout.operator / "ansible.cfg"
    settings.write_text(_ANSIBLE)
    ours = {**ISOLATED, "ANSIBLE_CONFIG": str(settings), "ANSIBLE_HOME": str(layout.operator / "ansible")}
    ours["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _end(host: subprocess.Popen[bytes] | None, layout: Layout) -> None:
    """Close the life-line, and see to the rest should the practice host be gone already."""
    if host is not None:
        for pipe in (host.stdin, host.stdout):
            if pipe:
                pipe.close()
        with suppress(subprocess.TimeoutExpired):
            host.wait(_GOODBYE)
        if host.poll() is None:
            os.killpg(host.pid, signal.SIGKILL)
            host.wait()
    if layout.root.exists():
        end_processes(layout.root)
        remove(layout.root)
