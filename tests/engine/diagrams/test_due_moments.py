"""When drawn timers are due, and when they ring again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from player import Player, reckon

from engine.diagrams.bundle import Kind
from engine.diagrams.elements import Clockwork, Element
from engine.diagrams.errors import EngineError
from engine.diagrams.spiff.timers import MAX_CYCLES, arm, rearm

NOON = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORDING = {"name": "", "names": {}, "public": {}}


def timer(clockwork=Clockwork.CYCLE):
    facts = {"id": "late", "kind": Kind.BOUNDARY, "file": "", "line": 0, "process": "p", **WORDING}
    return Element(clockwork=clockwork, timer="the text", **facts)


def test_a_duration_is_counted_from_now():
    assert arm(timer(Clockwork.DURATION), "PT4H", now=NOON, reckon=reckon).due_at == NOON + 4 * HOUR


def test_a_cycle_knows_its_rounds_and_its_distance():
    armed = arm(timer(), "R3/PT4H", now=NOON, reckon=reckon)

    assert (armed.due_at, armed.generation, armed.remaining, armed.period) == (NOON + 4 * HOUR, 0, 3, "PT4H")


@pytest.mark.parametrize(("text", "rounds"), [("R/PT1H", MAX_CYCLES), ("R9999999/PT1H", MAX_CYCLES), ("R1/PT1H", 1)])
def test_rounds_are_bounded(text, rounds):
    assert arm(timer(), text, now=NOON, reckon=reckon).remaining == rounds


@pytest.mark.parametrize("value", [None, "PT1H", "R0/PT1H", "R-1/PT1H", "", 3, "Rx/PT1H"])
def test_a_cycle_that_is_none_is_an_error(value):
    with pytest.raises(EngineError):
        arm(timer(), value, now=NOON, reckon=reckon)


def test_a_cycle_that_does_not_advance_is_an_error():
    armed = arm(timer(), "R3/PT0H", now=NOON, reckon=reckon)

    with pytest.raises(EngineError, match="does not advance"):
        rearm(timer(), armed, now=NOON, reckon=reckon)


@given(rounds=st.integers(1, 50), hours=st.integers(1, 30), late=st.integers(0, 3000))
def test_the_next_round_is_the_first_one_that_is_still_to_come(rounds, hours, late):
    armed = arm(timer(), f"R{rounds}/PT{hours}H", now=NOON, reckon=reckon)
    now = armed.due_at + late * HOUR
    drawn = [NOON + n * hours * HOUR for n in range(1, rounds + 1)]

    following = rearm(timer(), armed, now=now, reckon=reckon)

    to_come = [moment for moment in drawn if moment > now]
    assert (following and following.due_at) == (to_come[0] if to_come else None)
    if following:
        assert following.remaining == len(to_come)
        assert following.generation == 1


def test_an_outage_of_years_does_not_take_years():
    armed = arm(timer(), "R1000/PT1H", now=NOON, reckon=reckon)

    assert rearm(timer(), armed, now=NOON + timedelta(days=5000), reckon=reckon) is None


def test_timers_are_evaluated_once_and_no_clock_fires_them():
    """The due moment lies in the past all along; only the alarm that is told to fire it does."""
    game = Player("timers", saves=True, moment=datetime(1999, 1, 1, tzinfo=UTC))
    game.complete("a", "b", moment=datetime(1999, 1, 1, tzinfo=UTC))
    game.variables["moment"] = datetime(2050, 1, 1, tzinfo=UTC)

    assert not game.message("anything")
    assert game.wait("pause").due_at == datetime(1999, 1, 1, tzinfo=UTC)
    game.fire("pause")

    assert game.run.is_ended
