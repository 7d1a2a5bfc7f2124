"""The one door to patterns of authors: what they mean there, what bounds them, and that there is no other."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import screens
import wizard
from wizard import patterns
from wizard.patterns import PatternTooDear, beside, fits, flaw_of, matching, replaced, search, search_now

EXPLODING = [(r"^(\w|\d|[a-z])*(\w+\s?)+$", "a" * 4000 + "!"), (r"(?:(?:a{1,100}){1,100}){1,100}b", "a" * 4000)]
"""Patterns that no engine with backtracking gets through, and a text of each."""

ATOMS = [
    "a",
    "b",
    ".",
    r"\d",
    r"\w",
    r"\s",
    "[ab]",
    "[^a]",
    "[[:b]",
    "[]a]",
    r"\.",
    "{",
    "a{e}",
    "b{1,2}",
    "$",
    "^",
    r"\b",
]
PATTERN = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("|".join),
        st.tuples(inner.map("({})".format), st.sampled_from(["", "*", "+", "?", "*?", "{2}", "{,2}"])).map("".join),
        inner.map("(?:{})".format),
        inner.map("(?={})".format),
        inner.map("(?i:{})".format),
    ),
    max_leaves=6,
)
TEXT = st.text(st.sampled_from("ab1 .{e}[:]\nB"), max_size=12)


@given(PATTERN, TEXT)
@example("a{e}", "a{e}")
@example("[[:alpha:]]", ":]")
@example(r"\N{DIGIT ONE}+", "11")
@example("(?x) a+ # [\n b", "ab")
@example("(?#[)a{e}+", "a{e}")
def test_a_pattern_means_what_it_means_to_python(pattern: str, text: str) -> None:
    expected = re.search(pattern, text, re.MULTILINE)
    found = search_now(pattern, text, multiline=True)
    assert (found and (found.start, found.end, found.groups[0])) == (expected and (*expected.span(), expected[0]))
    assert fits(pattern, text) == bool(re.fullmatch(pattern, text))


@given(PATTERN, TEXT, st.sampled_from(["", "x", r"\\", r"<\g<0>>"]))
def test_what_is_replaced_is_what_python_would_replace(pattern: str, text: str, template: str) -> None:
    assert replaced(pattern, template, text) == re.subn(pattern, template, text, flags=re.MULTILINE)


@given(TEXT, TEXT)
def test_escaped_text_is_found_as_it_stands(wanted: str, around: str) -> None:
    found = search_now(re.escape(wanted), around + wanted)
    assert found
    assert found.start == (around + wanted).find(wanted)


def test_groups_and_names_are_kept() -> None:
    assert replaced(r"(?P<key>\w+)=(\d+)", r"\2:\g<key>", "a=1 b=2") == ("1:a 2:b", 2)
    found = search_now("(a+)|(b+)", "bb")
    assert found
    assert found.groups == ("bb", None, "bb")


@pytest.fixture
def _little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.2)
    monkeypatch.setattr(patterns._Bounded.__init__, "__defaults__", (0.2,))


@pytest.mark.usefixtures("_little_time")
@pytest.mark.parametrize(("pattern", "text"), EXPLODING, ids=[pattern for pattern, _ in EXPLODING])
async def test_a_pattern_that_explodes_is_given_up_and_the_loop_goes_on_meanwhile(pattern: str, text: str) -> None:
    looking = asyncio.create_task(search(pattern, text))
    turns = 0
    while not looking.done():
        await asyncio.sleep(0)
        turns += 1
    with pytest.raises(PatternTooDear, match=r"took more than .* s of computing over 4,"):
        await looking
    assert turns > 100


@pytest.mark.usefixtures("_little_time")
async def test_lines_that_matched_before_the_bound_are_told_with_what_kept_it_from_the_others() -> None:
    pattern, text = EXPLODING[0]
    found = await matching(pattern, ["ok", text, "unseen"])
    assert found.lines == ["ok"]
    assert "took more than" in found.problem


@pytest.mark.usefixtures("_little_time")
@pytest.mark.parametrize(("pattern", "text"), EXPLODING, ids=[pattern for pattern, _ in EXPLODING])
def test_a_value_and_a_replacement_are_bounded_too(pattern: str, text: str) -> None:
    with pytest.raises(PatternTooDear):
        fits(pattern, text)
    with pytest.raises(PatternTooDear):
        replaced(pattern, "x", text)


async def test_a_wait_that_is_cancelled_does_not_wait_for_the_thread() -> None:
    go_on = asyncio.Event()
    waiting = asyncio.create_task(beside(lambda: asyncio.run(_never(go_on))))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def _never(event: asyncio.Event) -> None:
    async with asyncio.timeout(0.1):
        await event.wait()


def test_what_is_too_long_is_refused_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "4,096" in flaw_of("a" * 5000)
    monkeypatch.setattr(patterns, "LONGEST_TEXT", 1000)
    with pytest.raises(PatternTooDear, match="more than 1,000 characters"):
        search_now("a+", "a" * 1001)
    with pytest.raises(PatternTooDear, match="too long"):
        replaced("a|", "x" * 100, "b" * 50)


@pytest.mark.parametrize("pattern", ["(", "a**", "[b-a]", "(" * 600 + ")" * 600, "a{99999999999}", r"\p{L}", "(?V1)a"])
def test_what_python_does_not_take_is_a_flaw(pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        assert flaw_of(pattern)
        with pytest.raises(PatternTooDear, match="no regular expression"):
            search_now(pattern, "x")


def modules() -> Iterator[Path]:
    for package in (wizard, screens):
        yield from Path(str(package.__file__)).parent.rglob("*.py")


LOOKS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}

OURS = {
    ("facts/units.py", "compile"),  # a unit's name, escaped
    ("checklist/syntax.py", "search"),  # libyaml's messages, from a table beside it
    ("facts/redis_process.py", "search"),
    ("facts/logfiles.py", "compile"),  # names of months
    ("run/notes.py", "compile"),  # names of tags
    ("paths.py", "compile"),
    ("text.py", "compile"),
    ("checklist/costly.py", "compile"),  # for its flags, and one atom at a time against single characters
    ("checklist/meaning.py", "fullmatch"),  # classes of characters, written there
    ("hexdump.py", "compile"),  # of pieces written there
    ("hosts/sshlib.py", "search"),  # a library's name, escaped
}
"""Modules that compile a pattern which is not written there in one piece, and is ours all the same."""


def foreign(path: Path) -> Iterator[tuple[str, str]]:
    """Calls of re whose pattern is not a literal."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name), args=[pattern, *_]) if name in LOOKS:
                if not isinstance(pattern, ast.Constant):
                    yield "/".join(path.parts[-2:]).removeprefix("wizard/"), name


def test_no_other_module_compiles_a_pattern_that_it_did_not_write() -> None:
    assert {one for path in modules() if path.name != "patterns.py" for one in foreign(path)} <= OURS


def test_the_engine_is_loaded_only_there() -> None:
    assert [
        path.name for path in modules() if re.search(r"^\s*(import|from) regex\b", path.read_text(), re.MULTILINE)
    ] == ["patterns.py"]
