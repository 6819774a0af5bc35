"""The one notation for time allowed: an ISO 8601 duration and, after "@", the calendar whose working time is meant.

    PT4H            four hours by the wall clock
    P2DT12H, P1W    sixty hours, seven times twenty-four hours
    PT4H @ office   four working hours of the calendar "office"
    P20D @ office   twenty working days of the calendar "office"
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache

from helpdesk.errors import DeskError

LONGEST_DAYS = 1827  # five years, two of them leap years
LONGEST_TEXT = 80

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_NOTATION = re.compile(
    r"\s*P(?:(?P<weeks>[0-9]+)W)?(?:(?P<days>[0-9]+)D)?"
    r"(?P<time>T(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+(?:\.[0-9]{1,6})?)S)?)?"
    r"\s*(?:@\s*(?P<calendar>[a-z][a-z0-9_-]{0,39})\s*)?"
)
_MONTHS = re.compile(r"\s*P[0-9.]+[YM]|\s*P[0-9.]+Y", re.ASCII)


class BadDuration(DeskError):
    """“{text}” is not a duration we can use: {reason}."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """How long something may take.

    days: working days when a calendar is named, else times 24 hours. time: hours and below; with a calendar,
    working time. With a calendar one of the two is zero. calendar: its key, None for the wall clock.
    """

    days: int = 0
    time: timedelta = timedelta(0)
    calendar: str | None = None

    @property
    def is_in_days(self) -> bool:
        """Whether it is counted in working days, not in hours."""
        return self.calendar is not None and self.days > 0

    @property
    def size(self) -> Fraction:
        """The exact amount: working days if it is counted in days, else microseconds."""
        if self.is_in_days:
            return Fraction(self.days)
        return Fraction((self.days * _DAY + self.time) // _MICROSECOND)

    def __str__(self) -> str:
        return _notation(self.days, self.time) + (f" @ {self.calendar}" if self.calendar else "")


@lru_cache(maxsize=1024)
def parse_allowed(text: str, *, may_be_zero: bool = False) -> Allowed:
    """The time allowed that `text` writes in the notation above.

    Raises BadDuration for anything else, for zero unless `may_be_zero`, and for more than five years.
    """
    if len(text) > LONGEST_TEXT:
        raise BadDuration(text=text[:LONGEST_TEXT] + "…", reason="it is too long")
    found = _NOTATION.fullmatch(text)
    if found is None or not _has_amount(found):
        raise BadDuration(text=text, reason=_why_unreadable(text))
    days, time = _amount(found, text)
    calendar = found["calendar"]
    if calendar and found["weeks"]:
        raise BadDuration(text=text, reason="with a calendar, write working days instead of weeks")
    if calendar and days and time:
        raise BadDuration(text=text, reason="with a calendar, working days and hours are not mixed")
    if not (days or time or may_be_zero):
        raise BadDuration(text=text, reason="it must be more than zero")
    return Allowed(days, time, calendar)


def _has_amount(found: re.Match[str]) -> bool:
    parts = ("weeks", "days", "hours", "minutes", "seconds")
    return found["time"] != "T" and any(found[part] is not None for part in parts)


def _amount(found: re.Match[str], text: str) -> tuple[int, timedelta]:
    days = int(found["weeks"] or 0) * 7 + int(found["days"] or 0)
    seconds = Fraction(found["seconds"] or 0) + int(found["minutes"] or 0) * 60 + int(found["hours"] or 0) * 3600
    # Compared as plain numbers first: a timedelta of 10^12 hours cannot even be built.
    if days * 86400 + seconds > LONGEST_DAYS * 86400:
        raise BadDuration(text=text, reason="it is longer than five years")
    return days, timedelta(microseconds=int(seconds * 1_000_000))


def _why_unreadable(text: str) -> str:
    if _MONTHS.match(text):
        return "years and months have no fixed length, write days"
    return "write for example PT4H, PT4H @ office or P20D @ office"


def _notation(days: int, time: timedelta) -> str:
    micros = time // _MICROSECOND
    hours, micros = divmod(micros, 3_600_000_000)
    minutes, micros = divmod(micros, 60_000_000)
    seconds = f"{micros // 1_000_000}.{micros % 1_000_000:06d}".rstrip("0").rstrip(".") if micros else ""
    clock = "".join(f"{amount}{unit}" for amount, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if amount)
    if not (days or clock):
        return "PT0S"
    return "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
