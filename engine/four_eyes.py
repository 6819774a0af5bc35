"""Four eyes: the steps that somebody else has to do, and who is meant by that."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from engine.complaints.records import find_complaint
from engine.records import ItemState, WorkItem
from helpdesk.audit import AuditEntry
from helpdesk.conversation import Message
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket

# The property of a user task: ids of other user tasks, or words of PARTIES, separated by commas.
PROPERTY = "not_by"
NOT_BY_MAX = 300


class NeedsAnother(DeskError):
    """Somebody other than {name} has to do this step: they took part in the matter before."""


def participants(session: Session, ticket_id: int) -> set[int]:
    """The staff who had a step of the ticket, also one they gave back, or wrote on it."""
    had = session.execute(select(WorkItem.done_by_id, WorkItem.holder_id).where(
        WorkItem.ticket_id == ticket_id, WorkItem.team_id.is_not(None))).all()
    wrote = session.scalars(select(Message.author_id).join(Ticket, Ticket.id == Message.ticket_id).where(
        Message.ticket_id == ticket_id, Message.author_id != Ticket.client_id))
    held = session.execute(select(AuditEntry.act, AuditEntry.by_id, AuditEntry.details).where(
        AuditEntry.ticket_id == ticket_id, AuditEntry.act.in_(("claimed", "assigned")))).all()
    took = {entry.by_id if entry.act == "claimed" else entry.details.get("to") for entry in held}
    return {one for one in {*(one for row in had for one in row), *wrote, *took} if one is not None}


def _disputed(session: Session, ticket: Ticket) -> set[int]:
    """Who took part in what the ticket, which is a complaint, disputes."""
    complaint = find_complaint(session, ticket.id)
    return participants(session, complaint.disputed_id) if complaint else set()


def _the_client(session: Session, ticket: Ticket) -> set[int]:
    return {ticket.client_id}


# word → who is meant by it on a ticket
PARTIES: dict[str, Callable[[Session, Ticket], Collection[int]]] = {"client": _the_client, "disputed": _disputed}


def read_not_by(text: str) -> list[str]:
    """The words of the property, in order."""
    return [word for word in (part.strip() for part in text.split(",")) if word]


def barred_people(session: Session, item: WorkItem) -> set[int]:
    """The people who may not do the step."""
    words = read_not_by(item.not_by)
    found: set[int] = set()
    for word in words:
        if word in PARTIES:
            found |= set(PARTIES[word](session, item.ticket))
    if elements := [word for word in words if word not in PARTIES]:
        found |= set(session.scalars(_doers(WorkItem.done_by_id).where(
            WorkItem.ticket_id == item.ticket_id, WorkItem.element_id.in_(elements))))
    return found


def list_barred(session: Session, items: Iterable[WorkItem], person: Person) -> set[int]:
    """The ids of those steps among `items` that the person may not do; nothing is asked when none needs another."""
    needing = [item for item in items if item.not_by]
    if not needing:
        return set()
    places = {(item.ticket_id, word) for item in needing for word in read_not_by(item.not_by) if word not in PARTIES}
    done = {tuple(row) for row in session.execute(
        _doers(WorkItem.ticket_id, WorkItem.element_id).where(
            WorkItem.done_by_id == person.id,
            tuple_(WorkItem.ticket_id, WorkItem.element_id).in_(sorted(places))))} if places else set()
    return {item.id for item in needing if any(
        person.id in PARTIES[word](session, item.ticket) if word in PARTIES else (item.ticket_id, word) in done
        for word in read_not_by(item.not_by))}


def demand_another(session: Session, item: WorkItem, person: Person) -> None:
    """Raise NeedsAnother if the step has to be done by somebody else."""
    if item.not_by and person.id in barred_people(session, item):
        raise NeedsAnother(name=person.name)


def not_by_of(properties: Mapping[str, str]) -> str:
    """The property as a work item keeps it."""
    return ",".join(read_not_by(properties.get(PROPERTY, "")))[:NOT_BY_MAX]


def _doers(*columns: Any) -> Select[Any]:
    return select(*columns).where(WorkItem.state == ItemState.DONE.value, WorkItem.done_by_id.is_not(None))
