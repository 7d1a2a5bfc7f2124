"""The command line. Each command imports what it needs when it runs, so that lint and schema answer at once."""

from __future__ import annotations

import argparse
import atexit
import gc
import json
import os
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from wizard.arguments import parser
from wizard.errors import WizardError

if TYPE_CHECKING:
    from pathlib import Path

    from wizard.checklist.problems import Problem
    from wizard.drill.practice import Practice
    from wizard.run.preparation import Prepared, Request


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status. No error reaches a person as a traceback."""
    _spare_the_collector()
    options = parser().parse_args(argv)
    try:
        if getattr(options, "run", "") is None:
            options.run = _unnamed_run(options.command)
        return _COMMANDS.get(options.command, _records)(options)
    except WizardError as problem:
        _complain(str(problem))
        return problem.exit_status
    except BrokenPipeError:
        # Python would complain once more at exit, when it flushes what nobody reads.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def program() -> NoReturn:
    """Run a command as a program; it leaves without taking its objects apart one by one, which takes 30 ms."""
    _leave_no_core()
    status = main()
    if "logging" in sys.modules:
        sys.modules["logging"].shutdown()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def _leave_no_core() -> None:
    """A core dump would hold every secret of the run; what is started from here leaves none either."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def _spare_the_collector() -> None:
    """Start-up makes some 80,000 objects that stay: looking through them for garbage took a fifth of a lint's time."""
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)


def _complain(text: str) -> None:
    from wizard.text import sanitise

    sys.stderr.write(f"wizard: {sanitise(text)}\n")


def _unnamed_run(command: str) -> str:
    from wizard.naming import unnamed_run

    return unnamed_run(command)


def _records(options: argparse.Namespace) -> int:
    """A command about runs that are or were."""
    from wizard import records

    command: Callable[[argparse.Namespace], int] = getattr(records, options.command)
    return command(options)


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


def _settings(options: argparse.Namespace) -> int:
    from screens.settings import load, told
    from wizard.text import sanitise

    loaded = load()
    for problem in loaded.problems:
        sys.stdout.write(f"{sanitise(str(problem))}\n" if options.check else "")
        sys.stderr.write("" if options.check else f"wizard: {sanitise(str(problem))}\n")
    if not options.check:
        sys.stdout.write("".join(f"{sanitise(line)}\n" for line in told(loaded)))
    elif not loaded.problems:
        sys.stderr.write(f"{sanitise(str(loaded.path))}: {'nothing wrong' if loaded.there else 'not there'}\n")
    return 2 if loaded.problems else 0


def _lint(options: argparse.Namespace) -> int:
    from wizard.checklist.document import examined
    from wizard.kinds import registry

    found = [problem for file in options.files for problem in examined(file, registry())]
    for problem in found:
        sys.stdout.write(f"{_told(problem, as_json=options.json)}\n")
    if not all(problem.caution for problem in found):
        return 2
    cautions = f"; {len(found)} caution{'s' if len(found) > 1 else ''}" if found else ""
    sys.stderr.write(f"{len(options.files)} checked, nothing wrong{cautions}\n")
    return 0


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
            "caution": problem.caution,
        }
    )


def _run(options: argparse.Namespace) -> int:
    if not options.headless:
        _headless_needed(options)
    if not options.headless and not _only_lines():
        from screens.opening import open_checklist

        return open_checklist(options.checklist, lambda: _request(options, options.checklist))
    from wizard.run.preparation import prepare

    return _unattended(_confirmed(prepare(_request(options, options.checklist)), options), options)


def _only_lines() -> bool:
    """A person sits at a terminal that cannot show the interface."""
    if os.environ.get("TERM", "") not in {"", "dumb"}:
        return False
    from wizard.confirming import only_lines

    return only_lines()


def _confirmed(prepared: Prepared, options: argparse.Namespace, *, rolling_back: bool = False) -> Prepared:
    """What was not asked for as headless goes on so only on a person's word."""
    if not options.headless:
        from wizard.confirming import confirm

        confirm(prepared, rolling_back=rolling_back)
    return prepared


