"""Functions of lists."""

from collections import Counter
from decimal import Decimal
from functools import cmp_to_key, partial

from feel import limits, types
from feel.arithmetic import add, divide, multiply, power, subtract
from feel.functions.registry import builtin, whole
from feel.values import Function, Value, before, equal, key


def _items(values: tuple[Value, ...]) -> list[Value] | None:
    """The items a function is asked about: of its one list, or its arguments themselves; None for null."""
    if len(values) == 1:
        return values[0] if type(values[0]) is list else None if values[0] is None else [values[0]]
    return list(values)


@builtin("list contains(list: list, element: any)")
def list_contains(items: list[Value], element: Value) -> Value:
    return any(equal(item, element) is True for item in items)


@builtin("count(list: list)")
def count(items: list[Value]) -> Value:
    return Decimal(len(items))


def _extreme(values: tuple[Value, ...], is_max: bool) -> Value:
    items = _items(values)
    if not items:
        return None
    best = items[0]
    for item in items:
        is_before = before(best, item) if is_max else before(item, best)
        if is_before is None:
            return None
        best = item if is_before else best
    return best


@builtin("min(list: any...)")
def smallest(*values: Value) -> Value:
    return _extreme(values, False)


@builtin("max(list: any...)")
def largest(*values: Value) -> Value:
    return _extreme(values, True)


@builtin("sum(list: any...)")
def total(*values: Value) -> Value:
    items = _numbers(values)
    if not items:
        return None
    result: Value = items[0]
    for item in items[1:]:
        result = add(result, item)
    return result


@builtin("product(list: any...)")
def product(*values: Value) -> Value:
    items = _items(values)
    if not items:
        return None
    result: Value = Decimal(1)
    for item in items:
        result = multiply(result, item) if type(item) is Decimal else None
    return result


@builtin("mean(list: any...)")
def mean(*values: Value) -> Value:
    items = _items(values)
    return divide(total(items), Decimal(len(items))) if items else None


def _numbers(values: tuple[Value, ...]) -> list[Decimal] | None:
    items = _items(values)
    return items if items is not None and all(type(item) is Decimal for item in items) else None


@builtin("median(list: any...)")
def median(*values: Value) -> Value:
    items = sorted(_numbers(values) or [])
    middle = len(items) // 2
    if not items:
        return None
    return items[middle] if len(items) % 2 else divide(add(items[middle - 1], items[middle]), Decimal(2))


@builtin("stddev(list: any...)")
def standard_deviation(*values: Value) -> Value:
    items = _numbers(values)
    if items is None or len(items) < 2:
        return None
    middle = mean(items)
    squares: Value = Decimal(0)
    for item in items:
        squares = add(squares, power(subtract(item, middle), Decimal(2)))
    variance = divide(squares, Decimal(len(items) - 1))
    return None if variance is None else limits.NUMBERS.sqrt(variance)


@builtin("mode(list: any...)")
def mode(*values: Value) -> Value:
    items = _numbers(values)
    counts = Counter(items or [])
    return None if items is None else sorted(item for item in counts if counts[item] == max(counts.values()))


def _decided(values: tuple[Value, ...], decisive: bool) -> Value:
    items = _items(values)
    if items is None:
        return None
    if any(item is decisive for item in items):
        return decisive
    return not decisive if all(item is (not decisive) for item in items) else None


@builtin("all(list: any...)")
def every(*values: Value) -> Value:
    return _decided(values, False)


@builtin("any(list: any...)")
def some(*values: Value) -> Value:
    return _decided(values, True)


@builtin("sublist(list: list, start position: number, length?: number)")
def sublist(items: list[Value], start: Decimal, length: Decimal | None = None) -> Value:
    first, size = whole(start), len(items) if length is None else whole(length)
    if not first or abs(first) > len(items) or size is None or (length is not None and size < 1):
        return None
    begin = first - 1 if first > 0 else len(items) + first
    return items[begin:begin + size] if length is None or begin + size <= len(items) else None


@builtin("append(list: list, item/items: any...)")
def append(items: list[Value], *more: Value) -> Value:
    return [*items, *more]


@builtin("concatenate(list/lists: list...)")
def concatenate(*lists: list[Value]) -> Value:
    return [item for items in lists for item in items]


@builtin("insert before(list: list, position: number, newItem/new item: any)")
def insert_before(items: list[Value], position: Decimal, item: Value) -> Value:
    place = _place(items, position)
    return None if place is None else [*items[:place], item, *items[place:]]


@builtin("remove(list: list, position: number)")
def remove(items: list[Value], position: Decimal) -> Value:
    place = _place(items, position)
    return None if place is None else items[:place] + items[place + 1:]


@builtin("list replace(list: list, position: number, newItem/new item: any)")
def list_replace(items: list[Value], position: Decimal, item: Value) -> Value:
    place = _place(items, position)
    return None if place is None else [*items[:place], item, *items[place + 1:]]


@builtin("list replace(list: list, match: function, newItem/new item: any)")
def list_replace_matching(items: list[Value], match: Function, new: Value) -> Value:
    if len(match.parameters) != 2:
        return None
    answers = [types.call(match, item, new) for item in items]
    if not all(type(answer) is bool for answer in answers):
        return None
    return [new if answer else item for item, answer in zip(items, answers, strict=True)]


def _place(items: list[Value], position: Decimal) -> int | None:
    number = whole(position)
    if not number or abs(number) > len(items):
        return None
    return number - 1 if number > 0 else len(items) + number


@builtin("reverse(list: list)")
def reverse(items: list[Value]) -> Value:
    return items[::-1]


@builtin("index of(list: list, match: any)")
def index_of(items: list[Value], match: Value) -> Value:
    return [Decimal(place) for place, item in enumerate(items, 1) if equal(item, match) is True]


@builtin("union(list/lists: list...)")
def union(*lists: list[Value]) -> Value:
    return distinct_values(concatenate(*lists))


@builtin("distinct values(list: list)")
def distinct_values(items: list[Value]) -> Value:
    found: dict[object, Value] = {}
    for item in items:
        found.setdefault(key(item), item)
    return list(found.values())


@builtin("duplicate values(list: list)")
def duplicate_values(items: list[Value]) -> Value:
    counts = Counter(key(item) for item in items)
    return distinct_values([item for item in items if counts[key(item)] > 1])


@builtin("flatten(list: list)")
def flatten(items: list[Value]) -> Value:
    flat: list[Value] = []
    stack = items[::-1]
    while stack:
        item = stack.pop()
        if type(item) is list:
            stack.extend(reversed(item))
        else:
            flat.append(item)
    return flat


@builtin("sort(list: list, precedes?: function)")
def sort(items: list[Value], precedes: Function | None = None) -> Value:
    if precedes is not None and len(precedes.parameters) != 2:
        return None
    comes_first = partial(types.call, precedes) if precedes else before
    if precedes is None and _extreme((items,), True) is None and items:
        return None

    def order(one: Value, other: Value) -> int:
        return -1 if comes_first(one, other) is True else int(comes_first(other, one) is True)

    return sorted(items, key=cmp_to_key(order))


