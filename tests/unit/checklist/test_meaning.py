"""What a hostile value becomes in every field of every kind that may hold a template."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from wizard.checklist import meaning
from wizard.checklist.document import lint
from wizard.checklist.fields import TemplatedField, templated_fields
from wizard.checklist.meaning import Meaning
from wizard.checklist.spec import Count, Duration, Flag, Mode
from wizard.checklist.templating import misplaced, render_as, render_flag
from wizard.checklist.walking import strings
from wizard.errors import UsageError
from wizard.kinds import registry

FIELDS = list(templated_fields(registry()))
HOSTILE = (
    "1.2{{ lookup('pipe', 'id') }}", ".*", "|x", "$(id)", "'; id #", '"', "`id`", "-x", "--become", "@/etc/shadow",
    "a,b", "a:b,u:c", "*", ">=0", "\\1", "a\nb", "[0]", "!unsafe", "&all", "-oProxyCommand=id",
)  # fmt: skip
"""Texts that some program would obey, by one rule or another; none of them is a plain word."""

PARTS = {
    "step", "check", "phase", "host", "evidence", "source of evidence, role", "capture", "impact", "notify", "inputs",
    "ansible (action)", "ansible (check)", "edit (action), replace", "watch (action), saves", "redis (check), snapshot",
}  # fmt: skip


def text_of(field: TemplatedField, template: str) -> tuple[str, Meaning]:
    """The one text of the part that holds the template in that field, and what lint and rendering take it for."""
    [(_, text, found)] = strings(field.holding(template))
    return text, found


def rendered(field: TemplatedField, template: str, value: object, *, host: bool) -> str:
    """What becomes of a value in the field: a host's, or an input's."""
    text, found = text_of(field, template.replace("NAME", "captured.x" if host else "x"))
    return render_as(text, {"x": value, "captured": {"x": value}}, found)


def is_one_word(done: str, value: str) -> bool:
    return shlex.split(done) == [value]


def finds_just_it(done: str, value: str) -> bool:
    matches = [one for one in (*HOSTILE, "", "anything", "1", "x") if re.fullmatch(done, one)]
    return matches == [value]


def is_itself(done: str, value: str) -> bool:
    return done == value


def replaces_as_itself(done: str, value: str) -> bool:
    return re.sub("(x)", done, "x") == value


def is_refused_by_its_type(done: str, _value: str) -> bool:
    for annotation in (Count, Flag, Duration, Mode):
        with pytest.raises(ValidationError):
            TypeAdapter(annotation).validate_python(done)
    return True


def is_no_condition(done: str, _value: str) -> bool:
    with pytest.raises(UsageError, match="must be true or false"):
        render_flag(done.replace("{{", "{ {"), {})
    return True


HOLDS: Mapping[Meaning, Callable[[str, str], bool]] = {
    meaning.DATA: is_itself,
    meaning.PROSE: is_itself,
    meaning.WRITTEN: is_itself,
    meaning.ELSEWHERE: is_itself,
    meaning.VARIABLE: is_itself,
    meaning.SHELL: is_one_word,
    meaning.PATTERN: finds_just_it,
    meaning.REPLACEMENT: replaces_as_itself,
    meaning.TYPED: is_refused_by_its_type,
    meaning.CONDITION: is_no_condition,
}
"""What must be true of a value in a field that takes any; of Ansible's variables tests/unit/facts holds the rest."""


def named(field: TemplatedField) -> str:
    return f"{field.part}: {field.key}"


every_field = pytest.mark.parametrize("field", FIELDS, ids=named)


def test_the_walk_comes_by_every_kind_and_part() -> None:
    parts = {field.part for field in FIELDS}
    kinds = {f"{key} (action)" for key in registry().actions} | {f"{key} (check)" for key in registry().checks}
    assert kinds | PARTS <= parts


@every_field
def test_a_field_says_what_a_value_becomes(field: TemplatedField) -> None:
    assert field.meaning is not None, "give the field one of the types of wizard.checklist.spec, such as Text"
    assert text_of(field, "{{ x }}")[1] in {field.meaning, meaning.DATA}
    assert field.meaning.fits or field.meaning in HOLDS


@every_field
@pytest.mark.parametrize("host", [True, False], ids=["host", "input"])
def test_a_hostile_value_is_data_or_refused(field: TemplatedField, host: bool) -> None:  # noqa: FBT001
    found = text_of(field, "{{ x }}")[1]
    for value in HOSTILE:
        if not found.fits:
            assert HOLDS[found](rendered(field, "{{ NAME }}", value, host=host), value)
        elif (host and found.refuses_host) or not re.fullmatch(found.fits, value):
            with pytest.raises(UsageError, match="cannot stand in"):
                rendered(field, "{{ NAME }}", value, host=host)
        elif found.refuses_host and value.startswith("-"):
            with pytest.raises(UsageError, match="taken for an option"):
                rendered(field, "{{ NAME }}", value, host=host)
        else:
            assert rendered(field, "{{ NAME }}", value, host=host) == value


