"""Alarms: one row for each moment at which something has to happen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.database import Record
from helpdesk.statements import rows
from helpdesk.statements.prepared import Prepared
from helpdesk.tickets import Ticket

FIRST_PAUSE = timedelta(seconds=20)
MOST_TRIES = 5


class Kind(StrEnum):
    """Where an alarm comes from: a timer drawn in the diagram, or a threshold of a clock."""

    TIMER = "timer"
    CLOCK = "clock"


@dataclass(frozen=True)
class AlarmKey:
    """What makes an alarm of a ticket one and the same.

    token: the engine's token for a timer, the clock's id for a clock. threshold: in percent, 0 for a timer.
    """

    kind: Kind
    token: int
    generation: int
    threshold: int = 0


class Alarm(Record):
    """One due moment. It is fired once (`fired_at`), and stays as a record of how late it was."""

    __tablename__ = "alarm"
    __table_args__ = (UniqueConstraint("ticket_id", "kind", "token", "generation", "threshold"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str] = mapped_column(String(10))
    token: Mapped[int] = mapped_column(BigInteger)
    generation: Mapped[int]
    threshold: Mapped[int] = mapped_column(default=0)
    element_id: Mapped[str] = mapped_column(String(120), default="")
    due_at: Mapped[datetime]
    try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    fired_at: Mapped[datetime | None]

    @property
    def key(self) -> AlarmKey:
        return AlarmKey(Kind(self.kind), self.token, self.generation, self.threshold)


_ALARMS = cast(Table, Alarm.__table__)
# Built once: every act of every ticket asks this (docs/performance.md).
_OF_TICKET = Prepared(select(
    _ALARMS.c.id, _ALARMS.c.due_at, _ALARMS.c.fired_at, _ALARMS.c.kind, _ALARMS.c.token, _ALARMS.c.generation,
    _ALARMS.c.threshold).where(_ALARMS.c.ticket_id == bindparam("of_ticket")))
_ONE = _ALARMS.c.id == bindparam("row")
_DROP = Prepared(delete(_ALARMS).where(_ONE))
_MOVE = Prepared(update(_ALARMS).where(_ONE).values(due_at=bindparam("moment"), try_at=bindparam("moment"), tries=0))
_MARK_FIRED = update(_ALARMS).where(_ONE).values(fired_at=bindparam("moment"))
Index("ix_alarm_unfired", Alarm.try_at, sqlite_where=Alarm.fired_at.is_(None),
      postgresql_where=Alarm.fired_at.is_(None))


def match(session: Session, ticket_id: int, wanted: Mapping[AlarmKey, tuple[datetime, str]], *,
          is_new: bool = False) -> None:
    """Make the ticket's open alarms equal to `wanted` (key → due moment, element id); fired ones stay as they are.

    is_new: the ticket has none yet.
    """
    known = {AlarmKey(Kind(kind), *rest): (row, due_at, fired_at) for row, due_at, fired_at, kind, *rest in
             ([] if is_new else _OF_TICKET.read(session, {"of_ticket": ticket_id}))}
    gone = [{"row": row} for key, (row, _, fired_at) in known.items() if fired_at is None and key not in wanted]
    moved = [{"row": known[key][0], "moment": due_at} for key, (due_at, _) in wanted.items()
             if key in known and known[key][2] is None and known[key][1] != due_at]
    fresh = [{"ticket_id": ticket_id, "kind": key.kind.value, "token": key.token, "generation": key.generation,
              "threshold": key.threshold, "element_id": element_id, "due_at": due_at, "try_at": due_at, "tries": 0}
             for key, (due_at, element_id) in wanted.items() if key not in known]
    for statement, many in ((_DROP, gone), (_MOVE, moved)):
        if many:
            statement.send(session, *many)
    if fresh:
        rows.add_all(session, Alarm, fresh)


def next_due_ticket(session: Session, *, now: datetime, but_not: frozenset[int] = frozenset()) -> int | None:
    """The ticket whose alarm is due longest; PostgreSQL locks it, and passes over tickets that others have."""
    query = (select(Alarm.ticket_id).join(Ticket, Ticket.id == Alarm.ticket_id)
             .where(Alarm.fired_at.is_(None), Alarm.try_at <= now).order_by(Alarm.try_at).limit(1)
             .with_for_update(of=Ticket, skip_locked=True))
    if but_not:
        query = query.where(Alarm.ticket_id.not_in(but_not))
    return session.scalar(query)


def list_due(session: Session, ticket_id: int, *, now: datetime) -> list[Alarm]:
    """The ticket's unfired alarms that are due, the earliest first."""
    return list(session.scalars(
        select(Alarm).where(Alarm.ticket_id == ticket_id, Alarm.fired_at.is_(None), Alarm.due_at <= now)
        .order_by(Alarm.due_at, Alarm.id)))


def mark_fired(session: Session, alarms: Collection[Alarm], *, now: datetime) -> None:
    session.connection().execute(_MARK_FIRED, [{"row": alarm.id, "moment": now} for alarm in alarms])


def put_off(session: Session, ticket_id: int, *, now: datetime) -> int:
    """After a failure: try the ticket's due alarms later, twice as late each time; gives how often it was tried."""
    tries = session.scalar(select(func.max(Alarm.tries)).where(
        Alarm.ticket_id == ticket_id, Alarm.fired_at.is_(None), Alarm.try_at <= now)) or 0
    pause = FIRST_PAUSE * 2 ** tries if tries + 1 < MOST_TRIES else timedelta(days=3650)
    session.execute(update(Alarm).where(Alarm.ticket_id == ticket_id, Alarm.fired_at.is_(None), Alarm.try_at <= now)
                    .values(tries=tries + 1, try_at=now + pause))
    return tries + 1


def try_again(session: Session, ticket_id: int, *, now: datetime) -> None:
    """A person has mended the cause: due alarms may be tried at once."""
    session.execute(update(Alarm).where(Alarm.ticket_id == ticket_id, Alarm.fired_at.is_(None), Alarm.due_at <= now)
                    .values(tries=0, try_at=now))


def oldest_overdue(session: Session, *, now: datetime) -> datetime | None:
    """The due moment of the alarm that waits longest, if any is due."""
    return session.scalar(select(func.min(Alarm.try_at)).where(Alarm.fired_at.is_(None), Alarm.try_at <= now))


def next_due(session: Session) -> datetime | None:
    return session.scalar(select(func.min(Alarm.try_at)).where(Alarm.fired_at.is_(None)))
