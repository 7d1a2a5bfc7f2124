"""Linting a checklist of 400 lines, beside starting Python and importing the libraries that linting needs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.bench.contestants import clean_environment, tool
from tests.bench.rounds import Timed, interleaved, table

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

ROUNDS = 15
LINES = 400

HEAD = """\
checklist: long
title: A checklist of 400 lines
severity: high
inputs:
  directory: {type: path, default: /srv/data}
  owner:     {type: text, default: keeper}
hosts:
  there: {ssh: somebody@192.0.2.1, sudo: true}
exit_criteria:
  - service: {unit: keeper.service, active: active}
    on: there
phases:
  - id: all
    title: All of them
    steps:
"""

STEPS = """\
      - id: look-@
        title: Count what is there
        why: nothing may be lost
        on: there
        run:
          command: find {{ directory }} -type f | wc -l
          read_only: true
        capture:
          files_@: {stdout: '^(\\d+)$'}
      - id: copy-@
        title: Copy it aside
        why: what is copied can be brought back
        on: there
        run:
          command: cp -a {{ directory }} {{ directory }}.copy-@
          undo: rm -rf {{ directory }}.copy-@
        checks:
          - name: as many files as before
            command: {command: "find {{ directory }}.copy-@ -type f | wc -l", stdout: "^{{ captured.files_@ }}$"}
      - id: own-@
        title: Give it to its owner
        why: the service must be able to write
        on: there
        ownership: {path: "{{ directory }}", owner: "{{ owner }}", group: "{{ owner }}", recursive: true}
        checks:
          - tree: {path: "{{ directory }}", owner: "{{ owner }}", group: "{{ owner }}"}
            within: 30s
      - id: say-@
        title: Leave word
        why: the next one should know
        on: there
        file: {path: /etc/motd-@, content: "moved to {{ owner }}\\n", mode: "0644"}
        checks:
          - file: {path: /etc/motd-@, contains: ["{{ owner }}"]}
      - id: restart-@
        title: Restart the service
        why: it reads who owns its data at its start only
        on: there
        service: {unit: keeper.service, state: restarted}
        checks:
          - service: {unit: keeper.service, active: active}
            within: 1m
          - journal: {unit: keeper.service, lacks: Permission denied, since: step_start}
"""


def checklist() -> str:
    """A sound checklist of exactly this many lines; what is left over at the end is comments."""
    text, number = HEAD, 0
    block = STEPS.count("\n")
    while text.count("\n") + block <= LINES:
        text += STEPS.replace("@", str(number))
        number += 1
    return text + "# to the length wanted\n" * (LINES - text.count("\n"))


def _process(argv: Sequence[str | Path], home: Path) -> Callable[[], None]:
    def run() -> None:
        ended = subprocess.run(argv, check=False, cwd=home, env=clean_environment(home), capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    return run


def _python(program: str, home: Path) -> Timed:
    return Timed(_process([sys.executable, "-c", program], home))


def test_linting(tmp_path: Path) -> None:
    tmp_path.joinpath("long.yaml").write_text(checklist())
    seconds = interleaved(
        {
            "its libraries": _python(
                "import jinja2, yaml; from pydantic import BaseModel, Field, create_model", tmp_path
            ),
            "their outsides only": _python("import jinja2, pydantic, yaml", tmp_path),
            "wizard lint": Timed(_process([tool("wizard"), "lint", "long.yaml"], tmp_path)),
        },
        ROUNDS,
    )
    print(f"\nlinting {LINES} lines, whole processes, {ROUNDS} rounds, seconds\n")
    print(table(seconds, "its libraries"))
