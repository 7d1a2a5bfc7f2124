"""Specs of real kinds once rendered: values are data, and what came of them is held against the field's own rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from wizard.actions.edit import EditSpec, edited
from wizard.checklist.meaning import Placeholder
from wizard.checklist.model import Capture
from wizard.checklist.spec import STATIC
from wizard.checklist.surroundings import HostSpec
from wizard.checklist.templating import render
from wizard.checks.command import CommandSpec
from wizard.checks.file import FileCheckSpec
from wizard.checks.redis import RedisCheckSpec
from wizard.checks.service import ServiceCheckSpec
from wizard.errors import UsageError
from wizard.kinds import registry


def said(value: str) -> dict[str, Any]:
    """What templates may say where a host said this."""
    return {"x": value, "captured": {"x": value}}


def edit(**replacement: object) -> EditSpec:
    return EditSpec.model_validate({"path": "/f", "replace": [replacement]}, context=STATIC)


def test_a_backslash_in_a_replacement_stays_one() -> None:
    for value in (r"C:\1\g<0>", "\\"):
        regex = render(edit(regex="^old ({{ x }})?(.*)$", **{"with": r"new \2 {{ captured.x }}"}), said(value))
        assert edited("old line\n", regex.replace) == f"new line {value}\n"
        literal = render(edit(match="old", **{"with": "{{ captured.x }}"}), said(value))
        assert edited("old line\n", literal.replace) == f"{value} line\n"


def test_the_pattern_of_a_capture_is_rendered_too() -> None:
    written = Capture.model_validate({"stdout": "^{{ captured.x }}=(.*)$"}, context=STATIC)
    assert render(written, said("a.b")).stdout == r"^a\.b=(.*)$"


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        (FileCheckSpec.model_validate({"path": "/f", "contains": ["{{ x }}"]}), "an empty text is in every file"),
        (CommandSpec.model_validate({"command": "ls", "stdout": "({{ x | raw }}"}), "not a regular expression"),
        (edit(match="{{ x }}", **{"with": "new"}), "a match that is empty"),
    ],
    ids=["contains", "stdout", "match"],
)
def test_what_was_rendered_keeps_the_rules_of_what_is_written(written: Any, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        render(written, said(""))


def test_a_number_to_compare_with_is_only_a_number() -> None:
    written = RedisCheckSpec.model_validate({"keys": ">={{ captured.x }}"})
    assert render(written, said("10001")).keys == ">=10001"
    for value in (">=0", "1,>=0", "", "0 "):
        with pytest.raises(UsageError, match="cannot stand in a number to compare with"):
            render(written, said(value))


def test_a_unit_is_one_unit() -> None:
    written = ServiceCheckSpec.model_validate({"unit": "{{ captured.x }}", "active": "active"})
    assert render(written, said("redis@1.service")).unit == "redis@1.service"
    for value in ("*", "a b", ""):
        with pytest.raises(UsageError, match="cannot stand in the name of a unit"):
            render(written, said(value))


ANSIBLE: Mapping[str, Any] = {"directory": "/p", "playbook": "p", "inventory": "i", "limit": "l", "host": "h"}


@pytest.mark.parametrize("field", ["directory", "playbook", "inventory", "limit", "tags"])
def test_an_input_that_ansible_would_obey_is_refused_and_raw_is_the_authors_word(field: str) -> None:
    kind = registry().actions["ansible"].Spec

    def spec(template: str) -> Any:
        return kind.model_validate({**ANSIBLE, field: [template] if field == "tags" else template}, context=STATIC)

    assert render(spec("{{ x }}"), said("web-1.prod"))
    assert render(spec("{{ x | raw }}"), said("web:&prod"))
    for value in ("web:&prod", "~.*", "@file\n", "a;b", "$(id)", "a,b"):
        with pytest.raises(UsageError, match="cannot stand in"):
            render(spec("{{ x }}"), said(value))
    for value in ("-e", "--extra-vars=@x"):
        with pytest.raises(UsageError, match=r"cannot stand in|taken for an option"):
            render(spec("{{ x }}"), said(value))
        with pytest.raises(UsageError, match="taken for an option"):
            render(spec("{{ x | raw }}"), said(value))
    with pytest.raises(UsageError, match="comes from a host"):
        render(spec("{{ captured.x }}"), said("web1"))


def test_a_mark_on_paper_stands_where_its_value_will() -> None:
    marks = {"x": Placeholder("<input x>"), "captured": {"x": Placeholder("<captured.x>")}}
    spec = registry().actions["ansible"].Spec.model_validate({**ANSIBLE, "limit": "{{ x }}"})
    assert render(spec, marks).limit == "<input x>"
    assert render(RedisCheckSpec.model_validate({"keys": ">={{ captured.x }}"}), marks).keys == ">=<captured.x>"
    written = CommandSpec.model_validate({"command": "ls {{ x }}", "stdout": "^{{ captured.x }}$"})
    assert render(written, marks) == CommandSpec(command="ls '<input x>'", stdout="^<captured.x>$")


@pytest.mark.parametrize("field", ["spool", "identity"])
def test_an_input_that_is_empty_means_the_usual_place(field: str) -> None:
    host = HostSpec.model_validate({"ssh": "me@db", field: "{{ x }}"}, context=STATIC)
    assert getattr(render(host, {"x": ""}), field) == ""
    with pytest.raises(UsageError, match="cannot stand in a path that decides what is read"):
        render(host, {"x": "a;b"})
