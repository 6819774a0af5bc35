"""From item definitions to types of the language, within a model and across its imports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.decisions.errors import BadModel
from engine.decisions.language import Language, Test
from engine.decisions.records import Item, Model, Place, Text
from engine.decisions.session import Scope, Session
from feel import FeelError, parse_type
from feel.types import ANY, BY_NAME, Type, context_of, function_of, list_of
from feel.values import Value

DEEPEST = 40  # types made of types

# Names of types in older versions of the standard, and in its XML.
FORMER: Mapping[str, str] = {"any": "Any", "List": "list", "Context": "context", "dateTime": "date and time",
                             "datetime": "date and time", "daysAndTimeDuration": "days and time duration",
                             "yearsAndMonthsDuration": "years and months duration"}


@dataclass(frozen=True, slots=True, eq=False)
class Limited(Type):
    """A type of whose values only some are allowed. each: every item of a list is tested, not the list."""

    base: Type = ANY
    test: Test = lambda value, scope: True
    each: bool = False

    def _holds(self, value: Value) -> bool:
        return self.base._holds(value) and self._is_allowed(value)

    def convert(self, value: Value) -> tuple[bool, Value]:
        fits, converted = self.base.convert(value)
        return (True, converted) if fits and self._is_allowed(converted) else (False, None)

    def _is_allowed(self, value: Value) -> bool:
        scope = Scope({}, Session())
        items = value if self.each and type(value) is list else [value]
        return all(item is None or self.test(item, scope) for item in items)


def limited(base: Type, test: Test | None, *, each: bool) -> Type:
    """The type itself when there is no test."""
    if test is None:
        return base
    return Limited(base.kind, base.item, base.entries, base.parameters, base.result, base=base, test=test, each=each)


@dataclass(frozen=True, slots=True, eq=False)
class Within(Type):
    """A type that is mentioned inside itself, as the children of a node are nodes; found when it is needed."""

    find: Callable[[], Type] = lambda: ANY

    def _holds(self, value: Value) -> bool:
        return self.find()._holds(value)

    def convert(self, value: Value) -> tuple[bool, Value]:
        return self.find().convert(value)


class Types:
    """The types of one model by name. elsewhere: finds those of imported models, written `name.type`."""

    def __init__(self, model: Model, language: Language, elsewhere: Callable[[str], Type | None]) -> None:
        self._model, self._language, self._elsewhere = model, language, elsewhere
        self._known: dict[str, Type] = {}
        self._making: list[str] = []
        self._asked: set[str] = set()

    def all(self) -> Mapping[str, Type]:
        """Those of the model itself."""
        return {name: self.named(name, item.place) for name, item in self._model.items.items()}

    def named(self, name: str | None, place: Place) -> Type:
        """The type of this name; Any when there is no name, and with a trouble noted when nobody has it."""
        if name is None:
            return ANY
        found = self.find(name)
        if found is None:
            self._language.null(place, f"there is no type {name}")
        return found or ANY

    def find(self, name: str) -> Type | None:
        if name in self._known:
            return self._known[name]
        if name in self._model.items:
            return self._make(self._model.items[name])
        return BY_NAME.get(FORMER.get(name, name)) or self._imported(name) or self._written(name)

    def _imported(self, name: str) -> Type | None:
        # Models that import each other without names would ask each other for ever.
        if name in self._asked:
            return None
        self._asked.add(name)
        found = self._elsewhere(name)
        self._asked.discard(name)
        return found

    def values_of(self, name: str | None) -> Text | None:
        """The values a type of the model allows, as they are told there."""
        item = self._model.items.get(name or "")
        if item is None:
            return None
        return item.allowed or self.values_of(item.type_ref if item.type_ref != name else None)

    def _written(self, name: str) -> Type | None:
        """A type that is no name but a text like `list<number>`."""
        if "<" not in name:
            return None
        try:
            mentioned = {own: self._make(item) for own, item in self._model.items.items() if own in name}
            return parse_type(name, types=mentioned)
        except FeelError:
            return None

    def _make(self, item: Item) -> Type:
        if item.name in self._making:
            inside = self._making[self._making.index(item.name):]
            if not any(_has_parts(self._model.items[name]) for name in inside):
                raise BadModel(file=item.place.file, line=item.place.line,
                               reason=f"{item.name}: the type is made of itself")
            return Within("Any", find=lambda: self._known[item.name])
        if len(self._making) >= DEEPEST:
            raise BadModel(file=item.place.file, line=item.place.line,
                           reason=f"{item.name}: types are made of each other more than {DEEPEST} deep")
        self._making.append(item.name)
        made = self._known[item.name] = self._built(item)
        self._making.pop()
        return made

    def _built(self, item: Item) -> Type:
        if item.is_function:
            made = function_of(tuple(self.named(one.type_ref, item.place) for one in item.parameters),
                               self.named(item.result, item.place))
        elif item.components:
            made = context_of({one.name: self._built(one) for one in item.components})
        else:
            made = self.named(item.type_ref, item.place)
        made = limited(made, self._language.tests(item.allowed, ()), each=True)
        if item.is_collection:
            made = list_of(made)
        return limited(made, self._language.tests(item.constraint, ()), each=False)


def _has_parts(item: Item) -> bool:
    return bool(item.components) or item.is_collection or item.is_function


def result_of(declared: Type) -> Type:
    """The type of what a function gives, be it the function's type or that of its results that was declared."""
    return declared.result or ANY if declared.kind == "function" else declared


def told_type(wanted: Type) -> Type:
    """The type of a parameter as the language may know it: Any for structures, which we convert more kindly."""
    has_parts = wanted.entries or (wanted.item is not None and told_type(wanted.item) is ANY)
    return ANY if has_parts or isinstance(wanted, Within) else wanted


def fitting(value: Value, wanted: Type, scope: Scope, place: Place, what: str = "value") -> Value:
    """The value as one of the wanted type (DMN 1.5, 10.3.2.9.4); null, with a note, when it does not conform."""
    if value is None or wanted is ANY:
        return value
    scope.session.weigh(place, value)
    fits, converted = wanted.convert(_completed(value, wanted))
    if not fits:
        scope.session.note(place, f"the {what} is not of its type")
    return converted


def _completed(value: Value, wanted: Type) -> Value:
    """A structure with null for the components that are missing, at every level."""
    wanted = wanted.find() if isinstance(wanted, Within) else wanted
    if type(value) is list and wanted.kind == "list" and wanted.item is not None:
        return [_completed(item, wanted.item) for item in value]
    if type(value) is list and len(value) == 1:
        return [_completed(value[0], wanted)]
    if type(value) is dict and wanted.kind == "list" and wanted.item is not None:
        return _completed(value, wanted.item)
    if type(value) is dict and wanted.entries:
        return {**value, **{name: _completed(value.get(name), kind) for name, kind in wanted.entries}}
    return value
