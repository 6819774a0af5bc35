"""What values, names, operators and tests mean."""

from collections.abc import Callable, Mapping

from feel import nodes, temporal
from feel.arithmetic import OPERATORS, negate
from feel.meaning.builder import Builder, means, placed
from feel.meaning.scope import MISSING, Meaning, Scope
from feel.values import KINDS, Range, Value, before, equal, includes, rank, weigh


@means(nodes.Literal)
def literal(builder: Builder, node: nodes.Literal) -> Meaning:
    value = node.value
    return lambda scope: value


@means(nodes.Name)
def name(builder: Builder, node: nodes.Name) -> Meaning:
    builder.reads(node.name)
    return _lookup(builder, node)


def _lookup(builder: Builder, node: nodes.Name) -> Meaning:
    wanted = node.name
    if builder.is_outermost:
        return placed(node, lambda scope: scope.ledger.admit(scope.values.get(wanted)))

    def run(scope: Scope) -> Value:
        value = scope.find(wanted)
        return None if value is MISSING else value

    return placed(node, run)


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


@means(nodes.Negate)
def negation(builder: Builder, node: nodes.Negate) -> Meaning:
    if isinstance(node.operand, nodes.Literal):
        value = negate(node.operand.value)
        return lambda scope: value
    operand = builder.build(node.operand)
    return lambda scope: negate(operand(scope))


@means(nodes.Arithmetic)
def arithmetic(builder: Builder, node: nodes.Arithmetic) -> Meaning:
    first = builder.build(node.first)
    rest = [(OPERATORS[operator], builder.build(operand)) for operator, operand in node.rest]

    def run(scope: Scope) -> Value:
        value = first(scope)
        for operation, operand in rest:
            value = operation(value, operand(scope))
            if type(value) is str:
                scope.ledger.spend(len(value) >> 6)
        return value

    return placed(node, run)


def compared(operator: str, left: Value, right: Value) -> bool | None:
    """One comparison of two values; None when they cannot be compared."""
    if operator in ("=", "!="):
        same = equal(left, right)
        return same if operator == "=" or same is None else not same
    if operator in ("<", ">="):
        is_less = before(left, right)
        return is_less if operator == "<" or is_less is None else not is_less
    is_more = before(right, left)
    return is_more if operator == ">" or is_more is None else not is_more


@means(nodes.Comparison)
def comparison(builder: Builder, node: nodes.Comparison) -> Meaning:
    left, right, operator = builder.build(node.left), builder.build(node.right), node.operator
    if isinstance(node.right, nodes.Literal) and type(node.right.value) is str and operator in ("=", "!="):
        return _equals_string(left, node.right.value, operator == "=")

    def run(scope: Scope) -> Value:
        one, other = left(scope), right(scope)
        if type(one) in _DEEP:
            scope.ledger.spend(weigh(one) + weigh(other))
        return compared(operator, one, other)

    return placed(node, run)


_DEEP = frozenset({list, dict, Range})


def _equals_string(left: Meaning, wanted: str, answer: bool) -> Meaning:
    def run(scope: Scope) -> Value:
        value = left(scope)
        if type(value) is str:
            return (value == wanted) is answer
        return not answer if value is None else None

    return run


@means(nodes.And)
def conjunction(builder: Builder, node: nodes.And) -> Meaning:
    return _joined([builder.build(term) for term in node.terms], False)


@means(nodes.Or)
def disjunction(builder: Builder, node: nodes.Or) -> Meaning:
    return _joined([builder.build(term) for term in node.terms], True)


def _joined(terms: list[Meaning], decisive: bool) -> Meaning:
    """One term with the decisive value decides; else all have to be known."""
    other = not decisive

    def run(scope: Scope) -> Value:
        is_known = True
        for term in terms:
            value = term(scope)
            if value is decisive:
                return decisive
            if value is not other:
                is_known = False
        return other if is_known else None

    return run


