"""Detection: many reports about one service in a short time look like a failure, and the leads hear of it once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from engine.outages.joining import REPORTS
from engine.outages.records import OutageTicket, Suspicion
from helpdesk import audit, outbox
from helpdesk.announcements.kinds import Environment
from helpdesk.announcements.records import find_active
from helpdesk.catalogue import Classification
from helpdesk.errors import NotFound
from helpdesk.languages import LANGUAGES
from helpdesk.people.accounts import Person, Role, list_leads, list_with_role
from helpdesk.people.policy import Act, demand
from helpdesk.settings import Settings
from helpdesk.tickets import Ticket, TicketTeam

# How long a suspicion that nobody has settled stays after the reports have become few.
QUIET_AFTER = timedelta(hours=2)


@dataclass(frozen=True)
class Threshold:
    """How many reports in how short a time look like a failure."""

    reports: int = 10
    within: timedelta = timedelta(minutes=30)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.outage_reports, timedelta(minutes=settings.outage_minutes))


class Suspect(NamedTuple):
    """A service with so many reports that no announcement explains."""

    service_id: int
    reports: int


def find_suspects(session: Session, *, now: datetime, threshold: Threshold,
                  request_types: Collection[str] = REPORTS) -> list[Suspect]:
    """The services with at least so many requests of these types in the time up to now and no announced trouble."""
    rows = session.execute(
        select(Classification.service_id, func.count(Ticket.id))
        .join(Ticket, Ticket.classification_id == Classification.id)
        .where(Ticket.opened_at > now - threshold.within, Ticket.opened_at <= now,
               Ticket.request_type.in_(list(request_types)))
        .group_by(Classification.service_id).having(func.count(Ticket.id) >= threshold.reports)
        .order_by(func.count(Ticket.id).desc(), Classification.service_id)).all()
    if not rows:
        return []
    known = _explained(session, now=now)
    return [Suspect(row[0], row[1]) for row in rows if row[0] not in known]


def notice(session: Session, *, now: datetime, threshold: Threshold) -> int:
    """The worker's round: tell the leads of what is new, settle what is explained or over; how many are new."""
    suspects = {suspect.service_id: suspect.reports
                for suspect in find_suspects(session, now=now, threshold=threshold)}
    open_ = {one.service_id: one for one in list_suspicions(session)}
    explained = _explained(session, now=now) if open_ else frozenset()
    for service_id, suspicion in open_.items():
        if service_id in suspects:
            suspicion.reports = max(suspicion.reports, suspects[service_id])
        elif service_id in explained or suspicion.noticed_at < now - QUIET_AFTER:
            suspicion.settled_at = now
    # What somebody has looked at is new again only when all the reports that count came later.
    looked_at = set(session.scalars(select(Suspicion.service_id).where(
        Suspicion.settled_by_id.is_not(None), Suspicion.settled_at > now - threshold.within)))
    new = [service_id for service_id in suspects if service_id not in open_ and service_id not in looked_at]
    for service_id in new:
        # Two workers at once: the second insert breaks the unique index, and its round finds the first one's row.
        suspicion = Suspicion(service_id=service_id, reports=suspects[service_id], noticed_at=now)
        session.add(suspicion)
        session.flush()
        _tell_leads(session, suspicion, now=now, threshold=threshold)
        audit.record(session, "mass_failure_suspected", by=None, now=now, service=service_id,
                     reports=suspicion.reports)
    session.flush()
    return len(new)


def list_suspicions(session: Session) -> list[Suspicion]:
    """What nobody has settled yet, the newest first."""
    return list(session.scalars(select(Suspicion).where(Suspicion.settled_at.is_(None))
                                .order_by(Suspicion.noticed_at.desc(), Suspicion.id.desc())))


def settle(session: Session, suspicion_id: int, *, by: Person, now: datetime) -> None:
    """Somebody has looked: it is no failure, or an announcement is being written."""
    demand(by, Act.DECIDE_ANNOUNCEMENTS)
    suspicion = session.get(Suspicion, suspicion_id)
    if suspicion is None:
        raise NotFound()
    if suspicion.settled_at is None:
        suspicion.settled_at, suspicion.settled_by_id = now, by.id
        session.flush()
        audit.record(session, "mass_failure_settled", by=by.id, now=now, service=suspicion.service_id)


def list_reports(session: Session, service_id: int, *, since: datetime, most: int = 50) -> list[Ticket]:
    """The reports about a service since a moment that hang on nothing, the oldest first."""
    taken = select(OutageTicket.ticket_id).where(OutageTicket.told_at.is_(None))
    return list(session.scalars(
        select(Ticket).join(Classification, Classification.id == Ticket.classification_id)
        .where(Classification.service_id == service_id, Ticket.request_type.in_(REPORTS), Ticket.opened_at > since,
               Ticket.id.not_in(taken))
        .options(joinedload(Ticket.client)).order_by(Ticket.opened_at, Ticket.id).limit(most)))


def _explained(session: Session, *, now: datetime) -> frozenset[int]:
    """The services about whose trouble people can read already."""
    active = find_active(session, now=now, environment=Environment.PRODUCTION)
    return frozenset(service_id for one in active for service_id in one.service_ids)


def _tell_leads(session: Session, suspicion: Suspicion, *, now: datetime, threshold: Threshold) -> None:
    teams = session.scalars(
        select(TicketTeam.team_id).distinct().join(Ticket, Ticket.id == TicketTeam.ticket_id)
        .join(Classification, Classification.id == Ticket.classification_id)
        .where(Classification.service_id == suspicion.service_id, Ticket.opened_at > now - threshold.within)).all()
    names = {language: suspicion.service.name(language) for language in LANGUAGES}
    for lead in list_leads(session, teams) or list_with_role(session, Role.MANAGER):
        outbox.queue(session, to=lead, text="mass_failure", now=now, count=suspicion.reports, service=names,
                     path="/announcements")
