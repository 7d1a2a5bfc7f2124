"""A flood is painted now and then, seldom while somebody types; what can be read along is painted at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from screens.widgets.flooding import FLOOD, PASSED, PASSED_TYPING, TYPING, Flooding

MUCH, LITTLE = FLOOD + 1.0, 1.0


def pump(idle: float) -> Any:
    return cast("Any", SimpleNamespace(app=SimpleNamespace(attention=SimpleNamespace(idle=idle))))


def painted(flooding: Flooding, frames: int, *, idle: float, pages: float = MUCH) -> list[int]:
    return [frame for frame in range(frames) if not flooding.passes(pump(idle), pages)]


def test_the_first_frame_of_a_flood_is_painted_and_then_a_few_are_passed_over() -> None:
    assert painted(Flooding(), 7, idle=TYPING) == [0, PASSED + 1, 2 * (PASSED + 1)]


def test_fewer_are_painted_while_somebody_types() -> None:
    assert painted(Flooding(), PASSED_TYPING + 2, idle=0.0) == [0, PASSED_TYPING + 1]


def test_what_can_be_read_along_is_always_painted() -> None:
    assert painted(Flooding(), 5, idle=0.0, pages=LITTLE) == [0, 1, 2, 3, 4]


def test_the_end_of_a_flood_and_what_is_wanted_at_once_are_painted() -> None:
    flooding = Flooding()
    assert painted(flooding, 2, idle=0.0) == [0]
    assert painted(flooding, 1, idle=0.0, pages=LITTLE) == [0]
    assert painted(flooding, 2, idle=0.0) == [0]
    flooding.forget()
    assert painted(flooding, 1, idle=0.0) == [0]
