"""Results: what ratings come to, for whoever leads. Counted by the database, never by reading every rating."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.ratings.records import LOW, STARS, Rating
from helpdesk.years import ZONE

MONTHS = 12
COMMENTS_MOST, EXPORTED_MOST = 50, 20_000


@dataclass(frozen=True)
class Scope:
    """Which ratings are meant. team_ids: None for all of them. since, until: moments of giving (or of asking)."""

    since: datetime
    until: datetime
    team_ids: Collection[int] | None = None
    request_type: str = ""

    def given(self) -> list[ColumnElement[bool]]:
        return [Rating.given_at >= self.since, Rating.given_at < self.until, *self._narrow()]

    def asked(self) -> list[ColumnElement[bool]]:
        narrow = [Rating.request_type == self.request_type] if self.request_type else []
        return [Rating.asked_at >= self.since, Rating.asked_at < self.until, *narrow]

    def _narrow(self) -> Iterator[ColumnElement[bool]]:
        if self.team_ids is not None:
            yield Rating.team_id.in_(list(self.team_ids))
        if self.request_type:
            yield Rating.request_type == self.request_type


@dataclass(frozen=True)
class Tally:
    """How many ratings had how many stars."""

    counts: Mapping[int, int]

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    @property
    def average(self) -> float | None:
        return sum(stars * count for stars, count in self.counts.items()) / self.number if self.number else None

    def share(self, stars: int) -> float:
        return self.counts.get(stars, 0) / self.number if self.number else 0.0


@dataclass(frozen=True)
class Results:
    """What the ratings of a scope come to: all of them, by team id, by request type, and month by month."""

    all: Tally
    by_team: Mapping[int | None, Tally]
    by_type: Mapping[str, Tally]
    by_month: Mapping[str, Tally]
    asked: int
    answered: int


def read_results(session: Session, scope: Scope, *, now: datetime) -> Results:
    """The numbers of a scope, and the trend of the last twelve months for the same teams and types."""
    rows = session.execute(select(Rating.stars, Rating.team_id, Rating.request_type, func.count(Rating.id)).where(
        *scope.given()).group_by(Rating.stars, Rating.team_id, Rating.request_type)).all()
    trend = Scope(now - timedelta(days=366), now + timedelta(days=1), scope.team_ids, scope.request_type)
    months = session.execute(select(Rating.stars, Rating.month, func.count(Rating.id)).where(
        *trend.given()).group_by(Rating.stars, Rating.month)).all()
    asked, answered = session.execute(select(func.count(Rating.id), func.count(Rating.given_at)).where(
        *scope.asked())).one()
    return Results(
        all=_tally((row[0], row[3]) for row in rows),
        by_team={key: _tally((row[0], row[3]) for row in rows if row[1] == key) for key in {row[1] for row in rows}},
        by_type={key: _tally((row[0], row[3]) for row in rows if row[2] == key) for key in {row[2] for row in rows}},
        by_month={month: _tally((row[0], row[2]) for row in months if row[1] == month) for month in _months(now)},
        asked=asked, answered=answered)


def list_low(session: Session, scope: Scope, *, most: int = COMMENTS_MOST) -> list[Rating]:
    """Low ratings: those that nobody has called about first, the newest first."""
    return list(session.scalars(_listed().where(*scope.given(), Rating.stars <= LOW).order_by(
        Rating.called_at.is_not(None), Rating.given_at.desc()).limit(most)))


def list_comments(session: Session, scope: Scope, *, most: int = COMMENTS_MOST) -> list[Rating]:
    return list(session.scalars(_listed().where(*scope.given(), Rating.comment != "").order_by(
        Rating.given_at.desc()).limit(most)))


def list_given(session: Session, scope: Scope, *, most: int = EXPORTED_MOST) -> Sequence[Rating]:
    """Ratings to write into a file, the oldest first."""
    return session.scalars(_listed().where(*scope.given()).order_by(Rating.given_at).limit(most)).all()


def list_types(session: Session) -> list[str]:
    """The request types that anybody could rate."""
    return sorted(session.scalars(select(Rating.request_type).distinct()))


def _listed() -> Select[Rating]:
    return select(Rating).options(joinedload(Rating.ticket), joinedload(Rating.person), joinedload(Rating.team),
                                  joinedload(Rating.called_by))


def _tally(pairs: Iterator[tuple[int | None, int]]) -> Tally:
    counts = dict.fromkeys(STARS, 0)
    for stars, count in pairs:
        if stars is not None:
            counts[stars] += count
    return Tally(counts)


def _months(now: datetime) -> list[str]:
    """The last twelve months, this one included."""
    local = now.astimezone(ZONE)
    last = local.year * 12 + local.month - 1
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last - MONTHS + 1, last + 1)]
