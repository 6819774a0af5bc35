"""Clocks: the running time of one promise, read from the list of what happened to it.

Nothing is counted up and stored. A reading goes over the stretches in which the clock ran and measures them in the
target that holds now: when the target or its calendar changes, the working time already used stays used, measured
anew in the new calendar, and is compared with the new target. So a longer target can take a breach back, and a
shorter one can breach in the past.

Several reasons can pause a clock at once; it runs again when the last of them is lifted (a resumption without a
reason lifts them all). An event that changes nothing, such as the pause of a stopped clock, is passed over: a diagram
that loops must not break the clock. A second start begins the promise afresh. An event recorded after another one
cannot lie before it: the later moment counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from helpdesk.errors import DeskError
from sla.calendars import Calendar, calendar_of, due_at, spent
from sla.durations import Allowed


class BadClock(DeskError):
    """The clock cannot be read: {reason}."""


class ClockEventKind(StrEnum):
    """What can happen to a clock."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    TARGET_CHANGED = "target_changed"


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One thing that happened to a clock.

    at: UTC-aware. reason: why it was paused, or which pause is lifted. allowed: the target, of a start or a change.
    """

    at: datetime
    kind: ClockEventKind
    reason: str | None = None
    allowed: Allowed | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of the time allowed at which something has to happen; code: the end of its escalation's code."""

    code: str
    share: Fraction


