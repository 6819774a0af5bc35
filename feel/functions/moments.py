"""Functions of dates, times and durations."""

from datetime import UTC, date, datetime
from decimal import Decimal

from feel import calendar, temporal
from feel.calendar import SECOND, AnyDate, AnyMoment, AnySpan, AnyTime, FarDate, FarMoment
from feel.functions.registry import builtin, whole
from feel.values import Value, YearsMonths

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")
_MOMENTS = (datetime, FarMoment)


@builtin("date(from: string|date|date and time)")
def date_from(value: str | AnyDate | AnyMoment) -> Value:
    if isinstance(value, str):
        return temporal.read_date(value)
    return calendar.date_from(calendar.days(value))


@builtin("date(year: number, month: number, day: number)")
def date_of(year: Decimal, month: Decimal, day: Decimal) -> Value:
    years, months, days = whole(year), whole(month), whole(day)
    if years is None or months is None or days is None:
        return None
    since = calendar.days_of(years, months, days)
    return None if since is None else calendar.date_from(since)


@builtin("time(from: string|time|date|date and time)")
def time_from(value: Value) -> Value:
    if isinstance(value, str):
        return temporal.read_time(value)
    if isinstance(value, (date, FarDate)) and not isinstance(value, datetime):
        return calendar.time_from(0, UTC)
    return calendar.time_from(calendar.nanos(value), value.tzinfo)


@builtin("time(hour: number, minute: number, second: number, offset?: days and time duration)")
def time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: AnySpan | None = None) -> Value:
    hours, minutes, nanos = whole(hour), whole(minute), int(second.scaleb(9)) if second.adjusted() < 3 else -1
    ahead = 0 if offset is None else calendar.nanos(offset)
    if hours is None or minutes is None or ahead % SECOND or abs(ahead) > 18 * 3600 * SECOND:
        return None
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= nanos < 60 * SECOND):
        return None
    zone = None if offset is None else calendar.fixed(ahead // SECOND)
    return calendar.time_from((hours * 60 + minutes) * 60 * SECOND + nanos, zone)


@builtin("date and time(from: string|date|date and time)")
def moment_from(value: str | AnyDate | AnyMoment) -> Value:
    if isinstance(value, str):
        return temporal.read_moment(value)
    return value if isinstance(value, _MOMENTS) else calendar.moment_from(calendar.days(value), 0, None)


@builtin("date and time(date: date|date and time, time: time)")
def moment_of(day: AnyDate | AnyMoment, clock: AnyTime) -> Value:
    return calendar.moment_from(calendar.days(day), calendar.nanos(clock), clock.tzinfo)


@builtin("date and time(date and time: date and time, timezone: string)")
def moment_elsewhere(moment: AnyMoment, zone: str) -> Value:
    try:
        where = temporal.read_zone(zone if zone[:1] in ("Z", "z", "+", "-") else f"@{zone}")
    except ValueError:
        return None
    return None if moment.tzinfo is None else calendar.moment_at(calendar.instant(moment), where)


@builtin("duration(from: string|days and time duration|years and months duration)")
def duration(value: str | AnySpan | YearsMonths) -> Value:
    return temporal.read_duration(value) if isinstance(value, str) else value


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def years_and_months_duration(start: AnyDate | AnyMoment, end: AnyDate | AnyMoment) -> Value:
    return temporal.months_between(start, end)


@builtin("day of week(date: date|date and time)")
def day_of_week(day: AnyDate | AnyMoment) -> Value:
    return _DAYS[(calendar.days(day) + 3) % 7]


@builtin("month of year(date: date|date and time)")
def month_of_year(day: AnyDate | AnyMoment) -> Value:
    return _MONTHS[calendar.split_days(calendar.days(day))[1] - 1]


@builtin("day of year(date: date|date and time)")
def day_of_year(day: AnyDate | AnyMoment) -> Value:
    days = calendar.days(day)
    return Decimal(days - _new_year(calendar.split_days(days)[0]) + 1)


@builtin("week of year(date: date|date and time)")
def week_of_year(day: AnyDate | AnyMoment) -> Value:
    """The number of the week by ISO 8601: weeks begin on Monday, the first one holds the first Thursday."""
    days = calendar.days(day)
    thursday = days - (days + 3) % 7 + 3
    return Decimal((thursday - _new_year(calendar.split_days(thursday)[0])) // 7 + 1)


def _new_year(year: int) -> int:
    days = calendar.days_of(year, 1, 1)
    return 0 if days is None else days  # there is none only beyond the last year