@means(nodes.Between)
def between(builder: Builder, node: nodes.Between) -> Meaning:
    value, low, high = builder.build(node.value), builder.build(node.low), builder.build(node.high)

    def run(scope: Scope) -> Value:
        middle = value(scope)
        above, below = compared(">=", middle, low(scope)), compared("<=", middle, high(scope))
        if above is False or below is False:
            return False
        return True if above and below else None

    return run


@means(nodes.If)
def condition(builder: Builder, node: nodes.If) -> Meaning:
    asked, then, otherwise = builder.build(node.condition), builder.build(node.then), builder.build(node.otherwise)
    return lambda scope: then(scope) if asked(scope) is True else otherwise(scope)


@means(nodes.InstanceOf)
def instance_of(builder: Builder, node: nodes.InstanceOf) -> Meaning:
    value, kind = builder.build(node.value), node.kind

    def run(scope: Scope) -> Value:
        found = value(scope)
        if found is None:
            return kind == "Null"
        return kind == "Any" or KINDS[type(found)] == kind

    return run


@means(nodes.In)
def membership(builder: Builder, node: nodes.In) -> Meaning:
    value = builder.build(node.value)
    wanted = _strings(node)
    if wanted is not None:
        return _in_strings(value, wanted)
    tests = [_test(builder, test) for test in node.tests]

    def run(scope: Scope) -> Value:
        tested, is_known = value(scope), True
        inner = scope.within({"?": tested})
        for test in tests:
            answer = test(inner, tested)
            if answer is True:
                return True
            if answer is None:
                is_known = False
        return False if is_known else None

    return placed(node, run)


def _strings(node: nodes.In) -> frozenset[str] | None:
    """The strings of the commonest test of all, `in ["a", "b"]`; None for every other test."""
    test = node.tests[0]
    if len(node.tests) > 1 or test.operator != "in" or not isinstance(test.operand, nodes.Listing):
        return None
    values = [item.value for item in test.operand.items if isinstance(item, nodes.Literal)]
    is_all = len(values) == len(test.operand.items) and all(type(value) is str for value in values)
    return frozenset(values) if is_all else None


def _in_strings(value: Meaning, wanted: frozenset[str]) -> Meaning:
    def run(scope: Scope) -> Value:
        tested = value(scope)
        return type(tested) is str and tested in wanted

    return run


def _test(builder: Builder, node: nodes.Test) -> Callable[[Scope, Value], bool | None]:
    """One test after `in`. An operand that speaks of `?` decides by being true."""
    outer, builder.used = builder.used, set()
    operand = builder.build_within(node.operand, frozenset({"?"}))
    is_condition = "?" in builder.used
    builder.used = outer | builder.used - {"?"}
    operator = node.operator
    if is_condition:
        return lambda scope, tested: operand(scope) is True
    if operator == "in":
        return lambda scope, tested: fits(scope, tested, operand(scope))
    return lambda scope, tested: compared(operator, tested, operand(scope))


def fits(scope: Scope, tested: Value, wanted: Value) -> bool | None:
    """Whether a value is what is wanted, lies in the range that is wanted, or is one of the list that is wanted."""
    kind = type(wanted)
    if kind is Range:
        return includes(wanted, tested)
    if kind is not list:
        return equal(tested, wanted)
    scope.ledger.spend(weigh(wanted) * (weigh(tested) if type(tested) in _DEEP else 1))
    if type(tested) is list and equal(tested, wanted):
        return True
    return any((includes(item, tested) if type(item) is Range else equal(tested, item)) is True for item in wanted)


@means(nodes.Interval)
def interval(builder: Builder, node: nodes.Interval) -> Meaning:
    start = builder.build(node.start) if node.start else None
    end = builder.build(node.end) if node.end else None
    has_start, has_end = node.has_start, node.has_end

    def run(scope: Scope) -> Value:
        low, high = start(scope) if start else None, end(scope) if end else None
        if (start and rank(low) is None) or (end and rank(high) is None):
            return None
        if start and end and before(low, high) is None:
            return None
        return Range(low, high, has_start, has_end)

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
