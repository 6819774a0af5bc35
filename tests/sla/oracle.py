"""A second opinion on working time: it walks minute by minute and looks at the clock on the wall.

Written apart from the package: it takes only the record of a calendar, and knows the Polish holidays by itself.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import count
from zoneinfo import ZoneInfo

from sla.calendars import Calendar

MINUTE = timedelta(minutes=1)
EDGE = 36 * 60  # the dates at the edges of a walk are not whole: nothing is said about them


@lru_cache(maxsize=64)
def polish_holidays(year: int) -> frozenset[date]:
    """The public holidays by the act of 1951 as amended, Easter by the anonymous Gregorian method."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    easter = date(year, month, day + 1)
    fixed = [(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)]
    if year >= 2025:
        fixed.append((12, 24))
    movable = [easter + timedelta(days=days) for days in (0, 1, 49, 60)]
    return frozenset([date(year, *day) for day in fixed] + movable)


@dataclass(frozen=True)
class Walk:
    """Some days in one zone, minute by minute: what the wall shows, as date and minute of the day."""

    since: datetime
    wall: tuple[tuple[date, int], ...]

    def moment(self, index: int) -> datetime:
        return self.since + index * MINUTE


@lru_cache(maxsize=64)
def walk(zone: str, first: date, days: int) -> Walk:
    """The walk over `days` days by UTC from midnight UTC of `first`."""
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    shown = ((since + index * MINUTE).astimezone(ZoneInfo(zone)) for index in range(days * 1440))
    return Walk(since, tuple((local.date(), local.hour * 60 + local.minute) for local in shown))


class Opinion:
    """What the walk says about one calendar."""

    def __init__(self, path: Walk, calendar: Calendar) -> None:
        self.path = path
        faces = {day: _open_minutes(day, calendar) for day in {day for day, _ in path.wall}}
        self.open = [minute in faces[day] for day, minute in path.wall]
        self.length: dict[date, int] = {}
        for (day, _), is_open in zip(path.wall, self.open, strict=True):
            self.length[day] = self.length.get(day, 0) + is_open

    def minutes(self, start: int, end: int) -> int:
        """Working minutes between two minutes of the walk."""
        return sum(self.open[start:end])

    def days(self, start: int, end: int) -> Fraction:
        """Working days between two minutes of the walk."""
        worked: dict[date, int] = {}
        for index in range(start, end):
            if self.open[index]:
                day = self.path.wall[index][0]
                worked[day] = worked.get(day, 0) + 1
        return sum((Fraction(minutes, self.length[day]) for day, minutes in worked.items()), Fraction(0))

    def due(self, runs: list[tuple[int, int | None]], need: Fraction, *, in_days: bool) -> datetime | None:
        """When `need` (minutes or days) is used up by the runs (the last may be open); None if it never is here."""
        used, day, passed, quota = Fraction(0), None, 0, need
        for start, end in runs:
            for index in range(start, len(self.open) if end is None else end):
                if not self.open[index]:
                    continue
                today = self.path.wall[index][0]
                if today != day:
                    used += Fraction(passed, self._unit(day, in_days)) if day else 0
                    day, passed = today, 0
                    quota = (need - used) * self._unit(today, in_days)
                if passed + 1 >= quota and index > len(self.open) - EDGE:
                    return None
                if passed + 1 >= quota:
                    part = (quota - passed) * 60_000_000
                    return self.path.moment(index) + timedelta(microseconds=-(-part.numerator // part.denominator))
                passed += 1
        return None

    def _unit(self, day: date, in_days: bool) -> int:
        return self.length[day] if in_days else 1

    def opening(self, start: int) -> datetime | None:
        """The first open minute from `start`."""
        for index in count(start):
            if index >= len(self.open):
                return None
            if self.open[index]:
                return self.path.moment(index)
        return None


def _open_minutes(day: date, calendar: Calendar) -> frozenset[int]:
    if day in calendar.exceptions:
        windows = calendar.exceptions[day]
    elif calendar.holidays == "PL" and day in polish_holidays(day.year):
        windows = ()
    else:
        windows = calendar.windows[day.weekday()]
    return frozenset(minute for opens, closes in windows for minute in range(opens, closes))
