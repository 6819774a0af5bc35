"""Calls of other systems: queued with the step that asks, made after the commit, at least once, with one identity."""

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.database import Record
from helpdesk.errors import NotFound

MOST_TRIES = 5
FIRST_PAUSE = timedelta(seconds=30)
CLAIMED_FOR = timedelta(minutes=2)
VALUE_MOST = 500  # characters of one text of a call or an answer
VALUES_MOST = 30


class CallState(StrEnum):
    """Where a call is."""

    WAITING = "waiting"
    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"


OPEN = (CallState.WAITING.value, CallState.FAILED.value)


class SystemCall(Record):
    """One question to another system, for a token that waits at a service task.

    key: its identity, sent along, so that the other side does it once. reply: an answer that came, but the step after
    it failed: it is not asked for again.
    """

    __tablename__ = "system_call"
    __table_args__ = (UniqueConstraint("instance_id", "token"), Index("ix_system_call_due", "state", "try_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    token: Mapped[int] = mapped_column(BigInteger)
    element_id: Mapped[str] = mapped_column(String(120))
    system: Mapped[str] = mapped_column(String(60))
    operation: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    key: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=CallState.WAITING.value)
    reply: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")

    @property
    def act(self) -> str:
        """Under which name its incidents are kept."""
        return _act(self.id)

    @property
    def is_failed(self) -> bool:
        return self.state == CallState.FAILED.value


class Questions:
    """What one instance asks of other systems: the rows are made equal to the tokens that wait."""

    def __init__(self) -> None:
        self._asked: dict[int, SystemCall] = {}
        self.were_open = False

    def ask(self, token: int, *, element_id: str, system: str, operation: str, payload: Mapping[str, Any]) -> None:
        """Put a question; raises ValueError when it is not made of short values."""
        self._asked[token] = SystemCall(token=token, element_id=element_id, system=system, operation=operation,
                                        payload=short_values(payload))

    def match(self, session: Session, *, ticket_id: int, instance_id: int, tokens: Collection[int],
              now: datetime) -> list[str]:
        """Queue what was asked and still waits, and withdraw what nobody waits for any more.

        Gives the names under which incidents of the withdrawn calls are kept: they need nobody any more.
        """
        for token, call in self._asked.items():
            if token in tokens:
                call.ticket_id, call.instance_id, call.queued_at, call.try_at = ticket_id, instance_id, now, now
                call.key = secrets.token_hex(16)
                session.add(call)
        self._asked = {}
        if not self.were_open:
            return []
        gone = session.scalars(update(SystemCall).where(
            SystemCall.instance_id == instance_id, SystemCall.state.in_(OPEN), SystemCall.token.not_in(list(tokens)))
            .values(state=CallState.WITHDRAWN.value, ended_at=now).returning(SystemCall.id))
        return [_act(call_id) for call_id in gone]


def claim(session: Session, *, now: datetime, but_not: Collection[str] = ()) -> SystemCall | None:
    """A call to make now, put off for two minutes so that nobody else takes it meanwhile. but_not: systems at rest."""
    due = select(SystemCall.id).where(SystemCall.state == CallState.WAITING.value, SystemCall.try_at <= now)
    if but_not:
        due = due.where(SystemCall.system.not_in(but_not))
    due = due.order_by(SystemCall.try_at, SystemCall.id).limit(1).with_for_update(skip_locked=True)
    # A subquery that PostgreSQL might run twice would claim two: the id is read first, under its lock.
    call_id = session.scalar(due)
    if call_id is None:
        return None
    taken = session.scalar(
        update(SystemCall).where(SystemCall.id == call_id, SystemCall.state == CallState.WAITING.value,
                                 SystemCall.try_at <= now)
        .values(try_at=now + CLAIMED_FOR, tries=SystemCall.tries + 1).returning(SystemCall.id))
    return _read(session, taken) if taken is not None else None


def put_off(session: Session, call: SystemCall, reason: str, *, now: datetime, is_final: bool = False,
            reply: Mapping[str, Any] | None = None) -> bool:
    """Try a claimed call later, twice as late each time; False after the last try, when a person must look.

    reply: what the system answered, to go on from without asking it again.
    """
    is_over = is_final or call.tries >= MOST_TRIES
    session.execute(update(SystemCall).where(
        SystemCall.id == call.id, SystemCall.state == CallState.WAITING.value).values(
        state=CallState.FAILED.value if is_over else CallState.WAITING.value, error=reason[:VALUE_MOST],
        reply=dict(reply) if reply is not None else None, try_at=now + FIRST_PAUSE * 2 ** max(0, call.tries - 1)))
    return not is_over


def try_again(session: Session, call: SystemCall, *, now: datetime) -> None:
    """Give a call another round, at once. One that was refused is a new question to the other side."""
    if call.reply is not None and "error" in call.reply:
        call.key, call.reply = secrets.token_hex(16), None
    call.state, call.tries, call.try_at, call.error = CallState.WAITING.value, 0, now, ""
    session.flush()


def get_call(session: Session, call_id: int) -> SystemCall:
    """The call as it is now in the database."""
    call = _read(session, call_id)
    if call is None:
        raise NotFound()
    return call


def list_open_calls(session: Session, ticket_id: int) -> list[SystemCall]:
    """The calls of a ticket that wait for an answer, or for a person because they failed."""
    return list(session.scalars(select(SystemCall).where(
        SystemCall.ticket_id == ticket_id, SystemCall.state.in_(OPEN)).order_by(SystemCall.id)))


def oldest_waiting(session: Session) -> datetime | None:
    """When the oldest call that is not answered was queued."""
    return session.scalar(select(func.min(SystemCall.queued_at)).where(SystemCall.state == CallState.WAITING.value))


def short_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they may be sent, received and kept among the variables; raises ValueError when one may not."""
    if len(values) > VALUES_MOST:
        raise ValueError(f"more than {VALUES_MOST} values")
    return {name: _short(name, value) for name, value in values.items()}


def _short(name: str, value: Any) -> Any:
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, bool | int | float):
        if isinstance(value, int) and abs(value) >= 2**63:
            raise ValueError(f"{name} is too large a number")
        return value
    text = value.isoformat() if hasattr(value, "isoformat") else value
    if not isinstance(text, str) or len(text) > VALUE_MOST or "\x00" in text:
        raise ValueError(f"{name} is not a short value")
    return text


def _act(call_id: int) -> str:
    return f"call:{call_id}"


def _read(session: Session, call_id: int) -> SystemCall | None:
    found: Iterable[SystemCall] = session.scalars(select(SystemCall).where(SystemCall.id == call_id)
                                                  .execution_options(populate_existing=True))
    return next(iter(found), None)
