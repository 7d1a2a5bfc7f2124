from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wizard.checklist.templating import render_command, render_text

VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=60) | st.lists(
    st.sampled_from([*"'\"`$\\ \n\t;&|<>(){}[]*?~#!-=%", "$(id)", "${x}", "{{", "}}", "{%", "a"]), max_size=20
).map("".join)


@settings(deadline=None)
@given(VALUES)
@example("")
@example("-rf")
@example("{{ secret }}")
def test_any_value_is_exactly_one_word_equal_to_it(value: str) -> None:
    assert shlex.split(render_command("printf %s {{ value }} end", {"value": value})) == ["printf", "%s", value, "end"]


@settings(max_examples=60, deadline=None)
@given(VALUES)
@pytest.mark.parametrize("command", ["printf %s {{ value }}", 'printf %s "$(printf %s {{ value }}; echo x)"'])
def test_a_real_shell_sees_exactly_the_value(command: str, value: str) -> None:
    script = render_command(command, {"value": value})
    seen = subprocess.run(["sh", "-c", script], check=True, capture_output=True).stdout
    assert seen.decode() == value + ("x" if "echo x" in command else "")


@settings(deadline=None)
@given(VALUES)
def test_text_gets_the_value_as_it_is(value: str) -> None:
    assert render_text("<{{ value }}>", {"value": value}) == f"<{value}>"
