"""Showing dates, times, moments and durations as the texts they could be read from."""

from datetime import date, datetime, time, timedelta, tzinfo

from feel import calendar
from feel.calendar import DAY, SECOND, FarDate, FarMoment, FarSpan, FineTime
from feel.values import Value, YearsMonths


def show(value: Value) -> str:
    """A temporal value as the text it could be read from."""
    if isinstance(value, (timedelta, FarSpan)):
        return _span(calendar.nanos(value))
    if isinstance(value, (datetime, FarMoment)):
        return f"{_date(calendar.days(value))}T{_clock(calendar.nanos(value))}{_zone(value.tzinfo)}"
    if isinstance(value, (date, FarDate)):
        return _date(calendar.days(value))
    if isinstance(value, (time, FineTime)):
        return _clock(calendar.nanos(value)) + _zone(value.tzinfo)
    assert isinstance(value, YearsMonths)
    return str(value)


def _date(days: int) -> str:
    year, month, day = calendar.split_days(days)
    return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}"


def _clock(nanos: int) -> str:
    seconds, rest = divmod(nanos, SECOND)
    shown = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return shown + _fraction(rest)


def _fraction(nanos: int) -> str:
    return f".{nanos:09}".rstrip("0") if nanos else ""


def _zone(zone: tzinfo | None) -> str:
    if zone is None:
        return ""
    if name := calendar.zone_name(zone):
        return f"@{name}"
    return str(zone).removeprefix("UTC") or "Z"


def _span(nanos: int) -> str:
    sign, (days, rest) = "-" if nanos < 0 else "", divmod(abs(nanos), DAY)
    seconds, fraction = divmod(rest, SECOND)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    shown = f"{seconds}{_fraction(fraction)}" if seconds or fraction else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{shown}S" if shown else "")
    day = f"{days}D" if days else ""
    return f"{sign}P{day}{'T' + clock if clock else ''}" if day or clock else "PT0S"
