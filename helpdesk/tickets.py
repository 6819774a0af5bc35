"""Tickets: one matter of one client, with a number and a status."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, Table, Text, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified, set_committed_value

from helpdesk.audit import Chained
from helpdesk.catalogue import Classification, Service
from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound
from helpdesk.people.accounts import Person, Team
from helpdesk.people.firms import Firm
from helpdesk.statements.prepared import Prepared, columns_of, objects

NUMBER_PREFIX = "ZGL"
FIRST_NUMBER = 2_400_001


class Status(StrEnum):
    """Where a ticket stands."""

    REGISTERED = "registered"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_CLIENT = "waiting_for_client"
    WITH_SPECIALIST = "with_specialist"
    SOLVED = "solved"
    COMPLAINT = "complaint"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = Status
_WORKING = {S.IN_PROGRESS, S.WAITING_FOR_CLIENT, S.WITH_SPECIALIST, S.SOLVED, S.CLOSED, S.CANCELLED}
NEXT: Mapping[Status, frozenset[Status]] = {
    S.REGISTERED: frozenset(_WORKING),
    S.IN_PROGRESS: frozenset(_WORKING),
    # Completed by its client, a request stands where others begin.
    S.WAITING_FOR_CLIENT: frozenset(_WORKING | {S.REGISTERED}),
    S.WITH_SPECIALIST: frozenset(_WORKING),
    S.SOLVED: frozenset(_WORKING | {S.COMPLAINT}),
    S.COMPLAINT: frozenset(_WORKING),
    # A late act in the diagram may reopen a closed ticket; a cancelled one stays cancelled.
    S.CLOSED: frozenset({S.IN_PROGRESS, S.COMPLAINT, S.SOLVED}),
    S.CANCELLED: frozenset(),
}
ENDED = frozenset({Status.CLOSED, Status.CANCELLED})


class Priority(StrEnum):
    """How much a ticket hurries."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Channel(StrEnum):
    """How the request came."""

    PORTAL = "portal"
    PHONE = "phone"
    MAIL = "mail"
    LETTER = "letter"
    API = "api"


