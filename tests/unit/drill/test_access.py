"""Rights and access lists as this machine's own kernel and tools have them, where it has them."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.drill.host.access import READ, SEARCH, WRITE, Access, bits_of, letters

RIGHTS = st.integers(0, 7)
IDS = st.sampled_from([106, 1000, 2000])
STEPS = st.one_of(
    st.tuples(st.just("chmod"), st.integers(0, 0o777), st.just(0)),
    st.tuples(st.just("grant"), RIGHTS, IDS),
    st.tuples(st.just("revoke"), st.just(0), IDS),
    st.tuples(st.just("clear"), st.just(0), st.just(0)),
)


def tool(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def really(step: tuple[str, int, int], path: str) -> None:
    name, bits, who = step
    commands = {
        "chmod": ["chmod", f"{bits:o}", path],
        "grant": ["setfacl", "-m", f"u:{who}:{letters(bits)}", "--", path],
        "revoke": ["setfacl", "-x", f"u:{who}", "--", path],
        "clear": ["setfacl", "-b", "--", path],
    }
    tool(*commands[name])


def ours(step: tuple[str, int, int], access: Access) -> None:
    name, bits, who = step
    deeds: dict[str, Callable[[], None]] = {
        "chmod": lambda: access.chmod(bits),
        "grant": lambda: access.grant(("user", who), bits),
        "revoke": lambda: access.revoke(("user", who)),
        "clear": access.clear,
    }
    deeds[name]()


@pytest.mark.services
@settings(max_examples=30)
@given(st.lists(STEPS, max_size=5))
def test_it_comes_to_what_setfacl_and_the_kernel_come_to(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.touch(0o644)
        path.chmod(0o644)
        access = Access.of_mode(0o644)
        for step in steps:
            really(step, str(path))
            ours(step, access)
        assert access.mode == path.stat().st_mode & 0o7777
        assert "\n".join(access.lines()) == tool("getfacl", "-cnpE", "--", str(path)).strip()


def test_root_may_do_everything_and_the_owner_what_the_owner_may() -> None:
    access = Access.of_mode(0o571)
    assert access.rights(0, (), 106, 112) == READ | WRITE | SEARCH
    assert access.rights(106, (112,), 106, 112) == READ | SEARCH
    assert access.rights(2000, (112,), 106, 112) == READ | WRITE | SEARCH
    assert access.rights(2000, (), 106, 112) == SEARCH


def test_the_mask_bounds_what_is_named_and_the_group_but_not_others() -> None:
    access = Access.of_mode(0o707)
    access.grant(("user", 1000), WRITE | READ)
    access.mask = READ
    assert access.rights(1000, (), 106, 112) == READ
    assert access.rights(2000, (), 106, 112) == READ | WRITE | SEARCH


@pytest.mark.parametrize(("text", "bits"), [("rwx", 7), ("r-x", 5), ("---", 0), ("6", 6)])
def test_rights_are_read_as_letters_or_a_digit(text: str, bits: int) -> None:
    assert bits_of(text) == bits
