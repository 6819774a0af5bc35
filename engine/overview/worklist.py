"""The worklist: what waits for an agent and their teams, what waits for clients, and every ticket they may see.

Lists read work items and tickets only; nothing here loads an instance.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true
from sqlalchemy.orm import Session, defer, joinedload, lazyload

from engine.records import ItemState, WorkItem
from engine.tickets import teams_of_ticket
from helpdesk.people.accounts import Person, Role, Team, list_teams
from helpdesk.people.policy import Act, demand, may
from helpdesk.tickets import ENDED, NUMBER_PREFIX, Priority, Status, Ticket, TicketTeam, fold

PAGE = 50
MOST_WORDS = 8
OTHERS_SHOWN = 8
_NUMBER = re.compile(rf"(?:{NUMBER_PREFIX})?\s*(\d{{7}})", re.IGNORECASE)
_ENDED = [status.value for status in ENDED]


class Tab(StrEnum):
    """One of the lists of an agent."""

    MINE = "mine"
    UNCLAIMED = "unclaimed"
    TEAMS = "teams"
    WAITING = "waiting"
    EVERY = "every"


class Order(StrEnum):
    """What a list is sorted by."""

    LEFT = "left"
    NUMBER = "number"
    SUBJECT = "subject"
    CLIENT = "client"
    PRIORITY = "priority"
    OPENED = "opened"


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
    """One page of a list."""

    rows: list[Row]
    count: int
    page: int
    pages: int
    counts: Mapping[Tab, int] = field(default_factory=dict)


def list_work(session: Session, wish: Wish, *, by: Person, now: datetime) -> Found:
    """One page of what the wish names, by time left unless it says otherwise, with how much is on each tab."""
    demand(by, Act.SEE_WORKLIST)
    wanted = and_(_on_tab(wish.tab, by), _filter(wish, now=now))
    is_of_tickets = wish.tab is Tab.EVERY
    counted = select(func.count()).select_from(Ticket if is_of_tickets else WorkItem)
    if not is_of_tickets:
        counted = counted.join(Ticket, WorkItem.ticket_id == Ticket.id)
    count = session.scalar(counted.where(wanted)) or 0
    pages = max(1, -(-count // PAGE))
    page = min(max(1, wish.page), pages)
    list_rows = _list_tickets if is_of_tickets else _list_items
    rows = list_rows(session, wanted, _sorting(wish), offset=(page - 1) * PAGE)
    return Found(rows, count, page, pages, count_tabs(session, by=by))


def count_tabs(session: Session, *, by: Person) -> dict[Tab, int]:
    """How many open steps are on each tab, in one statement; tickets that have ended are not counted."""
    tabs = (Tab.MINE, Tab.UNCLAIMED, Tab.TEAMS, Tab.WAITING)
    counts = [select(func.count(WorkItem.id)).join(Ticket, WorkItem.ticket_id == Ticket.id)
              .where(_on_tab(tab, by)).scalar_subquery() for tab in tabs]
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


def words_of(text: str) -> list[str]:
    """The words to look for, folded; PostgreSQL can hold no NUL, so none is looked for."""
    return fold(text.replace("\x00", " ")).split()[:MOST_WORDS]


def list_own_teams(session: Session, *, by: Person) -> list[Team]:
    """The teams whose work the person sees: their own, or all for a manager."""
    if by.has_role(Role.MANAGER):
        return list_teams(session)
    return sorted((place.team for place in by.memberships), key=lambda team: team.id)


def list_others_of_client(session: Session, ticket: Ticket, *, by: Person) -> list[Ticket]:
    """The client's other open tickets that the person may see, the newest first."""
    query = _light(select(Ticket)).where(
        Ticket.client_id == ticket.client_id, Ticket.id != ticket.id, Ticket.status.not_in(_ENDED), _visible(by))
    return list(session.scalars(query.order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(OTHERS_SHOWN)))


