from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.errors import UsageError
from wizard.hosts import commands
from wizard.hosts.base import Attempt


def sh(script: bytes) -> bytes:
    return subprocess.run(["/bin/sh"], input=script, check=True, capture_output=True).stdout


@given(st.binary(max_size=2000))
def test_any_bytes_survive_as_a_printf_format(data: bytes) -> None:
    words = commands.call("printf", commands.printf_format(data), background=False)
    assert sh(words) == data


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200))
def test_any_text_survives_as_a_word_of_a_call(text: str) -> None:
    assert sh(commands.call("printf", "%s", text, background=False)) == text.encode()


def test_a_file_name_that_is_not_utf_8_keeps_its_bytes() -> None:
    assert commands.encoded("caf\udce9") == b"caf\xe9"


@pytest.mark.parametrize(("spool", "sent"), [("/srv/spool/", "/srv/spool"), ("/srv/spool", "/srv/spool"), ("", "''")])
def test_a_slash_behind_the_spool_means_nothing(spool: str, sent: str) -> None:
    assert f"\nwz_spool={sent}\n" in commands.bootstrap("nonce", "name", spool, ()).decode()


def test_a_nul_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(UsageError, match="NUL"):
        commands.start(1, Attempt(key="k", script="echo \0"), 10, commands.Launch(0, 0))


@pytest.mark.parametrize("key", ["", "../x", "a/b", "a b", "-rf", ".hidden", "a\n", "x" * 201])
def test_a_key_that_could_leave_the_spool_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match="not a key"):
        commands.status(1, key)


@pytest.mark.parametrize("name", ["", "A-B", "1A", "A=B", "A;id"])
def test_a_secret_whose_name_is_no_variable_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="environment variable"):
        commands.secrets_file({name: "x"})


def test_the_functions_are_sent_without_their_comments() -> None:
    text = commands.bootstrap("n", "id", "", ()).decode()
    assert "wz_ask()" in text
    assert not [line for line in text.splitlines() if line.lstrip().startswith("#")]