def _headless_needed(options: argparse.Namespace) -> None:
    """Refuse what only a run without a person can be told, rather than pass over it in silence."""
    given = {"--json": options.json, "--answers": getattr(options, "answers", None)}
    given["--acknowledge"] = getattr(options, "acknowledge", False)
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
        acknowledged=getattr(options, "acknowledge", False),
        take_over=getattr(options, "take_over", False),
    )


def _unattended(prepared: Prepared, options: argparse.Namespace) -> int:
    from wizard.headless import Unasked, run_headless

    how = Unasked(options.answers, options.on_fail == "rollback", options.json, getattr(options, "check", False))
    return run_headless(prepared, how)


def _drill(options: argparse.Namespace) -> int:
    from wizard.drill.command import LIST, drill

    if not options.headless and options.fail != LIST and _only_lines():
        from wizard.confirming import tell

        _headless_needed(options)
        tell("the drill goes on headless, on a practice host that is gone afterwards")
        options.headless = True
    if options.headless or options.fail == LIST:
        return drill(options, _unattended_drill(options))
    from screens.app import choose_rehearsal
    from screens.terminal import need_terminal

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

    if not options.headless:
        _headless_needed(options)
    directory, request = find_run(options.run), _request(options)
    prepared = reopen(directory, request, as_started=options.as_started)
    if _let_go(directory):
        prepared = reopen(directory, request, as_started=options.as_started)
    if options.headless or _only_lines():
        _taken_over(prepared)
        return _unattended(_confirmed(prepared, options), options)
    from screens.app import Asked, run_interface

    return run_interface(prepared, Asked())


def _let_go(directory: Path) -> bool:
    """Have a detached engine stop that has this run; whether anybody had it. Told, as it takes a moment."""
    from wizard.run.holder import let_go
    from wizard.run.listing import writer

    held = writer(directory)
    if held:
        _complain(f"taking the run over from {held}")
        let_go(directory)
    return bool(held)


def _watch(options: argparse.Namespace) -> int:
    from wizard.paths import find_run
    from wizard.watching import unfit_terminal, watch

    directory, unfit = find_run(options.run), unfit_terminal()
    if options.headless or options.json or unfit:
        if unfit and not (options.headless or options.json):
            sys.stderr.write(f"{unfit}: told in lines instead\n")
        return watch(directory, as_json=options.json)
    from screens.app import watch_run

    return watch_run(directory)


def _taken_over(prepared: Prepared) -> None:
    """Refuse what was handed over and not taken over, before anything is connected."""
    from wizard.run.handing import need_acknowledgement
    from wizard.run.state import replay

    if prepared.history and not prepared.request.acknowledged:
        need_acknowledgement(replay(prepared.history.records), str(prepared.directory))


def _rollback(options: argparse.Namespace) -> int:
    from wizard.paths import find_run
    from wizard.run.resuming import reopen

    prepared = reopen(find_run(options.run), _request(options), as_started=True, rolling_back=True)
    to, reason = options.to or "", options.reason or ""
    if to and prepared.history:
        from wizard.run.rollback import back_to
        from wizard.run.state import replay

        # Refused before anything is connected: a name mistyped must not undo more than was meant.
        back_to(replay(prepared.history.records), to)
    if not options.headless:
        _headless_needed(options)
    if options.headless or _only_lines():
        from wizard.headless import Unasked, run_headless

        _confirmed(prepared, options, rolling_back=True)
        return run_headless(prepared, Unasked(as_json=options.json), lambda session: session.roll_back(to, reason))
    from screens.app import roll_back

    return roll_back(prepared, to, reason)


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "interface": _interface,
    "run": _run,
    "resume": _resume,
    "rollback": _rollback,
    "watch": _watch,
    "drill": _drill,
    "lint": _lint,
    "schema": _schema,
    "settings": _settings,
    "version": _version,
}
"""The commands that are not about a record; those are in ``wizard.records``, by their names."""


if __name__ == "__main__":
    program()
