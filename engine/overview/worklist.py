"""The worklist: what waits for an agent and their teams, what waits for clients, and every ticket they may see.

Lists read work items and tickets only; nothing here loads an instance.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload, load_only

from engine.overview.orders import IS_OPEN, IS_UNDER_WAY, Order, Tab, first_of, stretches
from engine.records import WorkItem
from engine.tickets import teams_of_ticket
from helpdesk.fulltext.search import asked_of, look_for, matching
from helpdesk.people.accounts import Person, Role, Team, list_teams
from helpdesk.people.policy import Act, demand, may
from helpdesk.tickets import ENDED, NUMBER_PREFIX, Priority, Status, Ticket, TicketTeam

PAGE = 50
MOST_LISTED = 500
MY_TEAMS: BindParameter[list[int]] = bindparam("my_teams", expanding=True)
COUNTED = (Tab.MINE, Tab.UNCLAIMED, Tab.TEAMS, Tab.WAITING)
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
    words = asked_of(wish.text)
    is_of_tickets = wish.tab is Tab.EVERY
    ids: list[int] = []
    if words or not wish.text:
        dialect = session.get_bind().dialect.name
        facts = _facts(by) | {"now": now, "status": wish.status, "priority": wish.priority, "team_id": wish.team_id}
        ids = first_of(session, _statements(replace(wish, text=dialect if words else "", page=1),
                                            is_manager=by.has_role(Role.MANAGER)),
                       facts | (look_for(session, words) if words else {}), most=MOST_LISTED + 1)
    count = min(len(ids), MOST_LISTED)
    pages = max(1, -(-count // PAGE))
    page = min(max(1, wish.page), pages)
    shown = ids[:MOST_LISTED][(page - 1) * PAGE:page * PAGE]
    rows = (_list_tickets if is_of_tickets else _list_items)(session, shown)
    return Found(rows, count, page, pages, count_tabs(session, by=by), is_more=len(ids) > count)


def count_tabs(session: Session, *, by: Person) -> dict[Tab, int]:
    """How many open steps are on each tab, in one statement and no further than MOST_COUNTED and one more."""
    counts = session.execute(_counts(by.has_role(Role.MANAGER)), _facts(by) | {"most": MOST_COUNTED + 1}).one()
    return dict(zip(COUNTED, counts, strict=True))


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
    return list(session.scalars(_others(by.has_role(Role.MANAGER)), _facts(by) | {
        "client_id": ticket.client_id, "ticket_id": ticket.id}))


@cache
def _others(is_manager: bool) -> Select[Any]:
    return (select(Ticket).options(load_only(*_SHOWN_OF_TICKET), lazyload(Ticket.client)).where(
        Ticket.client_id == bindparam("client_id"), Ticket.id != bindparam("ticket_id"), IS_UNDER_WAY,
        _visible(is_manager)).order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(OTHERS_SHOWN))


# Statements are built once for each shape of a list, and run with what is wanted of it: building one takes longer than
# running it.

def _facts(by: Person) -> dict[str, Any]:
    return {"me": by.id, "my_teams": list(by.team_ids)}


@lru_cache(maxsize=512)
def _statements(shape: Wish, *, is_manager: bool) -> list[Select[Any]]:
    """The stretches of a list, to be run one after another. shape: its text is the dialect if words are looked for."""
    is_of_tickets = shape.tab is Tab.EVERY
    key = Ticket.id if is_of_tickets else WorkItem.id
    base = select(key) if is_of_tickets else select(key).join(Ticket, WorkItem.ticket_id == Ticket.id)
    base = base.where(_on_tab(shape.tab, is_manager), *_to_do(shape.tab, shape.status), *_filters(shape))
    if shape.order is Order.CLIENT:
        base = base.join(Person, Person.id == Ticket.client_id)
    if shape.text:
        base = base.where(matching(shape.text))
    return [base.where(condition).order_by(*order).limit(bindparam("most")) for condition, order in stretches(
        shape.tab, shape.order, shape.is_backwards, is_search=bool(shape.text))]


@cache
def _counts(is_manager: bool) -> Select[Any]:
    counts = []
    for tab in COUNTED:
        some = select(WorkItem.id)
        if tab is not Tab.MINE:
            some = some.join(Ticket, WorkItem.ticket_id == Ticket.id)
        bounded = some.where(_on_tab(tab, is_manager), *_to_do(tab, None)).limit(bindparam("most")).subquery()
        counts.append(select(func.count()).select_from(bounded).scalar_subquery())
    return select(*counts)


def _on_tab(tab: Tab, is_manager: bool) -> ColumnElement[bool]:
    """What is on the tab: of work items joined with their tickets, or of tickets for the last one."""
    if tab is Tab.EVERY:
        return _visible(is_manager)
    if tab is Tab.MINE:
        return and_(IS_OPEN, WorkItem.holder_id == bindparam("me"))
    if tab is Tab.WAITING:
        return and_(IS_OPEN, WorkItem.team_id.is_(None), IS_UNDER_WAY, _visible(is_manager))
    everything = tab is Tab.TEAMS and is_manager
    of_teams = and_(IS_OPEN, WorkItem.team_id.is_not(None) if everything else WorkItem.team_id.in_(MY_TEAMS))
    return and_(of_teams, WorkItem.holder_id.is_(None)) if tab is Tab.UNCLAIMED else of_teams


def _to_do(tab: Tab, status: Status | None) -> Iterator[ColumnElement[bool]]:
    """Only what is under way waits for a team: a closed ticket may keep a step open for a client who comes back.

    Such steps are shown to those who ask for that status.
    """
    if tab in {Tab.UNCLAIMED, Tab.TEAMS} and status not in ENDED:
        yield IS_UNDER_WAY


def _visible(is_manager: bool) -> ColumnElement[bool]:
    """The tickets that have, or had, a step of one of the person's teams; every ticket for a manager."""
    if is_manager:
        return true()
    return select(TicketTeam.ticket_id).where(
        TicketTeam.ticket_id == Ticket.id, TicketTeam.team_id.in_(MY_TEAMS)).exists()


