"""Clocks of tickets and steps as records: what was promised, and the events that moved it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from helpdesk.database import Record
from helpdesk.statements.prepared import Prepared, columns_of, objects, put
from sla.calendars import Calendar, get_calendar
from sla.clocks import COMPLAINT, THRESHOLDS, ClockEvent, ClockEventKind, Reading, Threshold, read
from sla.durations import parse_allowed


class PauseReason(StrEnum):
    """Why a clock stands still."""

    WAITING_FOR_CLIENT = "waiting_for_client"
    SOLUTION_OFFERED = "solution_offered"
    COMPLAINT = COMPLAINT
    PLANNED_BREAK = "planned_break"
    KNOWN_FAILURE = "known_failure"


# Reasons that the desk gives and lifts itself: no diagram knows when they are over.
OF_DESK = frozenset({PauseReason.COMPLAINT, PauseReason.KNOWN_FAILURE})


class Clock(Record):
    """The running time of one promise: of the ticket, or of one step when `token` is set."""

    __tablename__ = "clock"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    token: Mapped[int | None]
    key: Mapped[str] = mapped_column(String(60))
    is_stopped: Mapped[bool] = mapped_column(default=False)
    breached_at: Mapped[datetime | None]
    events: Mapped[list["ClockMove"]] = relationship(
        lazy="selectin", order_by="ClockMove.id", cascade="all, delete-orphan")

    def reading(self, calendars: Mapping[str, Calendar], now: datetime) -> Reading:
        return read([move.as_event() for move in self.events], calendars, now)

    @property
    def allowed(self) -> str:
        """The target that holds now, in the notation."""
        return next((move.allowed for move in reversed(self.events) if move.allowed), "")

    @property
    def generation(self) -> int:
        """How many targets the clock has had: thresholds pass anew for each."""
        return sum(move.kind in {"started", "target_changed"} for move in self.events)


class ClockMove(Record):
    """One event of a clock; never changed, only added."""

    __tablename__ = "clock_move"
    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40), default="")
    allowed: Mapped[str] = mapped_column(String(60), default="")

    def as_event(self) -> ClockEvent:
        return ClockEvent(self.at, ClockEventKind(self.kind), self.reason or None,
                          parse_allowed(self.allowed) if self.allowed else None)


def list_clocks(session: Session, ticket_id: int) -> list[Clock]:
    """The ticket's clocks with their events."""
    moves: dict[Clock, list[ClockMove]] = {}
    for row in _OF_TICKET.read(session, {"ticket_id": ticket_id}):
        clock, move = objects(session, row, Clock, ClockMove)
        moves.setdefault(clock, []).extend([move] if move is not None else [])
    for clock, events in moves.items():
        if "events" not in clock.__dict__:
            # What the session has added to a clock and not written yet stays.
            set_committed_value(clock, "events", events)
    return list(moves)


# Every act reads them.
# The promise that lists and the client see.
SOLUTION_CLOCK = "solution"
_OF_TICKET = Prepared(
    select(*columns_of(Clock, ClockMove)).select_from(Clock).outerjoin(ClockMove, ClockMove.clock_id == Clock.id)
    .where(Clock.ticket_id == bindparam("ticket_id")).order_by(Clock.id, ClockMove.id))


