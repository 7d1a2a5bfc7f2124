"""What others may not read is not shown, but for what the checklist says itself."""

from __future__ import annotations

import pytest

from wizard.actions.file import FileSpec
from wizard.facts.privacy import is_private, kept_out, lines_of, shown
from wizard.facts.redis import is_read_name


@pytest.mark.parametrize(
    ("secret", "modes", "private"),
    [
        (None, [], False),
        (None, [None], False),
        (None, ["0644"], False),
        (None, ["644", 0o640], True),
        (None, [0o604], False),
        (None, ["0600"], True),
        (None, [0o4711], True),
        (True, ["0644"], True),
        (False, ["0600"], False),
    ],
)
def test_the_checklist_decides_and_else_the_mode(
    secret: bool | None,  # noqa: FBT001 - a field of the checklist
    modes: list[int | str | None],
    private: bool,  # noqa: FBT001 - what is expected
) -> None:
    assert is_private(secret, *modes) is private


def test_only_lines_of_the_checklist_are_shown_and_the_rest_is_counted() -> None:
    spec = FileSpec(path="/x", content="[main]\n  user = {{ captured.user }}\nport = 1\n")
    text = "[main]\nuser = hunter2\n\nkey = hunter3\nport = 1\ntoken = hunter4\n"
    assert (
        shown(text, lines_of(spec)) == "[main]\n[1 line not shown]\n\n[1 line not shown]\nport = 1\n[1 line not shown]"
    )
    assert shown("a\nb\n", lines_of(None)) == "[2 lines not shown]"


def test_values_that_are_kept_out_can_be_told_to_be_the_same() -> None:
    assert kept_out("hunter2") == kept_out("hunter2") != kept_out("hunter3")
    assert "hunter2" not in kept_out("hunter2")


@pytest.mark.parametrize("name", ["requirepass", "masterauth", "RequirePass", "tls-key-file-pass", "*pass"])
def test_a_password_of_redis_is_nothing_to_read(name: str) -> None:
    assert not is_read_name(f"config.{name}")
    assert is_read_name("config.maxmemory")
