"""The conversation of a ticket: messages of the client and the agents, and internal notes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from helpdesk.database import Record
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person
from helpdesk.statements import rows

TEXT_MAX = 20_000


class Kind(StrEnum):
    """What a message is; a note is seen by staff only."""

    REPLY = "reply"
    QUESTION = "question"
    SOLUTION = "solution"
    NOTE = "note"
    SYSTEM = "system"


class Message(Record):
    """One thing said about a ticket. `author` is empty for what the desk itself says."""

    __tablename__ = "message"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20), default=Kind.REPLY.value)
    body: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]
    author: Mapped[Person | None] = relationship(lazy="joined")

    @property
    def is_internal(self) -> bool:
        return self.kind == Kind.NOTE.value


class NothingSaid(DeskError):
    """Write a message first."""


class TooLong(DeskError):
    """The text has {length} characters; at most {most} fit."""


def as_said(text: str) -> str:
    """A text as the conversation holds it."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def say(session: Session, ticket_id: int, body: str, *, by: Person | None, kind: Kind, now: datetime) -> int:
    """Add a message to the conversation; gives its id."""
    body = as_said(body)
    if not body:
        raise NothingSaid()
    if len(body) > TEXT_MAX:
        raise TooLong(length=len(body), most=TEXT_MAX)
    return rows.add_now(session, Message, ticket_id=ticket_id, author_id=by.id if by else None, kind=kind.value,
                        body=body, said_at=now)


def list_messages(session: Session, ticket_id: int, *, with_notes: bool) -> list[Message]:
    """The conversation in the order it was said; without internal notes unless asked for."""
    # With the teams of those who spoke, in the same statement: an author has one or two.
    query = (select(Message).where(Message.ticket_id == ticket_id).order_by(Message.said_at, Message.id)
             .options(joinedload(Message.author).joinedload(Person.memberships)))
    if not with_notes:
        query = query.where(Message.kind != Kind.NOTE.value)
    return list(session.scalars(query).unique())
