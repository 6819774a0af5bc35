"""The history of a client's requests: one list with search and filters, paged by what was seen last, and its export."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, lazyload, load_only

from engine.overview.orders import HAS_ENDED, IS_UNDER_WAY, WAITS_FOR_CLIENT
from engine.overview.places import Cut, cut
from helpdesk.catalogue import Classification, Service
from helpdesk.fulltext.search import asked_of, expression_of, has_words
from helpdesk.people.accounts import Person
from helpdesk.people.firms import seen_by
from helpdesk.people.policy import Act, demand
from helpdesk.tickets import Ticket
from helpdesk.years import ZONE

PAGE, PIECE, MOST_EXPORTED = 25, 500, 10_000
MOST_COUNTED = 99
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"([ab])(\d{1,18})-(\d{1,18})")


class State(StrEnum):
    """Which of the requests."""

    OPEN = "open"
    MINE = "mine"
    ENDED = "ended"
    ALL = "all"


class Order(StrEnum):
    """What the list is sorted by."""

    NEWEST = "newest"
    OLDEST = "oldest"
    CHANGED = "changed"


@dataclass(frozen=True)
class Wish:
    """What the client wants to see. place: where the page begins, as a page before has told it; "" is the first.

    firm_id: only requests made for this firm; the client's own and, if the firm lets them, everybody's.
    """

    state: State = State.OPEN
    text: str = ""
    service_id: int | None = None
    year: int | None = None
    order: Order = Order.NEWEST
    place: str = ""
    firm_id: int | None = None


def list_requests(session: Session, wish: Wish, *, by: Person, most: int = PAGE) -> Cut[Ticket]:
    """One page of the person's requests."""
    demand(by, Act.USE_DESK)
    asked = asked_of(wish.text)
    if wish.text.strip() and not asked:
        return Cut([])
    is_back, seen = _read_place(wish.place)
    facts: dict[str, Any] = {"me": by.id, "service_id": wish.service_id, "firm_id": wish.firm_id,
                             "most": most + 1}
    if wish.year is not None:
        facts |= {"since": datetime(wish.year, 1, 1, tzinfo=ZONE), "until": datetime(wish.year + 1, 1, 1, tzinfo=ZONE)}
    if asked:
        facts["asked"] = expression_of(session, asked)
    if seen is not None:
        facts |= {"moment": seen[0], "seen_id": seen[1]}
    shape = replace(wish, text=session.get_bind().dialect.name if asked else "", place="x" if seen else "",
                    service_id=1 if wish.service_id else None, year=1 if wish.year is not None else None,
                    firm_id=1 if wish.firm_id else None)
    found = list(session.scalars(_statement(shape, is_back, sees_firms(session, by)), facts))
    return cut(found, most=most, is_back=is_back, is_first=seen is None,
               tell=lambda ticket: _place_of(ticket, wish.order))


def export(session: Session, wish: Wish, *, by: Person) -> tuple[list[Ticket], str | None]:
    """A piece of the whole list, and the place of the next one."""
    listed = list_requests(session, wish, by=by, most=PIECE)
    return listed.rows, listed.after


def count_waiting(session: Session, *, by: Person) -> int:
    """How many requests wait for the person themselves, counted no further than MOST_COUNTED and one more."""
    some = select(Ticket.id).where(_whose(False), IS_UNDER_WAY, WAITS_FOR_CLIENT).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some), {"me": by.id}) or 0


def waiting_among(session: Session, tickets: Sequence[Ticket]) -> set[int]:
    """Which of these wait for their client."""
    if not tickets:
        return set()
    wanted = select(Ticket.id).where(Ticket.id.in_([ticket.id for ticket in tickets]), IS_UNDER_WAY, WAITS_FOR_CLIENT)
    return set(session.scalars(wanted))


