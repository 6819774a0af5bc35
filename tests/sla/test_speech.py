"""How a person says time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla.calendars import BUILT_IN
from sla.clocks import ClockEvent, ClockEventKind, read
from sla.durations import parse_allowed
from sla.speech import say_duration, say_left, say_moment

WARSAW = ZoneInfo("Europe/Warsaw")
NOON = "2026-11-23 12:00"  # a Monday


def warsaw(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=WARSAW).astimezone(UTC)


def said(start: str, notation: str, now: str, lang: str, *later: tuple[str, ClockEventKind, str | None]) -> str:
    events = [ClockEvent(warsaw(start), ClockEventKind.STARTED, allowed=parse_allowed(notation))]
    events += [ClockEvent(warsaw(at), kind, reason) for at, kind, reason in later]
    clock = read(events, BUILT_IN, warsaw(now))
    return say_left(clock, clock.calendar, warsaw(now), lang)


@pytest.mark.parametrize(("start", "notation", "now", "polish", "english"), [
    ("2026-11-23 14:15", "PT3H @ office", "2026-11-23 15:15",
     "zostało 2 godz. roboczych, do jutra 9:15", "2 working hours left, until tomorrow 9:15"),
    ("2026-11-23 10:00", "PT3H @ office", NOON,
     "została 1 godz. robocza, do dziś 13:00", "1 working hour left, until today 13:00"),
    ("2026-11-23 11:30", "PT3H @ office", NOON,
     "zostało 2 godz. 30 min roboczych, do dziś 14:30", "2 working hours 30 minutes left, until today 14:30"),
    ("2026-11-23 11:41", "PT20M @ office", NOON,
     "została 1 min robocza, do dziś 12:01", "1 working minute left, until today 12:01"),
    ("2026-11-23 10:00", "PT4H", NOON, "zostało 2 godz., do dziś 14:00", "2 hours left, until today 14:00"),
    ("2026-11-23 10:00", "PT4H @ always", NOON, "zostało 2 godz., do dziś 14:00", "2 hours left, until today 14:00"),
    ("2026-11-23 11:00", "P5D", NOON, "zostały 4 dni, do 28 listopada 2026, 11:00",
     "4 days left, until 28 November 2026, 11:00"),
    ("2026-11-23 12:00", "P20D @ office", NOON, "zostało 20 dni roboczych, do 21 grudnia 2026, 12:00",
     "20 working days left, until 21 December 2026, 12:00"),
    ("2026-11-23 12:00", "P3D @ office", NOON, "zostały 3 dni robocze, do 26 listopada 2026, 12:00",
     "3 working days left, until 26 November 2026, 12:00"),
    ("2026-11-23 12:00", "P1D @ office", NOON, "został 1 dzień roboczy, do jutra 12:00",
     "1 working day left, until tomorrow 12:00"),
    ("2026-11-23 9:00", "P1D @ office", NOON, "zostało 5 godz. roboczych, do jutra 9:00",
     "5 working hours left, until tomorrow 9:00"),
    ("2026-11-17 12:00", "P1D @ office", NOON, "po terminie o 3 dni robocze", "overdue by 3 working days"),
    ("2026-11-19 12:00", "P1D @ office", NOON, "po terminie o 1 dzień roboczy", "overdue by 1 working day"),
    ("2026-11-12 12:00", "P2D @ office", NOON, "po terminie o 5 dni roboczych", "overdue by 5 working days"),
    ("2026-11-23 10:00", "PT1H @ office", NOON, "po terminie o 1 godz. roboczą", "overdue by 1 working hour"),
    ("2026-11-23 9:00", "PT1H @ office", NOON, "po terminie o 2 godz. robocze", "overdue by 2 working hours"),
    ("2026-11-23 11:00", "PT1H @ office", NOON, "po terminie od dziś 12:00", "overdue since today 12:00"),
    ("2026-11-20 14:15", "PT1H @ office", "2026-11-21 9:00", "po terminie od wczoraj 15:15",
     "overdue since yesterday 15:15"),
])
def test_the_time_left_is_said(start: str, notation: str, now: str, polish: str, english: str) -> None:
    assert said(start, notation, now, "pl") == polish
    assert said(start, notation, now, "en") == english


@pytest.mark.parametrize(("pause", "polish", "english"), [
    ("waiting_for_client", "wstrzymane: czekamy na klienta", "paused: waiting for the client"),
    ("planned_break", "wstrzymane: zaplanowana przerwa", "paused: planned break"),
    ("solution_offered", "wstrzymane: czekamy na ocenę rozwiązania",
     "paused: waiting for the solution to be judged"),
    ("something_else", "wstrzymane", "paused"),
])
def test_a_paused_clock_says_why(pause: str, polish: str, english: str) -> None:
    event = ("2026-11-23 10:00", ClockEventKind.PAUSED, pause)

    assert said("2026-11-23 9:00", "PT4H @ office", NOON, "pl", event) == polish
    assert said("2026-11-23 9:00", "PT4H @ office", NOON, "en", event) == english


def test_a_clock_paused_too_late_says_both() -> None:
    event = ("2026-11-23 11:00", ClockEventKind.PAUSED, "waiting_for_client")

    assert said("2026-11-23 9:00", "PT1H @ office", NOON, "pl", event) == "po terminie, wstrzymane: czekamy na klienta"


@pytest.mark.parametrize(("end", "polish", "english"), [
    ("2026-11-23 10:00", "termin dotrzymany", "kept in time"),
    ("2026-11-24 13:00", "termin przekroczony o 8 godz. roboczych", "missed by 8 working hours"),
    ("2026-11-23 13:00", "termin dotrzymany", "kept in time"),
])
def test_a_stopped_clock_says_how_it_ended(end: str, polish: str, english: str) -> None:
    event = (end, ClockEventKind.STOPPED, None)

    assert said("2026-11-23 9:00", "PT4H @ office", "2026-12-01 9:00", "pl", event) == polish
    assert said("2026-11-23 9:00", "PT4H @ office", "2026-12-01 9:00", "en", event) == english


def test_a_promise_missed_by_no_working_time_is_missed_all_the_same() -> None:
    event = ("2026-11-24 7:00", ClockEventKind.STOPPED, None)

    assert said("2026-11-23 14:15", "PT1H @ office", "2026-12-01 9:00", "pl", event) == "termin przekroczony"


@pytest.mark.parametrize(("at", "after_do", "polish", "english"), [
    ("2026-11-23 14:05", False, "dziś 14:05", "today 14:05"),
    ("2026-11-24 9:15", False, "jutro 9:15", "tomorrow 9:15"),
    ("2026-11-24 9:15", True, "jutra 9:15", "tomorrow 9:15"),
    ("2026-11-22 9:15", False, "wczoraj 9:15", "yesterday 9:15"),
    ("2026-11-25 0:05", True, "25 listopada 2026, 0:05", "25 November 2026, 0:05"),
    ("2027-10-01 9:15", False, "1 października 2027, 9:15", "1 October 2027, 9:15"),
])
def test_a_moment_is_said(at: str, after_do: bool, polish: str, english: str) -> None:
    assert say_moment(warsaw(at), warsaw(NOON), WARSAW, "pl", after_do=after_do) == polish
    assert say_moment(warsaw(at), warsaw(NOON), WARSAW, "en", after_do=after_do) == english


def test_today_is_the_day_of_the_person_not_of_greenwich() -> None:
    half_past_midnight = warsaw("2026-11-24 0:30")  # still the 23rd in UTC

    assert say_moment(half_past_midnight, warsaw("2026-11-23 23:00"), WARSAW, "pl") == "jutro 0:30"


@pytest.mark.parametrize(("days", "polish"), [
    (1, "1 dzień roboczy"), (2, "2 dni robocze"), (4, "4 dni robocze"), (5, "5 dni roboczych"),
    (11, "11 dni roboczych"), (12, "12 dni roboczych"), (14, "14 dni roboczych"), (21, "21 dni roboczych"),
    (22, "22 dni robocze"), (25, "25 dni roboczych"), (101, "101 dni roboczych"), (112, "112 dni roboczych"),
    (122, "122 dni robocze"),
])
def test_polish_plurals_of_working_days_are_right(days: int, polish: str) -> None:
    assert say_duration(parse_allowed(f"P{days}D @ office"), "pl") == polish


@pytest.mark.parametrize(("notation", "polish", "english"), [
    ("PT1H @ office", "1 godz. robocza", "1 working hour"),
    ("PT4H @ office", "4 godz. robocze", "4 working hours"),
    ("PT8H @ office", "8 godz. roboczych", "8 working hours"),
    ("PT90M @ office", "1 godz. 30 min roboczych", "1 working hour 30 minutes"),
    ("PT45M", "45 min", "45 minutes"),
    ("PT24H @ always", "24 godz.", "24 hours"),
    ("P7D", "7 dni", "7 days"),
    ("PT1S", "mniej niż 1 min", "less than 1 minute"),
])
def test_a_duration_is_said(notation: str, polish: str, english: str) -> None:
    assert say_duration(parse_allowed(notation), "pl") == polish
    assert say_duration(parse_allowed(notation), "en") == english


def test_a_plain_amount_is_said() -> None:
    assert say_duration(timedelta(hours=3), "pl", working=True) == "3 godz. robocze"
    assert say_duration(timedelta(days=2), "en") == "2 days"
