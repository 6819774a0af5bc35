"""Calendars: hours, holidays, exceptions, both nights of the clock change, and the mistakes others made."""

import random
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from sla.calendars import (
    ALWAYS,
    BUILT_IN,
    CACHED_DAYS,
    CLOSED,
    OFFICE,
    OFFICE_LATE,
    WHOLE_DAY,
    BadCalendar,
    Calendar,
    NoWorkingTime,
    UnknownCalendar,
    Window,
    due_at,
    elapsed,
    elapsed_days,
    get_calendar,
    is_open,
    next_opening,
)
from sla.durations import parse_allowed

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = timedelta(hours=1)


def warsaw(text: str, fold: int = 0) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=WARSAW, fold=fold).astimezone(UTC)


def due(start: str, notation: str) -> datetime:
    allowed = parse_allowed(notation)
    return due_at(warsaw(start), allowed, BUILT_IN[allowed.calendar] if allowed.calendar else None)


def every_day(
    *texts: str, zone: str = "Europe/Warsaw", exceptions: dict[date, tuple[Window, ...]] | None = None
) -> Calendar:
    return Calendar("mine", zone, (tuple(Window.parse(text) for text in texts),) * 7, None, exceptions or {})


@pytest.mark.parametrize(("start", "notation", "expected"), [
    ("2026-11-23 10:00", "PT4H", "2026-11-23 14:00"),
    ("2026-11-23 10:00", "PT4H @ always", "2026-11-23 14:00"),
    ("2026-11-23 10:00", "PT4H @ office", "2026-11-23 14:00"),
    ("2026-11-23 14:15", "PT4H @ office", "2026-11-24 10:15"),
    ("2026-11-23 14:15", "PT4H @ office-late", "2026-11-24 10:15"),
    ("2026-11-23 14:15", "PT1H @ office", "2026-11-23 15:15"),  # due as the office closes
    ("2026-11-23 04:00", "PT1H @ office", "2026-11-23 8:15"),
    ("2026-11-20 15:00", "PT1H @ office-late", "2026-11-23 8:00"),  # over a weekend
    ("2026-11-10 15:00", "PT4H @ office", "2026-11-12 11:00"),  # over 11 November
    ("2026-04-02 14:15", "PT2H @ office", "2026-04-03 8:15"),  # Good Friday is worked
    ("2026-04-03 14:15", "PT2H @ office", "2026-04-07 8:15"),  # Easter Monday is not
    ("2026-11-23 10:00", "P1D @ office", "2026-11-24 10:00"),
    ("2026-11-23 7:15", "P1D @ office", "2026-11-23 15:15"),
    ("2026-11-23 20:00", "P1D @ office", "2026-11-24 15:15"),
    ("2026-11-21 12:00", "P1D @ office", "2026-11-23 15:15"),
    ("2026-11-23 10:00", "P20D @ office", "2026-12-21 10:00"),
    ("2026-12-23 10:00", "P20D @ office", "2027-01-26 10:00"),
    ("2026-03-27 10:00", "P1D", "2026-03-28 10:00"),
    ("2026-03-28 10:00", "P1D", "2026-03-29 11:00"),  # twenty-four hours, not the same time next day
])
def test_a_promise_is_due(start: str, notation: str, expected: str) -> None:
    assert due(start, notation) == warsaw(expected)


def test_24_december_is_a_holiday_from_2025() -> None:
    assert is_open(warsaw("2024-12-24 10:00"), OFFICE)
    assert not is_open(warsaw("2025-12-24 10:00"), OFFICE)
    assert due("2024-12-23 14:15", "PT2H @ office") == warsaw("2024-12-24 8:15")
    assert due("2025-12-23 14:15", "PT2H @ office") == warsaw("2025-12-29 8:15")


def test_opening_counts_and_closing_does_not() -> None:
    assert not is_open(warsaw("2026-11-23 7:14"), OFFICE)
    assert is_open(warsaw("2026-11-23 7:15"), OFFICE)
    assert not is_open(warsaw("2026-11-23 15:15"), OFFICE)
    assert is_open(warsaw("2026-11-23 15:15"), OFFICE_LATE)


def test_the_next_opening_is_now_or_the_next_working_morning() -> None:
    assert next_opening(warsaw("2026-11-23 9:00"), OFFICE) == warsaw("2026-11-23 9:00")
    assert next_opening(warsaw("2026-11-23 15:15"), OFFICE) == warsaw("2026-11-24 7:15")
    assert next_opening(warsaw("2026-12-23 16:00"), OFFICE) == warsaw("2026-12-28 7:15")


def test_no_minute_is_closed_at_midnight_in_a_calendar_that_runs_to_24_00() -> None:
    round_the_clock = every_day("0:00-24:00")
    start = warsaw("2026-11-23 23:00")

    assert elapsed(start, start + 2 * HOUR, round_the_clock) == 2 * HOUR
    assert due_at(start, 90 * 24 * HOUR, round_the_clock) == start + 90 * 24 * HOUR
    assert all(is_open(warsaw("2026-11-23 23:50") + timedelta(minutes=minute), ALWAYS) for minute in range(20))


