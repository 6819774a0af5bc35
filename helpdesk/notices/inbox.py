"""The inbox: what the page tells a person, read or not."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from helpdesk.errors import NotFound
from helpdesk.notices.kinds import Kind, texts_of
from helpdesk.outbox import Letter
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket


def list_notices(session: Session, person: Person, *, is_unread: bool = False, kinds: Collection[Kind] = (),
                 most: int = 200, skip: int = 0) -> list[Letter]:
    """What the page tells the person, the newest first."""
    query = _filtered(select(Letter), person, is_unread, kinds)
    return list(session.scalars(query.order_by(Letter.id.desc()).limit(most).offset(skip)))


def count_notices(session: Session, person: Person, *, is_unread: bool = False, kinds: Collection[Kind] = ()) -> int:
    return session.scalar(_filtered(select(func.count(Letter.id)), person, is_unread, kinds)) or 0


def mark(session: Session, person: Person, letter_id: int, *, is_read: bool, now: datetime) -> Letter:
    """Mark one of the person's notices; the moment of the first reading stays. Raises NotFound."""
    letter = session.get(Letter, letter_id)
    if letter is None or letter.person_id != person.id or not letter.in_page:
        raise NotFound()
    letter.read_at = (letter.read_at or now) if is_read else None
    session.flush()
    return letter


def mark_all_read(session: Session, person: Person, *, upto: int, now: datetime) -> None:
    """Mark everything up to the newest one that the person has seen listed; what came since stays unread."""
    session.execute(update(Letter).where(
        Letter.person_id == person.id, Letter.in_page.is_(True), Letter.read_at.is_(None), Letter.id <= upto)
        .values(read_at=now))


def mark_ticket_read(session: Session, person: Person, number: str, *, now: datetime) -> None:
    """What the notices about a request tell has been seen on its own page."""
    session.execute(update(Letter).where(
        Letter.person_id == person.id, Letter.in_page.is_(True), Letter.read_at.is_(None),
        Letter.ticket_id == select(Ticket.id).where(Ticket.number == number).scalar_subquery()).values(read_at=now))


def mark_paths_read(session: Session, person: Person, paths: Collection[str], *, now: datetime) -> int:
    """The same for what has another page: an announcement, an article, a remark; how many there were.

    paths: the addresses at which it is told. Nothing is written when there is none.
    """
    found = session.scalars(select(Letter.id).where(
        Letter.person_id == person.id, Letter.in_page.is_(True), Letter.read_at.is_(None),
        Letter.facts["path"].as_string().in_(paths))).all()
    if found:
        session.execute(update(Letter).where(Letter.id.in_(found)).values(read_at=now))
    return len(found)


def mark_older_read(session: Session, *, than: datetime) -> None:
    """Mark what happened before this moment as read by everybody."""
    session.execute(update(Letter).where(Letter.read_at.is_(None), Letter.queued_at < than).values(
        read_at=Letter.queued_at))


def _filtered(query: Select[Any], person: Person, is_unread: bool, kinds: Collection[Kind]) -> Select[Any]:
    query = query.where(Letter.person_id == person.id, Letter.in_page.is_(True))
    if is_unread:
        query = query.where(Letter.read_at.is_(None))
    if kinds:
        query = query.where(Letter.text.in_(texts_of(*kinds)))
    return query
