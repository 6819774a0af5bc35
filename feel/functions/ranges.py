"""Functions that compare points and ranges with one another, and the range written in a text."""

from collections.abc import Callable
from typing import TypeAlias

from feel.arithmetic import negate
from feel.errors import NullError, RefusedError
from feel.functions.registry import BUILTINS, builtin
from feel.grammar import nodes
from feel.grammar.parser import Parser
from feel.values import Range, Value, before

# An end of a range: how far out (-1 before everything, 1 behind everything, 0 at the value), the value, and the side
# on which it lies beside the value: 0 on it, 1 just behind (an excluded start), -1 just before (an excluded end).
Bound: TypeAlias = tuple[int, Value, int]
_Relation: TypeAlias = Callable[[Bound, Bound, Bound, Bound], bool]
_POINT = "number|string|date|time|date and time|days and time duration|years and months duration"
_LITERALS = frozenset({"date", "time", "date and time", "duration"})
_TEXT = 400  # characters of a range that is written in a text


def _bounds(value: Value) -> tuple[Bound, Bound]:
    if not isinstance(value, Range):
        return (0, value, 0), (0, value, 0)
    if not value.is_known:
        raise NullError("An end of the range is null.")
    start = (0, value.start, 0 if value.has_start else 1) if value.start is not None else (-1, None, 1)
    end = (0, value.end, 0 if value.has_end else -1) if value.end is not None else (1, None, -1)
    return start, end


def _less(one: Bound, other: Bound) -> bool:
    if one[0] or other[0]:
        return one[0] < other[0]
    is_less = before(one[1], other[1])
    if is_less is None:
        raise NullError("What is compared has no common order.")
    return is_less or (one[2] < other[2] and before(other[1], one[1]) is False)


def _same(one: Bound, other: Bound) -> bool:
    return not _less(one, other) and not _less(other, one)


def _before(start1: Bound, end1: Bound, start2: Bound, end2: Bound) -> bool:
    return _less(end1, start2)


def _meets(start1: Bound, end1: Bound, start2: Bound, end2: Bound) -> bool:
    return _same(end1, start2) and end1[2] == 0 and end1[0] == 0


def _overlaps(start1: Bound, end1: Bound, start2: Bound, end2: Bound) -> bool:
    return not _less(end1, start2) and not _less(end2, start1)


def _overlaps_before(start1: Bound, end1: Bound, start2: Bound, end2: Bound) -> bool:
    return _less(start1, start2) and not _less(end1, start2) and not _less(end2, end1)


def _finishes(start1: Bound, end1: Bound, start2: Bound, end2: Bound) -> bool:
    return _same(end1, end2) and not _less(start1, start2)


def _includes(start1: Bound, end1: Bound, start2: Bound, end2: Bound) -> bool:
    return not _less(start2, start1) and not _less(end1, end2)


def _starts(start1: Bound, end1: Bound, start2: Bound, end2: Bound) -> bool:
    return _same(start1, start2) and not _less(end2, end1)


def _coincides(start1: Bound, end1: Bound, start2: Bound, end2: Bound) -> bool:
    return _same(start1, start2) and _same(end1, end2)


def _mirrored(relation: _Relation) -> _Relation:
    return lambda start1, end1, start2, end2: relation(start2, end2, start1, end1)


_EACH, _RANGES = ("point point", "point range", "range point", "range range"), ("range range",)
_RELATIONS: dict[str, tuple[_Relation, tuple[str, ...]]] = {
    "before": (_before, _EACH), "after": (_mirrored(_before), _EACH),
    "meets": (_meets, _RANGES), "met by": (_mirrored(_meets), _RANGES),
    "overlaps": (_overlaps, _RANGES),
    "overlaps before": (_overlaps_before, _RANGES), "overlaps after": (_mirrored(_overlaps_before), _RANGES),
    "finishes": (_finishes, ("point range", "range range")),
    "finished by": (_mirrored(_finishes), ("range point", "range range")),
    "includes": (_includes, ("range point", "range range")),
    "during": (_mirrored(_includes), ("point range", "range range")),
    "starts": (_starts, ("point range", "range range")),
    "started by": (_mirrored(_starts), ("range point", "range range")),
    "coincides": (_coincides, ("point point", "range range")),
}


def _enter(name: str, relation: _Relation, first: str, second: str) -> None:
    kinds = {"point": _POINT, "range": "range"}
    one, other = (f"{first}1", f"{second}2") if first == second else (first, second)

    def call(left: Value, right: Value) -> Value:
        return relation(*_bounds(left), *_bounds(right))

    builtin(f"{name}({one}: {kinds[first]}, {other}: {kinds[second]})")(call)


for _name, (_relation, _ways) in _RELATIONS.items():
    for _way in _ways:
        _enter(_name, _relation, *_way.split())


@builtin("range(from: string)", work=lambda text: 20 + len(text))  # reading takes far longer than looking
def range_from(text: str) -> Value:
    """The range written as [1..5], (1..5], ]1..5[; an end that is not written is open to infinity."""
    text = text.strip()
    if len(text) > _TEXT or text[:1] not in tuple("[(]") or text[-1:] not in tuple("])[") or len(text) < 4:
        raise NullError("A range is written like [1..5] or (1..5).")
    start, end = _ends(text[1:-1])
    if before(end, start) is not False:
        raise NullError("A range goes from less to more.")
    return Range(start, end, text[0] == "[", text[-1] == "]")


def _ends(inside: str) -> tuple[Value, Value]:
    for place in range(len(inside) - 1):
        if inside.startswith("..", place) and inside.count('"', 0, place) % 2 == 0:
            return _end(inside[:place]), _end(inside[place + 2:])
    raise NullError("A range is written with two dots.")


def _end(text: str) -> Value:
    try:
        return _value(Parser(text, _LITERALS).whole())
    except RefusedError:
        raise NullError(f"{text[:40]!r} is no end of a range.") from None


def _value(node: nodes.Node) -> Value:
    match node:
        case nodes.Literal(value=value) if value is not None and not isinstance(value, bool):
            return value
        case nodes.Negate(operand=nodes.Literal(value=value)):
            return negate(value)
        case nodes.Call(function=nodes.Name(name=name), arguments=(nodes.Literal(value=str() as text),)) if (
                name in _LITERALS):
            made = BUILTINS[name].signatures[0].call(text)
            if made is not None:
                return made
    raise NullError("The ends of a range are numbers, texts, dates, times or durations.")


