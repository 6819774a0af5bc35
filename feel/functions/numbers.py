"""Functions of numbers."""

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DecimalException,
)

from feel import limits
from feel.arithmetic import multiply, negate
from feel.functions.registry import builtin, whole
from feel.values import Value, before

_N = limits.NUMBERS
_EXACT = Context(prec=13_000)  # enough digits for the whole part of any quotient


def _rounded(number: Decimal, scale: Decimal | None, rounding: str) -> Value:
    """The number with `scale` digits behind the point; None when the scale is no whole number from -6111 to 6176."""
    places = 0 if scale is None else whole(scale)
    if places is None or not -6111 <= places <= 6176:
        return None
    if number.as_tuple().exponent >= -places:  # type: ignore[operator]
        return number
    try:
        # Quantizing a number that is smaller than the unit needs no digits for it.
        return _N.plus(number.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=_N))
    except DecimalException:
        return None


def _enter(text: str, rounding: str) -> None:
    def call(number: Decimal, scale: Decimal | None = None) -> Value:
        return _rounded(number, scale, rounding)

    builtin(text)(call)


for _text, _rounding in (
    ("decimal(n: number, scale: number)", ROUND_HALF_EVEN),
    ("floor(n: number, scale?: number)", ROUND_FLOOR),
    ("ceiling(n: number, scale?: number)", ROUND_CEILING),
    ("round up(n: number, scale: number)", ROUND_UP),
    ("round down(n: number, scale: number)", ROUND_DOWN),
    ("round half up(n: number, scale: number)", ROUND_HALF_UP),
    ("round half down(n: number, scale: number)", ROUND_HALF_DOWN),
):
    _enter(_text, _rounding)


@builtin("abs(n/number: number|days and time duration|years and months duration)")
def absolute(value: Value) -> Value:
    zero: Value = Decimal(0) if isinstance(value, Decimal) else multiply(value, Decimal(0))
    return negate(value) if before(value, zero) else value


@builtin("modulo(dividend: number, divisor: number)")
def modulo(dividend: Decimal, divisor: Decimal) -> Value:
    """The remainder with the sign of the divisor."""
    if not divisor:
        return None
    try:
        rest = _EXACT.remainder(dividend, divisor)
        return _N.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else _N.plus(rest)
    except DecimalException:
        return None


def _computed(operation: Callable[[Decimal], Decimal], number: Decimal) -> Value:
    try:
        return operation(number)
    except DecimalException:
        return None


@builtin("sqrt(number: number)")
def square_root(number: Decimal) -> Value:
    return None if number < 0 else _computed(_N.sqrt, number)


@builtin("log(number: number)")
def logarithm(number: Decimal) -> Value:
    return _computed(_N.ln, number) if number > 0 else None


@builtin("exp(number: number)")
def exponential(number: Decimal) -> Value:
    return _computed(_N.exp, number)


@builtin("odd(number: number)")
def odd(number: Decimal) -> Value:
    size = whole(number)
    return None if size is None else size % 2 == 1


@builtin("even(number: number)")
def even(number: Decimal) -> Value:
    size = whole(number)
    return None if size is None else size % 2 == 0
