"""The values of the language: what they are, when they are equal, which comes first.

null is None, number is Decimal, string is str, boolean is bool, list is list, context is dict, date is date,
time is time, date and time is datetime (without zone it is local), days and time duration is timedelta; what these
four are too small for has classes of its own in `feel.calendar`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from enum import Enum
from typing import Any, TypeAlias

from feel import calendar, limits
from feel.calendar import FarDate, FarMoment, FarSpan, FineTime
from feel.errors import RefusedError

Value: TypeAlias = Any

TOO_LARGE = f"A value holds more than {limits.ITEMS} items."


@dataclass(frozen=True, order=True, slots=True)
class YearsMonths:
    """A years and months duration. total: months in all, may be negative."""

    total: int

    @property
    def years(self) -> int:
        return self.total // 12 if self.total >= 0 else -(-self.total // 12)

    @property
    def months(self) -> int:
        return self.total - self.years * 12

    def __str__(self) -> str:
        years, months = divmod(abs(self.total), 12)
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-P" if self.total < 0 else "P") + parts


@dataclass(frozen=True, slots=True)
class Range:
    """A range of values; an end that is None is open to infinity.

    is_known: False when an end was to be a value and is null; then nothing is in the range.
    """

    start: Value
    end: Value
    has_start: bool = True
    has_end: bool = True
    is_known: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function as a value, equal to itself only.

    call: takes positional values, as many as there are parameters. types: what the parameters take (`feel.types`),
    nothing for any. result: the type of what it gives, None when that is not known. is_variadic: the last parameter
    may come any number of times.
    """

    parameters: tuple[str, ...]
    call: Callable[..., Value]
    types: tuple[Any, ...] = ()
    result: Any = None
    is_variadic: bool = False


PLAIN = frozenset({type(None), bool, str, date, time, datetime, timedelta, YearsMonths, Range, Function, FarDate,
                   FineTime, FarMoment, FarSpan})
KINDS: dict[type, str] = {
    type(None): "Any", bool: "boolean", str: "string", Decimal: "number", date: "date", time: "time",
    datetime: "date and time", timedelta: "days and time duration", YearsMonths: "years and months duration",
    list: "list", dict: "context", Range: "range", Function: "function", FarDate: "date", FineTime: "time",
    FarMoment: "date and time", FarSpan: "days and time duration",
}


def admit(raw: object) -> Value:
    """A value from outside as a value of the language: ints and floats become numbers, tuples lists, deeply."""
    kind = type(raw)
    if kind in PLAIN:
        return raw
    if kind is Decimal:
        return _number(raw)
    return _admit(raw, [limits.ITEMS], 0)


def _admit(raw: object, left: list[int], depth: int) -> Value:
    if type(raw) in PLAIN:
        return raw
    if isinstance(raw, (int, float, Decimal)):
        return bool(raw) if isinstance(raw, bool) else _number(raw)
    if isinstance(raw, str):
        return _admit(raw.value, left, depth) if isinstance(raw, Enum) else str.__str__(raw)
    if isinstance(raw, (list, tuple, Mapping)):
        left[0] -= len(raw)
        if left[0] < 0 or depth >= limits.DEPTH:
            raise RefusedError(TOO_LARGE)
        if isinstance(raw, Mapping):
            return {str(key): _admit(item, left, depth + 1) for key, item in raw.items()}
        return [_admit(item, left, depth + 1) for item in raw]
    raise RefusedError(f"A value of the kind {type(raw).__name__} has no meaning here.")


def _number(raw: Any) -> Decimal:
    if isinstance(raw, int) and raw.bit_length() > 20_000:
        raise RefusedError("A number is too large.")
    try:
        number = limits.NUMBERS.create_decimal(repr(raw) if isinstance(raw, float) else raw)
    except DecimalException:
        raise RefusedError("A number is too large.") from None
    if not number.is_finite():
        raise RefusedError("A number has to be finite.")
    return number


def weigh(value: Value) -> int:
    """How many items a value has through all its levels; refuses more than the limit."""
    count, stack = 0, [value]
    while stack:
        top = stack.pop()
        kind = type(top)
        if kind is list:
            stack.extend(top)
        elif kind is dict:
            stack.extend(top.values())
        elif kind is Range:
            stack.extend((top.start, top.end))
        count += 1
        if count > limits.ITEMS or len(stack) > limits.ITEMS:
            raise RefusedError(TOO_LARGE)
    return count


