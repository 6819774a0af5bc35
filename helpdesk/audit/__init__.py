"""The audit: one row for every act, never changed, each tied to the one before it.

Every ticket has a chain of its own, whose head is on the ticket's row: an act locks and writes that row anyway. What
belongs to no ticket is in the desk's chain. Seals tie the heads of all chains together (helpdesk.audit.seals).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, insert, select, update
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column, relationship

from helpdesk.audit.chain import DIGEST_MAX, NOTHING, check_details, entry_digest
from helpdesk.database import Record
from helpdesk.statements import rows

DESK, SEALS = "desk", "seals"


class AuditEntry(Record):
    """Who did what, when, to which ticket; `details` holds ids and short words, never what people wrote.

    place: its number in its chain, from 1. digest: of the row and of the one before it.
    """

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(60))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    place: Mapped[int]
    digest: Mapped[str] = mapped_column(String(DIGEST_MAX))

    # Named here for its class only: tickets know the audit, not the other way round.
    ticket: Mapped["Chained | None"] = relationship("Ticket", lazy="raise", viewonly=True)


Index("ix_audit_entry_ticket_place", AuditEntry.ticket_id, AuditEntry.place, unique=True)
Index("ix_audit_entry_desk_place", AuditEntry.place, unique=True, sqlite_where=AuditEntry.ticket_id.is_(None),
      postgresql_where=AuditEntry.ticket_id.is_(None))


class Chained:
    """What a record with a chain of its own carries: the last digest, how many entries, how many of them are sealed."""

    @declared_attr
    @classmethod
    def audit_head(cls) -> Mapped[str]:
        return mapped_column(String(DIGEST_MAX), default=NOTHING, server_default=NOTHING)

    @declared_attr
    @classmethod
    def audit_count(cls) -> Mapped[int]:
        return mapped_column(default=0, server_default="0")

    @declared_attr
    @classmethod
    def audit_sealed(cls) -> Mapped[int]:
        return mapped_column(default=0, server_default="0")


class DeskChain(Chained, Record):
    """The head of a chain that belongs to no ticket: of the desk's entries, and of the seals."""

    __tablename__ = "audit_chain"
    key: Mapped[str] = mapped_column(String(20), primary_key=True)


def record(session: Session, act: str, *, by: int | None, now: datetime, ticket_id: int | None = None,
           **details: Any) -> None:
    """Write down one act; `by` is None for the clock. An act on a ticket is recorded while the ticket is locked."""
    check_details(details)
    head, count = lock_chain(session, DESK) if ticket_id is None else _ticket_head(session, ticket_id)
    place = count + 1
    digest = entry_digest(head, ticket_id=ticket_id, place=place, at=now, act=act, by_id=by, details=details)
    rows.add(session, AuditEntry, at=now, act=act, by_id=by, ticket_id=ticket_id, details=details, place=place,
             digest=digest)
    if ticket_id is None:
        move_chain(session, DESK, head=digest, count=place)
    else:
        ticket = _ticket(session, ticket_id)
        ticket.audit_head, ticket.audit_count = digest, place


def list_of_ticket(session: Session, ticket_id: int) -> list[AuditEntry]:
    """Every entry of the ticket, in their order."""
    return list(session.scalars(
        select(AuditEntry).where(AuditEntry.ticket_id == ticket_id).order_by(AuditEntry.place)))


def lock_chain(session: Session, key: str) -> tuple[str, int]:
    """The head and the count of a chain of no ticket; nobody else can move it until the commit."""
    row = session.execute(
        update(DeskChain).where(DeskChain.key == key).values(audit_count=DeskChain.audit_count)
        .returning(DeskChain.audit_head, DeskChain.audit_count)
        .execution_options(synchronize_session=False)).one_or_none()
    if row is not None:
        return row.audit_head, row.audit_count
    session.execute(insert(DeskChain).values(key=key))
    return NOTHING, 0


def move_chain(session: Session, key: str, *, head: str, count: int) -> None:
    session.execute(update(DeskChain).where(DeskChain.key == key).values(audit_head=head, audit_count=count)
                    .execution_options(synchronize_session=False))


def _ticket(session: Session, ticket_id: int) -> Chained:
    """The ticket, which the act has locked already: it is found without asking the database."""
    found = session.get(AuditEntry.ticket.property.mapper.class_, ticket_id)
    assert isinstance(found, Chained), "an act on a ticket has its ticket"
    return found


def _ticket_head(session: Session, ticket_id: int) -> tuple[str, int]:
    ticket = _ticket(session, ticket_id)
    return ticket.audit_head or NOTHING, ticket.audit_count or 0
