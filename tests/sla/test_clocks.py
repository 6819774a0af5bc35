"""Clocks: what a list of events says about a promise."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.calendars import ALWAYS, BUILT_IN, Calendar, UnknownCalendar, Window, due_at, is_open
from sla.clocks import THRESHOLDS, BadClock, ClockEvent, ClockEventKind, Reading, read
from sla.durations import parse_allowed

WARSAW = ZoneInfo("Europe/Warsaw")
STARTED, PAUSED, RESUMED, STOPPED, TARGET_CHANGED = ClockEventKind


def warsaw(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=WARSAW).astimezone(UTC)


def started(at: str, notation: str) -> ClockEvent:
    return ClockEvent(warsaw(at), STARTED, allowed=parse_allowed(notation))


def paused(at: str, reason: str = "waiting_for_client") -> ClockEvent:
    return ClockEvent(warsaw(at), PAUSED, reason)


def resumed(at: str, reason: str | None = None) -> ClockEvent:
    return ClockEvent(warsaw(at), RESUMED, reason)


def stopped(at: str) -> ClockEvent:
    return ClockEvent(warsaw(at), STOPPED)


def changed(at: str, notation: str) -> ClockEvent:
    return ClockEvent(warsaw(at), TARGET_CHANGED, allowed=parse_allowed(notation))


def reading(now: str, *events: ClockEvent) -> Reading:
    return read(events, BUILT_IN, warsaw(now))


def test_a_running_clock_knows_its_thresholds() -> None:
    clock = reading("2026-11-23 10:00", started("2026-11-23 9:00", "PT4H @ office"))

    assert clock.is_running
    assert clock.used == Fraction(1, 4)
    assert clock.remaining == timedelta(hours=3)
    assert clock.due_at == warsaw("2026-11-23 13:00")
    assert [clock.moment_of(threshold.share) for threshold in THRESHOLDS] == [
        warsaw("2026-11-23 11:00"), warsaw("2026-11-23 12:00"), warsaw("2026-11-23 13:00"), warsaw("2026-11-23 15:00"),
    ]
    assert [threshold.code for threshold in THRESHOLDS] == ["50", "75", "breach", "overdue"]


def test_thresholds_of_a_promise_over_two_windows_land_in_working_time() -> None:
    clock = reading("2026-11-23 14:00", started("2026-11-23 14:00", "PT4H @ office"))

    moments = [clock.moment_of(threshold.share) for threshold in THRESHOLDS]

    assert moments == [
        warsaw("2026-11-24 8:00"),
        warsaw("2026-11-24 9:00"), warsaw("2026-11-24 10:00"), warsaw("2026-11-24 12:00"),
    ]
    assert all(moment is not None and is_open(moment, BUILT_IN["office"]) for moment in moments)


def test_waiting_for_the_client_pauses_it_and_the_reason_is_known() -> None:
    clock = reading("2026-11-25 9:00", started("2026-11-23 9:00", "PT4H @ office"), paused("2026-11-23 10:00"))

    assert clock.is_paused
    assert clock.paused_because == "waiting_for_client"
    assert clock.used == Fraction(1, 4)
    assert clock.due_at is None
    assert clock.moment_of(Fraction(1, 4)) == warsaw("2026-11-23 10:00")


def test_a_resumed_clock_goes_on_where_it_stood() -> None:
    events = started("2026-11-23 9:00", "PT4H @ office"), paused("2026-11-23 10:00"), resumed("2026-11-25 14:15")

    clock = reading("2026-11-25 14:15", *events)

    assert clock.is_running
    assert clock.due_at == warsaw("2026-11-26 9:15")


def test_it_runs_again_when_the_last_of_two_reasons_is_lifted() -> None:
    events = [started("2026-11-23 8:00", "PT8H @ office"), paused("2026-11-23 9:00"),
              paused("2026-11-23 10:00", "planned_break"), resumed("2026-11-23 11:00", "waiting_for_client")]

    assert reading("2026-11-23 12:00", *events).pause_reasons == ("planned_break",)
    assert reading("2026-11-23 12:00", *events, resumed("2026-11-23 12:00", "planned_break")).is_running
    assert reading("2026-11-23 12:00", *events[:3], resumed("2026-11-23 12:00")).is_running


def test_the_time_used_and_the_pauses_survive_a_change_of_the_target() -> None:
    events = [started("2026-11-23 8:00", "PT8H @ office"), paused("2026-11-23 10:00"), resumed("2026-11-24 10:00"),
              changed("2026-11-24 11:00", "PT4H @ office")]

    clock = reading("2026-11-24 11:00", *events)

    assert clock.used == Fraction(3, 4)
    assert clock.due_at == warsaw("2026-11-24 12:00")


def test_a_change_of_the_calendar_measures_the_same_runs_anew() -> None:
    events = [started("2026-11-23 14:15", "PT8H @ office"), changed("2026-11-24 8:15", "PT24H @ always")]

    clock = reading("2026-11-24 8:15", *events)

    assert clock.used == Fraction(18, 24)
    assert clock.due_at == warsaw("2026-11-24 14:15")


def test_a_change_while_paused_keeps_it_paused() -> None:
    events = [started("2026-11-23 8:00", "PT2H @ office"), paused("2026-11-23 9:00"),
              changed("2026-11-23 10:00", "P1D @ office")]

    clock = reading("2026-11-23 12:00", *events)

    assert clock.is_paused
    assert clock.used == Fraction(1, 8)
    assert clock.remaining is None
    assert clock.remaining_days == Fraction(7, 8)


def test_a_change_after_the_pause_does_not_count_the_pause() -> None:
    events = [started("2026-11-23 8:00", "PT1H"), paused("2026-11-23 8:30"), resumed("2026-11-23 20:00"),
              changed("2026-11-23 20:15", "PT2H")]

    assert reading("2026-11-23 20:15", *events).due_at == warsaw("2026-11-23 21:30")


@pytest.mark.parametrize(("end", "is_met"), [("2026-11-23 13:00", True), ("2026-11-23 13:01", False)])
def test_stopping_by_the_due_moment_keeps_the_promise(end: str, is_met: bool) -> None:
    clock = reading("2026-12-01 9:00", started("2026-11-23 9:00", "PT4H @ office"), stopped(end))

    assert clock.met is is_met
    assert clock.breached_at == (None if is_met else warsaw("2026-11-23 13:00"))
    assert not clock.is_running
    assert not clock.is_paused


def test_a_promise_due_at_the_closing_is_broken_by_an_answer_before_the_next_opening() -> None:
    clock = reading("2026-11-24 9:00", started("2026-11-23 14:15", "PT1H @ office"), stopped("2026-11-24 7:00"))

    assert clock.used == 1
    assert not clock.met


def test_a_clock_paused_for_good_and_stopped_is_met() -> None:
    events = started("2026-11-23 9:00", "PT4H @ office"), paused("2026-11-23 10:00"), stopped("2026-12-07 10:00")

    assert reading("2026-12-08 9:00", *events).met


def test_a_breach_is_remembered_through_a_later_pause() -> None:
    events = started("2026-11-23 9:00", "PT1H @ office"), paused("2026-11-23 11:00")

    clock = reading("2026-11-25 9:00", *events)

    assert clock.breached_at == warsaw("2026-11-23 10:00")
    assert clock.remaining == -timedelta(hours=1)
    assert clock.moment_of(Fraction(3)) is None


def test_a_breach_is_read_from_the_events_however_late_one_looks() -> None:
    late = reading("2027-06-01 9:00", started("2026-11-23 9:00", "PT4H @ office"))

    assert [late.moment_of(threshold.share) for threshold in THRESHOLDS] == [
        warsaw("2026-11-23 11:00"), warsaw("2026-11-23 12:00"), warsaw("2026-11-23 13:00"), warsaw("2026-11-23 15:00"),
    ]
    assert late.breached_at == warsaw("2026-11-23 13:00")


def test_events_that_change_nothing_are_passed_over() -> None:
    events = [started("2026-11-23 9:00", "PT4H @ office"), resumed("2026-11-23 9:30"), paused("2026-11-23 10:00"),
              paused("2026-11-23 10:30"), stopped("2026-11-23 11:00"), resumed("2026-11-23 12:00"),
              changed("2026-11-23 12:00", "PT1H"), stopped("2026-11-23 13:00")]

    clock = reading("2026-11-23 14:00", *events)

    assert clock.used == Fraction(1, 4)
    assert clock.stopped_at == warsaw("2026-11-23 11:00")


def test_a_second_start_begins_the_promise_afresh() -> None:
    events = [started("2026-11-23 9:00", "PT4H @ office"), stopped("2026-11-23 11:00"),
              started("2026-11-24 9:00", "PT2H @ office")]

    clock = reading("2026-11-24 10:00", *events)

    assert clock.is_running
    assert clock.due_at == warsaw("2026-11-24 11:00")
    assert clock.started_at == warsaw("2026-11-24 9:00")


def test_an_event_from_a_machine_whose_clock_is_behind_takes_the_later_moment() -> None:
    events = [started("2026-11-23 9:00", "PT4H"), paused("2026-11-23 8:59"), resumed("2026-11-23 10:00")]

    clock = reading("2026-11-23 9:30", *events)

    assert clock.now == warsaw("2026-11-23 10:00")
    assert clock.used == 0


@pytest.mark.parametrize("events", [
    [],
    [stopped("2026-11-23 9:00")],
    [ClockEvent(warsaw("2026-11-23 9:00"), STARTED)],
    [ClockEvent(warsaw("2026-11-23 9:00"), STARTED, allowed=parse_allowed("PT0S", may_be_zero=True))],
])
def test_a_clock_without_a_start_or_a_target_cannot_be_read(events: list[ClockEvent]) -> None:
    with pytest.raises(BadClock):
        reading("2026-11-23 10:00", *events)


def test_a_clock_of_an_unknown_calendar_cannot_be_read() -> None:
    with pytest.raises(UnknownCalendar):
        reading("2026-11-23 10:00", started("2026-11-23 9:00", "PT4H @ attic"))


ODD = Calendar("odd", "Europe/Warsaw", ((Window(0, 40), Window(150, 210), Window(500, 507), Window(1320, 1440)),) * 7)
NOTATIONS = ("PT4H", "PT50H @ always", "PT4H @ odd", "P3D @ odd", "P3D @ always")
CALENDARS = {"odd": ODD, "always": ALWAYS}
SINCE = warsaw("2026-10-23 0:00")  # the clocks change on the 25th


def instants(few: int, many: int) -> st.SearchStrategy[list[datetime]]:
    places = st.lists(st.integers(0, 5 * 86400 * 1_000_000), min_size=few, max_size=many)
    return places.map(lambda found: sorted(SINCE + timedelta(microseconds=place) for place in found))


def running(notation: str, places: list[datetime]) -> list[ClockEvent]:
    """Started at the first place, paused and resumed by turns at the others."""
    first, *others = places
    turns: list[Callable[[datetime], ClockEvent]] = [
        lambda at: ClockEvent(at, PAUSED, "waiting_for_client"), lambda at: ClockEvent(at, RESUMED),
    ]
    begun = ClockEvent(first, STARTED, allowed=parse_allowed(notation))
    return [begun, *(turns[number % 2](at) for number, at in enumerate(others))]


@settings(deadline=None)
@given(st.sampled_from(NOTATIONS), instants(2, 2))
def test_a_pause_of_no_length_changes_nothing(notation: str, places: list[datetime]) -> None:
    first, middle = places
    plain = read(running(notation, [first]), CALENDARS, middle)

    interrupted = read(running(notation, [first, middle, middle]), CALENDARS, middle)

    assert interrupted.used == plain.used
    assert [interrupted.moment_of(threshold.share) for threshold in THRESHOLDS] == [
        plain.moment_of(threshold.share) for threshold in THRESHOLDS
    ]


@settings(deadline=None)
@given(st.sampled_from(NOTATIONS), instants(4, 4))
def test_used_time_is_the_sum_over_the_runs(notation: str, places: list[datetime]) -> None:
    start, pause, resumption, now = places

    whole = read(running(notation, [start, pause, resumption]), CALENDARS, now)

    before = read(running(notation, [start]), CALENDARS, pause)
    after = read(running(notation, [resumption]), CALENDARS, now)
    assert whole.used == before.used + after.used


@settings(deadline=None)
@given(st.sampled_from(NOTATIONS), instants(1, 7), instants(2, 2))
def test_used_time_never_shrinks_and_due_moments_stay_where_they_are(
    notation: str, places: list[datetime], nows: list[datetime]
) -> None:
    earlier, later = (read(running(notation, places), CALENDARS, now) for now in nows)

    assert 0 <= earlier.used <= later.used
    for threshold in THRESHOLDS:
        assert earlier.moment_of(threshold.share) == later.moment_of(threshold.share)


@settings(deadline=None)
@given(st.sampled_from(NOTATIONS), instants(2, 8))
def test_pausing_never_makes_a_promise_due_earlier(notation: str, places: list[datetime]) -> None:
    allowed = parse_allowed(notation)
    unpaused = due_at(places[0], allowed, CALENDARS.get(allowed.calendar or ""))

    due = read(running(notation, places), CALENDARS, places[-1]).due_at

    assert due is None or due >= unpaused


@settings(deadline=None)
@given(st.sampled_from(NOTATIONS), st.sampled_from(NOTATIONS), instants(1, 7), instants(1, 1))
def test_changing_the_target_there_and_back_changes_nothing(
    notation: str, other: str, places: list[datetime], nows: list[datetime]
) -> None:
    events = running(notation, places)
    at = events[-1].at
    there = ClockEvent(at, TARGET_CHANGED, allowed=parse_allowed(other))
    back = ClockEvent(at, TARGET_CHANGED, allowed=parse_allowed(notation))

    clock = read([*events, there, back], CALENDARS, nows[0])

    assert clock == read(events, CALENDARS, nows[0])
