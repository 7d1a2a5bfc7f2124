"""The report as HTML: a page of its own in which no text from anywhere is anything but text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fixtures.journals.make import HERE, HOSTILE, STORIES
from wizard.report.html import to_html

OURS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "nav",
        "a",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "br",
        "hr",
    ),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "strong", "em", "code", "pre", "blockquote"),
}
ATTRIBUTES = {"id", "class", "href", "lang", "charset", "http-equiv", "content", "name", "start"}


class Page(HTMLParser):
    """What a browser would find."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.strange: list[str] = []
        self.said = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        self.strange.append(data)

    def handle_pi(self, data: str) -> None:
        self.strange.append(data)

    def handle_data(self, data: str) -> None:
        self.said += data


def assert_ours(page: Page) -> None:
    assert set(page.tags) <= OURS
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    assert page.strange == []
    assert all(value.startswith("#part-") for name, value in page.attributes if name == "href")
    assert [page.tags.count(tag) for tag in ("html", "head", "body", "style", "title", "nav")] == [1] * 6


@pytest.mark.parametrize("name", STORIES)
def test_every_report_is_a_page_with_contents_that_lead_to_its_parts(name: str) -> None:
    page = Page(to_html((HERE / f"{name}.md").read_text()))
    assert_ours(page)
    parts = {value for name, value in page.attributes if name == "id"}
    assert {value[1:] for name, value in page.attributes if name == "href"} <= parts
    assert page.tags.count("a") > 12


def test_a_page_is_made_the_same_again_and_says_its_title_and_its_policy() -> None:
    markdown = (HERE / "clean.md").read_text()
    page = to_html(markdown)
    assert page == to_html(markdown)
    assert "<title>Incident report: The stock server cannot save</title>" in page
    assert "default-src &#x27;none&#x27;" in page


def test_what_is_to_be_done_and_what_is_done_have_a_box() -> None:
    page = to_html("# R\n\n- [ ] tell the shop\n- [x] save\n\n[ ] no item\n")
    assert "<li>☐ tell the shop</li>" in page
    assert "<li>☑ save</li>" in page


SNIPPETS = [
    *(HOSTILE, "<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](http://e.example/x.png)", "<img src=x>"),
    *(
        "<http://e.example>",
        "[r]\n\n[r]: javascript:alert(1)",
        "</title><script>",
        "</style>",
        "<!-- x -->",
        "<?php ?>",
    ),
    *('" onclick="alert(1)', "&lt;script&gt;", "```html\n<b>\n```", "````\n", "| a | <i> |\n|---|---|", "# <b>x</b>"),
    *(
        "<details open ontoggle=alert(1)>",
        "    <u>",
        "> <a href=x>",
        "1. [y](data:text/html,x)",
        "\\<b>",
        "](",
        "<svg/>",
    ),
    '```x" onmouseover="y\n',
]
"""Markdown that our own escaping would never let through: the page must stand without it."""


@given(st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=12), max_size=8).map("\n".join))
@example("\n\n".join(SNIPPETS))
def test_no_markdown_whatever_becomes_anything_but_text(markdown: str) -> None:
    assert_ours(Page(to_html(markdown)))


def test_nothing_is_lost_on_the_way() -> None:
    page = Page(to_html("# R\n\na <script>b</script> & [c](http://d.example)\n"))
    assert "a <script>b</script> & [c](http://d.example)" in page.said
