"""Where a value may stand in a regular expression."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.checklist.meaning import PATTERN
from wizard.checklist.templating import misplaced, render_as
from wizard.errors import UsageError

PLAIN = [
    "^release={{ x }}$",
    "{{ x }}{{ x }}",
    r"\d+ {{ x }}",
    r"\\{{ x }}",
    r"[a-z]+{{ x }}",
    r"[]a]{{ x }}",
    r"[^]]{{ x }}",
    r"[\]]{{ x }}",
    "(?i){{ x }}",
    "(?:{{ x }})",
    "(?P<name>{{ x }})",
    "(?!{{ x }})",
    "(?<={{ x }})",
    "(?i:{{ x }})",
    "({{ x }}|other)",
    r"\x41{{ x }}",
    r"\[{{ x }}",
    "a{2}{{ x }}",
    r"(?#a comment){{ x }}",
    "(?P<a>b)(?P=a){{ x }}",
]


@pytest.mark.parametrize("pattern", PLAIN)
def test_a_value_may_stand_where_plain_signs_may(pattern: str) -> None:
    assert list(misplaced(pattern, PATTERN)) == []


@pytest.mark.parametrize(
    ("pattern", "where"),
    [
        (r"\{{ x }}", "right after a backslash"),
        (r"\\\{{ x }}", "right after a backslash"),
        (r"\1{{ x }}", "right after a backslash"),
        (r"\x4{{ x }}", "right after a backslash"),
        (r"[a\{{ x }}]", "right after a backslash"),
        ("[{{ x }}]", "inside [ ]"),
        ("[a-{{ x }}]", "inside [ ]"),
        ("[]{{ x }}", "inside [ ]"),
        ("[^]{{ x }}", "inside [ ]"),
        ("(?{{ x }})", "inside the head of a group"),
        ("(?P<{{ x }}>a)", "inside the head of a group"),
        ("(?P={{ x }})", "inside the head of a group"),
        ("(?#{{ x }})", "inside the head of a group"),
        ("(?i{{ x }})", "inside the head of a group"),
        ("a{{ '{' | raw }}{{ x }}}", ""),
        ("a{2,{{ x }}}", "inside { }"),
        ("(?x) a # {{ x }}", "in a verbose expression"),
    ],
)
def test_a_value_may_not_stand_where_it_could_mean_more(pattern: str, where: str) -> None:
    if where:
        assert [what for what, _ in misplaced(pattern, PATTERN) if where in what]
        with pytest.raises(UsageError, match="could mean more"):
            render_as(pattern, {"x": "1"}, PATTERN)
    assert not [what for what, _ in misplaced(pattern.replace("{{ x }}", "{{ x | raw }}"), PATTERN)]


@given(st.text(min_size=1), st.text(), st.sampled_from([pattern for pattern in PLAIN if "(?!" not in pattern]))
def test_a_value_finds_nothing_but_itself(value: str, other: str, pattern: str) -> None:
    """In the place of a value each pattern finds that value, and what it finds holds it."""
    done = render_as(pattern, {"x": value}, PATTERN)
    found = re.compile(done).search(other)
    assert re.compile(done)
    if found and "(?i" not in pattern and "|" not in pattern and "(?<=" not in pattern:
        assert value in found[0]
    assert re.fullmatch(render_as("<{{ x }}>", {"x": value}, PATTERN), f"<{value}>")


def test_an_empty_text_of_a_host_is_no_pattern() -> None:
    """It would be found everywhere."""
    assert render_as("a{{ x }}", {"x": ""}, PATTERN) == "a"
    with pytest.raises(UsageError, match="found everywhere"):
        render_as("a{{ captured.x }}", {"captured": {"x": ""}}, PATTERN)
