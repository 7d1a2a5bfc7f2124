"""Places in the host's own shell text at which a runner is killed, put in by the tests and nowhere else.

A place is armed by a file. The first runner to come by takes the file away and kills itself, so that each place strikes
once a trial, in whichever life of the wizard that may be.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from wizard.hosts import commands, sweeping

NONE = "no runner dies"
BEFORE_START = "before it takes the attempt"
MARKED = "between its mark and the start"
AFTER_START = "after the start"
DURING = "while the script runs"
BEFORE_DONE = "before the end is on record"
AFTER_DONE = "after the end is on record"

MARKS: Mapping[str, tuple[str, str]] = {
    BEFORE_START: ("take_up() {\n", ""),
    MARKED: ("", "    set -C # only a file that is not there yet\n    printf '' >taken\n"),
    AFTER_START: ("", '    echo "$1 $limit $grace" >&6\n'),
    BEFORE_DONE: ("", "    printf '' >\"state.done.$rc$how\""),
    AFTER_DONE: ('            run "$1"\n', "        fi\n"),
}
"""By place in ``runner.sh``, the text that it stands behind and the text that it stands before."""

RUNNERS = (NONE, BEFORE_START, MARKED, AFTER_START, DURING, BEFORE_DONE, AFTER_DONE)

PATIENCE = ('[ "$wz_ticks" -lt 25 ]', '[ "$wz_ticks" -lt 3 ]')
"""How long a claimed attempt waits for a runner: a fifth of a second each, shorter than for a user."""

REMOVAL = '[ $# -eq 0 ] || rm -f "$@"\n'
"""Takes the output away from the host once its run has ended: left out, as it is compared with what was kept."""


class TextChanged(AssertionError):
    """The shell text has no such line any more, so a place must be marked anew."""


def token(place: Path, runner: str) -> Path:
    """The file that arms a place."""
    return place / f"arm.{RUNNERS.index(runner)}"


def arm(place: Path, runner: str) -> None:
    """The next runner to come by there dies."""
    if runner != NONE:
        token(place, runner).touch()


def strike(place: Path, runner: str) -> str:
    """The shell command that kills the runner, where it is armed. In a script the runner is its parent."""
    target = "$PPID" if runner == DURING else "$$"
    return f"rm {shlex.quote(str(token(place, runner)))} 2>/dev/null && kill -9 {target}\n"


def sabotaged(name: str, text: str, place: Path) -> str:
    """The text of one of the host's files with every place of it put in."""
    if name == "following.sh":
        return _once(text, *PATIENCE)
    if name == "runner.sh":
        for runner, (behind, ahead) in MARKS.items():
            text = _once(text, behind + ahead, behind + strike(place, runner) + ahead)
    return text


def _once(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise TextChanged(f"{old!r} is there {text.count(old)} times")
    return text.replace(old, new)


def install(place: Path) -> None:
    """From now on every channel of this process gives its host the sabotaged text."""
    plain = commands._source.__wrapped__
    commands._source = cache(lambda name: sabotaged(name, plain(name), place))
    sweeping._ACKNOWLEDGE = _once(sweeping._ACKNOWLEDGE, REMOVAL, "")
