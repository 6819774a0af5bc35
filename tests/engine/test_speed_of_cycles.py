"""The engine is many times faster than the plain library, and its state stays small; `make bench` has the figures."""

import pytest

from tests.bench.engine import WISHES, compare

MARGIN = 2 / 3  # of the wish: the machine is shared
STATE_MAX = 1_500


@pytest.mark.parametrize("name", ["incident", "86 nodes"])
def test_a_cycle_is_many_times_faster_than_the_plain_librarys(name: str) -> None:
    found = compare(name, times=2)

    assert found["ratio"] >= WISHES[name] * MARGIN
    assert found["ours_bytes"] <= STATE_MAX


def test_the_state_of_a_loop_does_not_grow_with_its_rounds() -> None:
    found = compare("loop of 100 rounds", times=1, rounds=30)

    first, last = found["first_and_last_bytes"]
    assert first == last <= STATE_MAX
    assert found["ratio"] >= 15
