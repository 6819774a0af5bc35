"""Random cases of working time, and what they say against the oracle."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sla import calendars
from sla.calendars import Calendar, Window
from sla.clocks import THRESHOLDS, ClockEvent, ClockEventKind, read
from sla.durations import Allowed
from tests.sla.oracle import Opinion, walk

DAYS = 12
PERIODS = (
    ("Europe/Warsaw", date(2026, 3, 24)),  # an hour is missing on the 29th
    ("Europe/Warsaw", date(2026, 10, 20)),  # an hour comes twice on the 25th
    ("Europe/Warsaw", date(2025, 3, 25)),
    ("Europe/Warsaw", date(2025, 10, 21)),
    ("Europe/Warsaw", date(2025, 12, 19)),  # 24 December is a holiday
    ("Europe/Warsaw", date(2024, 12, 19)),  # 24 December is not
    ("Australia/Lord_Howe", date(2026, 3, 31)),  # half an hour comes twice
    ("Australia/Lord_Howe", date(2026, 9, 29)),
    ("Pacific/Apia", date(2011, 12, 25)),  # the whole of 30 December is missing
    ("Asia/Kathmandu", date(1985, 12, 27)),  # +5:30 becomes +5:45
    ("America/Santiago", date(2026, 3, 31)),  # midnight becomes 23:00
    ("America/Santiago", date(2026, 9, 1)),  # midnight becomes 1:00
)
NIGHT_MINUTES = (0, 15, 30, 60, 90, 120, 135, 150, 165, 180, 210, 240)


@dataclass(frozen=True)
class Case:
    """A calendar, a stretch of time, a promise, and pauses in it; places are minutes of the walk."""

    zone: str
    first: date
    calendar: Calendar
    start: int
    end: int
    minutes: int
    days: int
    pauses: tuple[tuple[int, int], ...]


def random_case(chance: random.Random) -> Case:
    """One case, with windows that like the night."""
    zone, first = chance.choice(PERIODS)
    week = tuple(_random_windows(chance) for _ in range(7))
    country = "PL" if zone == "Europe/Warsaw" and chance.random() < 0.6 else None
    odd_days = [first + timedelta(days=chance.randrange(DAYS)) for _ in range(chance.randrange(3))]
    calendar = Calendar("random", zone, week, country, {day: _random_windows(chance) for day in odd_days})
    start = chance.randrange(2 * 1440, 6 * 1440)
    end = start + chance.randrange(5 * 1440)
    places = sorted(chance.sample(range(start + 1, start + 4 * 1440), 2 * chance.randrange(4)))
    pauses = tuple(zip(places[::2], places[1::2], strict=True))
    return Case(zone, first, calendar, start, end, chance.randrange(1, 40 * 60), chance.randrange(1, 5), pauses)


def disagreements(case: Case) -> list[str]:
    """Where the package and the oracle say different things; the walk is short, so not all is asked each time."""
    path = walk(case.zone, case.first, DAYS)
    opinion = Opinion(path, case.calendar)
    start, end = path.moment(case.start), path.moment(case.end)
    hours = Allowed(time=timedelta(minutes=case.minutes), calendar="random")
    days = Allowed(days=case.days, calendar="random")
    open_run: list[tuple[int, int | None]] = [(case.start, None)]
    asked: list[tuple[str, object, object]] = [
        ("open", calendars.is_open(start, case.calendar), opinion.open[case.start]),
        (
            "elapsed",
            calendars.elapsed(start, end, case.calendar),
            timedelta(minutes=opinion.minutes(case.start, case.end)),
        ),
        ("days", calendars.elapsed_days(start, end, case.calendar), opinion.days(case.start, case.end)),
    ]
    opening = opinion.opening(case.start)
    if opening is not None:
        asked.append(("opening", calendars.next_opening(start, case.calendar), opening))
    for allowed, need in ((hours, Fraction(case.minutes)), (days, Fraction(case.days))):
        (due,) = opinion.due(open_run, [need], in_days=allowed.is_in_days)
        if due is not None:
            asked.append((f"due {allowed}", calendars.due_at(start, allowed, case.calendar), due))
        asked.extend(_ask_clock(case, opinion, allowed, need))
    return [f"{what}: {ours} but {theirs}" for what, ours, theirs in asked if ours != theirs]


def _ask_clock(case: Case, opinion: Opinion, allowed: Allowed, need: Fraction) -> list[tuple[str, object, object]]:
    """The thresholds of a clock that was paused now and then and runs on."""
    at = opinion.path.moment
    events = [ClockEvent(at(case.start), ClockEventKind.STARTED, allowed=allowed)]
    runs: list[tuple[int, int | None]] = []
    since = case.start
    for pause, resumption in case.pauses:
        events.append(ClockEvent(at(pause), ClockEventKind.PAUSED, "waiting_for_client"))
        events.append(ClockEvent(at(resumption), ClockEventKind.RESUMED))
        runs.append((since, pause))
        since = resumption
    runs.append((since, None))
    reading = read(events, {"random": case.calendar}, at(case.end))
    moments = opinion.due(runs, [need * threshold.share for threshold in THRESHOLDS], in_days=allowed.is_in_days)
    return [
        (f"{threshold.code} of {allowed}", reading.moment_of(threshold.share), moment)
        for threshold, moment in zip(THRESHOLDS, moments, strict=True)
        if moment is not None
    ]


def _random_windows(chance: random.Random) -> tuple[Window, ...]:
    how_many = chance.choice((0, 1, 1, 1, 2, 3))
    if chance.random() < 0.1:
        return (Window(0, 1440),)
    pool = sorted({*NIGHT_MINUTES, *(chance.randrange(1440) for _ in range(6)), 1439, 1440})
    cuts = sorted(chance.sample(pool, 2 * how_many))
    return tuple(Window(*pair) for pair in zip(cuts[::2], cuts[1::2], strict=True))
