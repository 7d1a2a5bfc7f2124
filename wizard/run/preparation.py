"""From a person's words to a run that can start: checklist linted, inputs resolved, hosts made, journal opened."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard import paths
from wizard.account import operator
from wizard.checklist.document import Document
from wizard.checklist.inputs import Inputs, resolve
from wizard.checklist.loading import source_of
from wizard.checklist.model import HostSpec, Step
from wizard.checklist.positions import show
from wizard.checklist.problems import ChecklistInvalid, Problem
from wizard.checklist.templating import render
from wizard.errors import RunDirectoryInUse, UsageError
from wizard.hosts.base import Host, Link
from wizard.hosts.factory import make_host
from wizard.hosts.world import LOCAL
from wizard.kinds import document_from, kinds_in
from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run.context import Anchors, Context, Holds
from wizard.run.desk import Desk
from wizard.run.handing import acknowledged
from wizard.run.journal import JOURNAL, Journal, Reading
from wizard.run.recorder import Reader, Recorder
from wizard.run.state import replay
from wizard.run.window import Window
from wizard.version import VERSION


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for on the command line, or typed when asked; secrets may be among ``typed``.

    Args:
        known_hosts: Where host keys are accepted, instead of the wizard's own file; a drill's vanishes with its host.
        local_spool: Where attempts on this machine are kept, instead of the usual place.
        practice: The hosts are a drill's.
        detached: The engine has no terminal; a person may come back to it.
        acknowledged: Whoever asks takes over a run that was handed over.
        take_over: A host that another run holds is taken over from it.
    """

    checklist: str
    sets: Sequence[str] = ()
    inputs: Path | None = None
    run_dir: Path | None = None
    window: Window | None = None
    accept: frozenset[str] = frozenset()
    mode: str = "run"
    known_hosts: Path | None = None
    local_spool: str = ""
    practice: bool = False
    detached: bool = False
    typed: Mapping[str, Any] = field(default_factory=dict, repr=False)
    acknowledged: bool = False
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that can start, or go on: nothing has been connected or written yet.

    ``history`` is the journal of a run that goes on; None for a new one.
    """

    request: Request
    document: Document
    inputs: Inputs
    run: str
    directory: Path
    history: Reading | None = None


def shipped() -> dict[str, Path]:
    """The checklists that come with the wizard, by name."""
    import importlib.resources  # noqa: PLC0415 - a checklist is mostly given by its path

    folder = importlib.resources.files("checklists")
    return {Path(str(file)).stem: Path(str(file)) for file in folder.iterdir() if file.name.endswith(".yaml")}


def find_checklist(text: str) -> Path:
    """A path, or the name of a shipped checklist.

    Raises:
        UsageError: It is neither.
    """
    path = Path(text).expanduser()
    if path.suffix in {".yaml", ".yml"} or path.exists():
        return path
    known = shipped()
    if text in known:
        return known[text]
    raise UsageError(f"no checklist is called {text}", mend=f"Give a path, or one of: {', '.join(sorted(known))}")


def prepare(request: Request) -> Prepared:
    """Read, lint and resolve everything that can be known before a host is touched.

    Raises:
        ChecklistInvalid: With every problem and its position.
        UsageError: An input is missing or not what it must be.
    """
    document = document_from(source_of(find_checklist(request.checklist)))
    inputs = resolve(document.checklist.inputs, pairs=request.sets, file=request.inputs, answers=request.typed)
    run = paths.new_run_id(datetime.now(UTC))
    if request.run_dir:
        directory = paths.private_directory(request.run_dir)
    else:
        directory = paths.new_run_directory(document.checklist.checklist, run)
    return Prepared(request, document, inputs, run, directory)


def open_run(prepared: Prepared, readers: Sequence[Reader]) -> Context:
    """Open the journal, write the event that begins or resumes the run, make the hosts. Called in the engine's loop.

    Raises:
        RunDirectoryInUse, JournalUnwritable, UsageError.
    """
    history = prepared.history
    if history is None and (prepared.directory / JOURNAL).exists():
        mend = "Choose another, or resume that run"
        raise UsageError("this directory holds a run already", where=str(prepared.directory), mend=mend)
    redactor = Redactor(prepared.inputs.secrets.values())
    state = replay(history.records) if history else None
    recorder = Recorder(Journal(prepared.directory, redactor), readers, state)
    try:
        _nothing_since(prepared, recorder.journal)
        recorder.record(_run_resumed(prepared, history) if history else _run_started(prepared))
        if prepared.request.acknowledged and recorder.state.handed_over:
            recorder.record(acknowledged())
        hosts = hosts_of(prepared, recorder)
    except BaseException:
        recorder.journal.close()
        raise
    return Context(
        run=prepared.run,
        directory=prepared.directory,
        checklist=prepared.document.checklist,
        inputs=prepared.inputs,
        kinds=kinds_in(prepared.document.source),
        hosts=hosts,
        recorder=recorder,
        desk=Desk(recorder),
        redactor=redactor,
        holds=Holds(prepared.request.take_over),
        anchors=Anchors(prepared.request.mode != "check"),
    )


def _run_resumed(prepared: Prepared, history: Reading) -> ev.RunResumed:
    return ev.RunResumed(history.torn, prepared.request.mode, prepared.request.detached)


def _nothing_since(prepared: Prepared, journal: Journal) -> None:
    """Refuse to go on from what was read before another wizard, which held the journal until now, wrote more."""
    known = len(prepared.history.records) if prepared.history else 0
    if journal.length != known:
        raise RunDirectoryInUse(
            "another wizard went on with this run meanwhile",
            where=str(prepared.directory),
            mend="Look at how it stands now; then resume it",
        )


def _run_started(prepared: Prepared) -> ev.RunStarted:
    checklist = prepared.document.checklist
    return ev.RunStarted(
        run=prepared.run,
        checklist=checklist.checklist,
        title=checklist.title,
        severity=checklist.severity,
        path=str(prepared.document.path),
        sha256=prepared.document.sha256,
        source=prepared.document.source,
        operator=operator(),
        machine=platform.node(),
        wizard=VERSION,
        inputs=dict(prepared.inputs.values),
        secrets=sorted(prepared.inputs.secrets),
        outline=[
            {"id": phase.id, "title": phase.title, "steps": [_outline(step) for step in phase.steps]}
            for phase in checklist.phases
        ],
        exit_criteria=[item.name or item.kind for item in checklist.exit_criteria],
        mode=prepared.request.mode,
        practice=prepared.request.practice,
    )


def _outline(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "title": step.title,
        "host": step.on,
        "kind": step.kind,
        "changes": step.action.changes,
    }


def hosts_of(prepared: Prepared, recorder: Recorder | None = None) -> Mapping[str, Host]:
    """Every host of a run, not connected yet; what becomes of their links goes on record, where there is one."""
    scope = {**prepared.inputs.values, **prepared.inputs.secrets, "captured": {}, "run": {"id": prepared.run}}
    document = prepared.document
    declared = {name: _declared(name, spec, scope, document) for name, spec in document.checklist.hosts.items()}
    if LOCAL not in declared:
        declared = {LOCAL: HostSpec(local=True), **declared}
    return {name: _host(name, spec, prepared, recorder) for name, spec in declared.items()}


def _host(name: str, spec: HostSpec, prepared: Prepared, recorder: Recorder | None) -> Host:
    def on_link(link: Link, reason: str) -> None:
        if recorder:
            recorder.record(ev.LinkChanged(name, link.value, reason))

    return make_host(
        name,
        ssh=spec.ssh or "",
        port=spec.port,
        identity=spec.identity,
        sudo=spec.sudo,
        sudo_password=spec.sudo_password or None,
        path=spec.path,
        spool=spec.spool or ("" if spec.ssh or spec.sudo else prepared.request.local_spool or paths.local_spool()),
        accept=prepared.request.accept,
        known_hosts=prepared.request.known_hosts or paths.known_hosts_file(),
        on_link=on_link,
    )


def _declared(name: str, spec: HostSpec, scope: Mapping[str, Any], document: Document) -> HostSpec:
    """A host with its values rendered in.

    Raises:
        ChecklistInvalid: A value cannot stand in its field; lint cannot tell where a template has still to be rendered.
    """
    try:
        return render(spec, scope)
    except UsageError as error:
        loc = ("hosts", name, error.where.partition(".")[0])
        file = str(document.path)
        raise ChecklistInvalid([Problem(*document.position(loc), show(loc), error.what, error.mend, file)]) from error