def _on_tab(tab: Tab, by: Person) -> ColumnElement[bool]:
    """What is on the tab: of work items joined with their tickets, or of tickets for the last one."""
    if tab is Tab.EVERY:
        return _visible(by)
    is_open = WorkItem.state == ItemState.OPEN.value
    if tab is Tab.MINE:
        return and_(is_open, WorkItem.holder_id == by.id)
    if tab is Tab.WAITING:
        return and_(is_open, WorkItem.team_id.is_(None), Ticket.status.not_in(_ENDED), _visible(by))
    everything = tab is Tab.TEAMS and by.has_role(Role.MANAGER)
    of_teams = and_(is_open, WorkItem.team_id.is_not(None) if everything else WorkItem.team_id.in_(by.team_ids))
    return and_(of_teams, WorkItem.holder_id.is_(None)) if tab is Tab.UNCLAIMED else of_teams


def _visible(by: Person) -> ColumnElement[bool]:
    """The tickets that have, or had, a step of one of the person's teams; every ticket for a manager."""
    if by.has_role(Role.MANAGER):
        return true()
    return select(TicketTeam.ticket_id).where(
        TicketTeam.ticket_id == Ticket.id, TicketTeam.team_id.in_(by.team_ids)).exists()


def _filter(wish: Wish, *, now: datetime) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [true()]
    wanted += [Ticket.search_text.contains(word, autoescape=True) for word in words_of(wish.text)]
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


def _sorting(wish: Wish) -> list[ColumnElement[Any]]:
    """Columns to sort by. What has no time left to count, such as a paused ticket, is always below the rest."""
    urgency = case({one.value: place for place, one in enumerate(reversed(Priority))}, value=Ticket.priority)
    if wish.order is Order.LEFT:
        due = _due(wish.tab)
        over = case((Ticket.status.in_(_ENDED), 1), else_=0)
        return [over, _missing_last(due), due.desc() if wish.is_backwards else due.asc(),
                case((over == 1, 0), else_=urgency), Ticket.id.desc()]
    column = {Order.NUMBER: Ticket.number, Order.SUBJECT: Ticket.subject, Order.OPENED: Ticket.opened_at,
              Order.CLIENT: select(Person.name).where(Person.id == Ticket.client_id).scalar_subquery(),
              Order.PRIORITY: urgency}[wish.order]
    return [column.desc() if wish.is_backwards else column.asc(), Ticket.id.desc()]


def _missing_last(column: Any) -> ColumnElement[Any]:
    """Rows without a value after those with one, on every database."""
    return case((column.is_(None), 1), else_=0)


def _list_items(session: Session, wanted: ColumnElement[bool], order: list[ColumnElement[Any]], *,
                offset: int) -> list[Row]:
    query = (select(WorkItem).join(WorkItem.ticket).where(wanted).order_by(*order, WorkItem.id)
             .limit(PAGE).offset(offset).options(*_item_parts(), *_ticket_parts(joinedload(WorkItem.ticket))))
    return [Row(item.ticket, item) for item in session.scalars(query)]


def _list_tickets(session: Session, wanted: ColumnElement[bool], order: list[ColumnElement[Any]], *,
                  offset: int) -> list[Row]:
    tickets = list(session.scalars(_light(select(Ticket)).where(wanted).order_by(*order).limit(PAGE).offset(offset)))
    items = session.scalars(select(WorkItem).where(
        WorkItem.ticket_id.in_([ticket.id for ticket in tickets]), WorkItem.state == ItemState.OPEN.value)
        .order_by(WorkItem.id.desc()).options(*_item_parts()))
    # Of several open steps the staff's counts more than the client's, the earlier more than the later.
    first = {item.ticket_id: item for item in sorted(items, key=lambda item: (not item.is_for_client, -item.id))}
    return [Row(ticket, first.get(ticket.id)) for ticket in tickets]


def _light(query: Select[Ticket]) -> Select[Ticket]:
    """Tickets for a list: with their clients, without long texts."""
    return query.options(defer(Ticket.search_text), defer(Ticket.solution),
                         joinedload(Ticket.client).lazyload(Person.memberships))


def _ticket_parts(ticket: Any) -> list[Any]:
    return [ticket.joinedload(Ticket.client).lazyload(Person.memberships), ticket.defer(Ticket.search_text),
            ticket.defer(Ticket.solution)]


def _item_parts() -> list[Any]:
    return [joinedload(WorkItem.team), joinedload(WorkItem.holder).options(lazyload(Person.memberships))]
