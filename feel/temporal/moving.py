"""Moving dates, times and moments by durations, and measuring between them."""

from datetime import date, datetime

from feel import calendar
from feel.calendar import DAY, SECOND, AnyDate, AnyMoment, AnySpan, FarDate, FarMoment
from feel.values import Value, YearsMonths


def move(value: Value, by: AnySpan | YearsMonths) -> Value:
    """A date, time or moment that is `by` later; None when that leaves the calendar.

    A moment with a zone moves by elapsed time, not on the wall clock, as the standard asks.
    """
    if isinstance(by, YearsMonths):
        return _move_months(value, by.total)
    length = calendar.nanos(by)
    if isinstance(value, (datetime, FarMoment)):
        if value.tzinfo is None:
            return calendar.moment_from(*divmod(calendar.instant(value) + length, DAY), None)
        return calendar.moment_at(calendar.instant(value) + length, value.tzinfo)
    if isinstance(value, (date, FarDate)):
        return calendar.date_from((calendar.days(value) * DAY + length) // DAY)
    return calendar.time_from((calendar.nanos(value) + length) % DAY, value.tzinfo)


def _move_months(value: Value, months: int) -> Value:
    if not isinstance(value, (date, FarDate, FarMoment)):
        return None
    year, month, day = calendar.split_days(calendar.days(value))
    year, month = divmod(year * 12 + month - 1 + months, 12)
    days = calendar.days_of(year, month + 1, min(day, calendar.length_of(year, month + 1)))
    if days is None:
        return None
    if isinstance(value, (datetime, FarMoment)):
        return calendar.moment_from(days, calendar.nanos(value), value.tzinfo)
    return calendar.date_from(days)


def months_between(start: AnyDate | AnyMoment, end: AnyDate | AnyMoment) -> YearsMonths:
    """The whole months from one date to another, negative when it goes back. Of moments only the dates count."""
    if calendar.days(start) > calendar.days(end):
        return YearsMonths(-months_between(end, start).total)
    one, other = calendar.split_days(calendar.days(start)), calendar.split_days(calendar.days(end))
    months = (other[0] - one[0]) * 12 + other[1] - one[1]
    return YearsMonths(months - (1 if other[2] < one[2] else 0))


def elapsed(end: Value, start: Value) -> AnySpan | None:
    """The time from one date, time or moment to another; None when only one of them has a zone.

    A date stands for its midnight in UTC.
    """
    if isinstance(end, (datetime, FarMoment, date, FarDate)):
        zones = {isinstance(value, (datetime, FarMoment)) and value.tzinfo is None for value in (start, end)}
        return calendar.span_from(_since(end) - _since(start)) if len(zones) < 2 else None
    one, other = calendar.offset(start), calendar.offset(end)
    if (one is None) != (other is None) or (one is None and start.tzinfo != end.tzinfo):
        return None
    ahead = ((other or 0) - (one or 0)) * SECOND
    return calendar.span_from(calendar.nanos(end) - calendar.nanos(start) - ahead)


def _since(value: Value) -> int:
    return calendar.instant(value) if isinstance(value, (datetime, FarMoment)) else calendar.days(value) * DAY


