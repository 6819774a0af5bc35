"""Moments as people at the desk write them: the wall clock of Warsaw, kept in UTC; hours that exist twice or never."""

from datetime import UTC, datetime
from enum import StrEnum

from helpdesk.errors import DeskError
from helpdesk.years import ZONE

WRITTEN = "%Y-%m-%dT%H:%M"


class Twice(StrEnum):
    """Which of two equal hours is meant, on the night when clocks go back."""

    FIRST = "first"
    SECOND = "second"


class NoMoment(DeskError):
    """Write the day and the hour, for example 2026-11-25 07:30."""


class NoSuchHour(DeskError):
    """This hour does not exist: that night the clocks are moved forward over it."""


class HourTwice(DeskError):
    """This hour exists twice that night, because the clocks are moved back. Choose which one is meant."""


def read_local(text: str, which: str = "") -> datetime | None:
    """The moment that a field holds, in UTC; None when it is empty. which: a `Twice`, where the hour exists twice.

    Raises NoMoment, NoSuchHour, HourTwice.
    """
    text = text.strip().replace(" ", "T", 1)
    if not text:
        return None
    try:
        wall = datetime.strptime(text[:16], WRITTEN)  # noqa: DTZ007  # the zone is given below
    except ValueError as error:
        raise NoMoment() from error
    first, second = (wall.replace(tzinfo=ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(ZONE).replace(tzinfo=None) != wall:
        raise NoSuchHour()
    if first == second:
        return first
    if which not in tuple(Twice):
        raise HourTwice()
    return first if which == Twice.FIRST else second


def write_local(moment: datetime | None) -> str:
    """The moment as a field shows it."""
    return moment.astimezone(ZONE).strftime(WRITTEN) if moment is not None else ""


def which_of(moment: datetime | None) -> str:
    """Which of two equal hours the moment is; empty where there is only one."""
    if moment is None:
        return ""
    local = moment.astimezone(ZONE)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return Twice.SECOND if local.fold else Twice.FIRST
