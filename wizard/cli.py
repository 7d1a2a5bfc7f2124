"""The command line. Each command imports what it needs when it runs, so that lint and schema answer at once."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from wizard.errors import WizardError

if TYPE_CHECKING:
    from wizard.checklist.problems import Problem
    from wizard.run.engine import Engine, Outcome
    from wizard.run.preparation import Prepared, Request

TICK = 0.2
SIGNALS = {signal.SIGHUP: "hung up", signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status. No error reaches a person as a traceback."""
    parser = _parser()
    options = parser.parse_args(argv)
    try:
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except WizardError as problem:
        _complain(str(problem))
        return problem.exit_status
    except BrokenPipeError:
        # Python would complain once more at exit, when it flushes what nobody reads.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _complain(text: str) -> None:
    from wizard.text import sanitise

    sys.stderr.write(f"wizard: {sanitise(text)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wizard", description="Incident checklists as guided, gated, reversible runs.", allow_abbrev=False
    )
    parser.set_defaults(command=_help(parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_run(commands)
    _add_lint(commands)
    schema = commands.add_parser("schema", help="print the JSON Schema of checklists", allow_abbrev=False)
    schema.set_defaults(command=_schema)
    version = commands.add_parser("version", help="print the version", allow_abbrev=False)
    version.set_defaults(command=_version)
    return parser


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse names its type only so


def _add_run(commands: Commands) -> None:
    run = commands.add_parser("run", help="run a checklist", allow_abbrev=False)
    run.add_argument("checklist", metavar="CHECKLIST", help="a path, or the name of a shipped checklist")
    run.add_argument("--set", dest="sets", action="append", default=[], metavar="K=V", help="set an input")
    run.add_argument("--inputs", type=Path, metavar="FILE", help="inputs in YAML, secrets too; must be 0600")
    run.add_argument("--run-dir", type=Path, metavar="DIR", help="keep the run here")
    run.add_argument("--check", action="store_true", help="render, connect and read; change nothing")
    run.add_argument("--headless", action="store_true", help="no interface; pass gates only on what is observed")
    run.add_argument("--answers", type=Path, metavar="FILE", help="answers by step id, in YAML (with --headless)")
    run.add_argument("--json", action="store_true", help="print events as JSON lines (with --headless)")
    run.add_argument(
        "--accept-host-key", action="append", default=[], metavar="SHA256:...", help="trust this key from now on"
    )
    run.set_defaults(command=_run)


def _add_lint(commands: Commands) -> None:
    lint = commands.add_parser("lint", help="say everything that is wrong with checklists", allow_abbrev=False)
    lint.add_argument("files", nargs="+", type=Path, metavar="FILE")
    lint.add_argument("--json", action="store_true", help="print problems as JSON lines")
    lint.set_defaults(command=_lint)


def _help(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    def show(_options: argparse.Namespace) -> int:
        parser.print_help(sys.stderr)
        return 2

    return show


def _schema(_options: argparse.Namespace) -> int:
    from wizard.checklist.schema import schema_text
    from wizard.kinds import registry

    sys.stdout.write(schema_text(registry()))
    return 0


def _version(_options: argparse.Namespace) -> int:
    from wizard.version import VERSION

    sys.stdout.write(f"wizard {VERSION}\n")
    return 0


def _lint(options: argparse.Namespace) -> int:
    from wizard.checklist.document import lint
    from wizard.kinds import registry

    found = [problem for file in options.files for problem in lint(file, registry())]
    for problem in found:
        sys.stdout.write(f"{_told(problem, as_json=options.json)}\n")
    if not found:
        sys.stderr.write(f"{len(options.files)} checked, nothing wrong\n")
    return 2 if found else 0


def _told(problem: Problem, *, as_json: bool) -> str:
    if not as_json:
        from wizard.text import sanitise

        return sanitise(str(problem))
    return json.dumps(
        {
            "file": problem.file,
            "line": problem.line,
            "column": problem.column,
            "path": problem.path,
            "what": problem.what,
            "mend": problem.mend,
        }
    )


def _run(options: argparse.Namespace) -> int:
    from wizard.errors import UsageError
    from wizard.run.preparation import prepare

    if not options.headless:
        raise UsageError("the interface is not there yet", mend="Run with --headless")
    prepared = prepare(_request(options))
    return _unattended(prepared, options)


def _request(options: argparse.Namespace) -> Request:
    from wizard.run.preparation import Request

    return Request(
        checklist=options.checklist,
        sets=options.sets,
        inputs=options.inputs,
        run_dir=options.run_dir,
        accept=frozenset(options.accept_host_key),
        mode="check" if options.check else "run",
    )


def _unattended(prepared: Prepared, options: argparse.Namespace) -> int:
    from wizard.console import Inbox, JsonLines, Narrator
    from wizard.run.engine import Engine
    from wizard.run.preparation import open_run
    from wizard.run.stepper import Manner
    from wizard.run.unattended import Unattended, read_decisions

    decisions = read_decisions(options.answers, prepared.document.checklist)
    inbox = Inbox()
    answering = Unattended(decisions)
    engine = Engine(lambda: open_run(prepared, [inbox, answering]), Manner(dry=options.check))
    answering.submit = engine.submit
    _debug_log(prepared.directory)
    reader = JsonLines() if options.json else Narrator()
    outcome, caught = _watch(engine, lambda wait: inbox.drain(reader, wait))
    return _told_end(prepared.directory, outcome, caught)


def _debug_log(directory: Path) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    logging.basicConfig(
        filename=directory / "debug.log", level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )


def _watch(engine: Engine, drain: Callable[[float], None]) -> tuple[Outcome, int]:
    """Read until the engine ends; a signal stops it with the state kept. Returns the signal caught, or 0."""
    from wizard.run.intents import Stop

    caught: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        engine.submit(Stop(SIGNALS[signal.Signals(number)]))

    for number in SIGNALS:
        signal.signal(number, stop)
    engine.start()
    while (outcome := engine.join(0)) is None:
        drain(TICK)
    drain(0)
    return outcome, caught[0] if caught else 0


def _told_end(directory: Path, outcome: Outcome, caught: int) -> int:
    if outcome.error:
        _complain(str(outcome.error))
    sys.stderr.write(f"{outcome.word}; the run is kept in {directory}\n")
    return 128 + caught if caught and outcome.word == "paused" else outcome.exit_status


if __name__ == "__main__":
    sys.exit(main())
