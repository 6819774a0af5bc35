"""The audit: one row for every act, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.database import Record


class AuditEntry(Record):
    """Who did what, when, to which ticket; `details` holds ids and short values, never what people wrote."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(60))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(session: Session, act: str, *, by: int | None, now: datetime, ticket_id: int | None = None,
           **details: Any) -> None:
    """Write down one act; `by` is None for the clock."""
    session.add(AuditEntry(at=now, act=act, by_id=by, ticket_id=ticket_id, details=details))


def list_of_ticket(session: Session, ticket_id: int) -> list[AuditEntry]:
    return list(session.scalars(
        select(AuditEntry).where(AuditEntry.ticket_id == ticket_id).order_by(AuditEntry.at, AuditEntry.id)))
