"""The parts of dates, times, moments and durations."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from feel import calendar
from feel.calendar import DAY, SECOND, FarDate, FarMoment, FarSpan, FineTime
from feel.values import Value, YearsMonths

_Part = Callable[[Value], Value]


def part(value: Value, name: str) -> Value:
    """The part of a temporal value that a path names (`.year`, `.time offset`), or None."""
    reading = PARTS.get(type(value), {}).get(name)
    return None if reading is None else reading(value)


def _seconds(nanos: int) -> Decimal:
    return Decimal(nanos).scaleb(-9).normalize() + 0


def _of_date(place: int) -> _Part:
    return lambda value: Decimal(calendar.split_days(calendar.days(value))[place])


def _weekday(value: Value) -> Value:
    return Decimal((calendar.days(value) + 3) % 7 + 1)


def _offset(value: Value) -> Value:
    seconds = calendar.offset(value)
    return None if seconds is None else timedelta(seconds=seconds)


def _of_span(unit: int, most: int) -> _Part:
    """The whole units of a span that are left when the larger ones are taken away, with the sign of the span."""

    def read(span: Value) -> Value:
        nanos = calendar.nanos(span)
        size = abs(nanos) // unit % most if most else abs(nanos) // unit
        return Decimal(-size if nanos < 0 else size)

    return read


def _seconds_of_span(span: Value) -> Value:
    nanos = calendar.nanos(span)
    size = _seconds(abs(nanos) % (60 * SECOND))
    return -size if nanos < 0 and size else size


_DATE: dict[str, _Part] = {"year": _of_date(0), "month": _of_date(1), "day": _of_date(2), "weekday": _weekday}
_CLOCK: dict[str, _Part] = {
    "hour": lambda value: Decimal(calendar.nanos(value) // (3600 * SECOND)),
    "minute": lambda value: Decimal(calendar.nanos(value) // (60 * SECOND) % 60),
    "second": lambda value: _seconds(calendar.nanos(value) % (60 * SECOND)),
    "time offset": _offset, "timezone": lambda value: calendar.zone_name(value.tzinfo),
}
_SPAN: dict[str, _Part] = {
    "days": _of_span(DAY, 0), "hours": _of_span(3600 * SECOND, 24), "minutes": _of_span(60 * SECOND, 60),
    "seconds": _seconds_of_span, "value": lambda span: _seconds(calendar.nanos(span)),
}
_DAYS = _DATE | {"value": lambda value: Decimal(calendar.days(value) * 86_400)}
_TIMES = _CLOCK | {"value": lambda value: _seconds(calendar.nanos(value))}
_MOMENTS = _DATE | _CLOCK | {
    "value": lambda value: None if value.tzinfo is None else _seconds(calendar.instant(value))}
PARTS: dict[type, dict[str, _Part]] = {
    date: _DAYS, FarDate: _DAYS, time: _TIMES, FineTime: _TIMES, datetime: _MOMENTS, FarMoment: _MOMENTS,
    timedelta: _SPAN, FarSpan: _SPAN,
    YearsMonths: {"years": lambda value: Decimal(value.years), "months": lambda value: Decimal(value.months),
                  "value": lambda value: Decimal(value.total)},
}
