"""Alarms against an expected set: through outages, odd clocks and odd nights each rings once, and none is missing."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine.records import TrailStep
from engine.ticker import fire_due
from engine.versions import Shelf
from helpdesk.database import Database
from tests.desk import MONDAY, Desk
from tests.kill.bells import KEY, Bell, expected, publish_bells, rung
from tests.kill.ledger import find_disorder
from tests.kill.test_races import at_once

MINUTE = timedelta(minutes=1)
BELLS = [Bell(minutes, 5) for minutes in range(2, 22)]
FEW = [Bell(10, 6), Bell(7, 3), Bell(90, 2)]


def open_tickets(desk: Desk, number: int, chance: random.Random) -> dict[int, datetime]:
    """So many tickets, each registered up to a second after the one before: id → moment."""
    found = {}
    for place in range(number):
        desk.later(seconds=chance.uniform(0.2, 1))
        found[desk.ticket(desk.submit({"subject": f"dzwonki {place}"}, about=KEY)).id] = desk.now
    return found


def ring_on(desk: Desk, workers: list[Database], *, until: datetime, every: timedelta = MINUTE) -> None:
    """Let time pass; at each tick all workers look for what is due at once."""
    while desk.now < until:
        desk.now += every
        if len(workers) == 1:
            fire_due(workers[0], now=desk.now, most=10_000)
        else:
            at_once(*(lambda one=one: fire_due(one, now=desk.now, most=10_000) for one in workers))


def in_order(desk: Desk) -> bool:
    return desk.ask(lambda session: find_disorder(session, now=desk.now)) == []


def test_a_thousand_alarms_ring_each_once_and_none_is_missing(desk: Desk) -> None:
    play_many(desk, tickets=10, workers=1)


@pytest.mark.crash
def test_ten_thousand_alarms_and_two_workers(desk: Desk) -> None:
    play_many(desk, tickets=100, workers=2)


def play_many(desk: Desk, *, tickets: int, workers: int) -> None:
    """100 alarms a ticket, in ticks of a minute; what is told of their lateness is what was."""
    desk.ask(lambda session: publish_bells(session, BELLS, now=MONDAY))
    started = open_tickets(desk, tickets, random.Random(1))
    until = desk.now + timedelta(minutes=106)
    others = [Database(desk.database.url, info={"shelf": Shelf()}) for _ in range(workers)]

    ring_on(desk, others, until=until)

    for other in others:
        other.engine.dispose()
    alarms = rung(desk)
    assert Counter((one.ticket_id, one.element_id, one.due_at) for one in alarms) == expected(
        started, BELLS, until=until)
    assert len(alarms) == tickets * 100
    late = sorted(one.fired_at - one.due_at for one in alarms if one.fired_at is not None)
    assert timedelta(0) <= late[0] and late[-1] < MINUTE
    left = desk.ask(lambda session: session.scalar(select(func.count(TrailStep.id)).where(
        TrailStep.what == "left", TrailStep.element_id.like("rung%"))))
    assert left == len(alarms)
    print(f"\n{len(alarms)} alarms, late by {late[len(late) // 2]} (half of them), {late[-1]} (the worst)", end=" ")
    assert in_order(desk)


def test_after_ten_hours_without_a_worker_each_timer_rings_once(desk: Desk) -> None:
    desk.ask(lambda session: publish_bells(session, FEW, now=MONDAY))
    started = open_tickets(desk, 10, random.Random(2))
    desk.later(hours=10)

    ring_on(desk, [desk.database], until=desk.now + 2 * MINUTE)

    # Of a cycle the missed rounds count as rung: one ring, however long nobody was there.
    assert Counter((one.ticket_id, one.element_id) for one in rung(desk)) == Counter(
        (ticket_id, f"bell_{place}") for ticket_id in started for place in range(len(FEW)))
    assert all(one.fired_at is not None and one.fired_at - one.due_at > timedelta(hours=8) for one in rung(desk))
    assert in_order(desk)


def test_a_clock_that_is_set_back_rings_nothing_twice_and_one_set_forward_loses_nothing(desk: Desk) -> None:
    desk.ask(lambda session: publish_bells(session, FEW, now=MONDAY))
    started = open_tickets(desk, 4, random.Random(3))
    ring_on(desk, [desk.database], until=desk.now + timedelta(minutes=25))
    before = len(rung(desk))
    noon = desk.now

    desk.now = noon - timedelta(hours=1)
    ring_on(desk, [desk.database], until=noon - MINUTE)
    assert len(rung(desk)) == before
    desk.now = noon + timedelta(days=1)
    fire_due(desk.database, now=desk.now)
    desk.now = noon
    ring_on(desk, [desk.database], until=noon + timedelta(hours=4))

    told = Counter((one.ticket_id, one.element_id, one.due_at) for one in rung(desk))
    assert set(told.values()) == {1} and set(told) <= set(expected(started, FEW, until=noon + timedelta(hours=4)))
    assert {ticket_id for ticket_id, _, _ in told} == set(started)
    assert in_order(desk)


@pytest.mark.parametrize("evening", [
    datetime(2026, 3, 28, 22, 30, tzinfo=UTC),  # an hour is missing in Warsaw
    datetime(2026, 10, 24, 22, 30, tzinfo=UTC),  # an hour comes twice
], ids=["spring", "autumn"])
def test_on_the_nights_when_clocks_change_bells_keep_their_distance(desk: Desk, evening: datetime) -> None:
    desk.now = evening
    desk.ask(lambda session: publish_bells(session, FEW, now=evening))
    started = open_tickets(desk, 3, random.Random(4))
    until = desk.now + timedelta(hours=4)

    ring_on(desk, [desk.database], until=until, every=5 * MINUTE)

    assert Counter((one.ticket_id, one.element_id, one.due_at) for one in rung(desk)) == expected(
        started, FEW, until=until)
    assert in_order(desk)
