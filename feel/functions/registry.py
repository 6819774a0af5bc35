"""The table of built-in functions: how one is entered, and how its arguments are matched and converted."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, TypeAlias

from feel import calendar, limits
from feel.errors import RefusedError
from feel.types import ANY, BY_NAME, Type
from feel.values import KINDS, Value

TOO_LONG = f"A string would be longer than {limits.STRING} characters."

_Call: TypeAlias = Callable[..., Value]

_PARAMETER = re.compile(r"([A-Za-z0-9 /]+?)(\?)?: ([a-z |]+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """names: what it may be called, the first as the standard has it.

    kinds: the kinds of values it takes, "any" for all; "list" makes a list of a single value.
    """

    names: tuple[str, ...]
    kinds: frozenset[str]
    is_optional: bool

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def type(self) -> Type:
        kinds = self.kinds - {"Any"}
        return BY_NAME.get(next(iter(kinds)), ANY) if len(kinds) == 1 else ANY

    def admit(self, value: Value) -> tuple[bool, Value]:
        """Whether the value will do, and the value converted as the standard allows."""
        kind = KINDS[type(value)]
        if "any" in self.kinds or kind in self.kinds:
            return True, value
        if value is None:
            return False, None
        if "list" in self.kinds:
            return True, [value]
        if kind == "date" and "date and time" in self.kinds:
            return True, calendar.moment_from(calendar.days(value), 0, UTC)
        if kind == "list" and len(value) == 1:
            return KINDS[type(value[0])] in self.kinds, value[0]
        return False, None


@dataclass(frozen=True, slots=True)
class Signature:
    parameters: tuple[Parameter, ...]
    call: Callable[..., Value]
    is_variadic: bool
    work: Callable[..., int] | None = None  # what a call costs, where that is more than reading its arguments

    def takes(self, count: int) -> bool:
        required = sum(not parameter.is_optional for parameter in self.parameters)
        return required <= count and (self.is_variadic or count <= len(self.parameters))

    def ordered(self, labels: Sequence[str]) -> list[int] | None:
        """For each parameter the argument that is meant for it, -1 for none; None when the labels do not fit."""
        order = [next((place for place, label in enumerate(labels) if label in parameter.names), -1)
                 for parameter in self.parameters]
        if len(set(order) - {-1}) < len(labels):
            return None
        missing = any(place < 0 and not parameter.is_optional
                      for place, parameter in zip(order, self.parameters, strict=True))
        return None if missing else order

    def admit(self, values: list[Value]) -> list[Value] | None:
        """The values as the function takes them, None when one is of the wrong kind."""
        parameters = self.parameters
        if self.is_variadic:
            parameters += parameters[-1:] * (len(values) - len(parameters))
        admitted = []
        for parameter, value in zip(parameters, values, strict=False):
            fits, value = parameter.admit(value)
            if not fits:
                return None
            admitted.append(value)
        return admitted


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of the standard; several signatures when it can be called in several ways."""

    name: str
    signatures: list[Signature] = field(default_factory=list)

    def fitting(self, count: int, labels: Sequence[str]) -> list[tuple[Signature, list[int] | None]]:
        """The signatures that so many arguments, or these labels, can call."""
        if not labels:
            return [(signature, None) for signature in self.signatures if signature.takes(count)]
        found = [(signature, signature.ordered(labels)) for signature in self.signatures]
        # Of two ways with the same names, as before(point, range) and before(range, point), the one in their order.
        return sorted([(signature, order) for signature, order in found if order is not None],
                      key=lambda way: way[1] != sorted(way[1] or ()))


BUILTINS: dict[str, Builtin] = {}


def builtin(text: str, work: Callable[..., int] | None = None) -> Callable[[_Call], _Call]:
    """Enters a function by its signature: `substring(string: string, start position: number, length?: number)`.

    The function gets its arguments in that order and gives None for null. Dots before the bracket that closes let
    the last parameter come any number of times. A parameter with two names is written `n/number`.
    work: from the arguments, what a call costs beyond reading them.
    """
    name, _, inside = text.removesuffix(")").partition("(")
    is_variadic = inside.endswith("...")
    parameters = []
    for part in inside.removesuffix("...").split(", ") if inside else []:
        found = _PARAMETER.fullmatch(part)
        assert found, text
        kinds = frozenset(found[3].split("|"))
        kinds |= {"Any"} if found[2] else set()  # null for what may be left out
        parameters.append(Parameter(tuple(found[1].split("/")), kinds, bool(found[2])))

    def entered(call: _Call) -> _Call:
        signature = Signature(tuple(parameters), call, is_variadic, work)
        BUILTINS.setdefault(name, Builtin(name)).signatures.append(signature)
        return call

    return entered


def whole(number: Any) -> int | None:
    """A number as an int when it is whole and of a sensible size."""
    if number != number.to_integral_value() or number.adjusted() > 12:
        return None
    return int(number)


def bounded(text: str) -> str:
    """A string, refused when it is too long to be made."""
    if len(text) > limits.STRING:
        raise RefusedError(TOO_LONG)
    return text
