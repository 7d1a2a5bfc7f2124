from __future__ import annotations

import time
from pathlib import Path

import pytest

from wizard import cli
from wizard.checklist.costly import cautions_about

NESTED, SAME, LEADING = "a repetition within", "two choices", "`.*` at the beginning"


@pytest.mark.parametrize(
    ("pattern", "about"),
    [
        ("^(a+)+$", NESTED),
        ("(x+x+)+y", NESTED),
        ("(?:.*,?)*", NESTED),
        ("(.+,)+", NESTED),
        (r"(\w+\s?)*:", NESTED),
        ("([ab]{1,50})+", NESTED),
        ("((a+))+b", NESTED),
        ("(?P<word>a*)*b", NESTED),
        ("(a|a)*b", SAME),
        (r"(\w|\d)+:", SAME),
        (".*ERROR.*", LEADING),
        ("(.*) failed", LEADING),
        (".+x", LEADING),
    ],
)
def test_what_may_explode_is_made_out(pattern: str, about: str) -> None:
    assert [what for what, _ in cautions_about(pattern) if what.startswith(about)]


@pytest.mark.parametrize(
    "pattern",
    [
        "ERROR",
        r"^\d+$",
        r"(\d+\.)+\d+",
        r"(?:\w+\s)+x",
        r"(\S+ +){3}x",
        r"^v(\d+)\.(\d+)",
        "(a|b)*c",
        "(foo|far)+",
        "a++b",
        "(?>a+)+",
        "(?:a+)++",
        r"[^:]*: .*",
        "^(?:.*)x",
        "^.*ERROR",
        ".*",
        "ERROR.*",
        r"\(.*\)",
        "(?i)error|fatal",
        "(?x) a+ b",
        "(",
    ],
)
def test_what_costs_little_is_passed_over(pattern: str) -> None:
    assert list(cautions_about(pattern)) == []


CHECKLIST = r"""
checklist: costly
title: Patterns
severity: low
inputs:
  word: {type: text, pattern: "^(\\w|\\d|[a-z])*(\\w+\\s?)+$", default: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}
phases:
  - id: one
    title: One
    steps:
      - id: say
        title: Say
        why: to see
        run: {command: echo hello, read_only: true}
        capture:
          said: {stdout: "(a+)+"}
        checks:
          - command: {command: echo x, stdout: "(a+)+x", stdout_lacks: ".*ERROR"}
          - journal: {unit: cron.service, since: run_start, lacks: "(b+)+", contains: ".*ok"}
      - id: look
        title: Look
        why: to see
        watch: {for: 1m, every: 10s, unit: cron.service, alarm: "(c+)+"}
      - id: change
        title: Change
        why: to see
        edit: {path: /tmp/x, replace: [{regex: "(d+)+", with: x}]}
        checks:
          - command: {command: echo x, stdout: x}
exit_criteria:
  - command: {command: echo x, stdout: x}
"""


def test_lint_warns_of_each_pattern_and_hangs_on_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "costly.yaml"
    path.write_text(CHECKLIST.replace(", default:", ", help:"))
    assert cli.main(["lint", str(path)]) == 0
    told = capsys.readouterr()
    assert {line.split(": ")[1] for line in told.out.splitlines()} == {
        "inputs.word.pattern",
        "phases[0].steps[0].capture.said.stdout",
        "phases[0].steps[0].checks[0].command.stdout",
        "phases[0].steps[0].checks[0].command.stdout_lacks",
        "phases[0].steps[0].checks[1].journal.lacks",
        "phases[0].steps[0].checks[1].journal.contains",
        "phases[0].steps[1].watch.alarm",
        "phases[0].steps[2].edit.replace[0].regex",
    }
    assert all(": caution: " in line for line in told.out.splitlines())
    assert "nothing wrong; 9 cautions" in told.err


def test_lint_does_not_hang_on_a_default_and_its_pattern(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "costly.yaml"
    path.write_text(CHECKLIST)
    began = time.process_time()
    assert cli.main(["lint", str(path)]) in {0, 2}
    assert time.process_time() - began < 30
    assert "inputs.word.default" in capsys.readouterr().out
