"""Repair: a step that failed and was rolled back is let to run again by somebody who answers for it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.outside import calls
from engine.records import Incident
from engine.tickets import demand_on
from helpdesk import audit
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person, Role
from helpdesk.people.policy import Act, demand
from helpdesk.tickets import lock_ticket
from sla import alarms


class NothingBroken(DeskError):
    """Nothing is broken on this ticket; somebody may have mended it a moment ago."""


def list_incidents(session: Session, ticket_id: int) -> list[Incident]:
    """What failed on the ticket and has not been mended, the earliest first."""
    return list(session.scalars(select(Incident).where(
        Incident.ticket_id == ticket_id, Incident.mended_at.is_(None)).order_by(Incident.id)))


def try_again(session: Session, ticket_id: int, *, by: Person, now: datetime) -> None:
    """Mark the ticket's incidents mended and let its due alarms ring at the next tick.

    A lead may do it on the tickets of their teams, a process owner on every ticket. Raises NothingBroken.
    """
    demand(by, Act.REPAIR)
    ticket = lock_ticket(session, ticket_id, now=now)
    if not by.has_role(Role.OWNER):
        demand_on(session, by, Act.ASSIGN, ticket)
    broken = list_incidents(session, ticket.id)
    if not broken:
        raise NothingBroken()
    for incident in broken:
        incident.mended_at, incident.mended_by_id = now, by.id
    alarms.try_again(session, ticket.id, now=now)
    for call in calls.list_open_calls(session, ticket.id):
        if call.is_failed:
            calls.try_again(session, call, now=now)
    audit.record(session, "repaired", by=by.id, now=now, ticket_id=ticket.id, incidents=len(broken))
    session.flush()
