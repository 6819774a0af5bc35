"""Incidents as people see them: which ones, of which tickets, when the desk tries next, and whom they wait for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from engine.outside.calls import CallState, SystemCall
from engine.records import Incident, Instance
from helpdesk.people.accounts import Person, Role
from helpdesk.tickets import Ticket, TicketTeam
from sla.alarms import MOST_TRIES, Alarm

COUNTED_MOST = 99


class Which(StrEnum):
    """The lists of incidents."""

    OPEN = "open"
    WAITING = "waiting"
    MENDED = "mended"


@dataclass(frozen=True)
class Told:
    """An incident with its ticket and what happens next: the next try, or None when it waits for a person."""

    incident: Incident
    ticket: Ticket
    version_id: int
    next_at: datetime | None


def list_incidents(session: Session, ticket_id: int) -> list[Incident]:
    """What failed on the ticket and has not been mended, the earliest first."""
    return list(session.scalars(select(Incident).where(
        Incident.ticket_id == ticket_id, Incident.mended_at.is_(None)).order_by(Incident.id)))


def list_for(session: Session, person: Person, *, which: Which, now: datetime, most: int, skip: int = 0) -> list[Told]:
    """The incidents that are this person's to mend: those of the teams they lead, a process owner's are all."""
    order = Incident.mended_at.desc() if which is Which.MENDED else Incident.id.desc()
    rows = session.execute(
        select(Incident, Ticket, Instance.version_id).join(Ticket, Ticket.id == Incident.ticket_id)
        .join(Instance, Instance.ticket_id == Ticket.id).where(*_theirs(person), _is(which))
        .order_by(order, Incident.id.desc()).limit(most).offset(skip)).all()
    moments = next_tries(session, [row[0] for row in rows], now=now)
    return [Told(incident, ticket, version_id, moments.get(incident.id)) for incident, ticket, version_id in rows]


def count_for(session: Session, person: Person, *, which: Which, most: int) -> int:
    """How many there are, counted no further than `most`."""
    some = select(Incident.id).where(*_theirs(person), _is(which)).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def next_tries(session: Session, incidents: Collection[Incident], *, now: datetime) -> dict[int, datetime]:
    """When each incident is tried again by the desk itself; those that wait for a person are left out."""
    open_ = [one for one in incidents if one.mended_at is None and one.waits_for_person_at is None]
    alarmed = {one.ticket_id for one in open_ if one.act == "alarm"}
    called = {int(one.act.removeprefix("call:")): one.id for one in open_ if one.act.startswith("call:")}
    by_ticket = _moments(session, select(Alarm.ticket_id, func.min(Alarm.try_at)).where(
        Alarm.ticket_id.in_(alarmed), Alarm.fired_at.is_(None), Alarm.due_at <= now, Alarm.tries < MOST_TRIES)
        .group_by(Alarm.ticket_id)) if alarmed else {}
    by_call = _moments(session, select(SystemCall.id, SystemCall.try_at).where(
        SystemCall.id.in_(called), SystemCall.state == CallState.WAITING.value)) if called else {}
    found = {one.id: by_ticket[one.ticket_id] for one in open_ if one.act == "alarm" and one.ticket_id in by_ticket}
    return found | {called[call_id]: moment for call_id, moment in by_call.items()}


def _moments(session: Session, query: Select[int, datetime]) -> dict[int, datetime]:
    rows = session.execute(query).all()
    return {row[0]: row[1] for row in rows}


def _is(which: Which) -> ColumnElement[bool]:
    if which is Which.MENDED:
        return Incident.mended_at.is_not(None)
    if which is Which.WAITING:
        return Incident.mended_at.is_(None) & Incident.waits_for_person_at.is_not(None)
    return Incident.mended_at.is_(None)


def _theirs(person: Person) -> list[ColumnElement[bool]]:
    if person.has_role(Role.OWNER):
        return []
    return [exists().where(TicketTeam.ticket_id == Incident.ticket_id, TicketTeam.team_id.in_(person.led_team_ids))]
