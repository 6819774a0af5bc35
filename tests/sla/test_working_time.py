"""Working time against the oracle that walks minute by minute, and the oracle against bugs planted on purpose."""

import random
from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction

import pytest

from sla import calendars, clocks, days
from sla.calendars import CLOSED, Calendar, Windows
from tests.sla.cases import disagreements, random_case
from tests.sla.oracle import polish_holidays

SEEDS = range(25)
CASES_PER_SEED = 100


@pytest.mark.parametrize("seed", SEEDS)
def test_the_package_and_the_oracle_agree_on_random_calendars_pauses_and_promises(seed: int) -> None:
    chance = random.Random(seed)

    for _ in range(CASES_PER_SEED):
        case = random_case(chance)

        assert disagreements(case) == [], case


def test_the_oracle_knows_the_holidays_of_the_library_by_itself() -> None:
    for year in range(2015, 2060):
        assert polish_holidays(year) == calendars._public_holidays("PL", year), year


def _plant_fixed_offset(patch: pytest.MonkeyPatch) -> None:
    """The whole day takes the offset it begins with."""
    patch.setattr(days, "_offsets", lambda midnight, zone: [(midnight - days.DAY, midnight + 3 * days.DAY,
                                                            days._offset(midnight, zone))])


def _plant_closed_minute(patch: pytest.MonkeyPatch) -> None:
    """24:00 is taken for 23:59."""
    honest = days.day_of
    patch.setattr("sla.calendars.day_of", lambda ordinal, windows, zone: honest(
        ordinal, [(opens, min(closes, 1439)) for opens, closes in windows], zone))


def _plant_single_window(patch: pytest.MonkeyPatch) -> None:
    """Only the first window of a day counts."""
    honest = Calendar.windows_on

    def first_only(self: Calendar, day: date) -> Windows:
        return honest(self, day)[:1]

    patch.setattr(Calendar, "windows_on", first_only)


def _plant_old_holidays(patch: pytest.MonkeyPatch) -> None:
    """24 December is a working day for ever."""
    honest = calendars._public_holidays
    patch.setattr(calendars, "_public_holidays", lambda country, year: honest(country, year) - {date(year, 12, 24)})


def _plant_deaf_exceptions(patch: pytest.MonkeyPatch) -> None:
    """A holiday beats an exception."""
    honest = Calendar.windows_on

    def holiday_first(self: Calendar, day: date) -> Windows:
        is_holiday = self.holidays is not None and day in calendars._public_holidays(self.holidays, day.year)
        return CLOSED if is_holiday else honest(self, day)

    patch.setattr(Calendar, "windows_on", holiday_first)


def _plant_forgotten_time(patch: pytest.MonkeyPatch) -> None:
    """A resumed clock begins anew."""
    honest = clocks._Trace._resume

    def forgetful(self: clocks._Trace, reason: str | None, at: datetime) -> None:
        self.runs.clear()
        honest(self, reason, at)

    patch.setattr(clocks._Trace, "_resume", forgetful)


def _plant_late_closing(patch: pytest.MonkeyPatch) -> None:
    """A due moment on the closing of a window slips to the next window of the day."""

    def slipping(stretches: tuple[tuple[int, int], ...], wanted: int) -> int:
        for opens, closes in stretches:
            if wanted < closes - opens:
                return opens + wanted
            wanted -= closes - opens
        return stretches[-1][1]

    patch.setattr(calendars, "_within", slipping)


def _plant_rounding(patch: pytest.MonkeyPatch) -> None:
    """Parts of a working day are floating point numbers."""
    honest = calendars.elapsed_days
    patch.setattr(calendars, "elapsed_days", lambda *asked: Fraction(float(honest(*asked))))


@pytest.mark.parametrize("plant", [
    _plant_fixed_offset,
    _plant_closed_minute,
    _plant_single_window,
    _plant_old_holidays,
    _plant_deaf_exceptions,
    _plant_forgotten_time,
    _plant_late_closing,
    _plant_rounding,
])
def test_the_oracle_catches_a_planted_bug(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(2026)
    cases = [random_case(chance) for _ in range(400)]

    plant(monkeypatch)

    assert any(disagreements(case) for case in cases)
