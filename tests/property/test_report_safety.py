"""Nothing from outside breaks out of its place in the report: no markup, link, image or HTML, whatever the text is."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.fixtures.journals.make import HOSTILE, OUTPUTS, STORIES
from wizard.report.build import build
from wizard.report.escape import code, fence, text
from wizard.report.markdown import to_markdown
from wizard.run.events import Record, body_of, event_of
from wizard.text import hidden

BLOCKS = {
    *(f"{name}_{end}" for name in ("heading", "paragraph", "bullet_list", "list_item") for end in ("open", "close")),
    *(f"{name}_{end}" for name in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
    "fence",
    "inline",
}
INLINES = {"text", "code_inline", "strong_open", "strong_close", "text_special"}
KEPT = {"step", "phase", "scope", "kind", "id", "key", "sha256", "outcome", "role", "moment", "verdict", "run", "state"}
"""Fields that say where something belongs; a stranger in them is seen by the hostile_text golden report."""


def github() -> MarkdownIt:
    """GitHub's flavour; bare host names and addresses become links."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": True})


def tables() -> MarkdownIt:
    """CommonMark with tables."""
    return MarkdownIt("commonmark", {"html": True}).enable("table")


def plain() -> MarkdownIt:
    """CommonMark alone, to which a table is a paragraph."""
    return MarkdownIt("commonmark", {"html": True})


DIALECTS = (github, tables, plain)
nasty = st.sampled_from(
    [
        HOSTILE,
        "`",
        "``` ```` `",
        "\\",
        "\\|",
        "|",
        "a|`b\\`|c",
        "![i](u)",
        "<b>",
        "<http://x.example>",
        "http://x.example",
        "www.x.example",
        "www.",
        "a@b.example",
        "x.io",
        "start-redis.sh",
        "//x.example",
        "mailto:a@b.example",
        "[r]: http://x.example",
        "[^1]: x",
        "# h",
        "1. x",
        "- x",
        "+ x",
        "---",
        "===",
        "~~~",
        "~~s~~",
        "*e*",
        "__s__",
        "> q",
        "&copy;",
        "\n\n# h\n\n",
        "\r\n```\n",
        "    code",
        "\t- x",
        "|---|",
        "a\u2028# b",
        "\u202e\u200b",
    ]
)
pieces = st.lists(st.one_of(nasty, st.text(max_size=8), st.sampled_from(list("`|\\<>[]()!*_~#&@.:/- \n"))), max_size=6)
strings = pieces.map("".join).filter(lambda value: bool(value.strip()))


def replaced(value: Any, by: str, field: str = "") -> Any:
    """The same shape with every text in it replaced, but for those that say where something belongs."""
    if isinstance(value, str):
        return value if field in KEPT or not value else by
    if isinstance(value, dict):
        return {key: replaced(item, by, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [replaced(item, by, field) for item in value] if field != "plan" else list(value)
    return value


def attacked(name: str, by: str) -> list[Record]:
    records = STORIES[name]().records
    return [
        dataclasses.replace(record, who=by, event=event_of(record.event.kind, replaced(body_of(record.event), by)))
        for record in records
    ]


def report(name: str, by: str) -> str:
    records = attacked(name, by)
    return to_markdown(build(records), lambda _: by.encode("utf-8", "surrogatepass"))


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def headings(tokens: list[Token]) -> list[str]:
    return [token.tag for token in tokens if token.type == "heading_open"]


def shape(markdown: str) -> list[str]:
    """Every block of a document, in order, without its text."""
    return [token.type for token in tables().parse(markdown)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("failed_and_rolled_back", HOSTILE)
@example("deviations", "a|`b\\`|c http://x.example a@b.example")
@given(st.sampled_from(sorted(STORIES)), strings)
def test_a_report_of_hostile_text_holds_our_blocks_and_nothing_else(name: str, by: str) -> None:
    markdown = report(name, by)
    assert hidden(markdown) is None
    for dialect in DIALECTS:
        tokens = dialect().parse(markdown)
        strange = {token.type for token in flat(tokens)} - BLOCKS - INLINES - {"softbreak"}
        assert not strange, f"{dialect.__name__}: {strange}"
    assert headings(tables().parse(markdown)) == headings(tables().parse(report(name, "x")))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["clean", "rollback_incomplete"]), strings)
def test_a_report_has_the_same_blocks_whatever_the_text(name: str, by: str) -> None:
    assert shape(report(name, by)) == shape(report(name, "two\nlines" if "\n" in by.strip() else "x"))


def content(dialect: MarkdownIt, markdown: str) -> str:
    return "".join(token.content for token in flat(dialect.parse(markdown)) if token.type in INLINES)


@given(strings)
@example("# a")
@example("1) b")
@example("*")
def test_prose_is_one_paragraph_of_text_and_code(value: str) -> None:
    for dialect in DIALECTS:
        tokens = dialect().parse(text(value))
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        assert {token.type for token in flat(tokens)} <= {*BLOCKS, *INLINES}


@given(strings)
def test_prose_reads_as_the_value_it_was_made_from(value: str) -> None:
    read = content(tables(), text(value))
    assert re.sub(r"\s", "", read) == re.sub(r"\s", "", content_of(value))


def content_of(value: str) -> str:
    from wizard.report.escape import flat as one_line  # noqa: PLC0415 - its name is taken here

    return one_line(value)


@given(strings)
def test_a_value_in_a_table_stays_in_its_cell(value: str) -> None:
    for shown in (text(value), code(value)):
        for dialect in (github, tables):
            tokens = dialect().parse(f"| a | b | c |\n| --- | --- | --- |\n| {shown} | x | {shown} |")
            assert [token.type for token in tokens].count("td_open") == 3
            assert {token.type for token in flat(tokens)} <= {*BLOCKS, *INLINES}


@given(st.text(max_size=60) | strings)
def test_a_fence_is_left_by_nothing_in_it(value: str) -> None:
    tokens = tables().parse(f"{fence(value, 'text')}\n\n# after")
    assert [token.type for token in tokens[:2]] == ["fence", "heading_open"]
    assert len([token for token in tokens if token.type == "heading_open"]) == 1


@pytest.mark.parametrize("name", STORIES)
def test_the_canned_reports_have_no_link_image_or_html(name: str) -> None:
    markdown = to_markdown(build(STORIES[name]().records), OUTPUTS.__getitem__)
    for dialect in DIALECTS:
        assert {token.type for token in flat(dialect().parse(markdown))} <= BLOCKS | INLINES | {"softbreak"}
