"""A guarded script as a person reads it: without the functions that are the wizard's own, and with all else."""

from __future__ import annotations

import pytest

from wizard.facts.guarded import library, readable, script

BODY = "name=spool\nenter /var || exit\nact chown redis --\n"


def test_what_is_done_is_left_and_the_wizards_own_functions_are_counted() -> None:
    shown = readable(script(BODY, "enter", "hold"))

    assert BODY in shown
    assert "enter()" not in shown
    assert f"{library('enter', 'hold').count(chr(10))} lines of the wizard's own functions" in shown


@pytest.mark.parametrize(
    "tampered",
    [
        script(BODY, "enter").replace("printf", "rm -rf / #", 1),
        script(BODY, "enter").removesuffix("main\n") + "rm -rf /\nmain\n",
        script(BODY, "enter") + "rm -rf /\n",
        script(BODY, "enter").replace("LC_ALL=C;", "rm -rf /; LC_ALL=C;"),
        script(BODY, "enter", head="rm -rf /; set -eu").replace("main() {", "main() {\n", 1),
        f"true\n}}\n# By what:\nrm -rf /\n{library('enter')}main\n",
        "# By what:\nrm -rf /\n",
    ],
)
def test_nothing_hides_among_them(tampered: str) -> None:
    assert "rm -rf /" in readable(tampered)


def test_a_command_of_a_checklist_is_shown_as_it_is() -> None:
    assert readable("echo a\necho b\n") == "echo a\necho b\n"
