"""What boxed expressions mean: each is made once into a function of the scope."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.decisions.language import Language, Meaning, call_by_name
from engine.decisions.records import (
    Conditional,
    Context,
    Expression,
    Filter,
    Function,
    Invocation,
    Iteration,
    Listing,
    Literal,
    Missing,
    Place,
    Relation,
    Table,
    Text,
)
from engine.decisions.rounds import counted, filtered, items_of
from engine.decisions.session import Scope
from engine.decisions.tables import TableMaker
from engine.decisions.types import Types, fitting, result_of, told_type
from feel import Function as FeelFunction
from feel.expression import FUNCTIONS as BUILT_IN
from feel.types import ANY, Type
from feel.values import Value

Names = frozenset[str]


class Maker:
    """Makes the expressions of one model ready to be evaluated."""

    def __init__(self, language: Language, types: Types) -> None:
        self.language, self.types = language, types
        self._tables = TableMaker(language, types)

    def make(self, expression: Expression, names: Names) -> Meaning:
        """The meaning of an expression in whose scope `names` are known; its value is of the declared type."""
        meaning = _MAKERS[type(expression)](self, expression, names)
        # The type beside a table is that of one row in some models and of the whole in others.
        if isinstance(expression, (Function, Table)):
            return meaning
        if isinstance(expression, (Context, Listing, Relation, Iteration)):
            meaning = _weighed(meaning, expression.place)
        return self.typed(meaning, expression.type_ref, expression.place)

    def typed(self, meaning: Meaning, type_ref: str | None, place: Place) -> Meaning:
        """The same meaning, its value converted to a type, or null when it does not conform."""
        wanted = self.types.named(type_ref, place)
        return meaning if wanted is ANY else conforming(meaning, wanted, place)

    def function(self, definition: Function, names: Names, known_as: Type = ANY) -> Meaning:
        """The meaning of a function definition: a value that can be called. known_as: the type of its results."""
        if definition.kind.upper() != "FEEL":
            return self.language.null(definition.place, f"functions of the kind {definition.kind} are not run")
        parameters = tuple(one.name for one in definition.parameters)
        types = tuple(self.types.named(one.type_ref, definition.place) for one in definition.parameters)
        body = self.make(definition.body, names | set(parameters))
        result = result_of(self.types.named(definition.type_ref, definition.place))
        for wanted in (result, known_as):
            body = body if wanted is ANY else conforming(body, wanted, definition.place)
        place, told, result = definition.place, tuple(map(told_type, types)), known_as if result is ANY else result

        def run(scope: Scope) -> Value:
            def call(*arguments: Value) -> Value:
                given = [fitting(value, wanted, scope, place, f"argument {name}")
                         for name, value, wanted in zip(parameters, arguments, types, strict=True)]
                if any(fit is None is not value for fit, value in zip(given, arguments, strict=True)):
                    return None
                with scope.session.calling(place):
                    return body(scope.within(dict(zip(parameters, given, strict=True))))

            return FeelFunction(parameters, call, types=told, result=None if result is ANY else result)

        return run


def _weighed(meaning: Meaning, place: Place) -> Meaning:
    return lambda scope: scope.session.weigh(place, meaning(scope))


def conforming(meaning: Meaning, wanted: Type, place: Place) -> Meaning:
    return lambda scope: fitting(meaning(scope), wanted, scope, place)


def _missing(maker: Maker, box: Missing, names: Names) -> Meaning:
    return maker.language.null(box.place, box.reason) if box.reason else lambda scope: None


def _literal(maker: Maker, box: Literal, names: Names) -> Meaning:
    return maker.language.formula(box.text, names)


def _context(maker: Maker, box: Context, names: Names) -> Meaning:
    made: list[tuple[str | None, Meaning]] = []
    for entry in box.entries:
        # A function may call itself by the name of its entry.
        own = {entry.name} if entry.name and isinstance(entry.value, Function) else set[str]()
        made.append((entry.name, maker.typed(maker.make(entry.value, names | own), entry.type_ref, entry.value.place)))
        names = names | {entry.name} if entry.name else names

    def run(scope: Scope) -> Value:
        inner, entries = scope.within({}), {}
        for name, meaning in made:
            value = meaning(inner)
            if name is None:
                return value
            entries[name] = inner.values[name] = value
        return entries

    return run


def _listing(maker: Maker, box: Listing, names: Names) -> Meaning:
    made = [maker.make(one, names) for one in box.items]
    return lambda scope: [meaning(scope) for meaning in made]


def _relation(maker: Maker, box: Relation, names: Names) -> Meaning:
    rows = [[(name, maker.typed(maker.make(cell, names), type_ref, cell.place))
             for (name, type_ref), cell in zip(box.columns, row.items, strict=True)] for row in box.rows]
    return lambda scope: [{name: meaning(scope) for name, meaning in row} for row in rows]


def _invocation(maker: Maker, box: Invocation, names: Names) -> Meaning:
    bound = {str(one.name): maker.typed(maker.make(one.value, names), one.type_ref, one.value.place)
             for one in box.bindings}
    called = _called(maker, box, names)
    return lambda scope: called(scope, {name: meaning(scope) for name, meaning in bound.items()})


def _called(maker: Maker, box: Invocation, names: Names) -> Callable[[Scope, dict[str, Value]], Value]:
    """What calls the function of an invocation: one in the scope, or one that is built in."""
    text = box.function.text if isinstance(box.function, Literal) else None
    if text is not None and (name := text.text.strip()) in BUILT_IN and name not in names:
        parameters = [str(one.name) for one in box.bindings]
        written = f"{name}({', '.join(f'{one}: {one}' for one in parameters)})"
        formula = maker.language.formula(Text(place=text.place, text=written), parameters)
        return lambda scope, arguments: formula(Scope(arguments, scope.session))
    function = maker.make(box.function, names)

    def run(scope: Scope, arguments: dict[str, Value]) -> Value:
        try:
            return call_by_name(function(scope), arguments)
        except TypeError as error:
            scope.session.note(box.place, str(error))
            return None

    return run


def _function(maker: Maker, box: Function, names: Names) -> Meaning:
    return maker.function(box, names)


def _conditional(maker: Maker, box: Conditional, names: Names) -> Meaning:
    condition, then, otherwise = (maker.make(one, names) for one in (box.condition, box.then, box.otherwise))
    return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)


def _filter(maker: Maker, box: Filter, names: Names) -> Meaning:
    items, match = maker.make(box.items, names), maker.make(box.match, names | {"item"})
    return lambda scope: filtered(items(scope), match, scope, box.place)


def _iteration(maker: Maker, box: Iteration, names: Names) -> Meaning:
    items, body = _items(maker, box.items, names), maker.make(box.body, names | {box.variable, "partial"})

    def results(scope: Scope, found: list[Value], made: list[Value]) -> Iterator[Value]:
        for item in counted(found, scope, box.place):
            # A copy: what the body keeps of it must not grow, and must never hold itself.
            yield body(scope.within({box.variable: item, "partial": made[:]}))

    def run(scope: Scope) -> Value:
        found = items_of(items(scope))
        if found is None:
            return None
        if box.kind == "for":
            made: list[Value] = []
            for value in results(scope, found, made):
                made.append(value)
            return made
        answers = list(results(scope, found, []))
        decisive = box.kind == "some"
        if any(answer is decisive for answer in answers):
            return decisive
        return not decisive if all(type(answer) is bool for answer in answers) else None

    return run


def _items(maker: Maker, box: Expression, names: Names) -> Meaning:
    """What an iteration goes through, which may be written as `1..5` too."""
    if isinstance(box, Literal) and ".." in box.text.text and not maker.language.can_read(box.text, names):
        counted = replace(box.text, text=f"for number in {box.text.text.strip()} return number")
        return maker.language.formula(counted, names)
    return maker.make(box, names)


def _table(maker: Maker, box: Table, names: Names) -> Meaning:
    return maker._tables.make(box, names)


_MAKERS: Mapping[type[Expression], Callable[[Maker, Any, Names], Meaning]] = {
    Missing: _missing, Literal: _literal, Context: _context, Listing: _listing, Relation: _relation,
    Invocation: _invocation, Function: _function, Conditional: _conditional, Filter: _filter, Iteration: _iteration,
    Table: _table,
}
