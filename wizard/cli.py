"""The command line. Each command imports what it needs when it runs, so that lint and schema answer at once."""

from __future__ import annotations

import argparse
import atexit
import gc
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from wizard.errors import WizardError

if TYPE_CHECKING:
    from wizard.checklist.problems import Problem
    from wizard.drill.practice import Practice
    from wizard.run.preparation import Prepared, Request


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status. No error reaches a person as a traceback."""
    _spare_the_collector()
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


def program() -> NoReturn:
    """Run a command as a program; it leaves without taking its objects apart one by one, which takes 30 ms."""
    status = main()
    if "logging" in sys.modules:
        sys.modules["logging"].shutdown()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def _spare_the_collector() -> None:
    """Start-up makes some 80,000 objects that stay: looking through them for garbage took a fifth of a lint's time."""
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)


def _complain(text: str) -> None:
    from wizard.text import sanitise

    sys.stderr.write(f"wizard: {sanitise(text)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wizard", description="Incident checklists as guided, gated, reversible runs.", allow_abbrev=False
    )
    parser.set_defaults(command=_interface)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_run(commands)
    _add_resume(commands)
    _add_rollback(commands)
    _add_records(commands)
    _add_drill(commands)
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
    run.add_argument("--run-dir", type=Path, metavar="DIR", help="keep the run here")
    run.add_argument("--check", action="store_true", help="render, connect and read; change nothing")
    _add_window(run)
    _add_running(run)
    _add_answers(run)
    run.set_defaults(command=_run)


def _add_resume(commands: Commands) -> None:
    resume = commands.add_parser("resume", help="go on with a run that stopped", allow_abbrev=False)
    resume.add_argument("run", metavar="RUN", help="a run directory, an id, or last")
    resume.add_argument("--as-started", action="store_true", help="with the checklist as it was, although it changed")
    _add_window(resume)
    _add_running(resume)
    _add_answers(resume)
    resume.set_defaults(command=_resume)


def _add_rollback(commands: Commands) -> None:
    rollback = commands.add_parser("rollback", help="undo a run, newest first", allow_abbrev=False)
    rollback.add_argument("run", metavar="RUN", help="a run directory, an id, or last")
    rollback.add_argument("--to", metavar="STEP", help="no further back than this step, which is undone too")
    rollback.add_argument("--reason", metavar="TEXT", help="why, for the report")
    _add_running(rollback)
    rollback.set_defaults(command=_rollback)


