"""What calls of functions mean."""

from collections.abc import Callable

from feel import nodes
from feel.errors import RefusedError
from feel.functions import BUILTINS, Builtin, Signature
from feel.meaning.builder import Builder, means, placed
from feel.meaning.scope import MISSING, Ledger, Meaning, Scope
from feel.values import Lambda, Value, weigh

_Way = tuple[Signature, list[int] | None]


@means(nodes.Call)
def call(builder: Builder, node: nodes.Call) -> Meaning:
    if builder.is_bound(node.function):
        return placed(node, _call_of_lambda(builder, node))
    if node.function in SPECIAL:
        return placed(node, SPECIAL[node.function](builder, node))
    known = BUILTINS.get(node.function)
    if known is None:
        raise RefusedError(f"There is no function {node.function!r}.", node.at)
    ways = known.fitting(len(node.arguments), node.labels)
    if not ways:
        raise RefusedError(_complaint(known, node), node.at)
    return placed(node, _call_of_builtin([builder.build(argument) for argument in node.arguments], ways))


def _complaint(known: Builtin, node: nodes.Call) -> str:
    expected = " or ".join(f"({', '.join(parameter.name for parameter in signature.parameters)})"
                           for signature in known.signatures)
    return f"The function {node.function!r} takes {expected}."


def _call_of_builtin(arguments: list[Meaning], ways: list[_Way]) -> Meaning:
    def run(scope: Scope) -> Value:
        values = [argument(scope) for argument in arguments]
        for value in values:
            _charge(scope.ledger, value)
        for signature, order in ways:
            admitted = _admitted(signature, order, values)
            if admitted is not None:
                if signature.work:
                    scope.ledger.spend(signature.work(*admitted))
                result = signature.call(*admitted)
                _charge(scope.ledger, result)
                return result
        return None

    return run


def _admitted(signature: Signature, order: list[int] | None, values: list[Value]) -> list[Value] | None:
    """The values in the order of the parameters, up to the last one given; None when they do not fit."""
    if order is None:
        return signature.admit(values)
    while order[-1] < 0:
        order = order[:-1]
    if -1 in order:
        raise RefusedError("An argument before the last one is missing.")
    return signature.admit([values[place] for place in order])


def _charge(ledger: Ledger, value: Value) -> None:
    kind = type(value)
    if kind is str:
        ledger.spend(1 + (len(value) >> 6))
    elif kind is list or kind is dict:
        ledger.spend(weigh(value))


def _call_of_lambda(builder: Builder, node: nodes.Call) -> Meaning:
    arguments, function = [builder.build(argument) for argument in node.arguments], node.function
    if node.labels:
        raise RefusedError("Arguments with names go to built-in functions only.", node.at)

    def run(scope: Scope) -> Value:
        found = scope.find(function)
        if not isinstance(found, Lambda) or len(found.parameters) != len(arguments):
            return None
        return found.call(*[argument(scope) for argument in arguments])

    return run


def _is_defined(builder: Builder, node: nodes.Call) -> Meaning:
    """Whether a name or a path leads anywhere, be it to null."""
    path = node.arguments[0] if len(node.arguments) == 1 else None
    names = path.names if isinstance(path, nodes.Path) else ()
    start = path.of if isinstance(path, nodes.Path) else path
    if not isinstance(start, nodes.Name):
        raise RefusedError("'is defined' asks about a name or a path.", node.at)
    builder.reads(start.name, *names)
    first = start.name

    def run(scope: Scope) -> Value:
        value = scope.find(first)
        for wanted in names:
            value = value.get(wanted, MISSING) if isinstance(value, dict) else MISSING
        return value is not MISSING

    return run


def _given(name: str) -> Callable[[Builder, nodes.Call], Meaning]:
    """`now()` and `today()`: only what the context says, as an expression has no clock."""

    def build(builder: Builder, node: nodes.Call) -> Meaning:
        if node.arguments:
            raise RefusedError(f"The function {name!r} takes no arguments.", node.at)
        builder.reads(name)

        def run(scope: Scope) -> Value:
            found = scope.find(name)
            if found is MISSING or found is None:
                raise RefusedError(f"There is no {name!r} here.")
            return found

        return run

    return build


SPECIAL: dict[str, Callable[[Builder, nodes.Call], Meaning]] = {
    "is defined": _is_defined, "now": _given("now"), "today": _given("today"),
}
