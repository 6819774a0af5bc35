"""A second opinion on working time: it walks minute by minute and looks at the clock on the wall.

Written apart from the package: it takes only the record of a calendar, and knows the Polish holidays by itself.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import compress
from math import ceil
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
    if year == 2018:
        fixed.append((11, 12))  # once, for the hundredth anniversary of independence
    movable = [easter + timedelta(days=days) for days in (0, 1, 49, 60)]
    return frozenset([date(year, *day) for day in fixed] + movable)


@dataclass(frozen=True)
class Walk:
    """Some days in one zone, minute by minute: what the wall shows, as date and minute of the day."""

    since: datetime
    wall: tuple[tuple[date, int], ...]
    days: frozenset[date]

    def moment(self, index: int) -> datetime:
        return self.since + index * MINUTE


@lru_cache(maxsize=64)
def walk(zone: str, first: date, days: int) -> Walk:
    """The walk over `days` days by UTC from midnight UTC of `first`."""
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    shown = ((since + index * MINUTE).astimezone(ZoneInfo(zone)) for index in range(days * 1440))
    wall = tuple((local.date(), local.hour * 60 + local.minute) for local in shown)
    return Walk(since, wall, frozenset(day for day, _ in wall))


class Opinion:
    """What the walk says about one calendar."""

    def __init__(self, path: Walk, calendar: Calendar) -> None:
        self.path = path
        faces = {day: _open_minutes(day, calendar) for day in path.days}
        self.open = [minute in faces[day] for day, minute in path.wall]
        self.length = Counter(day for day, _ in compress(path.wall, self.open))

    def minutes(self, start: int, end: int) -> int:
        """Working minutes between two minutes of the walk."""
        return sum(self.open[start:end])

    def days(self, start: int, end: int) -> Fraction:
        """Working days between two minutes of the walk."""
        worked = Counter(day for day, _ in compress(self.path.wall[start:end], self.open[start:end]))
        return sum((Fraction(minutes, self.length[day]) for day, minutes in worked.items()), Fraction(0))

    def due(
        self, runs: list[tuple[int, int | None]], needs: list[Fraction], *, in_days: bool
    ) -> list[datetime | None]:
        """When each of the rising `needs` (minutes or days) is used up by the runs; None if it never is on this walk.

        runs: minutes of the walk, first and behind the last; the last run may be open.
        """
        due: list[datetime | None] = []
        used, day, passed, quota, enough = Fraction(0), None, 0, needs[0], 0
        for start, end in runs:
            for index in range(start, len(self.open) - EDGE if end is None else end):
                if not self.open[index]:
                    continue
                today = self.path.wall[index][0]
                if today != day:
                    used += Fraction(passed, self._unit(day, in_days)) if day else 0
                    day, passed = today, 0
                    quota = (needs[len(due)] - used) * self._unit(today, in_days)
                    enough = ceil(quota)
                passed += 1
                while passed >= enough:
                    part = (quota - passed + 1) * 60_000_000
                    due.append(self.path.moment(index) + timedelta(microseconds=-(-part.numerator // part.denominator)))
                    if len(due) == len(needs):
                        return due
                    quota = (needs[len(due)] - used) * self._unit(today, in_days)
                    enough = ceil(quota)
        return due + [None] * (len(needs) - len(due))

    def _unit(self, day: date, in_days: bool) -> int:
        return self.length[day] if in_days else 1

    def opening(self, start: int) -> datetime | None:
        """The first open minute from `start`."""
        return next((self.path.moment(index) for index in range(start, len(self.open)) if self.open[index]), None)


def _open_minutes(day: date, calendar: Calendar) -> frozenset[int]:
    if day in calendar.exceptions:
        windows = calendar.exceptions[day]
    elif calendar.holidays == "PL" and day in polish_holidays(day.year):
        windows = ()
    else:
        windows = calendar.windows[day.weekday()]
    return frozenset(minute for opens, closes in windows for minute in range(opens, closes))
