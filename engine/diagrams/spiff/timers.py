"""When a drawn timer is due. The wall clock is never asked: a timer is armed once and fired by the alarm alone."""

import re
from collections.abc import Callable
from datetime import datetime

import msgspec

from engine.diagrams.elements import Clockwork, Element
from engine.diagrams.errors import EngineError

MAX_CYCLES = 1_000
MAX_MISSED = 1_000

Reckon = Callable[[object, datetime], datetime]

_CYCLE = re.compile(r"R(\d*)/(.+)", re.DOTALL)


class Armed(msgspec.Struct, frozen=True, array_like=True):
    """A timer that runs: the next due moment, and for a cycle how many firings are left and how far apart.

    remaining: firings left, this one included. generation: grows with each re-arming.
    """

    due_at: datetime
    generation: int = 0
    remaining: int = 1
    period: str = ""


def arm(element: Element, value: object, *, now: datetime, reckon: Reckon) -> Armed:
    """The timer of `element` as it stands when a token arrives; value: what its FEEL expression gave."""
    if value is None:
        raise EngineError(element_id=element.id, reason=f"the timer {element.timer} has no value")
    if element.clockwork is not Clockwork.CYCLE:
        return Armed(_moment(element, value, now, reckon))
    found = _CYCLE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise EngineError(element_id=element.id, reason=f"the cycle {value} is not written as R3/P1D")
    count, period = found.groups()
    remaining = min(int(count or MAX_CYCLES), MAX_CYCLES)
    if remaining == 0:
        raise EngineError(element_id=element.id, reason="the cycle has no rounds")
    return Armed(_moment(element, period, now, reckon), remaining=remaining, period=period)


def rearm(element: Element, armed: Armed, *, now: datetime, reckon: Reckon) -> Armed | None:
    """The timer after a firing, None when it was the last one.

    The next moment is counted from the one that was due, so cycles do not drift. Moments that passed meanwhile
    (nobody was there to fire them) count as fired: after an outage a cycle fires once.
    """
    due_at, remaining = armed.due_at, armed.remaining
    for _ in range(MAX_MISSED):
        remaining -= 1
        if remaining < 1 or not armed.period:
            return None
        following = _moment(element, armed.period, due_at, reckon)
        if following <= due_at:
            raise EngineError(element_id=element.id, reason=f"the cycle {armed.period} does not advance")
        due_at = following
        if due_at > now:
            break
    else:
        return None
    return Armed(due_at, armed.generation + 1, remaining, armed.period)


def _moment(element: Element, value: object, start: datetime, reckon: Reckon) -> datetime:
    due_at = reckon(value, start)
    if due_at.tzinfo is None:
        raise EngineError(element_id=element.id, reason=f"the due moment of {value} has no time zone")
    return due_at
