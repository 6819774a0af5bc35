"""Events on their way to a ticket: messages and signals, queued with the step that sends them, delivered once each."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, insert, literal, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.outside.calls import FIRST_PAUSE, MOST_TRIES, short_values
from helpdesk.database import Record


class EventKind(StrEnum):
    """How an event finds who hears it: a message is sent to one ticket, a signal to all that wait for it."""

    MESSAGE = "message"
    SIGNAL = "signal"


class EventState(StrEnum):
    """Where an event is. unheard: nothing in the ticket's process waited for it any more."""

    WAITING = "waiting"
    HEARD = "heard"
    UNHEARD = "unheard"
    FAILED = "failed"


class TicketEvent(Record):
    """One event for one ticket. sender_id: the ticket it comes from."""

    __tablename__ = "ticket_event"
    __table_args__ = (Index("ix_ticket_event_due", "state", "try_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default=EventState.WAITING.value)
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime]
    queued_at: Mapped[datetime]

    @property
    def act(self) -> str:
        """Under which name its incidents are kept."""
        return f"event:{self.id}"


class SignalWait(Record):
    """A ticket whose process waits for a signal of this name."""

    __tablename__ = "signal_wait"
    __table_args__ = (Index("ix_signal_wait_name", "name"),)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)


def queue_message(session: Session, ticket_id: int, name: str, *, now: datetime, sender_id: int | None = None,
                  payload: Mapping[str, Any] | None = None) -> None:
    """Send a message to a ticket with this transaction; it is delivered after the commit."""
    session.add(TicketEvent(ticket_id=ticket_id, sender_id=sender_id, kind=EventKind.MESSAGE.value, name=name,
                            payload=short_values(payload or {}), try_at=now, queued_at=now))


def queue_signal(session: Session, name: str, *, sender_id: int, now: datetime) -> None:
    """Send a signal to every other ticket that waits for it at this moment."""
    table = TicketEvent.__table__
    facts = {"sender_id": sender_id, "kind": EventKind.SIGNAL.value, "name": name, "payload": {},
             "state": EventState.WAITING.value, "tries": 0, "try_at": now, "queued_at": now}
    session.execute(insert(TicketEvent).from_select(["ticket_id", *facts], select(
        SignalWait.ticket_id, *(literal(value, table.c[column].type) for column, value in facts.items()))
        .where(SignalWait.name == name, SignalWait.ticket_id != sender_id)))


def claim(session: Session, *, now: datetime, but_not: Collection[int] = ()) -> TicketEvent | None:
    """An event to deliver now. Nothing marks it as taken: who delivers it locks its ticket. but_not: tickets."""
    due = select(TicketEvent).where(TicketEvent.state == EventState.WAITING.value, TicketEvent.try_at <= now)
    if but_not:
        due = due.where(TicketEvent.ticket_id.not_in(but_not))
    return session.scalar(due.order_by(TicketEvent.try_at, TicketEvent.id).limit(1))


def put_off(session: Session, event_id: int, *, now: datetime) -> None:
    """Try an event later, twice as late each time; after the last try a person must look."""
    event = session.get(TicketEvent, event_id, populate_existing=True)
    if event is None or event.state != EventState.WAITING.value:
        return
    event.tries += 1
    event.try_at = now + FIRST_PAUSE * 2 ** (event.tries - 1)
    if event.tries >= MOST_TRIES:
        event.state = EventState.FAILED.value


def try_again(session: Session, ticket_id: int, *, now: datetime) -> None:
    """Give the ticket's failed events another round."""
    session.execute(update(TicketEvent).where(
        TicketEvent.ticket_id == ticket_id, TicketEvent.state == EventState.FAILED.value)
        .values(state=EventState.WAITING.value, tries=0, try_at=now))


def forget(session: Session, *, now: datetime, after: timedelta = timedelta(days=30)) -> None:
    """Remove events that were delivered long ago; what came of them stands in the trail."""
    session.execute(TicketEvent.__table__.delete().where(  # type: ignore[attr-defined]
        TicketEvent.state.in_((EventState.HEARD.value, EventState.UNHEARD.value)), TicketEvent.queued_at < now - after))
