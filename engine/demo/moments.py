"""When people act: clients are awake, the first line works in shifts, the second line in office hours."""

from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sla.calendars import OFFICE, due_at

WARSAW = ZoneInfo("Europe/Warsaw")
MORNING, EVENING = 7, 21
# Younger stories keep the moment they are given: the shift would push them past the present.
SETTLED_DAYS = 9.5
NIGHT_SHARE = 0.12


def opened_at(now: datetime, days_ago: float, chance: Random, *, is_nightly: bool = False) -> datetime:
    """The moment of opening; an older story told in the night is moved to a waking hour of the same day."""
    moment = whole(now - timedelta(days=days_ago))
    if days_ago < SETTLED_DAYS or is_nightly or is_awake(moment) or chance.random() < NIGHT_SHARE:
        return moment
    day = moment.astimezone(WARSAW).date()
    local = datetime.combine(day, time(MORNING), WARSAW) + timedelta(minutes=chance.randint(20, 600))
    return local.astimezone(now.tzinfo)


def is_awake(moment: datetime) -> bool:
    return MORNING <= moment.astimezone(WARSAW).hour < EVENING


def awake(moment: datetime, chance: Random) -> datetime:
    """The moment itself, or the next morning when people sleep."""
    if is_awake(moment):
        return whole(moment)
    local = moment.astimezone(WARSAW)
    day = local.date() + timedelta(days=local.hour >= EVENING)
    morning = datetime.combine(day, time(MORNING), WARSAW) + timedelta(minutes=chance.randint(1, 110))
    return whole(morning.astimezone(moment.tzinfo))


def in_office(moment: datetime, hours: float) -> datetime:
    """When so many office hours have passed since `moment`."""
    return whole(due_at(moment, timedelta(seconds=round(hours * 3600)), OFFICE))


def local_text(moment: datetime) -> str:
    """The moment as a form takes it: local, to the minute."""
    return moment.astimezone(WARSAW).strftime("%Y-%m-%dT%H:%M")


def local_day(moment: datetime) -> str:
    return moment.astimezone(WARSAW).strftime("%Y-%m-%d")


def whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
