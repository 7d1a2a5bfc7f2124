"""The words of the command line: commands, options, and what each is for. It loads nothing that a command needs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse names its type only so


def parser() -> argparse.ArgumentParser:
    """The parser; what it parses names the command in ``command``."""
    made = argparse.ArgumentParser(
        prog="wizard", description="Incident checklists as guided, gated, reversible runs.", allow_abbrev=False
    )
    made.set_defaults(command="interface")
    commands = made.add_subparsers(title="commands", metavar="COMMAND")
    _add_run(commands)
    _add_resume(commands)
    _add_rollback(commands)
    _add_watch(commands)
    _add_records(commands)
    _add_drill(commands)
    _add_lint(commands)
    settings = commands.add_parser(
        "settings", help="print the interface's settings and where they come from", allow_abbrev=False
    )
    settings.add_argument("--check", action="store_true", help="only say what is wrong with the file")
    settings.set_defaults(command="settings")
    schema = commands.add_parser("schema", help="print the JSON Schema of checklists", allow_abbrev=False)
    schema.set_defaults(command="schema")
    version = commands.add_parser("version", help="print the version", allow_abbrev=False)
    version.set_defaults(command="version")
    return made


def _add_run(commands: Commands) -> None:
    run = commands.add_parser("run", help="run a checklist", allow_abbrev=False)
    run.add_argument("checklist", metavar="CHECKLIST", help="a path, or the name of a shipped checklist")
    run.add_argument("--run-dir", type=Path, metavar="DIR", help="keep the run here")
    run.add_argument("--check", action="store_true", help="render, connect and read; change nothing")
    _add_window(run)
    _add_running(run)
    _add_take_over(run)
    _add_answers(run)
    run.set_defaults(command="run")


def _add_resume(commands: Commands) -> None:
    resume = commands.add_parser("resume", help="go on with a run that stopped", allow_abbrev=False)
    resume.add_argument("run", metavar="RUN", nargs="?", help="a run directory, an id, or last")
    resume.add_argument(
        "--acknowledge", action="store_true", help="take over a run that was handed over (with --headless)"
    )
    resume.add_argument("--as-started", action="store_true", help="with the checklist as it was, although it changed")
    _add_window(resume)
    _add_running(resume)
    _add_take_over(resume)
    _add_answers(resume)
    resume.set_defaults(command="resume")


def _add_rollback(commands: Commands) -> None:
    rollback = commands.add_parser("rollback", help="undo a run, newest first", allow_abbrev=False)
    rollback.add_argument("run", metavar="RUN", nargs="?", help="a run directory, an id, or last")
    rollback.add_argument("--to", metavar="STEP", help="no further back than this step, which is undone too")
    rollback.add_argument("--reason", metavar="TEXT", help="why, for the report")
    _add_running(rollback)
    _add_take_over(rollback)
    rollback.set_defaults(command="rollback")


def _add_watch(commands: Commands) -> None:
    watch = _of_run(commands, "watch", "show a run as it goes on, read-only; it may be written elsewhere")
    watch.add_argument("--headless", action="store_true", help="no interface, lines; so it is without a terminal")
    watch.add_argument("--json", action="store_true", help="print events as JSON lines, until it ends or stops")


def _add_window(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--window", metavar="START/END", help="changing steps start only then, as in 22:00/04:00")


def _add_running(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", dest="sets", action="append", default=[], metavar="K=V", help="set an input")
    _add_inputs(parser)
    parser.add_argument("--headless", action="store_true", help="no interface; pass gates only on what is observed")
    parser.add_argument("--json", action="store_true", help="print events as JSON lines (with --headless)")
    parser.add_argument(
        "--accept-host-key", action="append", default=[], metavar="SHA256:...", help="trust this key from now on"
    )


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--inputs", type=Path, metavar="FILE", help="inputs in YAML, secrets too; must be 0600")


def _add_take_over(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--take-over", action="store_true", help="change hosts that another run holds; that one may not any more"
    )


def _add_answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="answers by step id, in YAML, that nobody else can write (with --headless)",
    )
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
    runs.set_defaults(command="runs")
    report = _of_run(commands, "report", "render the incident report from the journal")
    report.add_argument("--format", choices=["markdown", "html", "json"], default="markdown")
    report.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it there; - prints it")
    note = _of_run(commands, "note", "put words on the record: [HH:MM in UTC] [#tag] text; #done 12 ticks a todo")
    note.add_argument("text", nargs="+", metavar="TEXT")
    handover = _of_run(commands, "handover", "write down, for who takes a run over, how it stands and what is next")
    handover.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it there, not beside the journal")
    verify = _of_run(commands, "verify", "say whether the record is whole")
    verify.add_argument(
        "--host", action="store_true", help="ask the run's hosts for what was left with them of it, too"
    )
    _add_inputs(verify)
    plan = commands.add_parser("plan", help="print what remains, and the undo, as commented shell", allow_abbrev=False)
    plan.add_argument("what", metavar="RUN|CHECKLIST")
    plan.add_argument("--set", dest="sets", action="append", default=[], metavar="K=V", help="set an input")
    plan.set_defaults(command="plan")


def _of_run(commands: Commands, name: str, about: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, allow_abbrev=False)
    # Words follow the run of a note, so that it cannot be left out there.
    nargs = None if name == "note" else "?"
    parser.add_argument("run", metavar="RUN", nargs=nargs, help="a run directory, an id, or last")
    parser.set_defaults(command=name)
    return parser


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
    drill.set_defaults(command="drill")


def _add_lint(commands: Commands) -> None:
    lint = commands.add_parser("lint", help="say everything that is wrong with checklists", allow_abbrev=False)
    lint.add_argument("files", nargs="+", type=Path, metavar="FILE")
    lint.add_argument("--json", action="store_true", help="print problems as JSON lines")
    lint.set_defaults(command="lint")
