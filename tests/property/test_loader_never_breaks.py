from __future__ import annotations

import contextlib
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.checklist.document import read_document
from wizard.checklist.loading import FastLoader, decoded, parse
from wizard.checklist.problems import ChecklistInvalid
from wizard.checklist.spec import ActionSpec, CheckSpec, Command, Count, Duration, Flag, Mode, Text


class Run(ActionSpec):
    kind: ClassVar[str] = "run"
    command: Command
    undo: Command | None = None
    read_only: Flag = False
    limit: Duration | None = None


class Tree(CheckSpec):
    kind: ClassVar[str] = "tree"
    path: Text
    mode: Mode | None = None
    entries: Count = 1


KINDS = SimpleNamespace(actions={"run": SimpleNamespace(Spec=Run)}, checks={"tree": SimpleNamespace(Spec=Tree)})

KEYS = st.sampled_from(
    re.findall(
        r"\w+",
        """
        checklist title severity inputs hosts evidence risks phases exit_criteria lessons prevention notify references
        id why steps checks samples run tree command path mode entries undo read_only type default choices pattern env
        ssh local on when capture stdout value sources fact yaml at redis within every hold name checked_by measure zzz
        """,
    )
)
WORDS = st.sampled_from(
    [
        *("", "a", "low", "0644", "644", "30s", "true", "null", "1.5", "choice", "secret", "port", "local"),
        *("{{ a }}", "{{ captured.b }}", "{{ a | raw }}", "'{{ a }}'", "{{", "{% x %}"),
        *('"', "(", "[a", "\x85", "*x", "&x", "!t", "- ", ": ", "#"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=10)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=6),
    max_leaves=30,
)
STEP = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "title", "why", "run", "checks", "capture", "when", "on", "samples"), TREES)
)
PHASE = st.fixed_dictionaries(
    {"id": TREES, "steps": st.lists(STEP, max_size=3)}, optional={"title": WORDS, "checks": TREES}
)
DOCUMENT = st.fixed_dictionaries(
    {"phases": st.lists(PHASE, max_size=2) | TREES},
    optional={
        "inputs": st.dictionaries(WORDS, st.dictionaries(KEYS, SCALARS, max_size=4), max_size=3) | TREES,
        "hosts": st.dictionaries(WORDS, st.dictionaries(KEYS, SCALARS, max_size=4), max_size=3) | TREES,
        "evidence": TREES,
        "prevention": TREES,
        "exit_criteria": TREES,
        "checklist": WORDS,
    },
)


def examine(data: bytes) -> None:
    with contextlib.suppress(ChecklistInvalid):
        read_document(decoded(data, Path("x.yaml")), KINDS)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_invalid_and_nothing_worse(data: bytes) -> None:
    examine(data)


@settings(deadline=None)
@given(
    st.lists(WORDS | KEYS | st.sampled_from(["\n", "\n  ", ": ", "- ", "{", "}", "[", "]", ", ", "? ", "--- ", "\t"]))
)
def test_arbitrary_yaml_like_text_is_invalid_and_nothing_worse(words: list[str]) -> None:
    examine("".join(words).encode())


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200, deadline=None)
@given(DOCUMENT | TREES)
def test_any_well_formed_document_is_judged_without_breaking(document: Any) -> None:
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    examine(text.encode("utf-8", "backslashreplace"))


@settings(deadline=None)
@given(
    st.lists(WORDS | KEYS | st.sampled_from(["\n", "\n  ", ": ", "- ", "{", "}", "[", "]", ", ", "é", "\U0001f600"]))
)
def test_both_parsers_read_the_same_at_the_same_places(words: list[str]) -> None:
    text = "".join(words)
    fast, pure = (parse(text, loader=loader) for loader in (FastLoader, yaml.SafeLoader))
    if fast.complete and pure.complete:
        assert repr(fast.value) == repr(pure.value)
        assert fast.places.at == pure.places.at
        assert fast.problems == pure.problems
