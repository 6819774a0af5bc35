"""Calendars: which moments are working time, and arithmetic on working time.

**The wall clock decides.** A moment is working time when the clock on the wall of the calendar's zone shows, on the
date it shows, a time inside one of that date's windows (opening included, closing not). So on the night the clocks
go back, the repeated hour counts both times (02:30–03:30 in Warsaw is then 02:30–03:00, a break, and 02:30–03:30
again: an hour and a half); on the night they go forward, the missing hour does not count (03:00–03:30 is left); a
window wholly inside the missing hour does not exist, and a date left with none is not a working day.

A *working day* is used up evenly over the working time of one date: Monday 10:00 and one working day is Tuesday
10:00, whatever the lengths of the two days, and parts of days add up exactly over pauses.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays as holiday_library

from helpdesk.errors import DeskError
from sla.days import DAY, Day, day_of, micros_of, moment_of, ordinal_at
from sla.durations import Allowed

IDLE_DAYS = 400  # the longest closure we look across: a year and some weeks
FARTHEST_DAYS = 40 * 366  # five years of hours in office hours are some 21 years
CACHED_DAYS = 4096  # dates kept per calendar

_MICROSECOND = timedelta(microseconds=1)
_WHOLE = Fraction(1)
_WINDOW = re.compile(r"\s*([0-9]{1,2}):([0-5][0-9])\s*[-–]\s*([0-9]{1,2}):([0-5][0-9])\s*")
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class NoWorkingTime(DeskError):
    """The calendar “{calendar}” does not offer the working time needed within {days} days."""


class UnknownCalendar(DeskError):
    """There is no calendar “{calendar}”."""


class BadCalendar(DeskError):
    """The calendar cannot be used: {reason}."""


class Window(NamedTuple):
    """One stretch of opening hours, in minutes after midnight; closes may be 1440, the end of the day."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{self.opens // 60}:{self.opens % 60:02d}-{self.closes // 60}:{self.closes % 60:02d}"

    @classmethod
    def parse(cls, text: str) -> "Window":
        """The window written as "7:15-15:15" or "18:00-24:00". Raises BadCalendar."""
        found = _WINDOW.fullmatch(text)
        if found is None:
            raise BadCalendar(reason=f'"{text[:40]}" is not written like 7:15-15:15')
        hours_1, minutes_1, hours_2, minutes_2 = map(int, found.groups())
        return cls(hours_1 * 60 + minutes_1, hours_2 * 60 + minutes_2)


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Windows = tuple[Window, ...]
CLOSED: Windows = ()
WHOLE_DAY: Windows = (Window(0, 1440),)