def test_a_window_that_ends_at_24_00_meets_the_one_that_begins_at_0_00() -> None:
    night_shift = every_day("0:00-6:00", "22:00-24:00")

    assert due_at(warsaw("2026-11-23 23:00"), 2 * HOUR, night_shift) == warsaw("2026-11-24 1:00")


def test_any_number_of_windows_a_day_counts() -> None:
    with_breaks = every_day("8:00-10:00", "10:15-12:00", "13:00-15:00")

    assert due_at(warsaw("2026-11-23 9:00"), 4 * HOUR, with_breaks) == warsaw("2026-11-23 14:15")
    assert elapsed(warsaw("2026-11-23 0:00"), warsaw("2026-11-24 0:00"), with_breaks) == timedelta(hours=5, minutes=45)


def test_an_exception_overrules_weekday_and_holiday() -> None:
    odd = {
        date(2026, 11, 11): (Window.parse("8:00-12:00"),),
        date(2026, 11, 12): CLOSED,
        date(2026, 11, 14): WHOLE_DAY,
    }
    calendar = Calendar("odd", "Europe/Warsaw", OFFICE.windows, "PL", odd)

    assert due_at(warsaw("2026-11-10 15:00"), timedelta(hours=4, minutes=15), calendar) == warsaw("2026-11-11 12:00")
    assert next_opening(warsaw("2026-11-11 12:00"), calendar) == warsaw("2026-11-13 7:15")
    assert elapsed(warsaw("2026-11-14 0:00"), warsaw("2026-11-15 0:00"), calendar) == 24 * HOUR


@pytest.mark.parametrize(("window", "spring", "autumn"), [
    ("2:30-3:30", 30, 90),  # 3:00–3:30; and 2:30–3:00, 2:30–3:30
    ("2:00-3:00", 0, 120),
    ("2:15-2:45", 0, 60),
    ("1:30-2:30", 30, 90),
    ("0:00-24:00", 23 * 60, 25 * 60),
    ("7:15-15:15", 480, 480),
])
def test_on_the_nights_of_the_change_the_wall_clock_decides(window: str, spring: int, autumn: int) -> None:
    calendar = every_day(window)

    for day, next_day, minutes in (("2026-03-29", "2026-03-30", spring), ("2026-10-25", "2026-10-26", autumn)):
        worked = elapsed(warsaw(f"{day} 0:00"), warsaw(f"{next_day} 0:00"), calendar)
        assert worked == timedelta(minutes=minutes), day


def test_the_repeated_half_hour_is_open_twice_with_a_break_between() -> None:
    calendar = every_day("2:30-3:30")
    first = warsaw("2026-10-25 2:30")

    assert due_at(first, timedelta(minutes=30), calendar) == first + timedelta(minutes=30)
    assert due_at(first, timedelta(minutes=31), calendar) == warsaw("2026-10-25 2:31", fold=1)
    assert due_at(first, timedelta(minutes=90), calendar) == warsaw("2026-10-25 3:30")
    assert not is_open(warsaw("2026-10-25 2:15", fold=1), calendar)


def test_a_day_whose_only_window_is_missing_is_not_a_working_day() -> None:
    calendar = every_day("2:00-3:00")
    allowed = parse_allowed("P2D @ mine")

    assert due_at(warsaw("2026-03-27 12:00"), allowed, calendar) == warsaw("2026-03-30 3:00")


def test_subtraction_is_done_in_utc_across_the_change() -> None:
    start, end = datetime(2026, 10, 24, 12, tzinfo=WARSAW), datetime(2026, 10, 25, 12, tzinfo=WARSAW)

    assert end - start == 24 * HOUR  # what the language says of two moments of one zone
    assert elapsed(start, end, None) == elapsed(start, end, ALWAYS) == 25 * HOUR


def test_a_date_that_an_island_left_out_is_not_a_working_day() -> None:
    calendar = every_day("8:00-16:00", zone="Pacific/Apia")
    thursday = datetime(2011, 12, 29, 10, tzinfo=ZoneInfo("Pacific/Apia"))

    day_later = due_at(thursday, parse_allowed("P1D @ mine"), calendar)

    assert day_later.astimezone(ZoneInfo("Pacific/Apia")) == datetime(2011, 12, 31, 10, tzinfo=ZoneInfo("Pacific/Apia"))


def test_a_calendar_that_never_opens_is_said_not_searched_for_ever() -> None:
    closed = every_day()
    one_minute_a_year = every_day(exceptions={date(2026, 11, 24): (Window(0, 1),)})

    with pytest.raises(NoWorkingTime):
        due_at(warsaw("2026-11-23 9:00"), HOUR, closed)
    with pytest.raises(NoWorkingTime):
        next_opening(warsaw("2026-11-23 9:00"), closed)
    with pytest.raises(NoWorkingTime) as told:
        due_at(warsaw("2026-11-23 9:00"), HOUR, one_minute_a_year)
    assert str(told.value) == "The calendar “mine” does not offer the working time needed within 400 days."


