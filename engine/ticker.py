"""The ticker: fires what is due, one ticket and one transaction at a time, with any number of workers."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.acts import note_incident, one_step
from engine.clients import intake
from engine.records import Heartbeat
from engine.stage import Stage, open_stage
from helpdesk import audit
from helpdesk.database import Database, is_lost_race, is_out_of_reach
from helpdesk.tickets import AlreadyEnded, Busy, lock_ticket
from sla.alarms import MOST_TRIES, Alarm, Kind, list_due, mark_fired, next_due_ticket, put_off
from sla.promises import Clock

log = structlog.get_logger()
MOST_A_ROUND = 200
BREACH_PERCENT = 100


def fire_due(database: Database, *, now: datetime, most: int = MOST_A_ROUND) -> int:
    """Fire the due alarms of up to `most` tickets; how many tickets moved."""
    moved = set_aside = 0
    busy: set[int] = set()
    # What fails is put off and has no part in how many may move, so that poison does not make the others late.
    while moved < most and set_aside < most:
        has_moved = _fire_one(database, now=now, busy=busy)
        if has_moved is None:
            break
        moved += has_moved
        set_aside += not has_moved
    return moved


def fire_ticket(session: Session, ticket_id: int, *, now: datetime) -> int:
    """Fire everything that is due on one ticket, in this transaction; how many alarms were fired."""
    ticket = lock_ticket(session, ticket_id, now=now, may_wait=False)
    due = list_due(session, ticket_id, now=now)
    if not due:
        return 0
    if intake.is_waiting(due):
        intake.fire(session, ticket, due, now=now)
        return len(due)
    by_loudness = _by_loudness(due)
    with one_step(session, ticket, "alarm", by=None, now=now):
        stage = open_stage(session, ticket, by=None, now=now)
        mark_fired(session, due, now=now)
        for alarm in due:
            if alarm.kind == Kind.TIMER.value:
                _fire_timer(stage, alarm)
            elif alarm is by_loudness[alarm.token][0]:
                _throw_escalation(stage, by_loudness[alarm.token])
        stage.save()
    return len(due)


def beat(database: Database, worker: str, *, now: datetime, lateness: timedelta = timedelta(0)) -> None:
    """Tell that a worker is alive."""
    with database.transaction() as session:
        row = session.get(Heartbeat, worker) or Heartbeat(worker=worker)
        row.beat_at, row.lateness_seconds = now, lateness.total_seconds()
        session.add(row)


def list_heartbeats(session: Session) -> list[Heartbeat]:
    return list(session.scalars(select(Heartbeat).order_by(Heartbeat.worker)))


def forget_heartbeats(session: Session, *, now: datetime) -> None:
    """Remove workers that have not been heard of for a day."""
    session.execute(delete(Heartbeat).where(Heartbeat.beat_at < now - timedelta(days=1)))


def _fire_one(database: Database, *, now: datetime, busy: set[int]) -> bool | None:
    """Fire one ticket's alarms; whether it has moved, or None when nothing more is due.

    Poison is set aside: the ticket waits longer each time and does not hold the others up.
    """
    seen: list[int] = []

    def act(session: Session) -> int | None:
        found = next_due_ticket(session, now=now, but_not=frozenset(busy))
        if found is not None:
            seen[:] = [found]
            fire_ticket(session, found, now=now)
        return found

    try:
        return True if database.run(act) is not None else None
    except Exception as error:
        if not seen or (is_out_of_reach(error) and not is_lost_race(error)):
            # The database is away: that is nothing about this ticket, and the next round tries again.
            raise
        ticket_id = seen[0]
        if isinstance(error, Busy | AlreadyEnded) or is_lost_race(error):
            # Somebody else has it at this moment, or has just ended it: the next round looks again.
            busy.add(ticket_id)
            return False
        with database.transaction() as session:
            tries = put_off(session, ticket_id, now=now)
        note_incident(database, ticket_id=ticket_id, act="alarm", error=error, now=now,
                      waits_for_person=tries >= MOST_TRIES)
        log.warning("alarm_failed", ticket_id=ticket_id, error=type(error).__name__)
        return False


def _by_loudness(due: list[Alarm]) -> dict[int, list[Alarm]]:
    """The due thresholds of each clock, the loudest first: after an outage only one of them is told to people."""
    found: dict[int, list[Alarm]] = {}
    for alarm in sorted(due, key=lambda one: -one.threshold):
        if alarm.kind == Kind.CLOCK.value:
            found.setdefault(alarm.token, []).append(alarm)
    return found


def _fire_timer(stage: Stage, alarm: Alarm) -> None:
    # The timer may be gone since an earlier alarm of this round moved the instance.
    if any(wait.token == alarm.token and wait.due_at is not None for wait in stage.run.waits):
        stage.run.fire(alarm.token)
        audit.record(stage.session, "timer_fired", by=None, now=stage.now, ticket_id=stage.ticket.id,
                     element=alarm.element_id)


def _throw_escalation(stage: Stage, alarms: list[Alarm]) -> None:
    """Throw the loudest threshold that the diagram hears; one that nothing catches must not hide a quieter one."""
    loudest = alarms[0]
    clock: Clock | None = next((one for one in stage.promises.clocks if one.id == loudest.token), None)
    if clock is None or clock.is_stopped:
        return
    if loudest.threshold >= BREACH_PERCENT:
        stage.promises.note_breach(clock, now=stage.now)
    any(stage.run.escalate(alarm.element_id) for alarm in alarms)
    audit.record(stage.session, "threshold_passed", by=None, now=stage.now, ticket_id=stage.ticket.id,
                 clock=clock.key, percent=loudest.threshold)
