"""The registry, and the part of it that a run loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.checklist.loading import Source, decoded
from wizard.checklist.problems import ChecklistInvalid
from wizard.kinds import document_from, kinds_in, registry

SMALL = """\
checklist: small
title: Small
severity: low
phases:
  - id: all
    title: All
    steps:
      - {id: look, title: Look, why: to see, run: {command: ls, read_only: true}}
exit_criteria:
  - command: {command: test -d /}
"""


def source(text: str) -> Source:
    return decoded(text.encode(), Path("small.yaml"))


def test_a_kinds_module_bears_its_key_as_its_name() -> None:
    every = registry()
    for key, kind in [*every.actions.items(), *every.checks.items()]:
        assert kind.__module__.rpartition(".")[2] == key


def test_only_what_a_text_names_is_loaded() -> None:
    named = kinds_in(SMALL)
    assert ({*named.actions}, {*named.checks}) == ({"run"}, {"command"})
    assert document_from(source(SMALL)).checklist.phases[0].steps[0].kind == "run"


def test_a_word_that_is_no_kind_is_told_by_who_knows_every_kind() -> None:
    with pytest.raises(ChecklistInvalid) as told:
        document_from(source(SMALL.replace("run:", "servce:")))
    assert "service" in str(told.value)
