"""The worklist: what waits for an agent and their teams, what waits for clients, and every ticket they may see.

Lists read work items and tickets only; nothing here loads an instance.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, lazyload

from engine.overview.orders import IS_OPEN, IS_UNDER_WAY, Order, Tab, first_of, stretches
from engine.records import WorkItem
from engine.tickets import teams_of_ticket
from helpdesk.people.accounts import Person, Role, Team, list_teams
from helpdesk.people.policy import Act, demand, may
from helpdesk.search import matching, words_of
from helpdesk.tickets import NUMBER_PREFIX, Priority, Status, Ticket, TicketTeam

PAGE = 50
MOST_LISTED = 500
MOST_COUNTED = 99
OTHERS_SHOWN = 8
_NUMBER = re.compile(rf"(?:{NUMBER_PREFIX})?\s*(\d{{7}})", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """What the agent wants to see of a list. text: words that must all occur."""

    tab: Tab = Tab.MINE
    text: str = ""
    team_id: int | None = None
    status: Status | None = None
    priority: Priority | None = None
    only_late: bool = False
    order: Order = Order.LEFT
    is_backwards: bool = False
    page: int = 1


@dataclass(frozen=True)
class Row:
    """A ticket on a list, with the open step the list is about, if there is one."""

    ticket: Ticket
    item: WorkItem | None

    @property
    def due_at(self) -> datetime | None:
        """When this step, or else the ticket's solution, is due."""
        if self.item is not None and not self.item.is_for_client:
            return self.item.due_at
        return self.ticket.due_at


@dataclass(frozen=True)
class Found:
    """One page of a list; is_more: there are more than are counted and paged through."""

    rows: list[Row]
    count: int
    page: int
    pages: int
    counts: Mapping[Tab, int] = field(default_factory=dict)
    is_more: bool = False


