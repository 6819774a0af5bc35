"""Availability against an oracle that counts every minute: overlaps, open ends, channels, changed clocks."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.announcements.availability import Level, history, window
from helpdesk.announcements.kinds import Environment, Kind, State, Way
from helpdesk.announcements.records import Announcement

WARSAW = ZoneInfo("Europe/Warsaw")
# The clocks go back in the night of 25 October and forward in that of 29 March.
NOON, SPRING = datetime(2026, 10, 27, 11, 0, tzinfo=UTC), datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
DAYS = 4
MINUTE = timedelta(minutes=1)
LEVELS = {Kind.PLANNED_BREAK: Level.BREAK, Kind.DIFFICULTY: Level.DIFFICULTY,
          Kind.CENTRAL_FAILURE: Level.FAILURE, Kind.LOCAL_FAILURE: Level.FAILURE}


def trouble(kind: Kind, starts_at: datetime, ended_at: datetime | None, *, channels: tuple[Way, ...] = (),
            **facts: object) -> Announcement:
    return Announcement(
        kind=kind.value, state=(State.ENDED if ended_at else State.PUBLISHED).value, starts_at=starts_at,
        ended_at=ended_at, channels=[way.value for way in channels], environment=Environment.PRODUCTION.value,
        **{"is_called_off": False, "ends_by_itself": False, "expected_end_at": None, **facts})


def fails(one: Announcement, way: Way) -> bool:
    return LEVELS[Kind(one.kind)] is Level.FAILURE and (not one.channels or way.value in one.channels)


def seen(one: Announcement, way: Way | None) -> Level:
    """How bad one trouble is by itself: nothing at a channel that it is not about."""
    if way is not None and one.channels and way.value not in one.channels:
        return Level.FINE
    level = LEVELS[Kind(one.kind)]
    return Level.PART if level is Level.FAILURE and way is None and 0 < len(one.channels) < len(Way) else level


def count(troubles: list[Announcement], now: datetime, way: Way | None) -> tuple[Decimal, list[tuple[Level, int]]]:
    """The oracle: every minute by itself, from the local midnight three days ago up to now."""
    first = now.astimezone(WARSAW).date() - timedelta(days=DAYS - 1)
    moment = datetime(first.year, first.month, first.day, tzinfo=WARSAW).astimezone(UTC)
    total = away = 0
    days: dict[object, tuple[Level, int]] = {}
    while moment < now:
        here = [one for one in troubles if one.starts_at <= moment and (one.ended_at is None or moment < one.ended_at)]
        is_away = all(any(fails(one, each) for one in here) for each in (list(Way) if way is None else [way]))
        level = Level.FAILURE if is_away else max((seen(one, way) for one in here), default=Level.FINE)
        day = moment.astimezone(WARSAW).date()
        before = days.get(day, (Level.FINE, 0))
        days[day] = (max(before[0], level), before[1] + is_away)
        total, away = total + 1, away + is_away
        moment += MINUTE
    percent = (Decimal(100) * (total - away) / total).quantize(Decimal("0.01"), ROUND_DOWN)
    return percent, list(days.values())


spans = st.tuples(st.integers(-2000, 5800), st.integers(1, 900), st.booleans(), st.sampled_from(list(LEVELS)),
                  st.sampled_from([set(), {Way.PORTAL}, {Way.PORTAL, Way.PUSH}, set(Way) - {Way.PUSH}, set(Way)]))


@settings(max_examples=40, deadline=None)
@given(many=st.lists(spans, max_size=5), now=st.sampled_from([NOON, SPRING]),
       way=st.sampled_from([None, Way.PORTAL, Way.PUSH]))
def test_the_arithmetic_is_that_of_an_oracle(
        many: list[tuple[int, int, bool, Kind, set[Way]]], now: datetime, way: Way | None) -> None:
    begin = window(now, DAYS).since
    troubles = [trouble(kind, begin + since * MINUTE, None if is_open else begin + (since + lasts) * MINUTE,
                        channels=tuple(sorted(ways)))
                for since, lasts, is_open, kind, ways in many if begin + since * MINUTE < now]
    troubles = [one for one in troubles if one.ended_at is None or one.ended_at <= now]

    found = history(troubles, now=now, way=way, days=DAYS)

    percent, days = count(troubles, now, way)
    assert found.percent == percent
    assert [(day.level, int(day.away_for / MINUTE)) for day in found.days] == days


def test_channels_that_fail_one_by_one_take_the_system_away_only_while_all_of_them_do() -> None:
    portal = trouble(Kind.CENTRAL_FAILURE, NOON - timedelta(hours=6), NOON - timedelta(hours=2), channels=(Way.PORTAL,))
    others = trouble(Kind.LOCAL_FAILURE, NOON - timedelta(hours=3), NOON,
                     channels=tuple(way for way in Way if way is not Way.PORTAL))

    def away(*troubles: Announcement, way: Way | None = None) -> float:
        return history(troubles, now=NOON, way=way).away_for / timedelta(hours=1)

    assert (away(portal), away(portal, way=Way.PORTAL), away(portal, way=Way.PUSH)) == (0, 4, 0)
    assert (away(portal, others), away(portal, others, way=Way.PUSH)) == (1, 3)
    assert history([portal], now=NOON).days[-1].level is Level.PART
    assert history([portal, others], now=NOON).days[-1].level is Level.FAILURE


def test_the_day_of_the_long_night_has_twenty_five_hours() -> None:
    whole_day = trouble(Kind.CENTRAL_FAILURE, datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
                        datetime(2026, 10, 25, 23, 0, tzinfo=UTC))

    day = next(day for day in history([whole_day], now=NOON, days=DAYS).days if day.level is Level.FAILURE)

    assert (day.on.isoformat(), day.away_for) == ("2026-10-25", timedelta(hours=25))


@pytest.mark.parametrize("facts", [{"is_called_off": True}, {"kind": Kind.DIFFICULTY}, {"kind": Kind.PLANNED_BREAK}])
def test_what_is_no_failure_takes_nothing_away(facts: dict[str, object]) -> None:
    kind = facts.pop("kind", Kind.CENTRAL_FAILURE)
    one = trouble(Kind(str(kind)), NOON - timedelta(hours=5), NOON - timedelta(hours=1), **facts)

    assert history([one], now=NOON).percent == Decimal("100.00")


def test_a_second_of_failure_is_never_rounded_to_a_hundred() -> None:
    one = trouble(Kind.CENTRAL_FAILURE, NOON - timedelta(seconds=1), None)

    assert history([one], now=NOON).percent == Decimal("99.99")


def test_a_break_that_ends_by_itself_is_over_at_its_time_though_nobody_has_looked() -> None:
    one = trouble(Kind.CENTRAL_FAILURE, NOON - timedelta(hours=3), None, ends_by_itself=True,
                  expected_end_at=NOON - timedelta(hours=2))

    assert history([one], now=NOON).away_for == timedelta(hours=1)
