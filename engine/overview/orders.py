"""Orders: how lists are sorted, so that an index gives the first page however long the list is.

A list is one stretch after another, each sorted by columns that have an index (the migration on search made them):
first what has a due moment, then what has none, then what has ended. One ORDER BY over all of it would sort every row.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, literal, select, true
from sqlalchemy.orm import Session

from engine.records import ItemState, WorkItem
from helpdesk.people.accounts import Person
from helpdesk.tickets import ENDED, Priority, Ticket


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


# Written into the statement: the indexes of open matters are used only if the database sees these words.
_ENDED: BindParameter[list[str]] = bindparam(
    "ended", sorted(status.value for status in ENDED), expanding=True, literal_execute=True)
IS_OPEN = WorkItem.state == literal(ItemState.OPEN.value, literal_execute=True)
IS_UNDER_WAY = Ticket.status.not_in(_ENDED)
HAS_ENDED = Ticket.status.in_(_ENDED)
WAITS_FOR_CLIENT = select(WorkItem.id).where(
    WorkItem.ticket_id == Ticket.id, WorkItem.team_id.is_(None), IS_OPEN).exists()

Stretch = tuple[ColumnElement[bool], list[ColumnElement[Any]]]


def stretches(tab: Tab, order: Order, is_backwards: bool, *, is_search: bool) -> Iterator[Stretch]:
    """The parts of a list in their order: which rows, sorted by what. A search shows the newest first."""
    if order is Order.PRIORITY:
        for priority in (Priority if is_backwards else reversed(Priority)):
            yield Ticket.priority == priority.value, [Ticket.id.desc()]
    elif order is not Order.LEFT:
        column = {Order.NUMBER: Ticket.number, Order.SUBJECT: Ticket.subject, Order.OPENED: Ticket.opened_at,
                  Order.CLIENT: Person.name}[order]
        yield true(), _both([column, Ticket.id], is_backwards)
    elif is_search:
        yield true(), [Ticket.id.desc()]
    elif tab is Tab.WAITING:
        yield true(), [WorkItem.id.desc()]
    elif tab is Tab.EVERY:
        yield IS_UNDER_WAY & Ticket.due_at.is_not(None), _both([Ticket.due_at, Ticket.id], is_backwards)
        yield IS_UNDER_WAY & Ticket.due_at.is_(None), [Ticket.id.desc()]
        yield HAS_ENDED, [Ticket.id.desc()]
    else:
        yield WorkItem.due_at.is_not(None), _both([WorkItem.due_at, WorkItem.id], is_backwards)
        yield WorkItem.due_at.is_(None), [WorkItem.id.desc()]


def first_of(session: Session, parts: Iterable[Select[Any]], facts: Mapping[str, Any], *, most: int) -> list[int]:
    """The first ids of a list, one statement for each stretch; later ones are asked only while there is room."""
    found: list[int] = []
    for statement in parts:
        if len(found) >= most:
            break
        found += session.scalars(statement, {**facts, "most": most - len(found)})
    return found


def _both(columns: list[Any], is_backwards: bool) -> list[ColumnElement[Any]]:
    return [column.desc() if is_backwards else column.asc() for column in columns]