class Promises:
    """The clocks of one ticket during one act: read once, moved in memory, written when the act is saved."""

    def __init__(self, session: Session, ticket_id: int, calendars: Mapping[str, Calendar], *, is_new: bool) -> None:
        self._session = session
        self._ticket_id = ticket_id
        self._calendars = calendars
        self.clocks = [] if is_new else list_clocks(session, ticket_id)
        self._readings: dict[tuple[Clock, int, datetime], Reading] = {}
        self._dues: dict[tuple[Clock, int, datetime], datetime | None] = {}

    def find(self, key: str, token: int | None = None) -> Clock | None:
        """The clock of the ticket, or of the step with this token."""
        same = [clock for clock in self.clocks if clock.key == key and clock.token == token]
        return same[-1] if same else None

    def start(self, key: str, allowed: str, *, now: datetime, token: int | None = None) -> None:
        """Start the clock; a clock that was started before gets a new target and keeps the time it has used."""
        target = parse_allowed(allowed)
        if target.calendar is not None:
            get_calendar(target.calendar, self._calendars)
        clock = self.find(key, token)
        if clock is None or clock.is_stopped:
            clock = put(self._session, Clock, ticket_id=self._ticket_id, token=token, key=key)
            set_committed_value(clock, "events", [])
            self.clocks.append(clock)
            self._add(clock, ClockEventKind.STARTED, now, allowed=str(target))
        elif clock.allowed != str(target):
            self._add(clock, ClockEventKind.TARGET_CHANGED, now, allowed=str(target))

    def pause(self, key: str, reason: PauseReason, *, now: datetime) -> None:
        """Let the clock stand; without that clock, or when it has stopped, nothing happens."""
        clock = self.find(key)
        if clock is not None and not clock.is_stopped:
            self._add(clock, ClockEventKind.PAUSED, now, reason=reason.value)

    def resume(self, key: str, *, now: datetime, reason: PauseReason | None = None) -> None:
        """Lift a reason, or all but those of the desk (OF_DESK); the clock stands while any reason is left."""
        clock = self.find(key)
        if clock is None or clock.is_stopped:
            return
        for one in self.reading(clock, now=now).pause_reasons:
            if one == reason or (reason is None and one not in OF_DESK):
                self._add(clock, ClockEventKind.RESUMED, now, reason=one)

    def stop(self, key: str, *, now: datetime, token: int | None = None) -> None:
        clock = self.find(key, token)
        if clock is not None and not clock.is_stopped:
            self._add(clock, ClockEventKind.STOPPED, now)
            clock.is_stopped = True
            clock.breached_at = clock.reading(self._calendars, now).breached_at

    def stop_all(self, *, now: datetime) -> None:
        for clock in self.clocks:
            self.stop(clock.key, now=now, token=clock.token)

    def due_at(self, key: str, *, now: datetime, token: int | None = None) -> datetime | None:
        """When the clock is due if it goes on running."""
        clock = self.find(key, token)
        if clock is None or clock.is_stopped:
            return None
        moved = clock, len(clock.events), now
        if moved not in self._dues:
            self._dues[moved] = self.reading(clock, now=now).due_at
        return self._dues[moved]

    def reading(self, clock: Clock, *, now: datetime) -> Reading:
        """What the clock shows: asked several times in an act, and read again when something has happened to it."""
        key = clock, len(clock.events), now
        if key not in self._readings:
            self._readings[key] = clock.reading(self._calendars, now)
        return self._readings[key]

    def thresholds(self, *, now: datetime) -> list[tuple[Clock, Threshold, datetime]]:
        """Every threshold that a running clock has passed or will pass, with its moment."""
        found = []
        for clock in self.clocks:
            if clock.is_stopped:
                continue
            reading = self.reading(clock, now=now)
            if not reading.is_running:
                continue
            for threshold in THRESHOLDS:
                moment = reading.moment_of(threshold.share)
                if moment is not None:
                    found.append((clock, threshold, moment))
        return found

    def note_breach(self, clock: Clock, *, now: datetime) -> None:
        """Remember the moment of the breach on the clock's row, for lists and reports."""
        clock.breached_at = clock.reading(self._calendars, now).breached_at

    def _add(self, clock: Clock, kind: ClockEventKind, at: datetime, *, reason: str = "", allowed: str = "") -> None:
        move = put(self._session, ClockMove, clock_id=clock.id, at=at, kind=kind.value, reason=reason, allowed=allowed)
        set_committed_value(clock, "events", [*clock.events, move])
