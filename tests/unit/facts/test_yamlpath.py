from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.errors import StepRefused
from wizard.facts.yamlpath import NoSuchPath, path_flaw, replaced, value_at

PLAYBOOK = """\
# größe 😀
- name: deploy
  hosts: "{{ target }}"
  vars:
    redis_user: "redis-stack"   # who runs it
    redis_group: 'redis-stack'
    mode: 0644
    "key.with dots": yes
    secret: !vault |
      $ANSIBLE_VAULT;1.1;AES256
    shared: &anchor {port: 6379}
    other: *anchor
  systemd_services:
    - {name: redis, user: nobody}
    - name: sentinel
      user: nobody
"""


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ("[0].vars.redis_user", "redis-stack"),
        ("[0].vars.mode", "0644"),
        ('[0].vars["key.with dots"]', "yes"),
        ("[0].systemd_services[1].user", "nobody"),
        ("[0].systemd_services[name=sentinel].user", "nobody"),
        ("[name=deploy].hosts", "{{ target }}"),
        ("[0].vars.other.port", "6379"),
    ],
)
def test_a_value_is_found_by_its_path(at: str, value: str) -> None:
    assert value_at(PLAYBOOK, at) == value


@pytest.mark.parametrize("at", ["[1]", "[0].vars.nothing", "[0].vars.redis_user.deeper", "vars", "[name=x]"])
def test_a_path_that_is_not_there_is_said_to_be_so(at: str) -> None:
    with pytest.raises(NoSuchPath):
        value_at(PLAYBOOK, at)


@pytest.mark.parametrize("text", ["a: [", "", "\tx: 1", "a: b\n---\nc: d\n", "[" * 5000])
def test_what_is_no_yaml_is_refused(text: str) -> None:
    with pytest.raises(StepRefused):
        value_at(text, "a")


def test_a_key_that_is_there_twice_is_refused() -> None:
    with pytest.raises(StepRefused, match="2 times"):
        value_at("a: 1\na: 2\n", "a")


@pytest.mark.parametrize("path", ["", "a..b", ".a", "[x]", "[0", "a[", '["open]'])
def test_a_wrong_path_is_named(path: str) -> None:
    assert path_flaw(path)


def test_only_the_value_changes_and_its_quotes_stay() -> None:
    changed = replaced(PLAYBOOK, "[0].vars.redis_user", "redis")

    assert changed == PLAYBOOK.replace('"redis-stack"', '"redis"')
    assert replaced(PLAYBOOK, "[0].vars.redis_group", "redis") == PLAYBOOK.replace("'redis-stack'", "'redis'")
    assert replaced(PLAYBOOK, "[0].systemd_services[0].user", "redis") == PLAYBOOK.replace(
        "user: nobody}", "user: redis}"
    )


@pytest.mark.parametrize("at", ["[0].vars.secret", "[0].vars.shared.port", "[0].vars.other.port", "[0].vars"])
def test_what_others_may_share_or_is_no_single_value_is_refused(at: str) -> None:
    with pytest.raises(StepRefused):
        replaced(PLAYBOOK, at, "x")


def test_a_byte_order_mark_stays() -> None:
    assert replaced("\ufeffa: b\n", "a", "c") == "\ufeffa: c\n"


@given(st.text(min_size=0, max_size=30), st.sampled_from(["plain", "'single'", '"double"']))
def test_any_text_can_be_put_in_or_is_refused(new: str, written: str) -> None:
    text = f"- a: {written} # é\n  b: kept\n"
    try:
        changed = replaced(text, "[0].a", new)
    except StepRefused:
        return
    assert value_at(changed, "[0].a") == new
    assert changed.endswith(" # é\n  b: kept\n")
