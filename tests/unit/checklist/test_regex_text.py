"""Where a value may stand in a regular expression."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.checklist.meaning import PATTERN, REPLACEMENT
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


@pytest.mark.parametrize("value", ["10.0.0.1", "1", "", "007", "\\1", "<2>", "g<1>", "x{{"])
@pytest.mark.parametrize(
    ("template", "done"),
    [
        (r"\1{{ x }}", "aVALUE"),
        (r"\1{{ x }}0", "aVALUE0"),
        (r"\10{{ x }}", "jVALUE"),
        (r"\g<1>{{ x }}", "aVALUE"),
        (r"\\1{{ x }}", r"\1VALUE"),
        (r"\\\1{{ x }}\2{{ x }}", r"\aVALUEbVALUE"),
        (r"\101{{ x }}", "AVALUE"),
        (r"\n{{ x }}{{ x }}\1", "\nVALUEVALUEa"),
        (r"{{ x }}{{ '\\1{{' }}", r"VALUE\1{{"),
    ],
)
def test_a_value_in_a_replacement_is_itself(template: str, done: str, value: str) -> None:
    """Its digits join no group ahead of it."""
    assert list(misplaced(template, REPLACEMENT)) == []
    replacement = render_as(template, {"x": value}, REPLACEMENT)
    assert re.sub("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)", replacement, "abcdefghij") == done.replace("VALUE", value)


@pytest.mark.parametrize(
    "template", [r"\{{ x }}", r"\\\{{ x }}", r"\g{{ x }}", r"\g<{{ x }}>", r"\g<1{{ x }}>", r"\0{{ x }}", r"\06{{ x }}"]
)
def test_a_value_is_no_part_of_an_escape_in_a_replacement(template: str) -> None:
    assert [what for what, mend in misplaced(template, REPLACEMENT) if mend]
    with pytest.raises(UsageError, match="could mean more"):
        render_as(template, {"x": "1"}, REPLACEMENT)
