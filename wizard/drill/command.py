"""``wizard drill``: a practice host is started, a run is worked on it, and only the run's record stays."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from wizard.drill.faults import FAULTS, NOTHING, Fault, find_fault
from wizard.drill.practice import CHECKLIST, Practice, practice_host
from wizard.errors import UsageError
from wizard.run.preparation import Prepared, prepare
from wizard.text import sanitise

LIST = "list"
INTERRUPTED = 130

Work = Callable[[Practice, Prepared], int]
"""Works a run to its end, and returns its exit status."""


def drill(options: argparse.Namespace, work: Work) -> int:
    """Start a practice host, do the work on it, and let it vanish.

    Raises:
        WizardError: It cannot be started.
    """
    if options.fail == LIST:
        return _list_faults()
    fault = find_fault(options.fail) if options.fail else NOTHING
    if options.checklist not in {"", CHECKLIST}:
        _check_own(options.checklist, fault)
    _say(f"practice: {fault.title}{f': {fault.story}' if fault.step else ''}")
    try:
        return _worked(options, fault, work)
    except KeyboardInterrupt:
        _say("interrupted; the practice host is gone")
        return INTERRUPTED


def _check_own(checklist: str, fault: Fault) -> None:
    """A checklist of one's own may name any path, and the practice host's shell is this machine's.

    Raises:
        UsageError: It could change this machine, or a rehearsal was asked for.
    """
    if fault.step:
        raise UsageError("a rehearsal is of the shipped checklist", mend=f"Leave {checklist} out, or --fail")
    if os.geteuid() == 0:
        what = "the practice host is no sandbox: as root, a checklist of your own could change this machine"
        raise UsageError(what, mend="Start it as an ordinary user")
    _say("the practice host is no sandbox: a path that is not below one of its own is this machine's")


def _worked(options: argparse.Namespace, fault: Fault, work: Work) -> int:
    with practice_host(options.checklist or CHECKLIST, fault, options.run_dir, _say) as practice:
        prepared = prepare(practice.request)
        status = work(practice, prepared)
        unmodelled = practice.unmodelled()
    for line in unmodelled:
        _say(f"not modelled, so it proves nothing: {line}")
    _say(f"the practice host is gone, so this run cannot go on; its report: {prepared.directory / 'report.md'}")
    return status


def _list_faults() -> int:
    for fault in FAULTS:
        sys.stdout.write(f"{fault.step:18} {fault.title}\n{'':18} {fault.story}\n")
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"{sanitise(line)}\n")
    sys.stderr.flush()
