"""What values, names, paths, lists, contexts and ranges mean."""

from collections.abc import Mapping

from feel import temporal
from feel.functions import BUILTINS
from feel.grammar import nodes
from feel.meaning.builder import Builder, means, placed
from feel.meaning.calls import builtin_as_value
from feel.meaning.scope import MISSING, Meaning, Scope
from feel.values import Range, Value, before, rank


@means(nodes.Literal)
def literal(builder: Builder, node: nodes.Literal) -> Meaning:
    value = node.value
    return lambda scope: value


@means(nodes.Name)
def name(builder: Builder, node: nodes.Name) -> Meaning:
    builder.reads(node.name)
    return _lookup(builder, node)


@means(nodes.Nothing)
def nothing(builder: Builder, node: nodes.Nothing) -> Meaning:
    return builder.flawed(node.reason, node.at)


def _lookup(builder: Builder, node: nodes.Name) -> Meaning:
    wanted, at = node.name, node.at
    missing = f"There is no {wanted!r} here."

    def run(scope: Scope) -> Value:
        value = scope.find(wanted)
        if value is not MISSING:
            return value
        if wanted in BUILTINS:
            return builtin_as_value(scope.ledger, wanted)
        scope.ledger.warn(missing, at)
        return None

    def read(scope: Scope) -> Value:
        raw = scope.values.get(wanted, MISSING)
        return run(scope) if raw is MISSING else scope.ledger.admit(raw)

    return placed(node, read if builder.is_outermost else run)


@means(nodes.Path)
def path(builder: Builder, node: nodes.Path) -> Meaning:
    if isinstance(node.of, nodes.Name):
        builder.reads(node.of.name, *node.names)
        if builder.is_outermost:
            return placed(node, _path_from_outside(node.of.name, node.names))
        of = _lookup(builder, node.of)
    else:
        of = builder.build(node.of)
    names = node.names

    def run(scope: Scope) -> Value:
        value = of(scope)
        for wanted in names:
            value = step(value, wanted)
        return value

    return run


def _path_from_outside(first: str, rest: tuple[str, ...]) -> Meaning:
    """A path through what came from outside, converting only what it ends at."""

    def run(scope: Scope) -> Value:
        value = scope.values.get(first)
        for wanted in rest:
            if type(value) is dict or isinstance(value, Mapping):
                value = value.get(wanted)
            else:
                value = step(scope.ledger.admit(value), wanted)
        if type(value) is str:
            return value
        return scope.ledger.admit(value)

    return run


def step(value: Value, wanted: str) -> Value:
    """The entry of a context, the part of a date, the entries of all contexts of a list; else None."""
    kind = type(value)
    if kind is dict:
        return value.get(wanted)
    if kind is list:
        return [step(item, wanted) for item in value]
    if kind is Range:
        return {"start": value.start, "end": value.end, "start included": value.has_start,
                "end included": value.has_end}.get(wanted)
    return temporal.part(value, wanted)


@means(nodes.Interval)
def interval(builder: Builder, node: nodes.Interval) -> Meaning:
    start = builder.build(node.start) if node.start else None
    end = builder.build(node.end) if node.end else None
    has_start, has_end, at = node.has_start, node.has_end, node.at
    wanted = (start is not None) + (end is not None)

    def run(scope: Scope) -> Value:
        low, high = start(scope) if start else None, end(scope) if end else None
        ends = [value for value in (low, high) if value is not None]
        if any(rank(value) is None for value in ends) or (len(ends) == 2 and before(low, high) is None):
            scope.ledger.warn("A range needs two ends that can be compared.", at)
            return None
        return Range(low, high, has_start, has_end, len(ends) == wanted)

    return run


@means(nodes.Listing)
def listing(builder: Builder, node: nodes.Listing) -> Meaning:
    items = [builder.build(item) for item in node.items]
    return lambda scope: [item(scope) for item in items]


@means(nodes.Context)
def context(builder: Builder, node: nodes.Context) -> Meaning:
    entries: list[tuple[str, Meaning]] = []
    seen: frozenset[str] = frozenset()
    for key, entry in node.entries:
        entries.append((key, builder.build_within(entry, seen)))
        seen |= {key}

    def run(scope: Scope) -> Value:
        made: dict[str, Value] = {}
        inner = scope.within(made)
        for key, entry in entries:
            made[key] = entry(inner)
        return made

    return run
