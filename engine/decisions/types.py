"""Types of values: what they hold, and how a value is converted when another type is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from engine.decisions.language import Tests
from engine.decisions.session import Scope, Session
from feel.values import Lambda, Range, Value, YearsMonths

UNFIT = object()  # what `converted` gives for a value that does not conform


class Type:
    """What a value may be. null belongs to every type."""

    def holds(self, value: Value, session: Session) -> bool:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Plain(Type):
    """A type of the language; `kinds` are the classes of its values, none for Any."""

    name: str
    kinds: tuple[type, ...] = ()

    def holds(self, value: Value, session: Session) -> bool:
        return value is None or not self.kinds or type(value) in self.kinds


ANY = Plain("Any")
_DATETIME = Plain("date and time", (datetime,))
BUILT_IN: Mapping[str, Type] = {
    "Any": ANY, "string": Plain("string", (str,)), "number": Plain("number", (Decimal,)),
    "boolean": Plain("boolean", (bool,)), "date": Plain("date", (date,)), "time": Plain("time", (time,)),
    "date and time": _DATETIME, "dateTime": _DATETIME,
    "days and time duration": Plain("days and time duration", (timedelta,)),
    "dayTimeDuration": Plain("days and time duration", (timedelta,)),
    "years and months duration": Plain("years and months duration", (YearsMonths,)),
    "yearMonthDuration": Plain("years and months duration", (YearsMonths,)),
    "duration": Plain("duration", (timedelta, YearsMonths)),
    "list": Plain("list", (list,)), "context": Plain("context", (dict,)), "function": Plain("function", (Lambda,)),
    "range": Plain("range", (Range,)), "Null": Plain("Null", (type(None),)),
}


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    item: Type

    def holds(self, value: Value, session: Session) -> bool:
        return value is None or (type(value) is list and all(self.item.holds(one, session) for one in value))


@dataclass(frozen=True, slots=True)
class Structure(Type):
    """A context with typed entries. An entry that is missing is null, and others may be there."""

    fields: Mapping[str, Type]

    def holds(self, value: Value, session: Session) -> bool:
        if value is None:
            return True
        return type(value) is dict and all(
            wanted.holds(value.get(name), session) for name, wanted in self.fields.items())


@dataclass(frozen=True, slots=True)
class FunctionOf(Type):
    parameters: Mapping[str, Type]
    result: Type

    def holds(self, value: Value, session: Session) -> bool:
        if value is None:
            return True
        return isinstance(value, Lambda) and len(value.parameters) == len(self.parameters)


@dataclass(frozen=True, slots=True)
class Limited(Type):
    """A type of whose values only some are allowed. each: every item of a list is tested, not the list."""

    base: Type
    tests: Tests
    each: bool

    def holds(self, value: Value, session: Session) -> bool:
        if value is None:
            return True
        if not self.base.holds(value, session):
            return False
        scope = Scope({}, session)
        items = value if self.each and type(value) is list else [value]
        return all(one is None or self.tests.accept(one, scope) for one in items)


def converted(value: Value, wanted: Type, session: Session) -> Value:
    """The value as one of the wanted type (DMN 1.5, 10.3.2.9.4), or UNFIT."""
    if value is None or wanted.holds(value, session):
        return value
    for other in _conversions(value):
        if wanted.holds(other, session):
            return other
    return UNFIT


def _conversions(value: Value) -> list[Value]:
    if type(value) is list:
        return value if len(value) == 1 else []
    if type(value) is date:
        midnight = datetime.combine(value, time(), tzinfo=UTC)
        return [[value], midnight, [midnight]]
    return [[value]]
