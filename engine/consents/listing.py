"""Lists of consents to the emergency procedure: of the teams that decide, and of a client and their firms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload, lazyload, load_only

from engine.overview.history import sees_firms
from engine.overview.places import Cut, cut
from helpdesk.catalogue import Service
from helpdesk.consents import Consent, ConsentState, normal_identifier
from helpdesk.people.accounts import Person, Role
from helpdesk.people.firms import seen_by
from helpdesk.people.policy import Act, demand
from helpdesk.tickets import ENDED, Ticket, TicketTeam
from helpdesk.years import year_of

PAGE, PIECE, MOST_EXPORTED = 25, 500, 10_000
_PLACE = re.compile(r"([ab])(\d{1,18})")


class Standing(StrEnum):
    """How a decision stands. unconfirmed: it is over, and whether the data were entered is not settled yet."""

    VALID = "valid"
    UNCONFIRMED = "unconfirmed"
    OVERDUE = "overdue"
    ENDED = "ended"
    REFUSED = "refused"


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see. firm: words of its name, or the beginning of its number. place: as a page told it."""

    standing: Standing | None = None
    service_id: int | None = None
    year: int | None = None
    firm: str = ""
    place: str = ""


def list_of_desk(session: Session, wish: Wish, *, by: Person, now: datetime, most: int = PAGE) -> Cut[Consent]:
    """What the person's teams had to do with; a manager sees every decision."""
    demand(by, Act.SEE_CONSENTS)
    return _page(session, _seen_at_desk(by), wish, now=now, most=most)


def list_of_client(session: Session, wish: Wish, *, by: Person, now: datetime, most: int = PAGE) -> Cut[Consent]:
    """The person's own, and those of the firms that let them see what others have requested."""
    demand(by, Act.USE_DESK)
    return _page(session, _seen_by_client(by, with_firms=sees_firms(session, by)), wish, now=now, most=most)


def has_any(session: Session, *, by: Person) -> bool:
    """Whether there is something to list for the person as a client."""
    seen = _seen_by_client(by, with_firms=True)
    return bool(session.scalar(select(exists().where(Consent.ticket_id == Ticket.id, seen))))


def standing_of(consent: Consent, *, now: datetime) -> Standing:
    """How the decision stands at this moment."""
    if consent.state == ConsentState.REFUSED.value:
        return Standing.REFUSED
    if consent.ticket.is_ended:
        return Standing.ENDED
    if consent.is_valid(now):
        return Standing.VALID
    return Standing.OVERDUE if consent.state == ConsentState.OVERDUE.value else Standing.UNCONFIRMED


def list_services(session: Session) -> list[Service]:
    """The services about which something was decided, for the filter."""
    return list(session.scalars(select(Service).where(Service.id.in_(select(Consent.service_id)))
                                .options(lazyload(Service.area)).order_by(Service.position, Service.id)))


def list_years(session: Session, *, now: datetime) -> list[int]:
    """The years in which something was decided, and this one; the latest first."""
    found = set(session.scalars(select(Consent.year).distinct()))
    return sorted(found | {year_of(now)}, reverse=True)


def _seen_at_desk(by: Person) -> ColumnElement[bool] | None:
    if by.has_role(Role.MANAGER):
        return None
    return Consent.ticket_id.in_(select(TicketTeam.ticket_id).where(TicketTeam.team_id.in_(sorted(by.team_ids))))


def _seen_by_client(by: Person, *, with_firms: bool) -> ColumnElement[bool]:
    own = Ticket.client_id == by.id
    return or_(own, Ticket.firm_id.in_(seen_by(by.id))) if with_firms else own


def _page(session: Session, seen: ColumnElement[bool] | None, wish: Wish, *, now: datetime, most: int) -> Cut[Consent]:
    is_back, at = _read_place(wish.place)
    query = _statement(wish, now=now)
    query = query if seen is None else query.where(seen)
    if at is not None:
        query = query.where(Consent.id > at if is_back else Consent.id < at)
    order = Consent.id.asc() if is_back else Consent.id.desc()
    found = session.scalars(query.order_by(order).limit(most + 1)).all()
    return cut(found, most=most, is_back=is_back, is_first=at is None, tell=lambda consent: str(consent.id))


def _statement(wish: Wish, *, now: datetime) -> Select[Consent]:
    shown = load_only(Ticket.number, Ticket.subject, Ticket.status, Ticket.client_id, Ticket.firm_id)
    return select(Consent).join(Ticket, Ticket.id == Consent.ticket_id).where(*_filters(wish, now=now)).options(
        joinedload(Consent.ticket).options(shown, lazyload(Ticket.client), lazyload(Ticket.classification)),
        joinedload(Consent.service).lazyload(Service.area),
        joinedload(Consent.decided_by).lazyload(Person.memberships))


def _filters(wish: Wish, *, now: datetime) -> Iterator[ColumnElement[bool]]:
    if wish.standing is not None:
        yield _stands(wish.standing, now)
    if wish.service_id is not None:
        yield Consent.service_id == wish.service_id
    if wish.year is not None:
        yield Consent.year == wish.year
    if wish.firm.strip():
        number = normal_identifier(wish.firm)
        yield or_(Consent.identifier.startswith(number, autoescape=True),
                  Consent.firm.icontains(" ".join(wish.firm.split()), autoescape=True))


def _stands(standing: Standing, now: datetime) -> ColumnElement[bool]:
    """The same as `standing_of`, for the database."""
    if standing is Standing.REFUSED:
        return Consent.state == ConsentState.REFUSED.value
    has_ended = Ticket.status.in_([status.value for status in ENDED])
    if standing is Standing.ENDED:
        return and_(Consent.state != ConsentState.REFUSED.value, has_ended)
    is_active = Consent.state == ConsentState.ACTIVE.value
    if standing is Standing.VALID:
        return and_(is_active, Consent.valid_from <= now, Consent.valid_until > now, ~has_ended)
    if standing is Standing.OVERDUE:
        return and_(Consent.state == ConsentState.OVERDUE.value, ~has_ended)
    over = or_(Consent.state == ConsentState.ENDED.value, and_(is_active, Consent.valid_until <= now))
    return and_(over, ~has_ended)


def _read_place(place: str) -> tuple[bool, int | None]:
    """Whether the page lies before the place, and the row that was seen there; what is no place is the first page."""
    found = _PLACE.fullmatch(place)
    return (False, None) if found is None else (found[1] == "b", int(found[2]))
