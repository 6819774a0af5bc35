"""Links: requests that belong together, told on both of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from helpdesk.database import Record
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket

MOST_TOLD = 20


class LinkKind(StrEnum):
    """How the later request belongs to the earlier one."""

    FOLLOWS = "follows"


class TicketLink(Record):
    """A later request (`ticket`) that belongs to an earlier one; complaints have a link with a verdict of their own."""

    __tablename__ = "ticket_link"
    __table_args__ = (UniqueConstraint("ticket_id", "earlier_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    earlier_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default=LinkKind.FOLLOWS.value)
    made_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    ticket: Mapped[Ticket] = relationship(foreign_keys=[ticket_id])
    earlier: Mapped[Ticket] = relationship(foreign_keys=[earlier_id])


def link(session: Session, ticket_id: int, *, to: int, kind: LinkKind, by: Person | None, now: datetime) -> None:
    """Tie a request to an earlier one."""
    session.add(TicketLink(ticket_id=ticket_id, earlier_id=to, kind=kind.value, made_at=now,
                           by_id=by.id if by else None))
    session.flush()


def list_ticket_links(session: Session, ticket_id: int) -> list[TicketLink]:
    """The links on either side of which the ticket stands, the newest first."""
    return list(session.scalars(
        select(TicketLink).where(or_(TicketLink.ticket_id == ticket_id, TicketLink.earlier_id == ticket_id))
        .options(joinedload(TicketLink.ticket), joinedload(TicketLink.earlier))
        .order_by(TicketLink.id.desc()).limit(MOST_TOLD)))

