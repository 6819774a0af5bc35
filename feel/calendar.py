"""Days, clocks and spans as whole numbers, and the values that Python's own classes are too small for.

A date outside the years 1 to 9999, a clock finer than a millionth of a second and a span that is either are values of
their own here; everything else is Python's date, time, datetime and timedelta. So every value has one form only.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

SECOND = 10**9  # all clocks and spans are counted in billionths of a second
DAY = 86_400 * SECOND
FARTHEST = 999_999_999  # years before and after Christ
_EPOCH = date(1970, 1, 1).toordinal()
_UTC_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH
_LONGEST = timedelta.max // timedelta(microseconds=1)
_CYCLE = 146_097  # days of 400 years, after which the calendar comes again


@dataclass(frozen=True, slots=True)
class FarDate:
    """A date outside the years 1 to 9999. days: since 1970."""

    days: int


@dataclass(frozen=True, slots=True)
class FineTime:
    """A time finer than Python's. nanos: since midnight."""

    nanos: int
    tzinfo: tzinfo | None


@dataclass(frozen=True, slots=True)
class FarMoment:
    """A date and time with a date or a clock that is beyond Python's. days: since 1970. nanos: since midnight."""

    days: int
    nanos: int
    tzinfo: tzinfo | None


@dataclass(frozen=True, slots=True)
class FarSpan:
    """A days and time duration beyond Python's."""

    nanos: int


AnyDate = date | FarDate
AnyTime = time | FineTime
AnyMoment = datetime | FarMoment
AnySpan = timedelta | FarSpan


def days_of(year: int, month: int, day: int) -> int | None:
    """The days since 1970 of a date of the calendar, None when there is no such date."""
    if abs(year) > FARTHEST or not 1 <= month <= 12 or day < 1:
        return None
    cycles, like = divmod(year, 400)
    like += 400  # a year with the same calendar, which Python has
    if day > length_of(like, month):
        return None
    return date(like, month, day).toordinal() - _EPOCH + (cycles - 1) * _CYCLE


def length_of(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def split_days(days: int) -> tuple[int, int, int]:
    """The year, month and day of a day since 1970."""
    cycles, rest = divmod(days + _EPOCH - 1, _CYCLE)
    like = date.fromordinal(rest + _CYCLE + 1)
    return like.year + (cycles - 1) * 400, like.month, like.day


# --- values from numbers ---


def date_from(days: int) -> AnyDate | None:
    """The date of a day since 1970, None when it is too far away."""
    if _FIRST <= days <= _LAST:
        return date.fromordinal(days + _EPOCH)
    return FarDate(days) if abs(split_days(days)[0]) <= FARTHEST else None


def time_from(nanos: int, zone: tzinfo | None) -> AnyTime:
    if nanos % 1_000:
        return FineTime(nanos, zone)
    seconds, micros = divmod(nanos // 1_000, 1_000_000)
    return time(seconds // 3_600, seconds // 60 % 60, seconds % 60, micros, tzinfo=zone)


def moment_from(days: int, nanos: int, zone: tzinfo | None) -> AnyMoment | None:
    """The date and time of a day since 1970 and a clock, None when it is too far away."""
    day = date_from(days)
    if day is None or isinstance(day, FarDate) or nanos % 1_000:
        return None if day is None else FarMoment(days, nanos, zone)
    clock = time_from(nanos, zone)
    assert isinstance(clock, time)
    return datetime.combine(day, clock)


def span_from(nanos: int) -> AnySpan:
    if nanos % 1_000 or abs(nanos // 1_000) > _LONGEST:
        return FarSpan(nanos)
    return timedelta(microseconds=nanos // 1_000)


# --- numbers from values ---


def days(value: AnyDate | AnyMoment) -> int:
    """The day of a date or of a date and time, since 1970."""
    return value.toordinal() - _EPOCH if isinstance(value, date) else value.days


def nanos(value: AnyTime | AnyMoment | AnySpan) -> int:
    """The clock of a time or of a date and time since midnight, or the length of a span."""
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1) * 1_000
    if isinstance(value, (time, datetime)):
        return ((value.hour * 60 + value.minute) * 60 + value.second) * SECOND + value.microsecond * 1_000
    return value.nanos


def offset(value: AnyTime | AnyMoment) -> int | None:
    """The seconds that a clock is ahead of UTC; None when it is local, or a time in a zone that changes its clocks."""
    if isinstance(value, FarMoment) and value.tzinfo is not None:
        return _seconds(_like(value).utcoffset())
    if isinstance(value, FineTime):
        return _seconds(value.tzinfo.utcoffset(None)) if value.tzinfo else None
    return _seconds(value.utcoffset()) if isinstance(value, (time, datetime)) else None


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(seconds=1)


def _like(moment: FarMoment) -> datetime:
    """A moment with the same calendar and the same clock changes in a year that Python has."""
    year, month, day = split_days(moment.days)
    like = year if 1 < year < 9999 else 2 if year < 2 else 9200 + year % 400
    day = min(day, length_of(like, month))
    seconds = moment.nanos // SECOND
    return datetime(like, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60, tzinfo=moment.tzinfo)


def instant(value: AnyMoment) -> int:
    """The billionths of a second since 1970, in UTC, or by its own clock when it is local."""
    return days(value) * DAY + nanos(value) - (offset(value) or 0) * SECOND


def moment_at(instant: int, zone: tzinfo) -> AnyMoment | None:
    """The date and time in a zone at an instant, None when it is too far away."""
    try:
        if instant % 1_000 == 0:
            return (_UTC_EPOCH + timedelta(microseconds=instant // 1_000)).astimezone(zone)
    except (OverflowError, ValueError):
        pass
    guess = moment_from(*divmod(instant, DAY), zone)
    ahead = offset(guess) if guess is not None else None
    return None if ahead is None else moment_from(*divmod(instant + ahead * SECOND, DAY), zone)


def zone_name(zone: tzinfo | None) -> str | None:
    return zone.key if isinstance(zone, ZoneInfo) else None


def fixed(seconds: int) -> tzinfo:
    """The zone that is always so many seconds ahead of UTC."""
    return UTC if seconds == 0 else timezone(timedelta(seconds=seconds))
