"""Going through lists: what boxed iterations and filters have in common."""

from collections.abc import Iterator
from decimal import Decimal

from engine.decisions.language import Meaning
from engine.decisions.records import Place
from engine.decisions.session import Scope, refused
from feel.values import Range, Value

MOST_ITEMS = 10_000


def items_of(value: Value) -> list[Value] | None:
    """What there is to go through: a list, the whole numbers of a range, or one value; None for null."""
    if value is None or type(value) is list:
        return value
    return _numbers(value) if isinstance(value, Range) else [value]


def _numbers(interval: Range) -> list[Value] | None:
    start, end = interval.start, interval.end
    if type(start) is not Decimal or type(end) is not Decimal or start % 1 or end % 1 or abs(end - start) > MOST_ITEMS:
        return None
    step = 1 if start <= end else -1
    numbers = [Decimal(number) for number in range(int(start), int(end) + step, step)]
    return numbers[0 if interval.has_start else 1:None if interval.has_end else -1]


def counted(items: list[Value], scope: Scope, place: Place) -> Iterator[Value]:
    """The items, each of them paid for."""
    if len(items) > MOST_ITEMS:
        raise refused(place, f"there are more than {MOST_ITEMS} items")
    for item in items:
        scope.session.spend(place)
        yield item


def filtered(value: Value, match: Meaning, scope: Scope, place: Place) -> Value:
    """The items for which `match` is true, or the one at the place that `match` names."""
    if value is None:
        return None
    items, kept = value if type(value) is list else [value], []
    for item in counted(items, scope, place):
        own = item if type(item) is dict else {}
        answer = match(scope.within({"item": item, **own}))
        if type(answer) is Decimal:
            return _at(items, answer)
        if answer is True:
            kept.append(item)
    return kept


def _at(items: list[Value], number: Decimal) -> Value:
    if number % 1 or not 0 < abs(number) <= len(items):
        return None
    return items[int(number) - 1 if number > 0 else int(number)]
