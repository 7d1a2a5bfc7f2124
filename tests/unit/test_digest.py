from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from wizard.digest import MUCH, Digest


@given(st.lists(st.tuples(st.sampled_from((0, 1, 100, MUCH - 1, MUCH, 3 * MUCH)), st.integers(0, 255)), max_size=24))
def test_it_is_the_sum_of_everything_in_that_order(parts: list[tuple[int, int]]) -> None:
    digest, whole = Digest(), b""
    for size, value in parts:
        digest.update(bytes([value]) * size)
        whole += bytes([value]) * size
    assert digest.hexdigest() == hashlib.sha256(whole).hexdigest()


def test_it_goes_on_behind_a_look_at_it() -> None:
    digest = Digest()
    digest.update(b"a" * MUCH)
    assert digest.hexdigest() == hashlib.sha256(b"a" * MUCH).hexdigest()
    digest.update(b"b")
    assert digest.hexdigest() == hashlib.sha256(b"a" * MUCH + b"b").hexdigest()
