"""What calls of functions mean."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from feel import types
from feel.errors import NullError, RefusedError
from feel.functions import BUILTINS, Builtin, Signature
from feel.grammar import nodes
from feel.meaning.builder import Builder, means, placed
from feel.meaning.scope import MISSING, Ledger, Meaning, Scope
from feel.patterns import pattern
from feel.values import Function, Value, weigh

_FLAGS = {"matches": 2, "replace": 3, "split": 2}  # functions with a pattern, and where its flags may stand
_Ways: TypeAlias = Sequence[tuple[Signature, list[int] | None]]


@means(nodes.Call)
def call(builder: Builder, node: nodes.Call) -> Meaning:
    name = node.function.name if isinstance(node.function, nodes.Name) else None
    is_given = name is not None and (builder.is_bound(name) or name in builder.told)
    if name is None or is_given:
        return placed(node, _call_of_value(builder, node))
    if name in SPECIAL:
        return placed(node, SPECIAL[name](builder, node))
    known = BUILTINS.get(name)
    if known is None:
        if builder.is_strict:
            raise RefusedError(f"There is no function {name!r}.", node.at)
        return placed(node, _call_of_value(builder, node))
    ways = known.fitting(len(node.arguments), node.labels)
    if not ways:
        return builder.flawed(_complaint(known, node), node.at)
    if builder.is_strict:
        _check_pattern(known, node)
    arguments = [builder.build(argument) for argument in node.arguments]
    return placed(node, _call_of_builtin(known, arguments, ways, node.at))


def _check_pattern(known: Builtin, node: nodes.Call) -> None:
    """A pattern that is written out and is none is refused where it stands, not found out when it is used."""
    place = _FLAGS.get(known.name)
    if place is None or node.labels:
        return
    asked = (node.arguments[1], *node.arguments[place:])
    texts = [argument.value for argument in asked if isinstance(argument, nodes.Literal)]
    if len(texts) == len(asked) and all(isinstance(text, str) for text in texts):
        try:
            pattern(texts[0], "".join(texts[1:]))
        except NullError as error:
            raise RefusedError(str(error), node.arguments[1].at) from None


def _complaint(known: Builtin, node: nodes.Call) -> str:
    expected = " or ".join(f"({', '.join(parameter.name for parameter in signature.parameters)})"
                           for signature in known.signatures)
    return f"The function {known.name!r} takes {expected}."


def _call_of_builtin(known: Builtin, arguments: list[Meaning], ways: _Ways, at: int) -> Meaning:
    def run(scope: Scope) -> Value:
        return _called(scope.ledger, known, [argument(scope) for argument in arguments], ways, at)

    return run


def _called(ledger: Ledger, known: Builtin, values: list[Value], ways: _Ways, at: int) -> Value:
    for value in values:
        _charge(ledger, value)
    for signature, order in ways:
        admitted = _admitted(signature, order, values)
        if admitted is not None:
            try:
                if signature.work:
                    ledger.spend(signature.work(*admitted))
                result = signature.call(*admitted)
            except NullError as error:
                ledger.warn(str(error), at)
                return None
            _charge(ledger, result)
            return result
    if None not in values:
        ledger.warn(f"The function {known.name!r} does not take such arguments.", at)
    return None


def _admitted(signature: Signature, order: list[int] | None, values: list[Value]) -> list[Value] | None:
    """The values in the order of the parameters, up to the last one given; None when they do not fit."""
    if order is None:
        return signature.admit(values)
    while order[-1] < 0:
        order = order[:-1]
    return signature.admit([values[place] if place >= 0 else None for place in order])


def _charge(ledger: Ledger, value: Value) -> None:
    kind = type(value)
    if kind is str:
        ledger.spend(1 + (len(value) >> 6))
    elif kind is list or kind is dict:
        ledger.spend(weigh(value))


def builtin_as_value(ledger: Ledger, name: str) -> Function:
    """A built-in function that is not called but handed on."""
    known = BUILTINS[name]

    def run(*values: Value) -> Value:
        return _called(ledger, known, list(values), known.fitting(len(values), ()), 0)

    parameters = known.signatures[0].parameters
    kinds = tuple(parameter.type for parameter in parameters)
    return Function(tuple(parameter.name for parameter in parameters), run, kinds, is_variadic=True)


def _call_of_value(builder: Builder, node: nodes.Call) -> Meaning:
    """A call of whatever value stands before the bracket."""
    of, at, labels = builder.build(node.function), node.at, node.labels
    arguments = [builder.build(argument) for argument in node.arguments]

    def run(scope: Scope) -> Value:
        found = of(scope)
        if not isinstance(found, Function):
            scope.ledger.warn("Something is called that is no function.", at)
            return None
        values = [argument(scope) for argument in arguments]
        if labels:
            if not set(labels) <= set(found.parameters):
                scope.ledger.warn(f"The function takes ({', '.join(found.parameters)}).", at)
                return None
            values = [values[labels.index(name)] if name in labels else None for name in found.parameters]
        return _applied(scope.ledger, found, values, at)

    return run


def _applied(ledger: Ledger, function: Function, values: list[Value], at: int) -> Value:
    if len(values) != len(function.parameters) and not function.is_variadic:
        ledger.warn(f"The function takes ({', '.join(function.parameters)}).", at)
        return None
    return types.call(function, *values)


def _is_defined(builder: Builder, node: nodes.Call) -> Meaning:
    """Whether a name or a path leads anywhere, be it to null."""
    path = node.arguments[0] if len(node.arguments) == 1 else None
    names = path.names if isinstance(path, nodes.Path) else ()
    start = path.of if isinstance(path, nodes.Path) else path
    if not isinstance(start, nodes.Name):
        return builder.flawed("'is defined' asks about a name or a path.", node.at)
    builder.reads(start.name, *names)
    first = start.name

    def run(scope: Scope) -> Value:
        value = scope.find(first)
        for wanted in names:
            value = value.get(wanted, MISSING) if isinstance(value, dict) else MISSING
        return value is not MISSING

    return run


def _given(name: str) -> Callable[[Builder, nodes.Call], Meaning]:
    """`now()` and `today()`: only what the context or the budget says, as an expression has no clock."""

    def build(builder: Builder, node: nodes.Call) -> Meaning:
        if node.arguments:
            return builder.flawed(f"The function {name!r} takes no arguments.", node.at)
        builder.reads(name)

        def run(scope: Scope) -> Value:
            found = scope.find(name)
            if found is MISSING or found is None:
                found = getattr(scope.ledger, name)
            if found is None:
                raise RefusedError(f"There is no {name!r} here.")
            return found

        return run

    return build


SPECIAL: dict[str, Callable[[Builder, nodes.Call], Meaning]] = {
    "is defined": _is_defined, "now": _given("now"), "today": _given("today"),
}
