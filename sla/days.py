"""One local date as stretches of UTC, in whole microseconds since 1970: the arithmetic under the calendars."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_FARTHEST_OFFSET = 15 * HOUR  # offsets lie between -12 and +14 hours


class Day(NamedTuple):
    """The working time of one local date: stretches in UTC, in order, and the sum of their lengths."""

    stretches: tuple[tuple[int, int], ...]
    length: int


def micros_of(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(micros: int) -> datetime:
    """The moment this many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=micros)


def ordinal_at(micros: int, zone: ZoneInfo) -> int:
    """The ordinal of the date that the wall clock of `zone` shows at a moment."""
    return moment_of(micros).astimezone(zone).toordinal()


def day_of(ordinal: int, windows: Iterable[tuple[int, int]], zone: ZoneInfo) -> Day:
    """The moments at which the wall clock shows this date and a time inside one of `windows`.

    windows: minutes after midnight, opening included, closing not, at most 1440.
    """
    midnight = (ordinal - _EPOCH_ORDINAL) * DAY
    hours = [(midnight + opens * MINUTE, midnight + closes * MINUTE) for opens, closes in windows]
    if not hours:
        return Day((), 0)
    found = sorted(
        (max(opens - offset, since), min(closes - offset, until))
        for since, until, offset in _offsets(midnight, zone)
        for opens, closes in hours
    )
    stretches: list[tuple[int, int]] = []
    for opens, closes in found:
        if opens >= closes:
            continue
        if stretches and stretches[-1][1] == opens:
            opens = stretches.pop()[0]
        stretches.append((opens, closes))
    return Day(tuple(stretches), sum(closes - opens for opens, closes in stretches))


def _offsets(midnight: int, zone: ZoneInfo) -> list[tuple[int, int, int]]:
    """The stretches of one UTC offset around a local date: since, until, offset. The clocks change once at most."""
    since, until = midnight - _FARTHEST_OFFSET, midnight + DAY + _FARTHEST_OFFSET
    before, after = _offset(since, zone), _offset(until, zone)
    if before == after:
        return [(since, until, before)]
    low, high = since // _SECOND, until // _SECOND
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle * _SECOND, zone) == before else (low, middle)
    return [(since, high * _SECOND, before), (high * _SECOND, until, after)]


def _offset(micros: int, zone: ZoneInfo) -> int:
    return (moment_of(micros).astimezone(zone).utcoffset() or timedelta(0)) // _MICROSECOND