@dataclass(frozen=True)
class Calendar:
    """Opening hours by weekday, without public holidays, with exceptions.

    zone: IANA name. windows: seven, Monday first; each any number of windows, in order, not overlapping.
    holidays: country code of the `holidays` library whose public holidays are closed, or None.
    exceptions: windows of single dates (CLOSED for none); they overrule weekday and holiday.
    Raises BadCalendar if any of this does not hold.
    """

    key: str
    zone: str
    windows: tuple[Windows, ...]
    holidays: str | None = None
    exceptions: Mapping[date, Windows] = field(default_factory=dict, hash=False)
    version: int = 1
    _days: dict[int, Day] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise BadCalendar(reason="its key is a short word of small letters, digits, - and _")
        if len(self.windows) != 7:
            raise BadCalendar(reason="a week has seven days")
        for windows in (*self.windows, *self.exceptions.values()):
            _check_windows(windows)
        _zone(self.zone)
        if self.holidays is not None:
            _public_holidays(self.holidays, 2026)

    def to_dict(self) -> dict[str, object]:
        """The calendar as plain values, for storing; `from_dict` gives it back."""
        return {
            "key": self.key,
            "zone": self.zone,
            "windows": {name: [*map(str, windows)] for name, windows in zip(WEEKDAYS, self.windows, strict=True)},
            "holidays": self.holidays,
            "exceptions": {str(day): [*map(str, windows)] for day, windows in sorted(self.exceptions.items())},
            "version": self.version,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> "Calendar":
        """The calendar that `to_dict` wrote; weekdays and keys left out are closed or empty. Raises BadCalendar."""
        windows, exceptions = values.get("windows", {}), values.get("exceptions", {})
        key, zone, version = values.get("key"), values.get("zone"), values.get("version", 1)
        country = values.get("holidays")
        if not (isinstance(windows, Mapping) and isinstance(exceptions, Mapping) and set(windows) <= set(WEEKDAYS)):
            raise BadCalendar(reason="windows go by weekday (mon to sun) and exceptions by date")
        if not (isinstance(key, str) and isinstance(zone, str) and isinstance(version, int)):
            raise BadCalendar(reason="it needs a key, a zone and the number of its version")
        if not (country is None or isinstance(country, str)):
            raise BadCalendar(reason="holidays are a country code or nothing")
        return cls(
            key=key,
            zone=zone,
            windows=tuple(_read_windows(windows.get(name, ())) for name in WEEKDAYS),
            holidays=country,
            exceptions={_read_date(day): _read_windows(texts) for day, texts in exceptions.items()},
            version=version,
        )

    @property
    def is_always(self) -> bool:
        """Whether it never closes."""
        open_days = (*self.windows, *self.exceptions.values())
        return self.holidays is None and all(_covers_whole_day(windows) for windows in open_days)

    def windows_on(self, day: date) -> Windows:
        """The windows of one local date, after exceptions and holidays."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.holidays is not None and day in _public_holidays(self.holidays, day.year):
            return CLOSED
        return self.windows[day.weekday()]

    def day(self, ordinal: int) -> Day:
        """The working time of the local date with this ordinal, from a bounded cache."""
        known = self._days.get(ordinal)
        if known is None:
            if len(self._days) >= CACHED_DAYS:
                self._days.clear()
            known = self._days[ordinal] = day_of(ordinal, self.windows_on(date.fromordinal(ordinal)), _zone(self.zone))
        return known


def is_open(moment: datetime, calendar: Calendar) -> bool:
    """Whether `moment` is working time."""
    at = micros_of(moment)
    return any(opens <= at < closes for opens, closes in calendar.day(ordinal_at(at, _zone(calendar.zone))).stretches)


def next_opening(moment: datetime, calendar: Calendar) -> datetime:
    """`moment` itself if it is working time, else the next moment that is.

    Raises NoWorkingTime if there is none within 400 days.
    """
    at = micros_of(moment)
    first = ordinal_at(at, _zone(calendar.zone))
    for ordinal in range(first, first + IDLE_DAYS + 1):
        for opens, closes in calendar.day(ordinal).stretches:
            if at < closes:
                return moment_of(max(at, opens))
    raise NoWorkingTime(calendar=calendar.key, days=IDLE_DAYS)


def due_at(
    start: datetime, allowed: Allowed | timedelta, calendar: Calendar | None, *, share: Fraction = _WHOLE
) -> datetime:
    """The first moment at which `share` of `allowed` has passed since `start`.

    start: UTC-aware, may lie outside working hours. allowed: at least zero; a timedelta is working time of `calendar`.
    calendar: the one `allowed` names; None is the wall clock. A time that ends as the office closes is due at the
    closing, not at the next opening.
    Raises NoWorkingTime if the calendar offers none within 400 days.
    """
    promise = _promise(allowed, calendar)
    need = promise.size * share
    at = micros_of(start)
    if need <= 0:
        return moment_of(at)
    if calendar is None or promise.calendar is None:
        return moment_of(at + ceil(need))
    return moment_of(_advance(at, need, calendar, in_days=promise.is_in_days))


def elapsed(start: datetime, end: datetime, calendar: Calendar | None) -> timedelta:
    """The working time between two moments; negative if `end` comes first."""
    return timedelta(microseconds=sum(_worked(micros_of(start), micros_of(end), calendar).values()))


def elapsed_days(start: datetime, end: datetime, calendar: Calendar) -> Fraction:
    """The working days between two moments, exactly; negative if `end` comes first."""
    worked = _worked(micros_of(start), micros_of(end), calendar)
    return sum((Fraction(micros, length) for length, micros in worked.items()), Fraction(0))


def spent(start: datetime, end: datetime, allowed: Allowed, calendar: Calendar | None) -> Fraction:
    """The share of `allowed` that passes between two moments: 1 when all of it does. `allowed` is not zero."""
    promise = _promise(allowed, calendar)
    if calendar is not None and promise.is_in_days:
        return elapsed_days(start, end, calendar) / promise.size
    counted = calendar if promise.calendar else None
    return Fraction(elapsed(start, end, counted) // _MICROSECOND) / promise.size


def find_calendar(key: str, calendars: Mapping[str, Calendar]) -> Calendar | None:
    """The calendar with this key, or None."""
    return calendars.get(key)


def get_calendar(key: str, calendars: Mapping[str, Calendar]) -> Calendar:
    """The calendar with this key. Raises UnknownCalendar."""
    calendar = calendars.get(key)
    if calendar is None:
        raise UnknownCalendar(calendar=key)
    return calendar


def calendar_of(allowed: Allowed, calendars: Mapping[str, Calendar]) -> Calendar | None:
    """The calendar `allowed` is counted in, None for the wall clock. Raises UnknownCalendar."""
    return None if allowed.calendar is None else get_calendar(allowed.calendar, calendars)


@lru_cache(maxsize=256)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holiday_library.country_holidays(country, years=year))
    except NotImplementedError as unknown:
        raise BadCalendar(reason=f'the holidays of "{country}" are not known') from unknown


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise BadCalendar(reason=f'there is no time zone "{name}"') from unknown


def _read_windows(texts: object) -> Windows:
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise BadCalendar(reason="the windows of a day are a list")
    return tuple(sorted(Window.parse(str(text)) for text in texts))


def _read_date(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as bad:
        raise BadCalendar(reason=f'"{text}" is not a date like 2026-12-31') from bad


def _check_windows(windows: Windows) -> None:
    closed_until = 0
    for window in windows:
        if not 0 <= window.opens < window.closes <= 1440:
            raise BadCalendar(reason=f"{window} is not a window of one day")
        if window.opens < closed_until:
            raise BadCalendar(reason=f"{window} overlaps the window before it")
        closed_until = window.closes


def _covers_whole_day(windows: Windows) -> bool:
    ends = (0, *(window.closes for window in windows))
    return ends[-1] == 1440 and all(window.opens == end for window, end in zip(windows, ends, strict=False))


def _promise(allowed: Allowed | timedelta, calendar: Calendar | None) -> Allowed:
    if isinstance(allowed, timedelta):
        return Allowed(time=allowed, calendar=calendar.key if calendar else None)
    if allowed.calendar is not None and (calendar is None or calendar.key != allowed.calendar):
        raise UnknownCalendar(calendar=allowed.calendar)
    return allowed


def _advance(at: int, need: Fraction, calendar: Calendar, *, in_days: bool) -> int:
    """The first microsecond at which `need` (working days or microseconds, above zero) has passed since `at`."""
    first = ordinal_at(at, _zone(calendar.zone))
    need_over, need_under = need.as_integer_ratio()  # plain integers: four times as fast as Fraction
    idle = 0
    for ordinal in range(first, first + FARTHEST_DAYS):
        stretches, length = calendar.day(ordinal)
        open_for = length
        if ordinal == first:  # the part of the day that is over does not count
            stretches = tuple((max(at, opens), closes) for opens, closes in stretches if closes > at)
            open_for = sum(closes - opens for opens, closes in stretches)
        if not open_for:
            idle += 1
            if idle > IDLE_DAYS:
                break
            continue
        idle = 0
        if in_days and open_for < length:
            need_over, need_under = need_over * length, need_under * length
        used = (need_under * open_for // length) if in_days else need_under * open_for
        if need_over <= used:
            return _within(stretches, -(-need_over * (length if in_days else 1) // need_under))
        need_over -= used
    raise NoWorkingTime(calendar=calendar.key, days=IDLE_DAYS if idle > IDLE_DAYS else FARTHEST_DAYS)


def _within(stretches: tuple[tuple[int, int], ...], wanted: int) -> int:
    for opens, closes in stretches:
        if wanted <= closes - opens:
            return opens + wanted
        wanted -= closes - opens
    return stretches[-1][1]


def _worked(start: int, end: int, calendar: Calendar | None) -> dict[int, int]:
    """Microseconds worked between two moments, by the length of the days they fall on."""
    if end < start:
        return {length: -micros for length, micros in _worked(end, start, calendar).items()}
    if calendar is None:
        return {DAY: end - start}
    worked: dict[int, int] = {}
    for ordinal in range(ordinal_at(start, _zone(calendar.zone)), ordinal_at(end, _zone(calendar.zone)) + 1):
        stretches, length = calendar.day(ordinal)
        if not length:
            continue
        if start <= stretches[0][0] and stretches[-1][1] <= end:
            micros = length
        else:
            micros = sum(max(0, min(end, closes) - max(start, opens)) for opens, closes in stretches)
        worked[length] = worked.get(length, 0) + micros
    return worked


_WEEK_ALWAYS = (WHOLE_DAY,) * 7
ALWAYS = Calendar("always", "Europe/Warsaw", _WEEK_ALWAYS)
OFFICE = Calendar("office", "Europe/Warsaw", ((Window(435, 915),),) * 5 + (CLOSED,) * 2, "PL")
OFFICE_LATE = Calendar("office-late", "Europe/Warsaw", ((Window(450, 930),),) * 5 + (CLOSED,) * 2, "PL")
BUILT_IN: Mapping[str, Calendar] = {calendar.key: calendar for calendar in (ALWAYS, OFFICE, OFFICE_LATE)}