def _filters(shape: Wish) -> Iterator[ColumnElement[bool]]:
    if shape.status is not None:
        yield Ticket.status == bindparam("status")
    if shape.priority is not None:
        yield Ticket.priority == bindparam("priority")
    if shape.team_id is not None:
        yield _of_team(shape.tab)
    if shape.only_late:
        yield (Ticket.due_at if shape.tab in {Tab.EVERY, Tab.WAITING} else WorkItem.due_at) < bindparam("now")


def _of_team(tab: Tab) -> ColumnElement[bool]:
    if tab in {Tab.EVERY, Tab.WAITING}:
        return select(TicketTeam.ticket_id).where(
            TicketTeam.ticket_id == Ticket.id, TicketTeam.team_id == bindparam("team_id")).exists()
    return WorkItem.team_id == bindparam("team_id")


def _list_items(session: Session, ids: list[int]) -> list[Row]:
    place = {item_id: number for number, item_id in enumerate(ids)}
    items: Iterable[WorkItem] = session.scalars(_ITEMS, {"ids": ids}) if ids else []
    return [Row(item.ticket, item) for item in sorted(items, key=lambda item: place[item.id])]


def _list_tickets(session: Session, ids: list[int]) -> list[Row]:
    if not ids:
        return []
    place = {ticket_id: number for number, ticket_id in enumerate(ids)}
    tickets = sorted(session.scalars(_TICKETS, {"ids": ids}), key=lambda ticket: place[ticket.id])
    # Of several open steps the staff's counts more than the client's, the earlier more than the later.
    first = {item.ticket_id: item for item in sorted(
        session.scalars(_ITEMS_OF_TICKETS, {"ids": ids}), key=lambda item: (not item.is_for_client, -item.id))}
    return [Row(ticket, first.get(ticket.id)) for ticket in tickets]


# Rows of lists carry only what a list shows.
_SHOWN_OF_TICKET = (Ticket.number, Ticket.subject, Ticket.status, Ticket.priority, Ticket.due_at, Ticket.paused_because,
                    Ticket.opened_at, Ticket.client_id)
_SHOWN_OF_ITEM = (WorkItem.ticket_id, WorkItem.name_pl, WorkItem.name_en, WorkItem.team_id, WorkItem.holder_id,
                  WorkItem.state, WorkItem.opened_at, WorkItem.due_at, WorkItem.not_by)
_CLIENT = joinedload(Ticket.client).options(load_only(Person.name, Person.firm), lazyload(Person.memberships))
_PARTS_OF_ITEM = (load_only(*_SHOWN_OF_ITEM), joinedload(WorkItem.team),
                  joinedload(WorkItem.holder).options(load_only(Person.name), lazyload(Person.memberships)))
_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_TICKETS = select(Ticket).where(Ticket.id.in_(_IDS)).options(load_only(*_SHOWN_OF_TICKET), _CLIENT)
_ITEMS = (
    select(WorkItem).join(WorkItem.ticket).where(WorkItem.id.in_(_IDS)).options(
        *_PARTS_OF_ITEM, contains_eager(WorkItem.ticket).options(load_only(*_SHOWN_OF_TICKET), _CLIENT)))
_ITEMS_OF_TICKETS = select(WorkItem).where(WorkItem.ticket_id.in_(_IDS), IS_OPEN).options(*_PARTS_OF_ITEM)