def test_a_closure_of_a_year_is_looked_across() -> None:
    opens_on = date(2026, 11, 23) + timedelta(days=399)
    calendar = every_day(exceptions={opens_on: (Window(480, 540),)})

    assert due_at(warsaw("2026-11-23 9:00"), HOUR, calendar) == warsaw(f"{opens_on} 9:00")


def test_nothing_allowed_is_due_at_once() -> None:
    saturday = warsaw("2026-11-21 9:00")

    assert due_at(saturday, timedelta(0), OFFICE) == saturday


def test_a_promise_in_another_calendar_than_the_given_one_is_refused() -> None:
    with pytest.raises(UnknownCalendar):
        due_at(warsaw("2026-11-23 9:00"), parse_allowed("PT4H @ office"), OFFICE_LATE)
    with pytest.raises(UnknownCalendar, match="“attic”"):
        get_calendar("attic", BUILT_IN)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        due_at(datetime(2026, 11, 23, 9), HOUR, OFFICE)  # noqa: DTZ001 - that is the point


def test_working_time_adds_up_exactly_and_never_runs_backwards() -> None:
    chance = random.Random(7)
    since = warsaw("2026-10-01 0:00")
    for calendar in (*BUILT_IN.values(), every_day("2:30-3:30", "7:00-7:07", "22:00-24:00")):
        for _ in range(300):
            places = sorted(chance.randrange(60 * 86400 * 1_000_000) for _ in range(3))
            early, middle, late = (since + timedelta(microseconds=place) for place in places)
            days = elapsed_days(early, middle, calendar)
            assert days + elapsed_days(middle, late, calendar) == elapsed_days(early, late, calendar)
            assert elapsed_days(middle, early, calendar) == -days <= 0
            if due_at(early, timedelta(hours=5), calendar) != due_at(middle, timedelta(hours=5), calendar):
                assert due_at(early, timedelta(hours=5), calendar) < due_at(middle, timedelta(hours=5), calendar)


def test_what_is_due_has_passed_then_and_not_a_microsecond_before() -> None:
    chance = random.Random(8)
    calendar = every_day("2:30-3:30", "7:00-7:07", "22:00-24:00")
    for _ in range(300):
        start = warsaw("2026-10-01 0:00") + timedelta(microseconds=chance.randrange(40 * 86400 * 1_000_000))
        share = Fraction(chance.randrange(1, 200), 100)
        allowed = parse_allowed(f"P{chance.randrange(1, 9)}D @ mine")

        moment = due_at(start, allowed, calendar, share=share)

        assert elapsed_days(start, moment, calendar) >= allowed.days * share
        assert elapsed_days(start, moment - timedelta(microseconds=1), calendar) < allowed.days * share


def test_a_calendar_survives_being_stored() -> None:
    odd = {date(2026, 12, 31): (Window.parse("7:15-12:00"), Window.parse("18:00-24:00")), date(2026, 5, 2): CLOSED}
    calendar = Calendar("odd", "Europe/Warsaw", OFFICE.windows, "PL", odd, version=3)

    assert Calendar.from_dict(calendar.to_dict()) == calendar
    assert all(Calendar.from_dict(kept.to_dict()) == kept for kept in BUILT_IN.values())
    assert ALWAYS.is_always
    assert not OFFICE.is_always


@pytest.mark.parametrize("wrong", [
    {"zone": "Europe/Atlantis"},
    {"zone": "../etc/passwd"},
    {"zone": None},
    {"key": "With Spaces"},
    {"holidays": "XX"},
    {"holidays": 7},
    {"windows": {"monday": []}},
    {"windows": {"mon": "7:15-15:15"}},
    {"windows": {"mon": ["7:15-24:01"]}},
    {"windows": {"mon": ["15:15-7:15"]}},
    {"windows": {"mon": ["7:15-7:15"]}},
    {"windows": {"mon": ["7:15-12:00", "11:59-15:00"]}},
    {"windows": {"mon": ["seven to three"]}},
    {"exceptions": {"2026-02-30": []}},
    {"exceptions": []},
    {"version": "first"},
])
def test_a_calendar_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadCalendar):
        Calendar.from_dict({**OFFICE.to_dict(), **wrong})


def test_the_cache_of_days_is_bounded() -> None:
    calendar = every_day("0:00-0:01")

    for ordinal in range(700_000, 700_000 + 2 * CACHED_DAYS):
        calendar.day(ordinal)

    assert len(calendar._days) <= CACHED_DAYS


def test_twenty_working_days_are_reckoned_in_no_time() -> None:
    start, allowed = warsaw("2026-12-01 10:00"), parse_allowed("P20D @ office")
    due_at(start, allowed, OFFICE)

    def seconds() -> float:
        began = perf_counter()
        for _ in range(100):
            due_at(start, allowed, OFFICE)
        return (perf_counter() - began) / 100

    assert min(seconds() for _ in range(5)) < 0.0002