def list_choices(session: Session, *, by: Person, now: datetime) -> tuple[list[Service], list[int]]:
    """The services and the years in which the person has requests, for the filters; the latest year first."""
    whose = _whose(sees_firms(session, by))
    used = select(Classification.service_id).join(Ticket, Ticket.classification_id == Classification.id).where(whose)
    services = session.scalars(select(Service).where(Service.id.in_(used)).order_by(Service.id), {"me": by.id})
    first = session.scalar(select(func.min(Ticket.opened_at)).where(whose), {"me": by.id})
    last = now.astimezone(ZONE).year
    years = range(last, (first.astimezone(ZONE).year if first is not None else last) - 1, -1)
    return list(services), list(years)


def sees_firms(session: Session, person: Person) -> bool:
    """Whether a firm lets the person see what others have requested for it."""
    return session.scalar(seen_by(person.id).limit(1)) is not None


def _whose(with_firms: bool) -> ColumnElement[bool]:
    """Whose requests are listed: one's own, and those of the firms that let the person see them."""
    own = Ticket.client_id == bindparam("me")
    return or_(own, Ticket.firm_id.in_(seen_by(bindparam("me")))) if with_firms else own


_STATES: dict[State, tuple[ColumnElement[bool], ...]] = {
    State.OPEN: (IS_UNDER_WAY,), State.MINE: (IS_UNDER_WAY, WAITS_FOR_CLIENT), State.ENDED: (HAS_ENDED,),
    State.ALL: ()}
_SHOWN = (Ticket.number, Ticket.subject, Ticket.status, Ticket.outcome, Ticket.opened_at, Ticket.solved_at,
          Ticket.closed_at, Ticket.due_at, Ticket.changed_at, Ticket.paused_because, Ticket.request_type,
          Ticket.client_id, Ticket.classification_id, Ticket.channel, Ticket.firm_id)


@cache
def _statement(shape: Wish, is_back: bool, with_firms: bool) -> Select[Any]:
    """The statement of a list. shape: what is filtered, with the dialect as its text if words are looked for."""
    column = Ticket.changed_at if shape.order is Order.CHANGED else Ticket.opened_at
    goes_up = (shape.order is Order.OLDEST) is not is_back
    query = select(Ticket).where(_whose(with_firms), *_filters(shape)).options(
        load_only(*_SHOWN), lazyload(Ticket.client),
        joinedload(Ticket.classification).joinedload(Classification.service).lazyload(Service.area))
    if shape.place:
        row, seen = tuple_(column, Ticket.id), tuple_(bindparam("moment", type_=column.type),
                                                      bindparam("seen_id", type_=Ticket.id.type))
        query = query.where(row > seen if goes_up else row < seen)
    order = (column.asc(), Ticket.id.asc()) if goes_up else (column.desc(), Ticket.id.desc())
    return query.order_by(*order).limit(bindparam("most"))


def _filters(shape: Wish) -> Iterator[ColumnElement[bool]]:
    yield from _STATES[shape.state]
    if shape.service_id is not None:
        yield Ticket.classification_id.in_(
            select(Classification.id).where(Classification.service_id == bindparam("service_id")))
    if shape.year is not None:
        kind = Ticket.opened_at.type
        yield Ticket.opened_at >= bindparam("since", type_=kind)
        yield Ticket.opened_at < bindparam("until", type_=kind)
    if shape.firm_id is not None:
        yield Ticket.firm_id == bindparam("firm_id")
    if shape.text:
        yield has_words(shape.text)


def _place_of(ticket: Ticket, order: Order) -> str:
    moment = ticket.changed_at if order is Order.CHANGED else ticket.opened_at
    return f"{(moment - _EPOCH) // timedelta(microseconds=1)}-{ticket.id}"


def _read_place(place: str) -> tuple[bool, tuple[datetime, int] | None]:
    """Whether the page lies before the place, and the row that was seen there; what is no place is the first page."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return False, None
    try:
        moment = _EPOCH + timedelta(microseconds=int(found[2]))
    except OverflowError:
        return False, None
    return found[1] == "b", (moment, int(found[3]))
