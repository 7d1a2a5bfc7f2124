"""Nothing from outside breaks out of its place in the report: no markup, link, image or HTML, whatever the text is."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.fixtures.journals.make import HOSTILE, OUTPUTS, STORIES
from tests.property.hostile_journals import hostile_journal, hostile_strings
from tests.property.markdown import BLOCKS, DIALECTS, INLINES, flat, github, headings, tables
from wizard.report.build import build
from wizard.report.escape import code, fence, text
from wizard.report.markdown import to_markdown
from wizard.text import hidden


def report(name: str, by: str) -> str:
    records = hostile_journal(name, by)
    return to_markdown(build(records), lambda _: by.encode("utf-8", "surrogatepass"))


def shape(markdown: str) -> list[str]:
    """Every block of a document, in order, without its text."""
    return [token.type for token in tables().parse(markdown)]


@pytest.mark.long
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("failed_and_rolled_back", HOSTILE)
@example("deviations", "a|`b\\`|c http://x.example a@b.example")
@given(st.sampled_from(sorted(STORIES)), hostile_strings)
def test_a_report_of_hostile_text_holds_our_blocks_and_nothing_else(name: str, by: str) -> None:
    markdown = report(name, by)
    assert hidden(markdown) is None
    for dialect in DIALECTS:
        tokens = dialect().parse(markdown)
        strange = {token.type for token in flat(tokens)} - BLOCKS - INLINES - {"softbreak"}
        assert not strange, f"{dialect.__name__}: {strange}"
    assert headings(tables().parse(markdown)) == headings(tables().parse(report(name, "x")))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["clean", "rollback_incomplete"]), hostile_strings)
def test_a_report_has_the_same_blocks_whatever_the_text(name: str, by: str) -> None:
    assert shape(report(name, by)) == shape(report(name, "two\nlines" if "\n" in by.strip() else "x"))


def content(dialect: MarkdownIt, markdown: str) -> str:
    return "".join(token.content for token in flat(dialect.parse(markdown)) if token.type in INLINES)


@given(hostile_strings)
@example("# a")
@example("1) b")
@example("*")
def test_prose_is_one_paragraph_of_text_and_code(value: str) -> None:
    for dialect in DIALECTS:
        tokens = dialect().parse(text(value))
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        assert {token.type for token in flat(tokens)} <= {*BLOCKS, *INLINES}


@given(hostile_strings)
def test_prose_reads_as_the_value_it_was_made_from(value: str) -> None:
    read = content(tables(), text(value))
    assert re.sub(r"\s", "", read) == re.sub(r"\s", "", content_of(value))


def content_of(value: str) -> str:
    from wizard.report.escape import flat as one_line  # noqa: PLC0415 - its name is taken here

    return one_line(value)


@given(hostile_strings)
def test_a_value_in_a_table_stays_in_its_cell(value: str) -> None:
    for shown in (text(value), code(value)):
        for dialect in (github, tables):
            tokens = dialect().parse(f"| a | b | c |\n| --- | --- | --- |\n| {shown} | x | {shown} |")
            assert [token.type for token in tokens].count("td_open") == 3
            assert {token.type for token in flat(tokens)} <= {*BLOCKS, *INLINES}


@given(st.text(max_size=60) | hostile_strings)
def test_a_fence_is_left_by_nothing_in_it(value: str) -> None:
    tokens = tables().parse(f"{fence(value, 'text')}\n\n# after")
    assert [token.type for token in tokens[:2]] == ["fence", "heading_open"]
    assert len([token for token in tokens if token.type == "heading_open"]) == 1


@pytest.mark.parametrize("name", STORIES)
def test_the_canned_reports_have_no_link_image_or_html(name: str) -> None:
    markdown = to_markdown(build(STORIES[name]().records), OUTPUTS.__getitem__)
    for dialect in DIALECTS:
        assert {token.type for token in flat(dialect().parse(markdown))} <= BLOCKS | INLINES | {"softbreak"}
