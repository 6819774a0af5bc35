"""Availability: how long systems were away, computed from the announcements and from nothing else.

A channel is away while a failure lasts that names it, or that names no channel. A system is away while all of its
channels are: one channel that fails by itself is shown at the system and counts at that channel. Local failures count
like central ones. Difficulties and planned breaks are shown and do not count. Announcements that overlap count once.
Local days of Warsaw have 23, 24 or 25 hours, and are measured in UTC.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import IntEnum
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from helpdesk.announcements.kinds import FAILURES, PUBLIC, TROUBLES, Audience, Environment, Kind, Way
from helpdesk.announcements.records import Announcement
from helpdesk.years import ZONE

DAYS = 90
CENT = Decimal("0.01")
MILLISECOND = timedelta(milliseconds=1)


class Level(IntEnum):
    """The worst of a day. PART: some channels of the system failed, and others worked."""

    FINE = 0
    BREAK = 1
    DIFFICULTY = 2
    PART = 3
    FAILURE = 4


LEVELS = {Kind.PLANNED_BREAK: Level.BREAK, Kind.DIFFICULTY: Level.DIFFICULTY,
          Kind.CENTRAL_FAILURE: Level.FAILURE, Kind.LOCAL_FAILURE: Level.FAILURE}


class Span(NamedTuple):
    """A stretch of time, in UTC, without its end."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Day:
    """One local day: how bad it was at its worst, and for how long the system was away."""

    on: date
    level: Level
    away_for: timedelta


@dataclass(frozen=True)
class History:
    """The last days of a system or of one of its channels."""

    days: tuple[Day, ...]
    away_for: timedelta
    percent: Decimal

    @property
    def bad_days(self) -> list[Day]:
        return [day for day in self.days if day.level is not Level.FINE]


def list_troubles(session: Session, *, now: datetime, audiences: Collection[Audience], days: int = DAYS,
                  environment: Environment = Environment.PRODUCTION) -> list[Announcement]:
    """What was published about troubles that lasted at some time of these days."""
    since = window(now, days).since
    return list(session.scalars(select(Announcement).where(
        Announcement.state.in_([state.value for state in PUBLIC]), Announcement.starts_at <= now,
        Announcement.kind.in_([kind.value for kind in TROUBLES]), Announcement.environment == environment.value,
        Announcement.audience.in_([audience.value for audience in audiences]), Announcement.is_called_off.is_(False),
        or_(Announcement.ended_at.is_(None), Announcement.ended_at > since))))


def window(now: datetime, days: int = DAYS) -> Span:
    """From the local midnight with which the first of these days began up to now; today is the last of them."""
    first = now.astimezone(ZONE).date() - timedelta(days=days - 1)
    return Span(_midnight(first), now)


def level_of(one: Announcement, way: Way | None = None) -> Level:
    """How bad it is for the system as a whole, or for one channel that it is about."""
    level = LEVELS[Kind(one.kind)]
    is_part = level is Level.FAILURE and way is None and one.channels and not set(Way) <= set(one.channels)
    return Level.PART if is_part else level


def history(troubles: Iterable[Announcement], *, now: datetime, way: Way | None = None, days: int = DAYS) -> History:
    """The last days of a system, from the troubles about it; of one channel if `way` is given.

    A trouble that names no channel is about all of them. One that still lasts has lasted until now.
    """
    whole = window(now, days)
    about = [one for one in troubles if not one.is_called_off and (way is None or is_about(one, way))]
    spans = [(one, span) for one in about if (span := _clip(_span(one, now), whole)) is not None]
    failed = [(one, span) for one, span in spans if LEVELS[Kind(one.kind)] is Level.FAILURE]
    ways = list(Way) if way is None else [way]
    away = common([merge(span for one, span in failed if is_about(one, each)) for each in ways])
    away_for = _length(away)
    shown = [(level_of(one, way), span) for one, span in spans] + [(Level.FAILURE, span) for span in away]
    return History(tuple(_days(whole, days, shown, away)), away_for, _percent(away_for, whole.until - whole.since))


def is_about(one: Announcement, way: Way) -> bool:
    """Whether a trouble is about a channel: it names it, or it names none."""
    return not one.channels or way.value in one.channels


def common(many: Sequence[list[Span]]) -> list[Span]:
    """The time that lies in each of these: the stretches of each are in order and do not touch."""
    found = many[0]
    for spans in many[1:]:
        found = [cut for one in found for other in spans if (cut := _clip(one, other)) is not None]
    return found


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time as stretches that do not touch each other, in their order."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.since <= found[-1].until:
            found[-1] = Span(found[-1].since, max(found[-1].until, span.until))
        else:
            found.append(span)
    return found


def ways_of(troubles: Iterable[Announcement]) -> list[Way]:
    """The channels that failed by themselves, in their usual order."""
    named = {way for one in troubles if one.kind in FAILURES | {Kind.DIFFICULTY} for way in one.channels}
    return [way for way in Way if way.value in named]


def _days(whole: Span, days: int, spans: list[tuple[Level, Span]], away: list[Span]) -> Iterable[Day]:
    first = whole.since.astimezone(ZONE).date()
    for number in range(days):
        on = first + timedelta(days=number)
        day = Span(_midnight(on), min(_midnight(on + timedelta(days=1)), whole.until))
        levels = [level for level, span in spans if _clip(span, day) is not None]
        here = [cut for span in away if (cut := _clip(span, day)) is not None]
        yield Day(on, max(levels, default=Level.FINE), _length(here))


def _span(one: Announcement, now: datetime) -> Span:
    return Span(one.starts_at, min(one.end_at(now) or now, now))


def _clip(span: Span, within: Span) -> Span | None:
    cut = Span(max(span.since, within.since), min(span.until, within.until))
    return cut if cut.since < cut.until else None


def _length(spans: Iterable[Span]) -> timedelta:
    return sum((span.until - span.since for span in spans), timedelta(0))


def _percent(away_for: timedelta, whole: timedelta) -> Decimal:
    """What is left of a hundred, rounded down: never more is promised than there was."""
    if not whole:
        return Decimal("100.00")
    left = Decimal((whole - away_for) // MILLISECOND) / Decimal(whole // MILLISECOND)
    return (100 * left).quantize(CENT, ROUND_DOWN)


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), ZONE).astimezone(UTC)
