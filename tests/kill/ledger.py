"""The ledger: whether what the tables say about every ticket agrees with what its instance waits for."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engine.diagrams.run import Run
from engine.records import Incident, Instance, ItemState, WorkItem
from engine.versions import shelf_of
from helpdesk.database import Database
from helpdesk.tickets import Ticket
from sla.alarms import Alarm, AlarmKey, Kind
from sla.promises import Promises


def find_disorder(session: Session, *, now: datetime) -> list[str]:
    """One sentence for everything that does not fit."""
    return [sentence for ticket in session.scalars(select(Ticket).order_by(Ticket.id))
            for sentence in _of_ticket(session, ticket, now)]


def count_deadlocks(database: Database) -> int:
    """How many PostgreSQL has counted in this database, healed ones included; SQLite has one lock and so none."""
    if database.is_sqlite:
        return 0
    database.engine.dispose()  # a backend reports what it has counted when it ends
    with database.engine.connect() as connection:
        return int(connection.scalar(
            text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")) or 0)


def _of_ticket(session: Session, ticket: Ticket, now: datetime) -> Iterator[str]:
    instance = session.scalar(select(Instance).where(Instance.ticket_id == ticket.id))
    if instance is None:
        yield f"{ticket.number} has no instance"
        return
    waits = [] if instance.ended_at else _restore(session, instance, now).waits
    steps = sorted((wait.token, wait.element_id) for wait in waits if wait.kind == "task")
    items = sorted((item.token, item.element_id) for item in session.scalars(select(WorkItem).where(
        WorkItem.ticket_id == ticket.id, WorkItem.state == ItemState.OPEN.value)))
    if steps != items:
        yield f"{ticket.number}: the instance waits for {steps}, the work items are {items}"
    wanted: dict[AlarmKey, Any] = {
        AlarmKey(Kind.TIMER, wait.token, wait.generation): wait.due_at for wait in waits if wait.due_at is not None}
    promises = Promises(session, ticket.id, shelf_of(session).calendars, is_new=False)
    for clock, threshold, moment in promises.thresholds(now=now):
        wanted[AlarmKey(Kind.CLOCK, clock.id, clock.generation, int(threshold.share * 100))] = moment
    alarms = list(session.scalars(select(Alarm).where(Alarm.ticket_id == ticket.id)))
    for alarm in alarms:
        if alarm.fired_at is None and wanted.get(alarm.key) != alarm.due_at:
            yield f"{ticket.number}: the alarm {alarm.key} at {alarm.due_at} is not wanted"
    for key in wanted.keys() - {alarm.key for alarm in alarms}:
        yield f"{ticket.number}: nobody will ring {key}"
    if ticket.is_ended and items and instance.ended_at:
        yield f"{ticket.number} has ended with open steps"
    for incident in session.scalars(select(Incident).where(Incident.ticket_id == ticket.id)):
        yield f"{ticket.number}: incident at {incident.element_id}: {incident.reason}"


def _restore(session: Session, instance: Instance, now: datetime) -> Run:
    def refuse(*_: object) -> Any:
        raise AssertionError("a restored instance rests")
    version = shelf_of(session).take(session, instance.version_id)
    return Run.restore(version.bundle, state=instance.state, variables=dict(instance.variables), now=now,
                       perform=refuse, reckon=refuse)
