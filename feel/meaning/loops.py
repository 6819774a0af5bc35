"""What loops, quantifiers, filters and functions mean."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from feel import limits
from feel.arithmetic import add
from feel.calendar import FarDate
from feel.errors import NullError, RefusedError
from feel.grammar import nodes
from feel.meaning.builder import Builder, means, placed
from feel.meaning.scope import Meaning, Scope
from feel.values import Function, Range, Value, before

_DAY = timedelta(days=1)


@means(nodes.Filter)
def filtered(builder: Builder, node: nodes.Filter) -> Meaning:
    of = builder.build(node.of)
    size = builder.count
    by = builder.build_within(node.by, frozenset({"item"}))
    size = builder.count - size

    def run(scope: Scope) -> Value:
        found = of(scope)
        items = found if type(found) is list else [found]
        kept: list[Value] = []
        for item in items:
            scope.ledger.spend(size)
            answer = by(_scope_of_item(scope, item))
            if type(answer) is Decimal:
                return _item(items, answer)
            if answer is True:
                kept.append(item)
        if not items and type(by(scope)) is Decimal:
            return None
        return kept

    return placed(node, run)


def _scope_of_item(scope: Scope, item: Value) -> Scope:
    inner = scope.within({"item": item})
    return inner.within(item) if type(item) is dict else inner


def _item(items: list[Value], number: Decimal) -> Value:
    if number != number.to_integral_value() or not 0 < abs(number) <= len(items):
        return None
    place = int(number)
    return items[place - 1 if place > 0 else place]


def _rounds(scope: Scope, sources: list[tuple[str, Meaning, Meaning | None]], size: int) -> Iterator[Scope]:
    """One scope for each combination of what the sources give, the last turning fastest.

    size: the parts that are evaluated in each round.
    """
    if not sources:
        yield scope
        return
    (name, items, until), rest = sources[0], sources[1:]
    for item in _given(scope, items, until):
        scope.ledger.spend(size)
        yield from _rounds(scope.within({name: item}), rest, size)


def _given(scope: Scope, items: Meaning, until: Meaning | None) -> Iterator[Value]:
    first = items(scope)
    if until is not None:
        yield from _counted(first, until(scope))
    elif type(first) is Range:
        start, end = first.start, first.end
        for value in _counted(start, end):
            if (value != start or first.has_start) and (value != end or first.has_end):
                yield value
    elif type(first) is list:
        yield from first
    elif first is not None:
        yield first
    else:
        raise NullError("A loop goes over null.")


def _counted(start: Value, end: Value) -> Iterator[Value]:
    """Whole numbers or days from start to end, down as well as up."""
    if type(start) is Decimal and start == start.to_integral_value():
        unit: Value = Decimal(1)
    elif type(start) in (date, FarDate):
        unit = _DAY
    else:
        raise NullError("A loop counts whole numbers or days.")
    is_down = before(end, start)
    if is_down is None:
        raise NullError("The ends of a loop cannot be compared.")
    value = start
    while before(end, value) is False if not is_down else before(value, end) is False:
        yield value
        value = add(value, -unit if is_down else unit)


def _sources(builder: Builder, sources: tuple[nodes.Source, ...]) -> list[tuple[str, Meaning, Meaning | None]]:
    """The meanings of the sources; leaves the names they give bound, one level for each."""
    built = []
    for source in sources:
        items = builder.build(source.items)
        until = builder.build(source.until) if source.until else None
        built.append((source.name, items, until))
        builder.bound.append(frozenset({source.name}))
    return built


@means(nodes.For)
def loop(builder: Builder, node: nodes.For) -> Meaning:
    size, outer, at = builder.count, builder.used, node.at
    builder.used = set()
    sources = _sources(builder, node.sources)
    result = builder.build_within(node.result, frozenset({"partial"}))
    del builder.bound[-len(sources):]
    size, needs_partial = builder.count - size, "partial" in builder.used
    builder.used |= outer

    def run(scope: Scope) -> Value:
        results: list[Value] = []
        try:
            for inner in _rounds(scope, sources, size):
                if needs_partial:
                    scope.ledger.spend(len(results))
                    inner = inner.within({"partial": results[:]})
                results.append(result(inner))
        except NullError as error:
            scope.ledger.warn(str(error), at)
            return None
        return results

    return placed(node, run)


@means(nodes.Quantified)
def quantified(builder: Builder, node: nodes.Quantified) -> Meaning:
    size, at = builder.count, node.at
    sources = _sources(builder, node.sources)
    condition = builder.build(node.condition)
    del builder.bound[-len(sources):]
    size = builder.count - size
    decisive = not node.is_every

    def run(scope: Scope) -> Value:
        is_known = True
        try:
            for inner in _rounds(scope, sources, size):
                answer = condition(inner)
                if answer is decisive:
                    return decisive
                is_known = is_known and type(answer) is bool
        except NullError as error:
            scope.ledger.warn(str(error), at)
            return None
        return not decisive if is_known else None

    return placed(node, run)


@means(nodes.Function)
def function(builder: Builder, node: nodes.Function) -> Meaning:
    parameters, kinds = node.parameters, node.types
    size = builder.count
    body = builder.build_within(node.body, frozenset(parameters))
    size = builder.count - size

    def run(scope: Scope) -> Value:
        def call(*arguments: Value) -> Value:
            scope.ledger.spend(size)
            scope.ledger.calls += 1
            if scope.ledger.calls > limits.CALLS:
                raise RefusedError("Functions call each other too deeply.")
            try:
                return body(scope.within(dict(zip(parameters, arguments, strict=True))))
            finally:
                scope.ledger.calls -= 1

        return Function(parameters, call, kinds)

    return run
