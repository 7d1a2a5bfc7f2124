from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from wizard.checklist.loading import MAX_BYTES, FastLoader, parse
from wizard.checklist.scalars import Ambiguous

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "lint").glob("*.yaml"))


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("1.5", 1.5),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("True", "True"),
        ("22:30", "22:30"),
        ("12:30:45", "12:30:45"),
        ("2026-01-31", "2026-01-31"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("'0644'", "0644"),
        ('"5"', "5"),
        ("0644", Ambiguous("0644")),
        ("0o644", Ambiguous("0o644")),
        ("0x1F", Ambiguous("0x1F")),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_plain_word_is_what_it_looks_like(word: str, value: Any) -> None:
    read = parse(f"key: {word}\n")
    assert read.value == {"key": value}
    assert type(read.value["key"]) is type(value)
    assert read.problems == []


def test_on_is_an_ordinary_key() -> None:
    assert parse("on: redis\n").value == {"on": "redis"}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_both_parsers_say_the_same_of_a_bad_checklist(path: Path) -> None:
    fast, pure = (parse(path.read_text(), "f", loader=loader) for loader in (FastLoader, yaml.SafeLoader))
    assert list(map(str, fast.problems)) == list(map(str, pure.problems))
    assert not fast.complete or fast.places.at == pure.places.at


@pytest.mark.parametrize(
    "text",
    [
        "a: [1",
        "a: 1\n b: 2\n",
        "a: 'x",
        "a: `x`",
        "- a\nb: c",
        'a: "\\q"',
        'a: "\\ud800"',
        "{a: 1,,}",
        "a: 1\na",
        "a: - b",
        "x: 'a' b",
        "%YAML 3.0\n---\na: 1",
        "a:\n  - b: 1\n   c: 2\n",
        "a: \x01",
        "a: |1x\n",
    ],
)
def test_both_parsers_give_one_message_at_one_place(text: str) -> None:
    fast, pure = (parse(text, "f", loader=loader).problems for loader in (FastLoader, yaml.SafeLoader))
    assert len(fast) == 1
    assert [(each.line, each.column, each.what, each.mend) for each in fast] == [
        (each.line, each.column, each.what, each.mend) for each in pure
    ]


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a ["
        + "x," * 9
        + "]\n"
        + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{f'*{chr(97 + n)},' * 9}]\n" for n in range(8)),
        "[" * MAX_BYTES,
        "{" * MAX_BYTES,
        "? " * (MAX_BYTES // 2),
        "- " * (MAX_BYTES // 2),
        "a: " + "!t " * (MAX_BYTES // 4),
        "&" * MAX_BYTES,
        '"' + "\\" * (MAX_BYTES - 2),
        "{{" * (MAX_BYTES // 2),
        "a:\n" + "\n" * (MAX_BYTES - 4),
        "[" + "a, " * (MAX_BYTES // 3) + "]",
        "".join(f"k{n}: v\n" for n in range(MAX_BYTES // 10)),
    ],
    ids=lambda bomb: bomb[:6].strip(),
)
@pytest.mark.timeout(30)  # what goes off takes minutes
def test_a_bomb_is_over_in_a_moment(bomb: str) -> None:
    parse(bomb[:MAX_BYTES])
