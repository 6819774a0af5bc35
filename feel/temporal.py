"""Dates, times, moments and durations: reading them, showing them, their parts, moving them."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from feel.errors import NullError
from feel.values import EPOCH, Value, YearsMonths, instant

_DATE = r"(?P<year>-?[0-9]{4,9})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?"
         r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z][A-Za-z0-9_+\-/]{0,60})?")
_READ_DATE = re.compile(_DATE)
_READ_TIME = re.compile(_TIME)
_READ_MOMENT = re.compile(f"{_DATE}T{_TIME}")
_READ_MONTHS = re.compile(r"(-)?P(?=[0-9])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?")
_READ_SPAN = re.compile(r"(-)?P(?=[0-9T])(?:([0-9]{1,9})D)?(?:T(?=[0-9])(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?"
                        r"(?:([0-9]{1,12})(?:\.([0-9]{1,9}))?S)?)?")


def read_date(text: str) -> date | None:
    """A date written as 2024-01-31, or None when it is not one."""
    found = _READ_DATE.fullmatch(text)
    return _date(found) if found else None


def read_time(text: str) -> time | None:
    """A time written as 10:20:30, with fractions, with Z, +02:00 or @Europe/Warsaw behind it, or None."""
    found = _READ_TIME.fullmatch(text)
    return _time(found) if found else None


def read_moment(text: str) -> datetime | None:
    """A date and time written as 2024-01-31T10:20:30, with what a time may have behind it, or None."""
    found = _READ_MOMENT.fullmatch(text)
    if not found:
        midnight = read_date(text)
        return None if midnight is None else datetime.combine(midnight, time())
    day, clock = _date(found), _time(found)
    return None if day is None or clock is None else datetime.combine(day, clock)


def read_duration(text: str) -> timedelta | YearsMonths | None:
    """A duration written as P1DT2H or P1Y2M, or None when it is not one, or mixes days and months."""
    if found := _READ_MONTHS.fullmatch(text):
        sign, years, months = found.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return YearsMonths(-total if sign else total)
    if found := _READ_SPAN.fullmatch(text):
        sign, days, hours, minutes, seconds, fraction = found.groups()
        try:
            span = timedelta(days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0),
                             seconds=int(seconds or 0), microseconds=_microseconds(fraction))
        except OverflowError:
            return None
        return -span if sign else span
    return None


def read_literal(text: str) -> Value:
    """What stands between the quotes of an @ literal, or None when it is nothing known."""
    if text.startswith(("P", "-P")):
        return read_duration(text)
    if "T" in text.partition("@")[0]:
        return read_moment(text)
    return read_time(text) if ":" in text else read_date(text)


def _date(found: re.Match[str]) -> date | None:
    year = int(found["year"])
    if not 1 <= year <= 9999:
        raise NullError("Only the years 1 to 9999 are supported.")
    try:
        return date(year, int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _time(found: re.Match[str]) -> time | None:
    zone = found["zone"]
    try:
        where = read_zone(zone) if zone else None
        return time(int(found["hour"]), int(found["minute"]), int(found["second"]),
                    _microseconds(found["fraction"]), tzinfo=where)
    except ValueError:
        return None


def _microseconds(fraction: str | None) -> int:
    if fraction and fraction[6:].strip("0"):
        raise NullError("Parts of a second are counted in millionths at most.")
    return int((fraction or "0")[:6].ljust(6, "0"))


def read_zone(text: str) -> tzinfo:
    """The zone of Z, +02:00 or @Europe/Warsaw. Raises ValueError when there is none such."""
    if text in ("Z", "z"):
        return UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (KeyError, OSError):
            raise ValueError(text) from None
    hours, minutes, seconds = ([int(part) for part in text[1:].split(":")] + [0])[:3]
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if minutes > 59 or seconds > 59 or offset > timedelta(hours=18):
        raise ValueError(text)
    return timezone(-offset if text[0] == "-" else offset)


def show(value: date | time | timedelta | YearsMonths) -> str:
    """A temporal value as the text it could be read from."""
    if isinstance(value, timedelta):
        return _show_span(value)
    if isinstance(value, (datetime, time)):
        shown = value.replace(tzinfo=None).isoformat()
        return (shown.rstrip("0") if "." in shown else shown) + _show_zone(value.tzinfo)
    return value.isoformat() if isinstance(value, date) else str(value)


def _show_zone(zone: tzinfo | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    shown = str(zone).removeprefix("UTC")
    return shown or "Z"


def _show_span(span: timedelta) -> str:
    sign, span = ("-", -span) if span < timedelta() else ("", span)
    hours, rest = divmod(span.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    shown = f"{seconds}.{span.microseconds:06}".rstrip("0") if span.microseconds else str(seconds or "")
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{shown}S" if shown else "")
    days = f"{span.days}D" if span.days else ""
    return f"{sign}P{days}{'T' + clock if clock else ''}" if days or clock else "PT0S"


def seconds_of(span: timedelta) -> Decimal:
    """A duration in seconds, exactly."""
    return Decimal(span // timedelta(microseconds=1)).scaleb(-6)


def part(value: Value, name: str) -> Value:
    """The part of a temporal value that a path names (`.year`, `.time offset`), or None."""
    kind = type(value)
    if kind is YearsMonths:
        return Decimal(getattr(value, name)) if name in ("years", "months") else None
    if kind is timedelta:
        return _part_of_span(value, name)
    if kind in (date, datetime):
        if name in ("year", "month", "day"):
            return Decimal(getattr(value, name))
        if name == "weekday":
            return Decimal(value.isoweekday())
    if kind in (time, datetime):
        return _part_of_clock(value, name)
    return None


def _part_of_clock(value: time | datetime, name: str) -> Value:
    if name in ("hour", "minute"):
        return Decimal(getattr(value, name))
    if name == "second":
        return Decimal(value.second) + Decimal(value.microsecond).scaleb(-6)
    if name == "time offset":
        return value.utcoffset()
    if name == "timezone" and isinstance(value.tzinfo, ZoneInfo):
        return value.tzinfo.key
    return None


def _part_of_span(span: timedelta, name: str) -> Value:
    positive = abs(span)
    sizes = {"days": positive.days, "hours": positive.seconds // 3600, "minutes": positive.seconds // 60 % 60}
    if name == "seconds":
        size = Decimal(positive.seconds % 60) + Decimal(positive.microseconds).scaleb(-6)
    elif name in sizes:
        size = Decimal(sizes[name])
    else:
        return None
    return -size if span < timedelta() and size else size


def move(value: Value, by: timedelta | YearsMonths) -> Value:
    """A date, time or moment that is `by` later; None when that leaves the calendar.

    A moment with a zone moves by elapsed time, not on the wall clock, as the standard asks.
    """
    try:
        if isinstance(by, YearsMonths):
            return _move_months(value, by.total)
        if isinstance(value, datetime):
            if value.tzinfo is None:
                return value + by
            return (EPOCH + (instant(value) + by)).replace(tzinfo=UTC).astimezone(value.tzinfo)
        if isinstance(value, date):
            return (datetime.combine(value, time()) + by).date()
        return (datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None)) + timedelta(seconds=by.seconds,
                microseconds=by.microseconds)).time().replace(tzinfo=value.tzinfo)
    except (OverflowError, ValueError):
        return None


def _move_months(value: Value, months: int) -> Value:
    if not isinstance(value, date):
        return None
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    day = min(value.day, monthrange(year, month + 1)[1]) if 1 <= year <= 9999 else 0
    return value.replace(year=year, month=month + 1, day=day)


def months_between(start: date, end: date) -> YearsMonths:
    """The whole months from one date to another, negative when it goes back."""
    if start > end:
        return YearsMonths(-months_between(end, start).total)
    months = (end.year - start.year) * 12 + end.month - start.month
    return YearsMonths(months - (1 if end.day < start.day else 0))