@every_field
def test_raw_is_for_inputs_and_never_for_hosts(field: TemplatedField) -> None:
    for template in ("{{ NAME | raw }}", "{{ NAME | raw if NAME else '' }}", "{{ missing | default(NAME | raw) }}"):
        assert rendered(field, template, "a b | c", host=False) == "a b | c"
        with pytest.raises(UsageError, match=r"captured\.x` comes from a host"):
            rendered(field, template, "a b | c", host=True)
    assert list(misplaced(*text_of(field, "{{ (captured | default(x))['x'] | raw }}")))


@every_field
def test_lint_says_where_a_host_may_say_nothing(field: TemplatedField) -> None:
    derived = (
        "captured.x",
        "captured.x | lower",
        "x | replace('a', captured.x)",
        "captured.x if x else 'a'",
        "x or captured.x",
    )
    for template in derived:
        text, found = text_of(field, f"{{{{ {template} }}}}")
        assert bool(list(misplaced(text, found))) == found.refuses_host
    # Which of two of the author's own texts it is may hang on what a host said.
    assert not list(misplaced(*text_of(field, "{{ 'a' if captured.x == 'b' else 'c' }}")))


OBEYED = {
    ("ansible", "limit"), ("ansible", "tags"), ("ansible", "playbook"), ("ansible", "inventory"),
    ("ansible", "directory"), ("host", "ssh"), ("host", "identity"), ("host", "spool"), ("host", "path"),
    ("file", "source"),
}  # fmt: skip


def test_where_programs_obey_a_host_may_say_nothing() -> None:
    refusing = {
        (field.part.split(" ")[0], field.key) for field in FIELDS if field.meaning and field.meaning.refuses_host
    }
    assert refusing >= OBEYED


def test_variables_that_steer_ansible_are_no_data() -> None:
    [variables] = [field for field in FIELDS if field.key == "extra_vars"]
    steering = variables.spec.model_construct(
        {"extra_vars"}, extra_vars={"ansible_ssh_common_args": "{{ captured.x }}"}
    )
    [(_, text, found)] = strings(steering)
    assert [what for what, _ in misplaced(text, found) if "steers Ansible" in what]
    with pytest.raises(UsageError, match="steers Ansible"):
        render_as(text, {"captured": {"x": "-o ProxyCommand=id"}}, found)


def test_filters_keep_the_mark_of_a_hosts_text() -> None:
    """Rendering refuses it even where the analysis of the template saw nothing."""
    from wizard.checklist import jinja  # noqa: PLC0415 - the layer below what lint goes by

    scope = {"x": "-a-", "captured": {"x": "web"}}
    for derived in (
        "captured.x",
        "captured.x | upper | trim",
        "x | replace('a', captured.x)",
        "y | default(captured.x)",
        "[captured.x] | lower",
        "(x, ['b', captured.x]) | trim",
        "[captured.x, x] | replace('a', 'b')",
        "x | replace('a', [captured.x])",
        "captured | upper",
        "[captured] | upper",
    ):
        with pytest.raises(UsageError, match="a host's text cannot stand in"):
            jinja.render(f"{{{{ {derived} }}}}", scope, meaning.LIMIT)
        with pytest.raises(UsageError, match="never raw"):
            jinja.render(f"{{{{ {derived} | raw }}}}", scope, meaning.SHELL)


DOCUMENT = """\
checklist: sample
title: A sample
severity: low
hosts:
  web: {ssh: deploy@web1}
inputs:
  who: {type: text, default: x}
phases:
  - id: one
    title: The only phase
    steps:
      - id: first
        title: A step
        why: it shows something
        run: {command: ls, read_only: true}
        capture:
          said: {stdout: "(.*)"}
      - id: second
        title: A step
        why: it shows something
        ansible:
          directory: "{{ captured.said }}"
          playbook: "{{ captured.said }}.yml"
          inventory: "{{ captured.said | lower }}"
          limit: "{{ who | replace('x', captured.said) }}"
          host: web
          tags: ["{{ captured.said if who == 'x' else who }}"]
          extra_vars: {version: "{{ captured.said }}", ansible_ssh_args: "{{ captured.said }}", "a b": x}
        checks:
          - command: {command: "echo {% if %} ${#list}", stdout: "[{{ captured.said }}]"}
          - command:
              command: "ls {{ captured.said | raw if who == 'x' else who }}"
              stdout: "{{ captured.said | raw }}"
exit_criteria:
  - tree: {path: /var/lib/redis, owner: redis}
"""
FOUND = {
    "ansible.directory": "a path that decides what is read",
    "ansible.playbook": "a path that decides what is read",
    "ansible.inventory": "a path that decides what is read",
    "ansible.limit": "a pattern of hosts",
    "ansible.tags[0]": "a tag of Ansible",
    "ansible.extra_vars.ansible_ssh_args": "a variable that steers Ansible itself",
    "ansible.extra_vars.a b": "cannot be a variable's name",
    "checks[0].command.stdout": "inside [ ] of a regular expression",
    "checks[1].command.command": "would run as a command",
    "checks[1].command.stdout": "would be a regular expression",
}
"""What lint says of it, by place in the second step, and of nothing else."""


def test_lint_says_all_of_it_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "sample.yaml"
    path.write_text(DOCUMENT)
    said = [str(problem) for problem in lint(path, registry())]
    assert len(said) == len(FOUND)
    for line, (place, what) in zip(said, FOUND.items(), strict=True):
        assert f"phases[0].steps[1].{place}: " in line
        assert what in line
