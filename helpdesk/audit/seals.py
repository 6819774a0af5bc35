"""Seals: now and then the heads of all chains that have grown are tied together in one chain of their own.

Whoever replaces or removes the whole chain of a ticket would have to replace every seal since. A seal's digest is
also in the worker's log, so out of the database's reach.
"""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Index, String, bindparam, exists, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.audit import DESK, SEALS, DeskChain, lock_chain, move_chain
from helpdesk.audit.chain import DIGEST_MAX, seal_digest
from helpdesk.database import Record
from helpdesk.tickets import Ticket

log = structlog.get_logger()
# So many chains at most are in one seal; a round writes as many seals as it takes.
HEADS_MOST = 500
# The place of the desk's own chain among the heads; tickets have ids from 1.
DESK_ID = 0


class AuditSeal(Record):
    """The heads of some chains at one moment: [ticket id (0: the desk), number of entries, last digest] each."""

    __tablename__ = "audit_seal"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    heads: Mapped[list[Any]]
    digest: Mapped[str] = mapped_column(String(DIGEST_MAX))


# Only the tickets whose chain has grown since its last seal are in it, so that nothing looks through all of them.
Index("ix_ticket_unsealed", Ticket.id, sqlite_where=Ticket.audit_count > Ticket.audit_sealed,
      postgresql_where=Ticket.audit_count > Ticket.audit_sealed)


def seal(session: Session, *, now: datetime, most: int = HEADS_MOST) -> int:
    """Seal up to `most` chains that have grown since their last seal; how many it were."""
    if not _has_grown(session):
        return 0
    previous, count = lock_chain(session, SEALS)
    heads = _heads(session, most)
    if not heads:
        return 0
    number = count + 1
    digest = seal_digest(previous, number=number, at=now, heads=heads)
    session.add(AuditSeal(number=number, at=now, heads=heads, digest=digest))
    session.flush()
    move_chain(session, SEALS, head=digest, count=number)
    _mark_sealed(session, heads)
    log.info("audit_sealed", number=number, digest=digest, chains=len(heads))
    return len(heads)


def _has_grown(session: Session) -> bool:
    return bool(session.scalar(select(
        exists().where(Ticket.audit_count > Ticket.audit_sealed)
        | exists().where(DeskChain.key == DESK, DeskChain.audit_count > DeskChain.audit_sealed))))


def _heads(session: Session, most: int) -> list[list[Any]]:
    """The grown chains; a ticket that somebody works on at this moment waits for the next seal."""
    desk = session.execute(select(DeskChain.audit_count, DeskChain.audit_head).where(
        DeskChain.key == DESK, DeskChain.audit_count > DeskChain.audit_sealed)).all()
    tickets = session.execute(
        select(Ticket.id, Ticket.audit_count, Ticket.audit_head).where(Ticket.audit_count > Ticket.audit_sealed)
        .order_by(Ticket.id).limit(most - len(desk)).with_for_update(skip_locked=True))
    return [[DESK_ID, *row] for row in desk] + [list(row) for row in tickets]


def _mark_sealed(session: Session, heads: list[list[Any]]) -> None:
    """On the rows themselves, beside the ORM: a seal is no act on the ticket, and its revision stays."""
    connection = session.connection()
    for ticket_id, count, _head in heads:
        if ticket_id == DESK_ID:
            connection.execute(update(DeskChain).where(DeskChain.key == DESK).values(audit_sealed=count))
    marks = [{"id_": ticket_id, "count_": count} for ticket_id, count, _head in heads if ticket_id != DESK_ID]
    if marks:
        connection.execute(update(Ticket).where(Ticket.id == bindparam("id_")).values(
            audit_sealed=bindparam("count_")), marks)
