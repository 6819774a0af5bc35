"""Poison: tickets whose step fails again and again are set aside, and the others are as punctual as without them.

The suite plays a twentieth of it; `make poison` plays 200 poisoned tickets among 2,000.
"""

import os
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from engine import ticker
from engine.records import Incident, Instance, WorkItem
from helpdesk.tickets import Ticket, TicketTeam
from sla.alarms import MOST_TRIES, Alarm
from sla.promises import Clock, ClockMove
from tests.desk import Desk

GOOD, POISONED = (2000, 200) if os.environ.get("OKIENKO_POISON") == "whole" else (100, 10)
A_ROUND = GOOD // 10


def multiply(session: Session, number: str, times: int) -> list[int]:
    """Copies of a ticket with all that runs on it; gives their ids."""
    pattern = session.scalars(select(Ticket).where(Ticket.number == number)).one()
    ids = []
    for place in range(times):
        ticket_id = copy_row(session, Ticket, pattern.id, number=f"KOP{place:07d}", audit_head="", audit_count=0)
        instance_id = copy_row(session, Instance, session.scalar(
            select(Instance.id).where(Instance.ticket_id == pattern.id)), ticket_id=ticket_id)
        for item_id in session.scalars(select(WorkItem.id).where(WorkItem.ticket_id == pattern.id)).all():
            copy_row(session, WorkItem, item_id, ticket_id=ticket_id, instance_id=instance_id)
        clocks = {}
        for clock_id in session.scalars(select(Clock.id).where(Clock.ticket_id == pattern.id)).all():
            clocks[clock_id] = copy_row(session, Clock, clock_id, ticket_id=ticket_id)
            for move_id in session.scalars(select(ClockMove.id).where(ClockMove.clock_id == clock_id)).all():
                copy_row(session, ClockMove, move_id, clock_id=clocks[clock_id])
        for alarm in session.scalars(select(Alarm).where(Alarm.ticket_id == pattern.id)).all():
            copy_row(session, Alarm, alarm.id, ticket_id=ticket_id, token=clocks.get(alarm.token, alarm.token))
        session.execute(insert(TicketTeam).from_select(["ticket_id", "team_id"], select(
            select(Ticket.id).where(Ticket.id == ticket_id).scalar_subquery(), TicketTeam.team_id).where(
            TicketTeam.ticket_id == pattern.id)))
        ids.append(ticket_id)
    return ids


def copy_row(session: Session, kind: Any, row_id: Any, **changed: Any) -> int:
    table = kind.__table__
    row = session.execute(select(table).where(table.c.id == row_id)).mappings().one()
    values = {key: value for key, value in row.items() if key != "id"} | changed
    return int(session.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def rounds_until_done(desk: Desk, good: list[int]) -> int:
    """How many rounds of the worker it takes until nothing of the good tickets is due any more."""
    for number in range(1, 30):
        ticker.fire_due(desk.database, now=desk.now, most=A_ROUND)
        late = desk.ask(lambda session: session.scalar(select(func.count(Alarm.id)).where(
            Alarm.ticket_id.in_(good), Alarm.fired_at.is_(None), Alarm.due_at <= desk.now)))
        if not late:
            return number
    raise AssertionError("the good tickets were never done")


@pytest.mark.parametrize("poisoned", [0, POISONED])
def test_good_tickets_are_as_punctual_with_poison_as_without(desk: Desk, poisoned: int) -> None:
    pattern = desk.submit()
    with desk.session() as session:
        ids = multiply(session, pattern, GOOD + poisoned - 1)
        # Poison is everywhere among them.
        bad = ids[::(GOOD + poisoned - 1) // poisoned][:poisoned] if poisoned else []
        good = [desk.ticket(pattern).id, *(one for one in ids if one not in set(bad))]
        session.execute(update(Instance).where(Instance.ticket_id.in_(bad)).values(state=b"poison"))
    desk.later(hours=3, minutes=5)

    assert rounds_until_done(desk, good) == GOOD // A_ROUND

    with desk.session() as session:
        tried = session.scalars(select(Incident.tries).where(Incident.ticket_id.in_(bad))).all()
        assert list(tried) == [1] * poisoned
        assert session.scalar(select(func.count(Incident.id)).where(Incident.ticket_id.in_(good))) == 0


def test_after_five_tries_poison_costs_nothing_until_a_person_has_looked(desk: Desk) -> None:
    bad = []
    for _ in range(3):
        bad.append(desk.ticket(desk.submit()).id)
    with desk.session() as session:
        session.execute(update(Instance).where(Instance.ticket_id.in_(bad)).values(state=b"poison"))
    desk.later(hours=3, minutes=5)
    for _ in range(MOST_TRIES):
        desk.tick()
        desk.later(hours=1)

    with desk.session() as session:
        incidents = session.scalars(select(Incident).where(Incident.ticket_id.in_(bad))).all()
        assert [one.waits_for_person_at is not None for one in incidents] == [True] * 3
        assert not session.scalar(select(func.count(Alarm.id)).where(
            Alarm.ticket_id.in_(bad), Alarm.fired_at.is_(None), Alarm.due_at <= desk.now, Alarm.try_at <= desk.now))
    tries = [one.tries for one in incidents]
    desk.later(days=30)
    desk.tick()
    assert desk.ask(lambda session: [one.tries for one in session.scalars(
        select(Incident).where(Incident.ticket_id.in_(bad)))]) == tries
