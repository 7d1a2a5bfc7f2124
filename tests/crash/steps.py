"""Five kinds of step, each of which says on the host that it began and that it ended."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

from tests.crash.sabotage import DURING, strike

QUICK, FAILING, LONG, DAEMON, DEAF = "quick", "failing", "long output", "leaves a daemon", "ignores TERM"

BODIES: Mapping[str, str] = {
    QUICK: "echo fine",
    FAILING: "echo bad >&2",
    LONG: "head -c 600000 /dev/zero | tr '\\0' x; echo end",
    DAEMON: "sleep 30 & echo $! >>{place}/daemons",
    DEAF: "trap '' TERM; echo deaf; n=0; while [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.1; done",
}
KINDS = tuple(BODIES)
LIMIT = "0.4s"

DO, UNDO = "do", "undo"

LOCAL = """\
hosts:
  local: {{local: true, spool: {place}/spool}}"""
SSH = """\
hosts:
  local: {{{{local: true, spool: {{place}}/local}}}}
  box: {{{{ssh: "{user}@127.0.0.1", port: {port}, identity: {identity}, spool: {{place}}/spool}}}}"""

WHO = "{{ who }}"
INPUTS = "inputs:\n  who: {type: text}\n"
"""Who acts, where there are two: it goes behind the words of the effects."""

CHECKLIST = """\
checklist: crash
title: A trial
severity: low
{hosts}
phases:
  - id: one
    title: One
    steps:
      - id: act
        title: Act
        why: to act
        {on}limit: {limit}
        on_unknown: {policy}
        run: {{{run}}}
        checks:
          - command: {{command: {check}, exit_status: 0}}
exit_criteria:
  - name: the trial is over
    command: {{command: "true", exit_status: 0, stdout_is: ""}}
"""


def script(kind: str, place: Path, mark: str = "") -> str:
    """Its effect is one line a start and one more where it came to its end; a runner may be killed in between.

    Args:
        kind: One of ``KINDS``.
        place: A directory on the host.
        mark: Behind the word of each line, maybe a template.
    """
    here = shlex.quote(str(place))
    body = BODIES[kind].replace("{place}", here)
    end = "exit 3" if kind == FAILING else "exit 0"
    return (
        f"echo began{mark} >>{here}/effects\n{strike(place, DURING)}{body}\necho ended{mark} >>{here}/effects\n{end}\n"
    )


def checklist(  # noqa: PLR0913 - what makes a step of the matrix, each by its name
    kind: str, role: str, place: Path, hosts: str, *, on: str = "", policy: str = "ask", mark: str = ""
) -> str:
    """One step, whose command or whose undo is of this kind.

    Args:
        kind: One of ``KINDS``.
        role: Whether the step itself or its undo is of that kind; what is undone says `done`.
        place: A directory on the host.
        hosts: The section of hosts, in YAML.
        on: The host of the step.
        policy: Its ``on_unknown``.
        mark: See ``script``.
    """
    here = shlex.quote(str(place))
    of_kind = json.dumps(script(kind, place, mark))
    done = json.dumps(f"echo done >>{here}/effects")
    run = f"command: {of_kind}, irreversible: it stays" if role == DO else f"command: {done}, undo: {of_kind}"
    return CHECKLIST.format(
        hosts=hosts,
        on=f"on: {on}\n        " if on else "",
        limit=LIMIT if kind == DEAF else "60s",
        policy=policy,
        run=run,
        check=json.dumps(f"grep -q began{mark} {here}/effects" if role == DO else f"test -d {here}"),
    )
