"""The link between a complaint's own ticket and the ticket whose solution it disputes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, or_, select, text
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column, relationship

from helpdesk.database import Record
from helpdesk.tickets import Ticket

PROCESS = "complaint"  # the request type of complaints
OPEN = ""


class Verdict(StrEnum):
    """How a complaint ended."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Complaint(Record):
    """One complaint. solved_at: which solution it disputes. status_before: what the disputed ticket was then."""

    __tablename__ = "complaint"
    __table_args__ = (Index("uq_complaint_open", "disputed_id", unique=True, sqlite_where=text("outcome = ''"),
                            postgresql_where=text("outcome = ''")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    disputed_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    solved_at: Mapped[datetime]
    status_before: Mapped[str] = mapped_column(String(30))
    outcome: Mapped[str] = mapped_column(String(20), default=OPEN)
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    ticket: Mapped[Ticket] = relationship(foreign_keys=[ticket_id])
    disputed: Mapped[Ticket] = relationship(foreign_keys=[disputed_id])

    @property
    def is_open(self) -> bool:
        return self.outcome == OPEN


def find_complaint(session: Session, ticket_id: int) -> Complaint | None:
    """The complaint that this ticket is, if it is one."""
    return session.scalar(select(Complaint).where(Complaint.ticket_id == ticket_id)
                          .execution_options(populate_existing=True))


def find_open_complaint(session: Session, disputed_id: int) -> Complaint | None:
    """The complaint about the ticket that is not decided yet."""
    return session.scalar(select(Complaint).where(Complaint.disputed_id == disputed_id, Complaint.outcome == OPEN))


def list_complaints(session: Session, disputed_id: int) -> list[Complaint]:
    """All complaints about a ticket, the newest first."""
    return list(session.scalars(select(Complaint).where(Complaint.disputed_id == disputed_id)
                                .options(joinedload(Complaint.ticket)).order_by(Complaint.id.desc())))


def list_links(session: Session, ticket_id: int) -> list[Complaint]:
    """The complaints on either side of which the ticket stands."""
    own, disputed = aliased(Ticket), aliased(Ticket)
    return list(session.scalars(
        select(Complaint).join(own, own.id == Complaint.ticket_id).join(disputed, disputed.id == Complaint.disputed_id)
        .where(or_(Complaint.ticket_id == ticket_id, Complaint.disputed_id == ticket_id))
        .options(joinedload(Complaint.ticket), joinedload(Complaint.disputed)).order_by(Complaint.id.desc())))