def rank(value: Value) -> tuple[object, Any] | None:
    """A pair for ordering: values with the same first half can be compared by the second. None: no order."""
    kind = type(value)
    if kind in _PLAINLY_ORDERED:
        return kind, value
    reading = _RANKS.get(kind)
    return None if reading is None else reading(value)


def _rank_of_time(value: Value) -> tuple[object, Any]:
    offset = calendar.offset(value)
    if offset is None:
        # A time in a zone that changes its clocks has no offset without a day: it compares only with its like.
        return (time, value.tzinfo), calendar.nanos(value)
    return (time, True), calendar.nanos(value) - offset * calendar.SECOND


def _rank_of_moment(value: Value) -> tuple[object, Any]:
    return (datetime, value.tzinfo is None), calendar.instant(value)


def _rank_of_date(value: Value) -> tuple[object, Any]:
    return date, calendar.days(value)


def _rank_of_span(value: Value) -> tuple[object, Any]:
    return timedelta, calendar.nanos(value)


_RANKS: dict[type, Callable[[Value], tuple[object, Any]]] = {
    date: _rank_of_date, FarDate: _rank_of_date, time: _rank_of_time, FineTime: _rank_of_time,
    datetime: _rank_of_moment, FarMoment: _rank_of_moment, timedelta: _rank_of_span, FarSpan: _rank_of_span,
}
_CLOCKS = frozenset({time, FineTime, datetime, FarMoment})
_PLAINLY_ORDERED = frozenset({Decimal, str, YearsMonths})
_ORDERED = frozenset({Decimal, str, date, timedelta, YearsMonths})
_PLAINLY_EQUAL = _ORDERED | {bool}


def key(value: Value) -> object:
    """Something hashable: two values are equal exactly when their keys are."""
    kind = type(value)
    if kind is list:
        return list, tuple([key(item) for item in value])
    if kind is dict:
        return dict, frozenset([(name, key(item)) for name, item in value.items()])
    if kind is Range:
        return Range, key(value.start), key(value.end), value.has_start, value.has_end
    return rank(value) or (kind, value)


def equal(one: Value, other: Value) -> bool | None:
    """Whether two values are equal; None when they are of different kinds."""
    kind = type(one)
    if kind is type(other) and kind in _PLAINLY_EQUAL:
        return bool(one == other)
    if one is None or other is None:
        return one is other
    if KINDS[kind] != KINDS[type(other)]:
        return None
    if kind in _RANKS:
        first, second = _ranks(one, other)
        return first == second if first[0] == second[0] else None
    return key(one) == key(other)


def _ranks(one: Value, other: Value) -> tuple[tuple[object, Any], tuple[object, Any]]:
    """The ranks of two temporal values; one without an offset is taken to have that of the other."""
    if type(one) in _CLOCKS and type(other) in _CLOCKS and (one.tzinfo is None) != (other.tzinfo is None):
        return _rank_of_clock(one), _rank_of_clock(other)
    return _RANKS[type(one)](one), _RANKS[type(other)](other)


def _rank_of_clock(value: Value) -> tuple[object, Any]:
    is_moment = isinstance(value, (datetime, FarMoment))
    return (datetime if is_moment else time), calendar.nanos(value) + (
        calendar.days(value) * calendar.DAY if is_moment else 0)


def before(one: Value, other: Value) -> bool | None:
    """Whether `one` comes before `other`; None when the two have no common order."""
    kind = type(one)
    if kind is type(other) and kind in _ORDERED:
        return bool(one < other)
    if kind not in _RANKS or type(other) not in _RANKS:
        return None
    first, second = _ranks(one, other)
    return bool(first[1] < second[1]) if first[0] == second[0] else None


def includes(interval: Range, value: Value) -> bool | None:
    """Whether a value lies in a range; None when it cannot be compared with the ends."""
    if value is None or not interval.is_known:
        return None if value is None else False
    above = _beyond(interval.start, value, interval.has_start) if interval.start is not None else True
    below = _beyond(value, interval.end, interval.has_end) if interval.end is not None else True
    if above is None or below is None:
        return None
    return above and below


def _beyond(low: Value, high: Value, touching: bool) -> bool | None:
    if touching:
        is_after = before(high, low)
        return None if is_after is None else not is_after
    return before(low, high)
