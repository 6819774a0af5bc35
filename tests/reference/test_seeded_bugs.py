"""The comparison is worth something: it notices each of the mistakes put into the engine on purpose."""

from random import Random

import pytest

from tests.reference.blocks import Process
from tests.reference.bugs import BUGS
from tests.reference.duel import Difference, play
from tests.reference.outcomes import Undecided

MOST_STORIES = 200


def first_difference(kinds):
    """The first of some random stories in which engine and reference differ, None when they agree in all."""
    for seed in range(MOST_STORIES):
        random = Random(seed)
        data = Process(random, kinds=kinds, size=6).data
        try:
            play(data, random)
        except Difference as difference:
            return difference
        except Undecided:
            continue
    return None


@pytest.mark.parametrize("name", BUGS)
def test_the_comparison_notices_that(name, monkeypatch):
    put_in, kinds = BUGS[name]
    put_in(monkeypatch)

    assert first_difference(kinds) is not None


def test_without_a_mistake_the_same_stories_agree():
    for kinds in sorted({kinds for _, kinds in BUGS.values()}):
        for seed in range(3):
            random = Random(seed)
            play(Process(random, kinds=kinds, size=6).data, random)
