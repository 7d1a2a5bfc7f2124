"""A copy of a value with some fields changed."""

from dataclasses import replace

import pytest

from wizard.run.changed import changed
from wizard.run.state import RunState

STATE = RunState(began_at="then", seq=4)


def test_it_is_what_the_standard_library_makes_and_leaves_the_value_alone() -> None:
    assert changed(STATE, seq=5, current="copy") == replace(STATE, seq=5, current="copy")
    assert (STATE.seq, STATE.current) == (4, "")


def test_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="sequence"):
        changed(STATE, sequence=5)
