"""Delivering: the worker's round that brings messages and signals to their tickets, each in its own transaction."""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from engine.acts import note_incident, one_step
from engine.complaints import verdicts
from engine.outages import ending
from engine.outside import events
from engine.outside.events import EventKind, EventState, TicketEvent
from engine.stage import Stage, open_stage
from helpdesk import audit
from helpdesk.database import Database, is_lost_race
from helpdesk.tickets import AlreadyEnded, Busy, lock_ticket
from sla.promises import SOLUTION_CLOCK, PauseReason

log = structlog.get_logger()
MOST_A_ROUND = 500


def deliver_due(database: Database, *, now: datetime, most: int = MOST_A_ROUND) -> int:
    """Deliver up to `most` events that are due; how many were heard. A ticket that fails does not hold others up."""
    heard = 0
    resting: set[int] = set()
    for _ in range(most):
        with database.transaction() as session:
            event = events.claim(session, now=now, but_not=resting)
        if event is None:
            break
        try:
            heard += database.run(lambda session, event=event: deliver(  # type: ignore[misc]
                session, event.id, event.ticket_id, now=now))
        except Exception as error:
            resting.add(event.ticket_id)
            if isinstance(error, Busy) or is_lost_race(error):
                continue  # somebody else has the ticket at this moment: the next round looks again
            _put_off(database, event, error, now=now)
    return heard


def deliver(session: Session, event_id: int, ticket_id: int, *, now: datetime) -> bool:
    """Give one event to its ticket; False when nobody there hears it. Given before, it does nothing."""
    ticket = lock_ticket(session, ticket_id, now=now, may_wait=False)
    event = session.get(TicketEvent, event_id, populate_existing=True)
    if event is None or event.state != EventState.WAITING.value:
        return False
    # An announcement's end is told to a ticket once, however often it was sent.
    is_new = event.name != ending.MESSAGE or ending.mark_told(session, ticket.id, event.payload, now=now)
    with one_step(session, ticket, event.act, by=None, now=now):
        is_heard = False
        try:
            stage = open_stage(session, ticket, by=None, now=now)
        except AlreadyEnded:
            pass  # the request was withdrawn meanwhile: nothing waits for anything
        else:
            is_heard = is_new and _give(stage, event)
            stage.save()
    event.state = EventState.HEARD.value if is_heard else EventState.UNHEARD.value
    audit.record(session, f"{event.kind}_{'received' if is_heard else 'unheard'}", by=None, now=now,
                 ticket_id=ticket.id, message=event.name)
    return is_heard


def _give(stage: Stage, event: TicketEvent) -> bool:
    if event.kind == EventKind.SIGNAL.value:
        return stage.run.signal(event.name)
    if event.name == ending.MESSAGE:
        return ending.take(stage, event.payload)
    if event.name == verdicts.SETTLED:
        # Before the diagram hears of it: what it says of the clock itself counts more.
        stage.promises.resume(SOLUTION_CLOCK, now=stage.now, reason=PauseReason.COMPLAINT)
    is_heard = stage.run.message(event.name, event.payload)
    if event.name == verdicts.SETTLED and event.sender_id is not None:
        return verdicts.take(stage, str(event.payload["verdict"]), is_heard=is_heard)
    return is_heard


def _put_off(database: Database, event: TicketEvent, error: Exception, *, now: datetime) -> None:
    with database.transaction() as session:
        events.put_off(session, event.id, now=now)
    note_incident(database, ticket_id=event.ticket_id, act=event.act, error=error, now=now)
    log.warning("event_failed", event_id=event.id, error=type(error).__name__)
