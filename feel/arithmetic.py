"""Adding, subtracting, multiplying, dividing and raising values; None where the standard says null."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from fractions import Fraction

from feel import calendar, limits, temporal
from feel.calendar import FarDate, FarMoment, FarSpan, FineTime
from feel.errors import RefusedError
from feel.values import Value, YearsMonths

_DATES = (date, datetime, FarDate, FarMoment)
_TIMES = (time, FineTime)
_MOVABLE = _DATES + _TIMES
_SPANS = (timedelta, FarSpan)
_DURATIONS = (*_SPANS, YearsMonths)
_LONGEST = 10**40  # what a duration may be in billionths of a second or in months
_N = limits.NUMBERS


def add(one: Value, other: Value) -> Value:
    first, second = type(one), type(other)
    if first is Decimal and second is Decimal:
        return _guarded(_N.add, one, other)
    if first is str and second is str:
        if len(one) + len(other) > limits.STRING:
            raise RefusedError(f"A string would be longer than {limits.STRING} characters.")
        return one + other
    if first is YearsMonths and second is YearsMonths:
        return YearsMonths(one.total + other.total)
    if first in _SPANS and second in _SPANS:
        return calendar.span_from(calendar.nanos(one) + calendar.nanos(other))
    if first in _MOVABLE and second in _DURATIONS:
        return temporal.move(one, other)
    if first in _DURATIONS and second in _MOVABLE:
        return temporal.move(other, one)
    return None


def subtract(one: Value, other: Value) -> Value:
    first, second = type(one), type(other)
    if first is Decimal and second is Decimal:
        return _guarded(_N.subtract, one, other)
    if second in _DURATIONS and first in (*_DURATIONS, *_MOVABLE):
        return add(one, negate(other))
    if (first in _DATES and second in _DATES) or (first in _TIMES and second in _TIMES):
        return temporal.elapsed(one, other)
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
    if (first is YearsMonths and second is YearsMonths) or (first in _SPANS and second in _SPANS):
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
    return calendar.span_from(-calendar.nanos(value)) if kind in _SPANS else None


def _guarded(operation: Callable[[Decimal, Decimal], Decimal], one: Decimal, other: Decimal) -> Decimal | None:
    try:
        return operation(one, other)
    except DecimalException:
        return None


def _size(duration: Value) -> Decimal:
    return Decimal(duration.total if isinstance(duration, YearsMonths) else calendar.nanos(duration))


def _scaled(duration: Value, by: Decimal, *, inverse: bool = False) -> Value:
    if abs(by.adjusted()) > 40:
        return None
    factor = 1 / Fraction(by) if inverse else Fraction(by)
    size = int(Fraction(duration.total if isinstance(duration, YearsMonths) else calendar.nanos(duration)) * factor)
    if abs(size) > _LONGEST:
        return None
    return YearsMonths(size) if isinstance(duration, YearsMonths) else calendar.span_from(size)


OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "+": add, "-": subtract, "*": multiply, "/": divide, "**": power,
}
