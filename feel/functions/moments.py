"""Functions of dates, times and durations."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from feel import temporal
from feel.functions.registry import builtin, whole
from feel.values import Value, YearsMonths

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")


@builtin("date(from: string|date|date and time)")
def date_from(value: str | date) -> Value:
    if isinstance(value, str):
        return temporal.read_date(value)
    return value.date() if isinstance(value, datetime) else value


@builtin("date(year: number, month: number, day: number)")
def date_of(year: Decimal, month: Decimal, day: Decimal) -> Value:
    parts = [whole(part) for part in (year, month, day)]
    try:
        return None if None in parts else date(*parts)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None


@builtin("time(from: string|time|date|date and time)")
def time_from(value: str | time | date) -> Value:
    if isinstance(value, str):
        return temporal.read_time(value)
    if isinstance(value, datetime):
        return value.timetz()
    return value if isinstance(value, time) else time(tzinfo=UTC)


@builtin("time(hour: number, minute: number, second: number, offset?: days and time duration)")
def time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> Value:
    hours, minutes, micros = whole(hour), whole(minute), whole(second.scaleb(6))
    if hours is None or minutes is None or micros is None:
        return None
    try:
        zone = None if offset is None else timezone(offset)
        return time(hours, minutes, micros // 1_000_000, micros % 1_000_000, tzinfo=zone)
    except (ValueError, OverflowError):
        return None


@builtin("date and time(from: string|date|date and time)")
def moment_from(value: str | date) -> Value:
    if isinstance(value, str):
        return temporal.read_moment(value)
    return value if isinstance(value, datetime) else datetime.combine(value, time())


@builtin("date and time(date: date|date and time, time: time)")
def moment_of(day: date, clock: time) -> Value:
    return datetime.combine(day, clock)


@builtin("date and time(date and time: date and time, timezone: string)")
def moment_elsewhere(moment: datetime, zone: str) -> Value:
    try:
        where = temporal.read_zone(zone if zone[:1] in ("Z", "z", "+", "-") else f"@{zone}")
        return None if moment.tzinfo is None else moment.astimezone(where)
    except (ValueError, OverflowError):
        return None


@builtin("duration(from: string|days and time duration|years and months duration)")
def duration(value: str | timedelta | YearsMonths) -> Value:
    return temporal.read_duration(value) if isinstance(value, str) else value


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def years_and_months_duration(start: date, end: date) -> Value:
    days = [value.date() if isinstance(value, datetime) else value for value in (start, end)]
    return temporal.months_between(*days)


@builtin("day of week(date: date|date and time)")
def day_of_week(day: date) -> Value:
    return _DAYS[day.weekday()]


@builtin("month of year(date: date|date and time)")
def month_of_year(day: date) -> Value:
    return _MONTHS[day.month - 1]


@builtin("day of year(date: date|date and time)")
def day_of_year(day: date) -> Value:
    return Decimal(day.timetuple().tm_yday)


@builtin("week of year(date: date|date and time)")
def week_of_year(day: date) -> Value:
    return Decimal(day.isocalendar().week)
