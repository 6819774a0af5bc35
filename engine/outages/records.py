"""Which requests hang on which announcement."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, joinedload, lazyload, mapped_column, relationship
from sqlalchemy.sql.base import ExecutableOption

from helpdesk import audit
from helpdesk.announcements.records import Announcement
from helpdesk.catalogue import Service
from helpdesk.database import Record
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket


class OutageTicket(Record):
    """One request that hangs on one announcement, until it was told of the end. A request hangs on one at a time."""

    __tablename__ = "outage_ticket"
    __table_args__ = (
        Index("uq_outage_ticket_open", "ticket_id", unique=True, sqlite_where=text("told_at IS NULL"),
              postgresql_where=text("told_at IS NULL")),
        Index("ix_outage_ticket_announcement", "announcement_id", "told_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    joined_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    told_at: Mapped[datetime | None]
    announcement: Mapped[Announcement] = relationship()
    ticket: Mapped[Ticket] = relationship()


def hang(session: Session, ticket_id: int, announcement_id: int, *, by: Person | None, now: datetime) -> None:
    """Let the request hang on the announcement; it hangs on no other. The caller has locked its ticket."""
    by_id = by.id if by else None
    session.add(OutageTicket(announcement_id=announcement_id, ticket_id=ticket_id, joined_at=now, by_id=by_id))
    session.flush()
    audit.record(session, "outage_joined", by=by_id, now=now, ticket_id=ticket_id, announcement=announcement_id)


def find_open_link(session: Session, ticket_id: int) -> OutageTicket | None:
    """What the request hangs on now."""
    return session.scalar(select(OutageTicket).where(
        OutageTicket.ticket_id == ticket_id, OutageTicket.told_at.is_(None)).options(_announcement()))


def find_link(session: Session, ticket_id: int) -> OutageTicket | None:
    """What the request hangs on now, or hung on last."""
    return session.scalar(select(OutageTicket).where(OutageTicket.ticket_id == ticket_id)
                          .options(_announcement())
                          .order_by(OutageTicket.told_at.is_not(None), OutageTicket.id.desc()).limit(1))


def _announcement() -> ExecutableOption:
    """Its announcement, without services and updates, which are read when they are asked for."""
    return joinedload(OutageTicket.announcement).options(
        lazyload(Announcement.places), lazyload(Announcement.updates))


def list_joined(session: Session, announcement_id: int, *, most: int = 500) -> list[OutageTicket]:
    """The requests that hang, or hung, on the announcement, the newest first."""
    return list(session.scalars(
        select(OutageTicket).where(OutageTicket.announcement_id == announcement_id)
        .options(joinedload(OutageTicket.ticket).joinedload(Ticket.client)).order_by(OutageTicket.id.desc()).limit(most)))


def count_joined(session: Session, announcement_ids: Collection[int]) -> dict[int, int]:
    """How many requests hang on each announcement."""
    rows = session.execute(
        select(OutageTicket.announcement_id, func.count()).where(
            OutageTicket.announcement_id.in_(list(announcement_ids))).group_by(OutageTicket.announcement_id))
    return {row[0]: row[1] for row in rows}


class Suspicion(Record):
    """Many reports of one service in a short time: the leads were told once, until it is settled."""

    __tablename__ = "outage_suspicion"
    __table_args__ = (Index("uq_outage_suspicion_open", "service_id", unique=True,
                            sqlite_where=text("settled_at IS NULL"), postgresql_where=text("settled_at IS NULL")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    reports: Mapped[int]
    noticed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    service: Mapped[Service] = relationship(lazy="joined")
