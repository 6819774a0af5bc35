"""Adding, subtracting, multiplying, dividing and raising values; None where the standard says null."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from fractions import Fraction

from feel import limits, temporal
from feel.errors import RefusedError
from feel.values import Value, YearsMonths, instant, rank

_MOVABLE = (date, datetime, time)
_DURATIONS = (timedelta, YearsMonths)
_N = limits.NUMBERS


def add(one: Value, other: Value) -> Value:
    first, second = type(one), type(other)
    if first is Decimal and second is Decimal:
        return _guarded(_N.add, one, other)
    if first is str and second is str:
        if len(one) + len(other) > limits.STRING:
            raise RefusedError(f"A string would be longer than {limits.STRING} characters.")
        return one + other
    if first in _DURATIONS and second is first:
        return _span(lambda: YearsMonths(one.total + other.total) if first is YearsMonths else one + other)
    if first in _MOVABLE and second in _DURATIONS:
        return temporal.move(one, other)
    if first in _DURATIONS and second in _MOVABLE:
        return temporal.move(other, one)
    return None


def subtract(one: Value, other: Value) -> Value:
    first, second = type(one), type(other)
    if first is Decimal and second is Decimal:
        return _guarded(_N.subtract, one, other)
    if second in _DURATIONS and (first is second or first in _MOVABLE):
        return add(one, negate(other))
    if first in (date, datetime) and second in (date, datetime):
        return _elapsed(one, other)
    if first is time and second is time:
        start, end = rank(other), rank(one)
        return end[1] - start[1] if start and end and start[0] == end[0] else None
    return None


def multiply(one: Value, other: Value) -> Value:
    first, second = type(one), type(other)
    if first is Decimal and second is Decimal:
        return _guarded(_N.multiply, one, other)
    if first in _DURATIONS and second is Decimal:
        return _scaled(one, other)
    if first is Decimal and second in _DURATIONS:
        return _scaled(other, one)
    return None


def divide(one: Value, other: Value) -> Value:
    first, second = type(one), type(other)
    if second is Decimal:
        if first is Decimal:
            return _guarded(_N.divide, one, other) if other else None
        return _scaled(one, other, inverse=True) if first in _DURATIONS and other else None
    if first is second and first in _DURATIONS:
        over, under = _size(one), _size(other)
        return _guarded(_N.divide, over, under) if under else None
    return None


def power(one: Value, other: Value) -> Value:
    if type(one) is Decimal and type(other) is Decimal:
        if not one or not other:
            return Decimal(1) if not other else None if other < 0 else Decimal(0)
        # A power is cheap in 34 digits whatever the exponent; what does not fit overflows to null.
        return _guarded(_N.power, one, other)
    return None


def negate(value: Value) -> Value:
    kind = type(value)
    if kind is Decimal:
        return _N.minus(value)
    if kind is YearsMonths:
        return YearsMonths(-value.total)
    return _span(lambda: -value) if kind is timedelta else None


def _guarded(operation: Callable[[Decimal, Decimal], Decimal], one: Decimal, other: Decimal) -> Decimal | None:
    try:
        return operation(one, other)
    except DecimalException:
        return None


def _span(operation: Callable[[], Value]) -> Value:
    try:
        return operation()
    except OverflowError:
        return None


def _size(duration: timedelta | YearsMonths) -> Decimal:
    return Decimal(duration.total) if isinstance(duration, YearsMonths) else temporal.seconds_of(duration)


def _scaled(duration: timedelta | YearsMonths, by: Decimal, *, inverse: bool = False) -> Value:
    if abs(by.adjusted()) > 40:
        return None
    factor = 1 / Fraction(by) if inverse else Fraction(by)
    if isinstance(duration, YearsMonths):
        total = int(duration.total * factor)
        return YearsMonths(total) if abs(total) < 10**12 else None
    exact = (duration // timedelta(microseconds=1)) * factor
    return _span(lambda: timedelta(microseconds=int(exact)))


def _elapsed(end: date, start: date) -> Value:
    # A date stands for its midnight, in UTC beside a moment with a zone.
    zones = {value.tzinfo for value in (start, end) if isinstance(value, datetime)}
    if len({zone is None for zone in zones}) > 1:
        return None
    return _since(end) - _since(start)


def _since(value: date) -> timedelta:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return instant(moment)


OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "+": add, "-": subtract, "*": multiply, "/": divide, "**": power,
}
