"""What operators and conditions mean."""

from feel.arithmetic import OPERATORS, negate
from feel.grammar import nodes
from feel.meaning.builder import Builder, means, placed
from feel.meaning.scope import Meaning, Scope
from feel.values import KINDS, Range, Value, before, equal, weigh

DEEP = frozenset({list, dict, Range})


def _warn(scope: Scope, verb: str, one: Value, other: Value, at: int) -> None:
    """Says why the result is null, unless a null was given."""
    if one is not None and other is not None:
        scope.ledger.warn(f"{_shown(one)} and {_shown(other)} cannot be {verb}.", at)


def _shown(value: Value) -> str:
    return "A " + KINDS[type(value)]


@means(nodes.Negate)
def negation(builder: Builder, node: nodes.Negate) -> Meaning:
    if isinstance(node.operand, nodes.Literal) and (constant := negate(node.operand.value)) is not None:
        return lambda scope: constant
    operand, at = builder.build(node.operand), node.at

    def run(scope: Scope) -> Value:
        value = operand(scope)
        answer = negate(value)
        if answer is None and value is not None:
            scope.ledger.warn(f"{_shown(value)} has no negative.", at)
        return answer

    return run


@means(nodes.Arithmetic)
def arithmetic(builder: Builder, node: nodes.Arithmetic) -> Meaning:
    first, at = builder.build(node.first), node.at
    rest = [(OPERATORS[operator], builder.build(operand)) for operator, operand in node.rest]

    def run(scope: Scope) -> Value:
        value = first(scope)
        for operation, operand in rest:
            left, right = value, operand(scope)
            value = operation(left, right)
            if type(value) is str:
                scope.ledger.spend(len(value) >> 6)
            elif value is None:
                _warn(scope, "worked with in this way", left, right, at)
        return value

    return placed(node, run)


def compared(operator: str, left: Value, right: Value) -> bool | None:
    """One comparison of two values; None when they cannot be compared."""
    if operator in ("=", "!="):
        same = equal(left, right)
        if same is None:
            same = equal(_alone(left), _alone(right))
        return same if operator == "=" or same is None else not same
    if operator in ("<", ">="):
        is_less = before(left, right)
        return is_less if operator == "<" or is_less is None else not is_less
    is_more = before(right, left)
    return is_more if operator == ">" or is_more is None else not is_more


def _alone(value: Value) -> Value:
    """A list of one item as the item: the standard converts what is not of the kind that is wanted."""
    return value[0] if type(value) is list and len(value) == 1 else value


@means(nodes.Comparison)
def comparison(builder: Builder, node: nodes.Comparison) -> Meaning:
    left, right, operator, at = builder.build(node.left), builder.build(node.right), node.operator, node.at
    if isinstance(node.right, nodes.Literal) and type(node.right.value) is str and operator in ("=", "!="):
        return _equals_string(left, node.right.value, operator == "=")

    def run(scope: Scope) -> Value:
        one, other = left(scope), right(scope)
        if type(one) in DEEP:
            scope.ledger.spend(weigh(one) + weigh(other))
        answer = compared(operator, one, other)
        if answer is None:
            _warn(scope, "compared", one, other, at)
        return answer

    return placed(node, run)


def _equals_string(left: Meaning, wanted: str, answer: bool) -> Meaning:
    def run(scope: Scope) -> Value:
        value = left(scope)
        if type(value) is not str:
            value = _alone(value)
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
    if kind is None:
        return builder.flawed("There is no such type.", node.at)
    return lambda scope: kind.holds(value(scope))
