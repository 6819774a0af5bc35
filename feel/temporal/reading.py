"""Reading dates, times, moments and durations."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from feel import calendar
from feel.calendar import DAY, SECOND, AnyDate, AnyMoment, AnySpan, AnyTime
from feel.values import Value, YearsMonths

_DATE = r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?"
         r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z][A-Za-z0-9_+\-/]{0,60})?")
_READ_DATE = re.compile(_DATE)
_READ_TIME = re.compile(_TIME)
_READ_MOMENT = re.compile(f"{_DATE}T{_TIME}")
_READ_MONTHS = re.compile(r"(-)?P(?=[0-9])(?:([0-9]{1,18})Y)?(?:([0-9]{1,18})M)?")
_READ_SPAN = re.compile(r"(-)?P(?=[0-9T])(?:([0-9]{1,18})D)?(?:T(?=[0-9])(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?"
                        r"(?:([0-9]{1,18})(?:\.([0-9]{1,9}))?S)?)?")


def read_date(text: str) -> AnyDate | None:
    """A date written as 2024-01-31, or None when it is not one."""
    found = _READ_DATE.fullmatch(text)
    days = _days(found) if found else None
    return None if days is None else calendar.date_from(days)


def read_time(text: str) -> AnyTime | None:
    """A time written as 10:20:30, with fractions, with Z, +02:00 or @Europe/Warsaw behind it, or None."""
    found = _READ_TIME.fullmatch(text)
    clock = _clock(found) if found else None
    return None if clock is None else calendar.time_from(*clock)


def read_moment(text: str) -> AnyMoment | None:
    """A date and time written as 2024-01-31T10:20:30, with what a time may have behind it, or None."""
    found = _READ_MOMENT.fullmatch(text)
    if not found:
        found = _READ_DATE.fullmatch(text)
        days = _days(found) if found else None
        return None if days is None else calendar.moment_from(days, 0, None)
    days, clock = _days(found), _clock(found)
    if days is None or clock is None:
        return None
    return calendar.moment_from(days + (found["hour"] == "24"), *clock)


def read_duration(text: str) -> AnySpan | YearsMonths | None:
    """A duration written as P1DT2H or P1Y2M, or None when it is not one, or mixes days and months."""
    if found := _READ_MONTHS.fullmatch(text):
        sign, years, months = found.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return YearsMonths(-total if sign else total)
    if found := _READ_SPAN.fullmatch(text):
        sign, *numbers, fraction = found.groups()
        days, hours, minutes, seconds = (int(number or 0) for number in numbers)
        nanos = days * DAY + ((hours * 60 + minutes) * 60 + seconds) * SECOND + _nanos(fraction)
        return calendar.span_from(-nanos if sign else nanos)
    return None


def read_literal(text: str) -> Value:
    """What stands between the quotes of an @ literal, or None when it is nothing known."""
    if text.startswith(("P", "-P")):
        return read_duration(text)
    if "T" in text.partition("@")[0]:
        return read_moment(text)
    return read_time(text) if ":" in text else read_date(text)


def _days(found: re.Match[str]) -> int | None:
    return calendar.days_of(int(found["year"]), int(found["month"]), int(found["day"]))


def _clock(found: re.Match[str]) -> tuple[int, tzinfo | None] | None:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    nanos = _nanos(found["fraction"])
    if hour == 24 and not (minute or second or nanos):
        hour = 0  # the end of the day, as XML Schema has it
    if hour > 23 or minute > 59 or second > 59:
        return None
    try:
        zone = read_zone(found["zone"]) if found["zone"] else None
    except ValueError:
        return None
    return ((hour * 60 + minute) * 60 + second) * SECOND + nanos, zone


def _nanos(fraction: str | None) -> int:
    return int((fraction or "0").ljust(9, "0"))


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
