"""Remarks about the help desk itself: praise, a remark or a wish, with a number, answered in words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from helpdesk import audit, outbox
from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound
from helpdesk.people.accounts import Person, Role, list_with_role
from helpdesk.people.policy import Act, demand, may
from helpdesk.people.signin import check_tries, count_try
from helpdesk.years import year_of

BODY_MAX = 5000
DAY, MOST_A_DAY = timedelta(days=1), 10


class RemarkKind(StrEnum):
    """What somebody wants to say."""

    PRAISE = "praise"
    REMARK = "remark"
    WISH = "wish"


class RemarkState(StrEnum):
    """Where a remark stands."""

    NEW = "new"
    ANSWERED = "answered"
    CLOSED = "closed"


NEXT: Mapping[RemarkState, frozenset[RemarkState]] = {
    RemarkState.NEW: frozenset({RemarkState.ANSWERED, RemarkState.CLOSED}),
    RemarkState.ANSWERED: frozenset({RemarkState.ANSWERED, RemarkState.CLOSED}),
    RemarkState.CLOSED: frozenset({RemarkState.ANSWERED}),
}


class EmptyRemark(DeskError):
    """Write what you want to say."""


class OverlongRemark(DeskError):
    """A remark may have at most {most} characters."""


class Remark(Record):
    """One remark of one person. number: UW/2026/0001."""

    __tablename__ = "remark"
    __table_args__ = (Index("ix_remark_state", "state", "made_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default=RemarkState.NEW.value)
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()
    answers: Mapped[list["RemarkAnswer"]] = relationship(lazy="selectin", order_by="RemarkAnswer.id")

    @property
    def number(self) -> str:
        return f"UW/{year_of(self.made_at)}/{self.id:04d}"


class RemarkAnswer(Record):
    """What a lead or manager wrote back."""

    __tablename__ = "remark_answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]
    by: Mapped[Person] = relationship(lazy="joined")


def make(session: Session, *, kind: RemarkKind, body: str, by: Person, now: datetime) -> Remark:
    """Keep a remark and tell the managers. Raises EmptyRemark, OverlongRemark, TooManyTries."""
    body = _checked(body)
    check_tries(session, f"remark:{by.id}", most=MOST_A_DAY, within=DAY, now=now)
    remark = Remark(person_id=by.id, kind=kind.value, body=body, made_at=now)
    session.add(remark)
    session.flush()
    count_try(session, f"remark:{by.id}", now=now)
    for manager in list_with_role(session, Role.MANAGER):
        if manager.id != by.id:
            outbox.queue(session, to=manager, text="remark_new", now=now, number=remark.number, said=body,
                         path=f"/remarks/{remark.id}")
    audit.record(session, "remark_made", by=by.id, now=now, remark_id=remark.id)
    return remark


def answer(session: Session, remark: Remark, body: str, *, by: Person, now: datetime) -> None:
    """Answer in words; the person gets them by letter and in the page.

    Raises NotAllowed, EmptyRemark, OverlongRemark.
    """
    demand(by, Act.ANSWER_REMARKS)
    body = _checked(body)
    session.add(RemarkAnswer(remark_id=remark.id, by_id=by.id, body=body, said_at=now))
    _move(remark, RemarkState.ANSWERED)
    remark.closed_at = None
    session.flush()
    session.expire(remark, ["answers"])
    outbox.queue(session, to=remark.person, text="remark_answered", now=now, number=remark.number, said=body,
                 path=f"/remarks/{remark.id}")
    audit.record(session, "remark_answered", by=by.id, now=now, remark_id=remark.id)


def close(session: Session, remark: Remark, *, by: Person, now: datetime) -> None:
    """Nothing more is to be said; a later answer opens it again. Raises NotAllowed."""
    demand(by, Act.ANSWER_REMARKS)
    if remark.state == RemarkState.CLOSED.value:
        return
    _move(remark, RemarkState.CLOSED)
    remark.closed_at = now
    session.flush()
    audit.record(session, "remark_closed", by=by.id, now=now, remark_id=remark.id)


def get_remark(session: Session, remark_id: int, *, by: Person) -> Remark:
    """The remark, for who made it and who may answer; for anybody else there is none. Raises NotFound."""
    remark = session.get(Remark, remark_id)
    if remark is None or (remark.person_id != by.id and not may(by, Act.ANSWER_REMARKS)):
        raise NotFound()
    return remark


def list_remarks(session: Session, *, of: Person | None = None, states: frozenset[RemarkState] = frozenset(),
                 most: int = 50, skip: int = 0) -> list[Remark]:
    """Remarks of one person, or of everybody: the newest first."""
    query = select(Remark).order_by(Remark.id.desc()).limit(most).offset(skip)
    if of is not None:
        query = query.where(Remark.person_id == of.id)
    if states:
        query = query.where(Remark.state.in_([state.value for state in states]))
    return list(session.scalars(query))


def count_remarks(session: Session) -> dict[RemarkState, int]:
    """How many remarks there are, by state."""
    rows = session.execute(select(Remark.state, func.count(Remark.id)).group_by(Remark.state))
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state.value, 0) for state in RemarkState}


def _move(remark: Remark, to: RemarkState) -> None:
    assert to in NEXT[RemarkState(remark.state)], f"{remark.state} does not lead to {to}"
    remark.state = to.value


def _checked(body: str) -> str:
    body = body.replace("\x00", "").strip()
    if not body:
        raise EmptyRemark()
    if len(body) > BODY_MAX:
        raise OverlongRemark(most=BODY_MAX)
    return body
