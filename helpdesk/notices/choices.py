"""Choices: by which ways a person is told of each kind, when their digest comes, and when the night is quiet.

They stand in the person's own row, so that whoever has the person knows them without another statement.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from helpdesk import audit
from helpdesk.errors import DeskError
from helpdesk.notices.kinds import ALWAYS, OF_STAFF, Kind
from helpdesk.people.accounts import Person
from helpdesk.years import ZONE

HOURS = range(24)
HOUR = timedelta(hours=1)
MORNING = 8


class Way(StrEnum):
    """How letters of a kind come."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    NONE = "none"


class BadHours(DeskError):
    """Choose full hours from 0 to 23; the quiet hours need a beginning and an end that differ."""


@dataclass(frozen=True)
class Choice:
    """What a person wants of one kind."""

    way: Way = Way.AT_ONCE
    in_page: bool = True


@dataclass(frozen=True)
class Choices:
    """What a person wants.

    digest_hour: local hour of the daily digest; None for one at most every hour. quiet: local hours from and to.
    """

    kinds: Mapping[Kind, Choice]
    digest_hour: int | None = MORNING
    quiet: tuple[int, int] | None = None

    def of(self, kind: Kind) -> Choice:
        return Choice() if kind in ALWAYS else self.kinds.get(kind, usual(kind))


USUAL = Choices({})


def usual(kind: Kind) -> Choice:
    """What is done for those who have said nothing: what many are told of at once is no letter."""
    return Choice(Way.NONE) if kind is Kind.TEAM else Choice()


def choices_of(person: Person) -> Choices:
    """What the person has chosen; what they have said nothing about is as usual."""
    return read_choices(person.notices)


def read_choices(told: Mapping[str, Any] | None) -> Choices:
    """Choices as they stand in a person's row."""
    if not told:
        return USUAL
    kinds = {Kind(kind): Choice(Way(way), bool(in_page)) for kind, (way, in_page) in told.get("kinds", {}).items()
             if kind in set(Kind)}
    quiet = told.get("quiet")
    return Choices(kinds, told.get("hour", MORNING), (quiet[0], quiet[1]) if quiet else None)


def kinds_for(person: Person) -> list[Kind]:
    """The kinds that this person can meet."""
    return [kind for kind in Kind if person.is_staff or kind not in OF_STAFF]


def choose(session: Session, person: Person, choices: Choices, *, now: datetime) -> None:
    """Keep what the person wants; kinds that are always sent stay as they are. Raises BadHours."""
    hours = [hour for hour in (choices.digest_hour, *(choices.quiet or ())) if hour is not None]
    if any(hour not in HOURS for hour in hours) or (choices.quiet and choices.quiet[0] == choices.quiet[1]):
        raise BadHours()
    kinds = {kind.value: [one.way.value, one.in_page] for kind, one in choices.kinds.items()
             if kind not in ALWAYS and one != usual(kind)}
    person.notices = {"kinds": kinds, "hour": choices.digest_hour, "quiet": list(choices.quiet or ())}
    session.flush()
    audit.record(session, "notices_chosen", by=person.id, now=now, kinds=sorted(kinds))


def switch_off(session: Session, person: Person, kinds: Collection[Kind], *, now: datetime) -> None:
    """No letters of these kinds any more; what the page shows stays."""
    before = choices_of(person)
    off = {kind: replace(before.of(kind), way=Way.NONE) for kind in kinds if kind not in ALWAYS}
    if off:
        choose(session, person, replace(before, kinds={**before.kinds, **off}), now=now)


def way_of(person: Person, kind: Kind, *, now: datetime) -> tuple[Way, bool, datetime]:
    """How a letter of this kind goes to the person, whether the page shows it, and when it may leave."""
    return way_by(choices_of(person), kind, now=now)


def way_by(choices: Choices, kind: Kind, *, now: datetime) -> tuple[Way, bool, datetime]:
    """The same, for whom only the choices were read."""
    choice = choices.of(kind)
    if choice.way is Way.DIGEST:
        return Way.DIGEST, choice.in_page, _next_digest(choices, now)
    quiet_until = _quiet_until(choices, now) if kind not in ALWAYS and choice.way is Way.AT_ONCE else None
    if quiet_until is not None:
        # What the night has gathered comes in the morning as one letter.
        return Way.DIGEST, choice.in_page, quiet_until
    return choice.way, choice.in_page, now


def _next_digest(choices: Choices, now: datetime) -> datetime:
    local = now.astimezone(ZONE)
    if choices.digest_hour is None:
        due = (local + HOUR).replace(minute=0, second=0, microsecond=0)
    else:
        due = _next_at(choices.digest_hour, local)
    moment = due.astimezone(now.tzinfo)
    return _quiet_until(choices, moment) or moment


def _quiet_until(choices: Choices, now: datetime) -> datetime | None:
    """The end of the quiet hours in which `now` lies."""
    if choices.quiet is None:
        return None
    begin, end = choices.quiet
    local = now.astimezone(ZONE)
    is_quiet = begin <= local.hour < end if begin < end else local.hour >= begin or local.hour < end
    return _next_at(end, local).astimezone(now.tzinfo) if is_quiet else None


def _next_at(hour: int, local: datetime) -> datetime:
    """The next time the clocks on the wall show this hour."""
    day = local.date() if local.hour < hour else local.date() + timedelta(days=1)
    return datetime.combine(day, time(hour), tzinfo=ZONE)
