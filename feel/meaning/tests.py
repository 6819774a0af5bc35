"""What the tests after `in`, and those in the cells of decision tables, mean."""

from collections.abc import Callable
from typing import TypeAlias

from feel.grammar import nodes
from feel.meaning.builder import Builder, means, placed
from feel.meaning.operators import DEEP, compared
from feel.meaning.scope import Meaning, Scope
from feel.values import Range, Value, equal, includes, weigh

_Test: TypeAlias = Callable[[Scope, Value], bool | None]


@means(nodes.In)
def membership(builder: Builder, node: nodes.In) -> Meaning:
    value = builder.build(node.value)
    wanted = _strings(node)
    if wanted is not None:
        return _in_strings(value, wanted)
    tests = [_test(builder, test) for test in node.tests]

    def run(scope: Scope) -> Value:
        tested = value(scope)
        return _passed(tests, scope.within({"?": tested}), tested)

    return placed(node, run)


@means(nodes.Tests)
def cell(builder: Builder, node: nodes.Tests) -> Meaning:
    """The tests of a cell; what is tested is in the context as `?`."""
    tests = [_test(builder, test, is_cell=True) for test in node.tests]
    builder.reads("?")
    if not tests:
        return lambda scope: True

    def run(scope: Scope) -> Value:
        answer = _passed(tests, scope, scope.find("?"))
        return answer if answer is None else answer is not node.is_negated

    return placed(node, run)


def _passed(tests: list[_Test], scope: Scope, tested: Value) -> bool | None:
    """Whether one of the tests is passed; None when none is, and one of them cannot be told."""
    is_known = True
    for test in tests:
        answer = test(scope, tested)
        if answer is True:
            return True
        if answer is None:
            is_known = False
    return False if is_known else None


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


def _test(builder: Builder, node: nodes.Test, *, is_cell: bool = False) -> _Test:
    """One test. An operand that speaks of `?` decides by being true; in a cell any operand may be true."""
    outer, builder.used = builder.used, set()
    operand = builder.build_within(node.operand, frozenset({"?"}))
    is_condition = "?" in builder.used
    builder.used = outer | builder.used - {"?"}
    operator = node.operator
    if operator != "in":
        return lambda scope, tested: compared(operator, tested, operand(scope))
    if is_condition:
        return lambda scope, tested: _decided(operand(scope))
    if not is_cell:
        return lambda scope, tested: fits(scope, tested, operand(scope))

    def passes(scope: Scope, tested: Value) -> bool | None:
        wanted = operand(scope)
        return True if wanted is True and type(tested) is not bool else fits(scope, tested, wanted)

    return passes


def _decided(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def fits(scope: Scope, tested: Value, wanted: Value) -> bool | None:
    """Whether a value is what is wanted, lies in the range that is wanted, or is one of the list that is wanted."""
    kind = type(wanted)
    if kind is Range:
        return includes(wanted, tested)
    if kind is not list:
        return equal(tested, wanted)
    scope.ledger.spend(weigh(wanted) * (weigh(tested) if type(tested) in DEEP else 1))
    if type(tested) is list and equal(tested, wanted):
        return True
    return any((includes(item, tested) if type(item) is Range else equal(tested, item)) is True for item in wanted)