class Ticket(Chained, Record):
    """One matter of one client. `revision` changes with every act on it: two acts at once cannot both win.

    It carries the head of its chain in the audit log, so that an act writes both with one statement.
    """

    __tablename__ = "ticket"
    # Every order of a list has its index, most of them in the migration on search: the open matters have their own.
    __table_args__ = (Index("ix_ticket_client_opened", "client_id", "opened_at"),
                      Index("ix_ticket_status_opened", "status", "opened_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    request_type: Mapped[str] = mapped_column(String(60), index=True)
    classification_id: Mapped[int | None] = mapped_column(ForeignKey("classification.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # For which firm the client acted, if for one.
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(String(20), default=Channel.PORTAL.value)
    # The day on which a letter came, if that was not the day on which it was registered.
    received_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(30), default=Status.REGISTERED.value)
    outcome: Mapped[str] = mapped_column(String(30), default="")
    priority: Mapped[str] = mapped_column(String(20), default=Priority.NORMAL.value)
    solution: Mapped[str] = mapped_column(Text, default="")
    # When the solution is due and why its clock stands, copied from the clock with every act, to sort and list by.
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    paused_because: Mapped[str] = mapped_column(String(40), default="")
    opened_at: Mapped[datetime]
    solved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    client: Mapped[Person] = relationship(foreign_keys=[client_id])
    classification: Mapped[Classification | None] = relationship()
    firm: Mapped[Firm | None] = relationship()

    __mapper_args__ = {"version_id_col": revision}

    @property
    def is_ended(self) -> bool:
        return Status(self.status) in ENDED


class TicketCounter(Record):
    """The one row that gives numbers out."""

    __tablename__ = "ticket_counter"
    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class TicketTeam(Record):
    """A team that has, or had, a step of the ticket: its members see the ticket."""

    __tablename__ = "ticket_team"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True, index=True)
    team: Mapped[Team] = relationship(lazy="joined")


class WrongMove(DeskError):
    """A ticket that is {before} cannot become {after}."""


class Busy(DeskError):
    """Somebody else is working on this ticket at this moment."""


class AlreadyEnded(DeskError):
    """Ticket {number} has ended; register a new request if you need help again."""


_COUNTER = cast(Table, TicketCounter.__table__)
_NEXT_NUMBER = Prepared(
    update(_COUNTER).where(_COUNTER.c.id == 1).values(last=_COUNTER.c.last + 1).returning(_COUNTER.c.last))


def next_number(session: Session) -> str:
    """The next free number, ZGL and seven digits; the counter's row is locked until the commit."""
    found = _NEXT_NUMBER.read(session, {})
    taken = found[0][0] if found else FIRST_NUMBER
    if not found:
        session.execute(insert(TicketCounter).values(id=1, last=taken))
    return f"{NUMBER_PREFIX}{taken:07d}"


def get_ticket(session: Session, number: str) -> Ticket:
    """The ticket with its client and its place in the catalogue, for reading."""
    ticket = session.scalar(_whole().where(Ticket.number == number.strip().upper()))
    if ticket is None:
        raise NotFound()
    return ticket


def locking(condition: ColumnElement[bool], *, may_wait: bool = True) -> Prepared:
    """A statement that finds and locks one ticket, to be built once and run by `lock_found`."""
    # The place in the catalogue is not read: acts know it by its id (engine.versions.Shelf.place_of).
    return Prepared(select(*columns_of(Ticket, Person)).join_from(Ticket, Person, Person.id == Ticket.client_id)
                    .where(condition).with_for_update(of=Ticket, skip_locked=not may_wait))


_LOCK = locking(Ticket.id == bindparam("ticket_id"))
_LOCK_IF_FREE = locking(Ticket.id == bindparam("ticket_id"), may_wait=False)


def lock_ticket(session: Session, ticket_id: int, *, now: datetime, may_wait: bool = True) -> Ticket:
    """The ticket for an act: locked on PostgreSQL; on SQLite its revision is checked when it is written.

    Every act locks its ticket before anything else of it, so that two acts never wait for each other.
    Raises Busy instead of waiting unless `may_wait`.
    """
    try:
        return lock_found(session, _LOCK if may_wait else _LOCK_IF_FREE, {"ticket_id": ticket_id}, now=now)
    except NotFound:
        if may_wait:
            raise
    raise Busy()


def lock_found(session: Session, statement: Prepared, facts: Mapping[str, int], *, now: datetime) -> Ticket:
    """The ticket that a statement of `locking` finds, for an act. Raises NotFound."""
    rows = statement.read(session, facts)
    if not rows:
        raise NotFound()
    ticket, client = objects(session, rows[0], Ticket, Person, anew=True)
    assert isinstance(ticket, Ticket)
    set_committed_value(ticket, "client", client)
    # Every act writes the row, so that the revision moves and a second act at the same time is noticed.
    ticket.changed_at = max(now, ticket.changed_at)
    flag_modified(ticket, "changed_at")
    return ticket


def set_status(ticket: Ticket, status: Status, *, now: datetime) -> None:
    """Move the ticket along an arrow of NEXT; staying where it is is no move."""
    before = Status(ticket.status)
    if status is before:
        return
    if status not in NEXT[before]:
        raise WrongMove(before=before.value, after=status.value)
    ticket.status = status.value
    if status is Status.SOLVED:
        ticket.solved_at = now
    ticket.closed_at = now if status in ENDED else None


def _whole() -> Select[Ticket]:
    return select(Ticket).options(
        # Where the client works is hardly ever asked; it is read when it is.
        joinedload(Ticket.client).lazyload(Person.memberships), joinedload(Ticket.firm),
        joinedload(Ticket.classification).joinedload(Classification.service).joinedload(Service.area))
