"""From item definitions to types, within a model and across its imports."""

from collections.abc import Callable, Iterable

from engine.decisions.errors import BadModel
from engine.decisions.language import Language
from engine.decisions.records import Item, Model, Parameter, Place
from engine.decisions.session import Session
from engine.decisions.types import ANY, BUILT_IN, FunctionOf, Limited, ListOf, Structure, Type
from feel.values import Value

NOWHERE = Place(file="", line=0, element="")
Elsewhere = Callable[[str], Type | None]


class Types:
    """The types of one model by name. elsewhere: finds those of imported models, written `name.type`."""

    def __init__(self, model: Model, language: Language, elsewhere: Elsewhere) -> None:
        self._model, self._language, self._elsewhere = model, language, elsewhere
        self._known: dict[str, Type] = {}
        self._making: list[str] = []

    def named(self, name: str | None, place: Place) -> Type:
        """The type of this name; Any when there is no name, and with a trouble noted when nobody has it."""
        if name is None:
            return ANY
        found = self.find(name)
        if found is None:
            self._language.failing(place, f"there is no type {name}")
        return found or ANY

    def find(self, name: str) -> Type | None:
        if name in self._known:
            return self._known[name]
        if name in self._model.items:
            return self._make(self._model.items[name])
        return BUILT_IN.get(name) or self._elsewhere(name)

    def function(self, parameters: Iterable[Parameter], result: str | None, place: Place) -> FunctionOf:
        return FunctionOf({one.name: self.named(one.type_ref, place) for one in parameters},
                          self.named(result, place))

    def _make(self, item: Item) -> Type:
        if item.name in self._making:
            inside = self._making[self._making.index(item.name):]
            if not any(_has_parts(self._model.items[name]) for name in inside):
                raise BadModel(file=item.place.file, line=item.place.line,
                               reason=f"{item.name}: the type is made of itself")
            return _Delayed(self, item.name)
        self._making.append(item.name)
        made = self._known[item.name] = self._built(item)
        self._making.pop()
        return made

    def _built(self, item: Item) -> Type:
        if item.is_function:
            made: Type = self.function(item.parameters, item.result, item.place)
        elif item.components:
            made = Structure({one.name: self._built(one) for one in item.components})
        else:
            made = self.named(item.type_ref, item.place)
        tests = self._language.tests(item.allowed, frozenset())
        if tests is not None:
            made = Limited(made, tests, each=True)
        if item.is_collection:
            made = ListOf(made)
        whole = self._language.tests(item.constraint, frozenset())
        return made if whole is None else Limited(made, whole, each=False)


def _has_parts(item: Item) -> bool:
    return bool(item.components) or item.is_collection or item.is_function


class _Delayed(Type):
    """A type that is mentioned inside itself, as the children of a node are nodes; found when it is needed."""

    def __init__(self, types: Types, name: str) -> None:
        self._types, self._name = types, name

    def holds(self, value: Value, session: Session) -> bool:
        return self._types.named(self._name, NOWHERE).holds(value, session)
