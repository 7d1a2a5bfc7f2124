from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from wizard.checklist.inputs import InputsInvalid, resolve
from wizard.checklist.problems import ChecklistInvalid
from wizard.checklist.surroundings import Input
from wizard.errors import UsageError


def declared(**inputs: Any) -> dict[str, Input]:
    return {name: Input.model_validate(each) for name, each in inputs.items()}


def private(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "inputs.yaml"
    path.write_text(text)
    path.chmod(0o600)
    return path


ONE = declared(data_dir={"type": "path", "default": "/srv"}, password={"type": "secret", "env": "REDIS_PASSWORD"})


def test_set_goes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    inputs = declared(
        a={"type": "text", "default": "d"}, b={"type": "text", "default": "d"}, c={"type": "text", "default": "d"}
    )
    file = private(tmp_path, "a: file\nb: file\n")
    assert resolve(inputs, pairs=["a=set=1"], file=file, environ={}).values == {"a": "set=1", "b": "file", "c": "d"}


def test_secrets_are_kept_apart_and_never_shown() -> None:
    inputs = resolve(ONE, environ={"REDIS_PASSWORD": "hunter22"})
    assert inputs.values == {"data_dir": "/srv"}
    assert inputs.secrets == {"password": "hunter22"}
    assert "hunter22" not in repr(inputs)


def test_a_secret_comes_from_a_private_file_or_a_persons_answer(tmp_path: Path) -> None:
    assert resolve(ONE, file=private(tmp_path, 'password: "hunter22"\n'), environ={}).secrets == {
        "password": "hunter22"
    }
    assert resolve(ONE, answers={"password": "typed"}, environ={}).secrets == {"password": "typed"}


def test_a_secret_never_comes_from_set_and_is_not_repeated() -> None:
    with pytest.raises(InputsInvalid) as caught:
        resolve(ONE, pairs=["password=hunter22"], environ={})
    assert "put it into a private --inputs file" in str(caught.value)
    assert "hunter22" not in str(caught.value)


def test_a_secret_that_does_not_fit_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InputsInvalid) as caught:
        resolve(ONE, file=private(tmp_path, "password: 12345678\n"), environ={})
    assert "12345678" not in str(caught.value)


def test_what_is_missing_is_told_all_at_once() -> None:
    inputs = declared(a={"type": "text", "help": "first"}, b={"type": "secret", "env": "B"}, c={"type": "port"})
    with pytest.raises(InputsInvalid) as caught:
        resolve(inputs, pairs=["c=x", "d=1"], environ={})
    assert caught.value.exit_status == 2
    assert caught.value.missing == ("a", "b")
    assert str(caught.value).splitlines() == [
        "input d: the checklist has no such input (--set); known here: a, b, c",
        "input a: not given; give it with --set a=… (first)",
        "input b: not given; give it by a private --inputs file or the variable B",
        "input c: expected a number, found the text 'x'; give digits",
    ]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_an_inputs_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = private(tmp_path, "data_dir: /srv\n")
    path.chmod(mode)
    with pytest.raises(UsageError, match="chmod 600"):
        resolve(ONE, file=path, environ={})


def test_an_inputs_file_must_be_a_plain_file_of_ours(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(private(tmp_path, "data_dir: /srv\n"))
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (link, tmp_path / "pipe", tmp_path, tmp_path / "none"):
        with pytest.raises(UsageError):
            resolve(ONE, file=path, environ={})


@pytest.mark.parametrize("text", ["a: &x 1\n", "- a\n", "a: 1\na: 2\n", "a: [", ""])
def test_an_inputs_file_is_strict_yaml(tmp_path: Path, text: str) -> None:
    with pytest.raises(ChecklistInvalid):
        resolve(ONE, file=private(tmp_path, text), environ={})


def test_set_without_a_value_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="has no value"):
        resolve(ONE, pairs=["data_dir"], environ={})


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("host", "autobot@172.16.168.23", "autobot@172.16.168.23"),
        ("host", "redis-vm", "redis-vm"),
        ("host", "me@redis-vm:2222", "me@redis-vm:2222"),
        ("host", "[fe80::1]:2222", "[fe80::1]:2222"),
        ("host", "me@[fe80::1]", "me@[fe80::1]"),
        ("path", "/var/lib/redis stack", "/var/lib/redis stack"),
        ("number", "1.5", 1.5),
        ("number", "-3", -3),
        ("port", "6379", 6379),
        ("account", "redis", "redis"),
        ("account", "998", "998"),
        ("unit", "redis-stack-server@1.service", "redis-stack-server@1.service"),
        ("duration", "1h30m", "1h30m"),
        ("flag", "true", True),
        ("text", "any\ntext", "any\ntext"),
    ],
)
def test_a_value_of_its_type_is_taken(kind: str, given: str, value: Any) -> None:
    assert resolve(declared(x={"type": kind}), pairs=[f"x={given}"], environ={}).values == {"x": value}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("host", "-oProxyCommand=id"),
        ("host", "me@-x"),
        ("host", "me@redis-vm:"),
        ("host", "me@redis-vm:22x"),
        ("host", "a b"),
        ("host", "a;id"),
        ("host", "$(id)"),
        ("host", "me@host\n"),
        ("host", ""),
        ("path", ""),
        ("path", "/a\nb"),
        ("number", "1e9"),
        ("number", "NaN"),
        ("port", "0"),
        ("port", "65536"),
        ("port", "22.0"),
        ("account", "redis; id"),
        ("account", "-x"),
        ("unit", "-x.service"),
        ("unit", "a b.service"),
        ("duration", "30"),
        ("flag", "yes"),
        ("text", "a\0b"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, given: str) -> None:
    with pytest.raises(InputsInvalid):
        resolve(declared(x={"type": kind}), pairs=[f"x={given}"], environ={})


def test_a_tilde_is_the_operators_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    key = declared(key={"type": "path", "default": "~/.ssh/key"})
    assert resolve(key, environ={}).values == {"key": "/home/me/.ssh/key"}


def test_choices_and_patterns_hold() -> None:
    inputs = declared(a={"type": "choice", "choices": ["x", "y"]}, b={"type": "text", "pattern": "[a-z]+"})
    assert resolve(inputs, pairs=["a=x", "b=abc"], environ={}).values == {"a": "x", "b": "abc"}
    with pytest.raises(InputsInvalid) as caught:
        resolve(inputs, pairs=["a=z", "b=abc1"], environ={})
    assert [name for name, _, _ in caught.value.complaints] == ["a", "b"]