HALF = Threshold("50", Fraction(1, 2))
THREE_QUARTERS = Threshold("75", Fraction(3, 4))
BREACH = Threshold("breach", Fraction(1))
OVERDUE = Threshold("overdue", Fraction(3, 2))
# The reason told before all others: what is disputed waits for the decision, whatever it waited for before.
COMPLAINT = "complaint"
THRESHOLDS = (HALF, THREE_QUARTERS, BREACH, OVERDUE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock shows at one moment.

    runs: the stretches in which it ran; the last one ends now if it is running. pause_reasons: oldest first.
    """

    now: datetime
    allowed: Allowed
    calendar: Calendar | None
    runs: tuple[tuple[datetime, datetime], ...]
    is_running: bool
    pause_reasons: tuple[str, ...] = ()
    stopped_at: datetime | None = None

    @property
    def started_at(self) -> datetime:
        """When the promise was made."""
        return self.runs[0][0]

    @property
    def is_paused(self) -> bool:
        """Whether it waits for a reason to be lifted."""
        return not self.is_running and self.stopped_at is None

    @property
    def paused_because(self) -> str | None:
        """The reason that people are told: a complaint before all others, else the oldest that still pauses it."""
        if COMPLAINT in self.pause_reasons:
            return COMPLAINT
        return self.pause_reasons[0] if self.pause_reasons else None

    @property
    def used(self) -> Fraction:
        """The share of the time allowed that is used: 1 at the due moment, more after it."""
        return sum((spent(since, until, self.allowed, self.calendar) for since, until in self.runs), Fraction(0))

    @property
    def left(self) -> Fraction:
        """What is left, in the unit of the target: working days, or microseconds. Negative when overdue."""
        return (1 - self.used) * self.allowed.size

    @property
    def remaining(self) -> timedelta | None:
        """The time left of a target in hours; negative when overdue. None for a target in working days."""
        return None if self.allowed.is_in_days else timedelta(microseconds=int(self.left))

    @property
    def remaining_days(self) -> Fraction | None:
        """The working days left of a target in working days; negative when overdue. None for a target in hours."""
        return self.left if self.allowed.is_in_days else None

    @property
    def due_at(self) -> datetime | None:
        """The moment all the time is used: past if it is, otherwise if it goes on running; None while it does not."""
        return self.moment_of(BREACH.share)

    @property
    def breached_at(self) -> datetime | None:
        """The due moment, once it has passed with the promise not kept."""
        due = self.due_at
        if due is None or due > self.now or self.met:
            return None
        return due

    @property
    def met(self) -> bool:
        """Whether it was stopped at the due moment or before it."""
        if self.stopped_at is None:
            return False
        due = self.due_at
        return due is None or self.stopped_at <= due

    def moment_of(self, share: Fraction) -> datetime | None:
        """The first moment at which `share` of the time allowed is used.

        A moment in the past if it is already used, else the moment to come if the clock goes on running, else None.
        """
        used = Fraction(0)
        for number, (since, until) in enumerate(self.runs, 1):
            open_ended = self.is_running and number == len(self.runs)
            moment = due_at(since, self.allowed, self.calendar, share=share - used) if open_ended else None
            if moment is not None:
                return moment
            spent_here = spent(since, until, self.allowed, self.calendar)
            if used + spent_here >= share:
                return due_at(since, self.allowed, self.calendar, share=share - used)
            used += spent_here
        return None


def read(events: Sequence[ClockEvent], calendars: Mapping[str, Calendar], now: datetime) -> Reading:
    """What the clock shows at `now`, or at its last event if that is later (clocks of two machines differ).

    events: in the order they were recorded. calendars: in the versions that hold for this clock.
    Raises BadClock if the clock never started or has no target; UnknownCalendar; NoWorkingTime only from the moments
    asked of the reading.
    """
    trace = _Trace()
    at: datetime | None = None
    for event in events:
        at = event.at if at is None else max(at, event.at)
        trace.take(event, at)
    if at is None or trace.allowed is None or trace.began_at is None:
        raise BadClock(reason="it was never started")
    return trace.reading(max(at, now), trace.allowed, calendars)


class _Trace:
    """What is known after some of the events."""

    def __init__(self) -> None:
        self.allowed: Allowed | None = None
        self.began_at: datetime | None = None
        self.runs: list[tuple[datetime, datetime]] = []
        self.running_since: datetime | None = None
        self.reasons: list[str] = []
        self.stopped_at: datetime | None = None

    def take(self, event: ClockEvent, at: datetime) -> None:
        if event.kind == ClockEventKind.STARTED:
            self._start(_target(event), at)
        elif self.began_at is None or self.stopped_at is not None:
            return
        elif event.kind == ClockEventKind.PAUSED:
            self._pause(event.reason or "", at)
        elif event.kind == ClockEventKind.RESUMED:
            self._resume(event.reason or None, at)
        elif event.kind == ClockEventKind.TARGET_CHANGED:
            self.allowed = _target(event)
        elif event.kind == ClockEventKind.STOPPED:
            self._close_run(at)
            self.reasons.clear()
            self.stopped_at = at

    def reading(self, now: datetime, allowed: Allowed, calendars: Mapping[str, Calendar]) -> Reading:
        runs = list(self.runs)
        if self.running_since is not None:
            runs.append((self.running_since, now))
        return Reading(
            now=now,
            allowed=allowed,
            calendar=calendar_of(allowed, calendars),
            runs=tuple(runs),
            is_running=self.running_since is not None,
            pause_reasons=tuple(self.reasons),
            stopped_at=self.stopped_at,
        )

    def _start(self, allowed: Allowed, at: datetime) -> None:
        self.allowed = allowed
        self.began_at = self.running_since = at
        self.runs, self.reasons, self.stopped_at = [], [], None

    def _pause(self, reason: str, at: datetime) -> None:
        self._close_run(at)
        if reason not in self.reasons:
            self.reasons.append(reason)

    def _resume(self, reason: str | None, at: datetime) -> None:
        if not self.reasons:
            return
        self.reasons = [kept for kept in self.reasons if reason is not None and kept != reason]
        if not self.reasons:
            self.running_since = at

    def _close_run(self, at: datetime) -> None:
        if self.running_since is not None:
            self.runs.append((self.running_since, at))
            self.running_since = None


def _target(event: ClockEvent) -> Allowed:
    if event.allowed is None or not event.allowed.size:
        raise BadClock(reason=f"the event {event.kind} needs a time allowed above zero")
    return event.allowed
