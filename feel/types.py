"""The types of the language: reading a type, whether a value conforms to it, and the conversions of the standard.

`NUMBER.convert(value)` gives `(True, value)` with the value converted as 10.3.2.9.4 allows (a list of one item for the
item, an item for a list of it, a date for its midnight in UTC), or `(False, None)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

from feel import calendar
from feel.values import KINDS, Function, Range, Value


@dataclass(frozen=True, slots=True)
class Type:
    """One type. kind: a name of the standard, such as "number" or "list".

    item: of a list or a range, None for any. entries: of a context, name and type. parameters and result: of a
    function; parameters that are None are not looked at.
    """

    kind: str
    item: "Type | None" = None
    entries: tuple[tuple[str, "Type"], ...] = ()
    parameters: "tuple[Type, ...] | None" = None
    result: "Type | None" = None

    def __str__(self) -> str:
        if self.kind in ("list", "range") and self.item is not None:
            return f"{self.kind}<{self.item}>"
        if self.kind == "context" and self.entries:
            return f"context<{', '.join(f'{name}: {kind}' for name, kind in self.entries)}>"
        if self.kind == "function" and self.parameters is not None:
            return f"function<{', '.join(map(str, self.parameters))}> -> {self.result or ANY}"
        return self.kind

    def holds(self, value: Value) -> bool:
        """Whether a value that is not null conforms to this type as it is; null conforms to Null alone."""
        if value is None:
            return self.kind == "Null"
        return self._holds(value)

    def _holds(self, value: Value) -> bool:
        if self.kind == "Any":
            return True
        if KINDS[type(value)] != self.kind:
            return False
        if type(value) is list:
            return self.item is None or all(item is None or self.item._holds(item) for item in value)
        if type(value) is dict:
            return all(name in value and (value[name] is None or kind._holds(value[name]))
                       for name, kind in self.entries)
        if type(value) is Range:
            ends = (value.start, value.end)
            return self.item is None or all(end is None or self.item._holds(end) for end in ends)
        return self.parameters is None or _is_like(value, self)

    def convert(self, value: Value) -> tuple[bool, Value]:
        """Whether a value can be given where this type is wanted, and the value to give; null always can."""
        if value is None or self._holds(value):
            return True, value
        if type(value) is list and len(value) == 1 and self.kind != "list":
            return self.convert(value[0]) if type(value[0]) is not list else (False, None)
        if self.kind == "list" and type(value) is not list:
            fits, item = self.item.convert(value) if self.item else (True, value)
            return fits, [item] if fits else None
        if self.kind == "date and time" and KINDS[type(value)] == "date":
            return True, calendar.moment_from(calendar.days(value), 0, UTC)
        return self._convert_parts(value)

    def _convert_parts(self, value: Value) -> tuple[bool, Value]:
        if self.kind == "list" and self.item and type(value) is list:
            converted = [self.item.convert(item) for item in value]
            return (True, [item for _, item in converted]) if all(fits for fits, _ in converted) else (False, None)
        if self.kind == "context" and type(value) is dict and all(name in value for name, _ in self.entries):
            made = dict(value)
            for name, kind in self.entries:
                fits, made[name] = kind.convert(value[name])
                if not fits:
                    return False, None
            return True, made
        return False, None


def _is_like(function: Value, wanted: Type) -> bool:
    """Whether a function takes at least what `wanted` does and gives nothing that is not wanted."""
    assert isinstance(function, Function) and wanted.parameters is not None
    if len(function.parameters) != len(wanted.parameters):
        return False
    own = function.types or (ANY,) * len(function.parameters)
    return all(is_part(theirs, ours) for theirs, ours in zip(wanted.parameters, own, strict=True)) and (
        function.result is None or wanted.result is None or is_part(function.result, wanted.result))


def is_part(one: Type, other: Type) -> bool:
    """Whether every value of the type `one` is a value of the type `other`."""
    if other.kind == "Any" or one == other or one.kind == "Null":
        return True
    if one.kind != other.kind:
        return False
    if one.kind in ("list", "range"):
        return other.item is None or is_part(one.item or ANY, other.item)
    if one.kind == "context":
        own = dict(one.entries)
        return all(name in own and is_part(own[name], kind) for name, kind in other.entries)
    if one.kind == "function" and other.parameters is not None:
        return one.parameters is not None and len(one.parameters) == len(other.parameters) and all(
            is_part(theirs, ours) for theirs, ours in zip(other.parameters, one.parameters, strict=True)
        ) and is_part(one.result or ANY, other.result or ANY)
    return True


ANY = Type("Any")
NULL = Type("Null")
NUMBER = Type("number")
STRING = Type("string")
BOOLEAN = Type("boolean")
DATE = Type("date")
TIME = Type("time")
DATE_AND_TIME = Type("date and time")
DAYS_AND_TIME = Type("days and time duration")
YEARS_AND_MONTHS = Type("years and months duration")
LIST = Type("list")
CONTEXT = Type("context")
RANGE = Type("range")
FUNCTION = Type("function")
BY_NAME: Mapping[str, Type] = {kind.kind: kind for kind in (
    ANY, NULL, NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_AND_TIME, DAYS_AND_TIME, YEARS_AND_MONTHS, LIST, CONTEXT,
    RANGE, FUNCTION)} | {"dateTime": DATE_AND_TIME, "dayTimeDuration": DAYS_AND_TIME,
                         "yearMonthDuration": YEARS_AND_MONTHS}

BARE = frozenset({LIST, CONTEXT, RANGE, FUNCTION})  # they stand for any of their kind, but cannot be written so


def list_of(item: Type) -> Type:
    return Type("list", item=item)


def range_of(item: Type) -> Type:
    return Type("range", item=item)


def context_of(entries: Mapping[str, Type]) -> Type:
    return Type("context", entries=tuple(entries.items()))


def function_of(parameters: tuple[Type, ...], result: Type) -> Type:
    return Type("function", parameters=parameters, result=result)




def call(function: Function, *values: Value) -> Value:
    """What a function gives for some values, converted to its types; null when they do not fit."""
    if len(values) != len(function.parameters) and not function.is_variadic:
        return None
    admitted = list(values)
    for place, kind in enumerate(function.types[:len(values)]):
        fits, admitted[place] = kind.convert(values[place])
        if not fits:
            return None
    result = function.call(*admitted)
    return result if function.result is None else function.result.convert(result)[1]
