"""Commands that read a run's record, or add a person's words to it; of these only `verify --host` asks hosts."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wizard import owned, paths
from wizard.errors import UsageError
from wizard.text import sanitise

if TYPE_CHECKING:
    from wizard.run.testimony import Witness


def runs(options: argparse.Namespace) -> int:
    """List the runs there are, newest first."""
    from wizard.run.listing import list_runs, table

    found = list_runs()
    if options.json:
        for one in found:
            sys.stdout.write(json.dumps(one.to_json()) + "\n")
    else:
        sys.stdout.write(table(found, shutil.get_terminal_size((100, 24)).columns))
    return 0


def verify(options: argparse.Namespace) -> int:
    """Say whether a run's record is whole; exit 1 where it is not, 3 where a host that may know was not reached."""
    from wizard.run.verification import verify as verified

    directory = paths.find_run(options.run)
    found = verified(directory)
    if options.host and not found.broken:
        # The hosts first: what is verified then is no older than what they say.
        heard = _heard(directory, options)
        found = replace(verified(directory), witnesses=heard)
    for line in found.lines():
        sys.stdout.write(f"{sanitise(line)}\n")
    return found.exit_status


def _heard(directory: Path, options: argparse.Namespace) -> Sequence[Witness]:
    from wizard.run.preparation import Request
    from wizard.run.witnesses import witnesses

    return witnesses(directory, Request("", inputs=options.inputs))


def note(options: argparse.Namespace) -> int:
    """Put a person's words on a run's record."""
    from wizard.run.notes import add_note

    sys.stderr.write(f"{sanitise(add_note(paths.find_run(options.run), ' '.join(options.text)))}\n")
    return 0


def report(options: argparse.Namespace) -> int:
    """Render a run's report from its journal."""
    from wizard.report.build import build_from
    from wizard.report.export import to_json
    from wizard.report.files import render
    from wizard.run.journal import read

    directory = paths.find_run(options.run)
    text = to_json(build_from(read(directory))) if options.format == "json" else render(directory)
    if options.format == "html":
        text = _as_html(text)
    if options.output:
        _write(options.output, text)
    else:
        sys.stdout.write(text)
    return 0


def _as_html(markdown: str) -> str:
    from wizard.report.html import to_html

    return to_html(markdown)


def handover(options: argparse.Namespace) -> int:
    """Write the packet for whoever takes a run over, beside its journal or where it is wanted."""
    from wizard.report.files import render_handover, write_handover

    directory = paths.find_run(options.run)
    if options.output:
        _write(options.output, render_handover(directory))
        written = options.output
        if str(written) == "-":
            return 0
    else:
        written = write_handover(directory)
    sys.stderr.write(f"{sanitise(str(written))}\n")
    return 0


def _write(path: Path, text: str) -> None:
    """The report as a file of mode 0600: it is for others once its reader has decided so; ``-`` prints it."""
    if str(path) == "-":
        sys.stdout.write(text)
    else:
        owned.write(path, text.encode("utf-8", "backslashreplace"))


def plan(options: argparse.Namespace) -> int:
    """Print what remains of a run, or all of a checklist, as commented shell."""
    sys.stdout.write(_plan_of_checklist(options) if _is_checklist(options.what) else _plan_of_run(options.what))
    return 0


def _is_checklist(what: str) -> bool:
    from wizard.run.preparation import shipped

    return what.endswith((".yaml", ".yml")) or what in shipped()


def _plan_of_checklist(options: argparse.Namespace) -> str:
    from wizard.checklist.document import load
    from wizard.checklist.inputs import given_values, resolve
    from wizard.kinds import registry
    from wizard.run.preparation import find_checklist
    from wizard.run.shellplan import plan_of_checklist

    document = load(find_checklist(options.what), registry())
    declared = document.checklist.inputs
    given_values(declared, pairs=options.sets)
    known = {name: one for name, one in declared.items() if one.type != "secret" and _is_given(name, one, options.sets)}
    values = resolve(known, pairs=options.sets).values
    return plan_of_checklist(document, values, registry(), known_hosts=paths.known_hosts_file())


def _is_given(name: str, declared: object, pairs: list[str]) -> bool:
    return getattr(declared, "default", None) is not None or any(pair.startswith(f"{name}=") for pair in pairs)


def _plan_of_run(what: str) -> str:
    from wizard.checklist.document import read_document
    from wizard.checklist.loading import Source
    from wizard.kinds import registry
    from wizard.run.journal import read
    from wizard.run.shellplan import plan_of_run
    from wizard.run.state import replay

    directory = paths.find_run(what)
    state = replay(read(directory).records)
    if state.started is None:
        raise UsageError("the run never began", where=str(directory), mend="Start a new one")
    started = state.started
    document = read_document(Source(Path(started.path), started.source, started.sha256), registry())
    return plan_of_run(document, state, directory, registry(), known_hosts=paths.known_hosts_file())