def _add_window(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--window", metavar="START/END", help="changing steps start only then, as in 22:00/04:00")


def _add_running(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", dest="sets", action="append", default=[], metavar="K=V", help="set an input")
    parser.add_argument("--inputs", type=Path, metavar="FILE", help="inputs in YAML, secrets too; must be 0600")
    parser.add_argument("--headless", action="store_true", help="no interface; pass gates only on what is observed")
    parser.add_argument("--json", action="store_true", help="print events as JSON lines (with --headless)")
    parser.add_argument(
        "--accept-host-key", action="append", default=[], metavar="SHA256:...", help="trust this key from now on"
    )


def _add_answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answers by step id, in YAML (with --headless)")
    parser.add_argument(
        "--on-fail",
        choices=["stop", "rollback"],
        default="stop",
        help="at a gate that stays shut: stop with the state kept, or undo everything (with --headless)",
    )


def _add_records(commands: Commands) -> None:
    """Commands about runs that are or were."""
    runs = commands.add_parser("runs", help="list runs, newest first", allow_abbrev=False)
    runs.add_argument("--json", action="store_true", help="a JSON line a run")
    runs.set_defaults(command=_records("runs"))
    report = _of_run(commands, "report", "render the incident report from the journal")
    report.add_argument("--format", choices=["markdown", "json"], default="markdown")
    report.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it there")
    note = _of_run(commands, "note", "put words on the record: [HH:MM] [#tag] text")
    note.add_argument("text", nargs="+", metavar="TEXT")
    _of_run(commands, "verify", "say whether the record is whole")
    plan = commands.add_parser("plan", help="print what remains, and the undo, as commented shell", allow_abbrev=False)
    plan.add_argument("what", metavar="RUN|CHECKLIST")
    plan.add_argument("--set", dest="sets", action="append", default=[], metavar="K=V", help="set an input")
    plan.set_defaults(command=_records("plan"))


def _of_run(commands: Commands, name: str, about: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, allow_abbrev=False)
    parser.add_argument("run", metavar="RUN", help="a run directory, an id, or last")
    parser.set_defaults(command=_records(name))
    return parser


def _records(name: str) -> Callable[[argparse.Namespace], int]:
    def command(options: argparse.Namespace) -> int:
        from wizard import records

        chosen: Callable[[argparse.Namespace], int] = getattr(records, name)
        return chosen(options)

    return command


def _add_drill(commands: Commands) -> None:
    drill = commands.add_parser(
        "drill", help="work the first incident on a practice host of its own", allow_abbrev=False
    )
    drill.add_argument(
        "checklist", metavar="CHECKLIST", nargs="?", default="", help="a path, or the name of a shipped one"
    )
    drill.add_argument("--headless", action="store_true", help="no interface; answered beforehand")
    drill.add_argument(
        "--fail", metavar="STEP", help="rehearse a failure of this step and its rollback; `list` tells which"
    )
    drill.add_argument("--json", action="store_true", help="print events as JSON lines (with --headless)")
    drill.add_argument("--run-dir", type=Path, metavar="DIR", help="keep the run here")
    drill.set_defaults(command=_drill)


def _add_lint(commands: Commands) -> None:
    lint = commands.add_parser("lint", help="say everything that is wrong with checklists", allow_abbrev=False)
    lint.add_argument("files", nargs="+", type=Path, metavar="FILE")
    lint.add_argument("--json", action="store_true", help="print problems as JSON lines")
    lint.set_defaults(command=_lint)


def _interface(_options: argparse.Namespace) -> int:
    from screens.app import open_interface

    return open_interface()


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
    if not options.headless:
        from screens.app import open_checklist

        _headless_needed(options)
        return open_checklist(_request(options, options.checklist))
    from wizard.run.preparation import prepare

    return _unattended(prepare(_request(options, options.checklist)), options)


def _headless_needed(options: argparse.Namespace) -> None:
    """Refuse what only a run without a person can be told, rather than pass over it in silence."""
    given = {"--json": options.json, "--answers": getattr(options, "answers", None)}
    given["--on-fail"] = getattr(options, "on_fail", "stop") != "stop"
    for option, value in given.items():
        if value:
            from wizard.errors import UsageError

            raise UsageError(f"{option} goes with --headless", mend="Add --headless, or leave it out")


def _request(options: argparse.Namespace, checklist: str = "") -> Request:
    from wizard.run.preparation import Request
    from wizard.run.window import parse_window

    window = getattr(options, "window", None)
    return Request(
        checklist=checklist,
        sets=options.sets,
        inputs=options.inputs,
        run_dir=getattr(options, "run_dir", None),
        window=parse_window(window) if window else None,
        accept=frozenset(options.accept_host_key),
        mode="check" if getattr(options, "check", False) else "run",
    )


def _unattended(prepared: Prepared, options: argparse.Namespace) -> int:
    from wizard.headless import Unasked, run_headless

    how = Unasked(options.answers, options.on_fail == "rollback", options.json, getattr(options, "check", False))
    return run_headless(prepared, how)


def _drill(options: argparse.Namespace) -> int:
    from wizard.drill.command import LIST, drill

    if options.headless or options.fail == LIST:
        return drill(options, _unattended_drill(options))
    from screens.app import choose_rehearsal, need_terminal

    _headless_needed(options)
    need_terminal()
    if options.fail is None and not options.checklist:
        options.fail = choose_rehearsal()
        if options.fail is None:
            return 0
    return drill(options, _attended_drill)


def _unattended_drill(options: argparse.Namespace) -> Callable[[Practice, Prepared], int]:
    def work(practice: Practice, prepared: Prepared) -> int:
        from wizard.headless import Unasked, run_headless

        return run_headless(prepared, Unasked(practice.answers, bool(practice.fault.step), options.json))

    return work


def _attended_drill(_practice: Practice, prepared: Prepared) -> int:
    from screens.app import Asked, run_interface

    return run_interface(prepared, Asked())


def _resume(options: argparse.Namespace) -> int:
    from wizard.paths import find_run
    from wizard.run.resuming import reopen

    prepared = reopen(find_run(options.run), _request(options), as_started=options.as_started)
    if options.headless:
        return _unattended(prepared, options)
    from screens.app import Asked, run_interface

    _headless_needed(options)
    return run_interface(prepared, Asked())


def _rollback(options: argparse.Namespace) -> int:
    from wizard.paths import find_run
    from wizard.run.resuming import reopen

    prepared = reopen(find_run(options.run), _request(options), as_started=True, rolling_back=True)
    to, reason = options.to or "", options.reason or ""
    if options.headless:
        from wizard.headless import Unasked, run_headless

        return run_headless(prepared, Unasked(as_json=options.json), lambda session: session.roll_back(to, reason))
    from screens.app import roll_back

    _headless_needed(options)
    return roll_back(prepared, to, reason)


if __name__ == "__main__":
    program()
