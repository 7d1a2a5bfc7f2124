"""What the docs say is so: examples lint, the reference is the registry's own, quoted messages are the program's."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard.checklist.document import lint
from wizard.checklist.fields import with_table
from wizard.checklist.reference import reference
from wizard.kinds import registry

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
HEAD = """\
checklist: example
title: An example
severity: low
inputs:
  conf: {type: path, default: /etc/app/app.conf}
hosts:
  web: {ssh: deploy@web1, sudo: true}
phases:
  - id: one
    title: One
    steps:
"""
TAIL = """\
exit_criteria:
  - on: web
    file: {path: "{{ conf }}", contains: [level=info]}
"""


def blocks(page: str, language: str) -> Iterator[str]:
    """What stands in the fences of a page."""
    yield from re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)


def examples() -> list[str]:
    """Whole checklists, and steps made into one."""
    found = [*blocks("authoring.md", "yaml"), *blocks("tutorial.md", "yaml")]
    return [one if "\nphases:" in one else HEAD + textwrap.indent(one, "      ") + TAIL for one in found]


def test_the_reference_is_the_registrys_own() -> None:
    assert (DOCS / "reference.md").read_text() == reference(registry()), "run `make reference`"


def test_the_table_of_fields_is_the_registrys_own() -> None:
    page = (DOCS / "security.md").read_text()
    assert page == with_table(page, registry()), "run `make reference`"
    assert page.count("| part | fields | a host's text becomes | an input becomes |") == 1


def test_each_promise_of_the_security_page_names_tests_that_are_there() -> None:
    page = (DOCS / "security.md").read_text()
    tests = Path(__file__).parents[1]
    known = {path.stem for path in tests.rglob("test_*.py")}
    for section in re.split("^## ", page, flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0]
        named = re.findall(r"(?:[\w/]*/)?(test_\w+)", section)
        assert named or title in NO_PROMISES, title
        assert {*named} <= known, title
    for table in re.findall(r"^\|[^\n]*\| test \|\n\|[-|]+\|\n((?:\|.*\n)+)", page, re.MULTILINE):
        for row in table.splitlines():
            assert re.search(r"`(?:[\w/]+/)?test_\w+(?:\.py)?`|the same", row.split(" | ")[-1]), row
    assert all((tests / path).exists() for path in re.findall(r"`(?:tests/)?([\w/]+/test_\w+\.py)`", page))


NO_PROMISES = {"What is not done"}


def test_the_reference_has_every_kind_and_leads_nowhere_that_is_not_there() -> None:
    text = reference(registry())
    for key in registry().actions:
        assert f"### {key} (action)" in text
    for key in registry().checks:
        assert f"### {key} (check)" in text
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


@pytest.mark.parametrize("text", examples(), ids=lambda text: text.split("\n", 2)[1][:30])
def test_every_example_lints(text: str, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(text)
    assert [str(problem) for problem in lint(path, registry())] == []


def test_every_kind_has_an_example() -> None:
    text = "\n".join(examples())
    for key in {*registry().actions, *registry().checks}:
        assert re.search(rf"^\s+(?:- )?{key}:", text, re.MULTILINE), key


def test_messages_that_the_operators_page_quotes_are_the_programs_own() -> None:
    sources = "\n".join(
        path.read_text()
        for room in ("wizard", "screens")
        for kind in ("py", "sh")
        for path in (ROOT / room).rglob(f"*.{kind}")
    )
    quoted = re.findall(r"\*\*“(.+?)”", (DOCS / "operations.md").read_text())
    assert len(quoted) > 10
    for message in quoted:
        for part in re.split(r"[…,“”]", message):
            assert part.strip() in sources, message


@pytest.mark.parametrize("path", [*sorted(DOCS.glob("*.md")), ROOT / "README.md"], ids=lambda path: path.name)
def test_links_lead_to_what_is_there(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / target).exists(), target