def list_work(session: Session, wish: Wish, *, by: Person, now: datetime) -> Found:
    """One page of what the wish names, with how much is on each tab; of words, the newest tickets that have them.

    At most MOST_LISTED of a list can be paged through, and no count goes further: who wants more has to ask for less.
    """
    demand(by, Act.SEE_WORKLIST)
    words = words_of(wish.text)
    is_of_tickets = wish.tab is Tab.EVERY
    ids: list[int] = []
    if words or not wish.text:
        key = Ticket.id if is_of_tickets else WorkItem.id
        base = select(key) if is_of_tickets else select(key).join(Ticket, WorkItem.ticket_id == Ticket.id)
        base = base.where(_on_tab(wish.tab, by), _filter(wish, now=now))
        if wish.order is Order.CLIENT:
            base = base.join(Person, Person.id == Ticket.client_id)
        if words:
            base = base.where(Ticket.id.in_(matching(session, words)))
        ids = first_of(session, base, stretches(wish.tab, wish.order, wish.is_backwards, is_search=bool(words)),
                       most=MOST_LISTED + 1)
    count = min(len(ids), MOST_LISTED)
    pages = max(1, -(-count // PAGE))
    page = min(max(1, wish.page), pages)
    shown = ids[:MOST_LISTED][(page - 1) * PAGE:page * PAGE]
    rows = (_list_tickets if is_of_tickets else _list_items)(session, shown)
    return Found(rows, count, page, pages, count_tabs(session, by=by), is_more=len(ids) > count)


def count_tabs(session: Session, *, by: Person) -> dict[Tab, int]:
    """How many open steps are on each tab, in one statement and no further than MOST_COUNTED and one more."""
    tabs = (Tab.MINE, Tab.UNCLAIMED, Tab.TEAMS, Tab.WAITING)
    counts = []
    for tab in tabs:
        some = select(WorkItem.id)
        if tab is Tab.WAITING:
            some = some.join(Ticket, WorkItem.ticket_id == Ticket.id)
        some_of_them = some.where(_on_tab(tab, by)).limit(MOST_COUNTED + 1).subquery()
        counts.append(select(func.count()).select_from(some_of_them).scalar_subquery())
    return dict(zip(tabs, session.execute(select(*counts)).one(), strict=True))


def find_number(session: Session, text: str, *, by: Person) -> str | None:
    """The number of the ticket that the text names, if there is one and the person may see inside it."""
    named = _NUMBER.fullmatch(text.strip())
    if named is None:
        return None
    ticket = session.scalar(select(Ticket).where(Ticket.number == f"{NUMBER_PREFIX}{named[1]}"))
    if ticket is None or not may(by, Act.SEE_INSIDE, ticket, teams_of_ticket(session, ticket)):
        return None
    return ticket.number


def list_own_teams(session: Session, *, by: Person) -> list[Team]:
    """The teams whose work the person sees: their own, or all for a manager."""
    if by.has_role(Role.MANAGER):
        return list_teams(session)
    return sorted((place.team for place in by.memberships), key=lambda team: team.id)


def list_others_of_client(session: Session, ticket: Ticket, *, by: Person) -> list[Ticket]:
    """The client's other open tickets that the person may see, the newest first."""
    query = _light(select(Ticket)).where(
        Ticket.client_id == ticket.client_id, Ticket.id != ticket.id, IS_UNDER_WAY, _visible(by))
    return list(session.scalars(query.order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(OTHERS_SHOWN)))


def _on_tab(tab: Tab, by: Person) -> ColumnElement[bool]:
    """What is on the tab: of work items joined with their tickets, or of tickets for the last one."""
    if tab is Tab.EVERY:
        return _visible(by)
    if tab is Tab.MINE:
        return and_(IS_OPEN, WorkItem.holder_id == by.id)
    if tab is Tab.WAITING:
        return and_(IS_OPEN, WorkItem.team_id.is_(None), IS_UNDER_WAY, _visible(by))
    everything = tab is Tab.TEAMS and by.has_role(Role.MANAGER)
    of_teams = and_(IS_OPEN, WorkItem.team_id.is_not(None) if everything else WorkItem.team_id.in_(by.team_ids))
    return and_(of_teams, WorkItem.holder_id.is_(None)) if tab is Tab.UNCLAIMED else of_teams


def _visible(by: Person) -> ColumnElement[bool]:
    """The tickets that have, or had, a step of one of the person's teams; every ticket for a manager."""
    if by.has_role(Role.MANAGER):
        return true()
    return select(TicketTeam.ticket_id).where(
        TicketTeam.ticket_id == Ticket.id, TicketTeam.team_id.in_(by.team_ids)).exists()


def _filter(wish: Wish, *, now: datetime) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [true()]
    if wish.status is not None:
        wanted.append(Ticket.status == wish.status.value)
    if wish.priority is not None:
        wanted.append(Ticket.priority == wish.priority.value)
    if wish.team_id is not None:
        wanted.append(_of_team(wish.tab, wish.team_id))
    if wish.only_late:
        wanted.append(_due(wish.tab) < now)
    return and_(*wanted)


def _of_team(tab: Tab, team_id: int) -> ColumnElement[bool]:
    if tab in {Tab.EVERY, Tab.WAITING}:
        return select(TicketTeam.ticket_id).where(
            TicketTeam.ticket_id == Ticket.id, TicketTeam.team_id == team_id).exists()
    return WorkItem.team_id == team_id


def _due(tab: Tab) -> Any:
    return Ticket.due_at if tab in {Tab.EVERY, Tab.WAITING} else WorkItem.due_at


def _list_items(session: Session, ids: list[int]) -> list[Row]:
    if not ids:
        return []
    query = (select(WorkItem).join(WorkItem.ticket).where(WorkItem.id.in_(ids))
             .options(*_item_parts(), *_ticket_parts(contains_eager(WorkItem.ticket))))
    place = {item_id: number for number, item_id in enumerate(ids)}
    return [Row(item.ticket, item) for item in sorted(session.scalars(query), key=lambda item: place[item.id])]


def _list_tickets(session: Session, ids: list[int]) -> list[Row]:
    if not ids:
        return []
    place = {ticket_id: number for number, ticket_id in enumerate(ids)}
    tickets = sorted(session.scalars(_light(select(Ticket)).where(Ticket.id.in_(ids))), key=lambda one: place[one.id])
    items = session.scalars(select(WorkItem).where(WorkItem.ticket_id.in_(ids), IS_OPEN)
                            .order_by(WorkItem.id.desc()).options(*_item_parts()))
    # Of several open steps the staff's counts more than the client's, the earlier more than the later.
    first = {item.ticket_id: item for item in sorted(items, key=lambda item: (not item.is_for_client, -item.id))}
    return [Row(ticket, first.get(ticket.id)) for ticket in tickets]


def _light(query: Select[Ticket]) -> Select[Ticket]:
    """Tickets for a list: with their clients, without long texts."""
    return query.options(defer(Ticket.solution), joinedload(Ticket.client).lazyload(Person.memberships))


def _ticket_parts(ticket: Any) -> list[Any]:
    return [ticket.joinedload(Ticket.client).lazyload(Person.memberships), ticket.defer(Ticket.solution)]


def _item_parts() -> list[Any]:
    return [joinedload(WorkItem.team), joinedload(WorkItem.holder).options(lazyload(Person.memberships))]
