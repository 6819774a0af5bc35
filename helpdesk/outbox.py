"""The outbox: letters that leave after the commit, at least once, with a stable identity."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from helpdesk.database import Record
from helpdesk.people.accounts import Person

MOST_TRIES = 8
FIRST_PAUSE = timedelta(seconds=30)
CLAIMED_FOR = timedelta(minutes=2)


class State(StrEnum):
    """Where a letter is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Letter(Record):
    """One letter to one person: the key of its text and the facts it names; rendered when it is delivered."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_state_due", "state", "try_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    text: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(20), default=State.WAITING.value)
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    person: Mapped[Person] = relationship(lazy="joined")


def queue(session: Session, *, to: Person, text: str, now: datetime, ticket_id: int | None = None,
          **facts: Any) -> Letter:
    """Put a letter into the outbox; it leaves only if this transaction commits."""
    letter = Letter(person_id=to.id, ticket_id=ticket_id, text=text, facts=facts, queued_at=now, try_at=now)
    session.add(letter)
    return letter


def claim(session: Session, *, now: datetime, most: int = 20) -> list[Letter]:
    """Letters to deliver now, put off for two minutes so that nobody else takes them meanwhile."""
    due = (select(Letter.id).where(Letter.state == State.WAITING.value, Letter.try_at <= now)
           .order_by(Letter.try_at).limit(most).with_for_update(skip_locked=True))
    ids = list(session.scalars(update(Letter).where(Letter.id.in_(due), Letter.state == State.WAITING.value)
                               .values(try_at=now + CLAIMED_FOR, tries=Letter.tries + 1).returning(Letter.id)))
    return list(session.scalars(select(Letter).where(Letter.id.in_(ids)).order_by(Letter.id)))


def mark_sent(session: Session, letter_id: int, *, now: datetime) -> None:
    session.execute(update(Letter).where(Letter.id == letter_id).values(
        state=State.SENT.value, sent_at=now, error=""))


def mark_failed(session: Session, letter: Letter, error: str, *, now: datetime) -> None:
    """Try again later, twice as late each time; after the last try a person must look."""
    is_last = letter.tries >= MOST_TRIES
    session.execute(update(Letter).where(Letter.id == letter.id).values(
        state=State.FAILED.value if is_last else State.WAITING.value, error=error[:500],
        try_at=now + FIRST_PAUSE * 2 ** letter.tries))


def oldest_waiting(session: Session) -> datetime | None:
    """When the oldest undelivered letter was queued."""
    return session.scalar(select(func.min(Letter.queued_at)).where(Letter.state == State.WAITING.value))


def list_letters(session: Session, *, ticket_id: int | None = None, most: int = 200) -> list[Letter]:
    query = select(Letter).order_by(Letter.id.desc()).limit(most)
    if ticket_id is not None:
        query = query.where(Letter.ticket_id == ticket_id)
    return list(session.scalars(query))
