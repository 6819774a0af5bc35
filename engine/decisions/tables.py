"""Decision tables: which rules match, and what they give."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.decisions import policies
from engine.decisions.items import Types
from engine.decisions.language import Language, Meaning, Tests
from engine.decisions.records import Input, Output, Place, Rule, Table, Text
from engine.decisions.session import Scope
from engine.decisions.types import UNFIT, Limited, ListOf, Type, converted
from feel.values import Value


@dataclass(frozen=True, slots=True)
class Column:
    """An input made ready."""

    place: Place
    value: Meaning
    wanted: Type
    allowed: Tests | None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """An output made ready. priorities: its values, the most important first."""

    place: Place
    name: str | None
    wanted: Type
    allowed: Tests | None
    priorities: Tests | None
    default: Meaning | None


@dataclass(frozen=True, slots=True)
class Line:
    """A rule made ready."""

    place: Place
    tests: tuple[Tests | None, ...]
    conclusions: tuple[Meaning, ...]


class TableMaker:
    """Makes tables of one model ready."""

    def __init__(self, language: Language, types: Types) -> None:
        self._language, self._types = language, types

    def make(self, table: Table, names: frozenset[str]) -> Meaning:
        inputs = [self._column(one, names) for one in table.inputs]
        outputs = [self._conclusion(one, names) for one in table.outputs]
        if table.policy in policies.AGGREGATES and len(outputs) > 1:
            return self._language.failing(table.place, f"{table.policy} cannot put several outputs together")
        rules = [self._line(one, names) for one in table.rules]
        return _Decided(table, inputs, outputs, rules, self._together(table)).decide

    def _column(self, column: Input, names: frozenset[str]) -> Column:
        return Column(column.place, self._language.formula(column.expression, names),
                      self._types.named(column.type_ref, column.place), self._language.tests(column.allowed, names))

    def _conclusion(self, output: Output, names: frozenset[str]) -> Conclusion:
        wanted = self._types.named(output.type_ref, output.place)
        allowed = self._language.tests(output.allowed, names)
        default = self._language.formula(output.default, names) if output.default else None
        return Conclusion(output.place, output.name, wanted, allowed, allowed or _allowed_by(wanted), default)

    def _line(self, rule: Rule, names: frozenset[str]) -> Line:
        tests = tuple(self._language.tests(cell, names) for cell in rule.tests)
        return Line(rule.place, tests, tuple(self._language.formula(cell, names) if cell.text.strip() else _nothing
                                             for cell in rule.conclusions))

    def _together(self, table: Table) -> Callable[[policies.Results, Scope], Value]:
        function = policies.AGGREGATES.get(table.policy)
        if function is None:
            policy = policies.POLICIES[table.policy]
            return lambda results, scope: policy(results)
        text = Text(place=table.place, text=f"{function}(results)")
        return policies.aggregate(self._language.formula(text, frozenset({"results"})))


def _nothing(scope: Scope) -> Value:
    return None


def _allowed_by(wanted: Type) -> Tests | None:
    """The values that the type of an output allows; the order in which they are told is their priority too."""
    if isinstance(wanted, ListOf):
        return _allowed_by(wanted.item)
    return wanted.tests if isinstance(wanted, Limited) else None


@dataclass(frozen=True, slots=True)
class _Decided:
    table: Table
    inputs: list[Column]
    outputs: list[Conclusion]
    rules: list[Line]
    together: Callable[[policies.Results, Scope], Value]

    def decide(self, scope: Scope) -> Value:
        values = []
        for column in self.inputs:
            value = converted(column.value(scope), column.wanted, scope.session)
            if value is UNFIT:
                scope.session.note(column.place, "the input is not of its type")
                return None
            if value is not None and column.allowed is not None and not column.allowed.accept(value, scope):
                scope.session.note(column.place, "the input is none of the values it may have")
                return None
            values.append(value)
        matching = self._matching(values, scope)
        if not matching:
            return self._default(scope)
        return self._result(matching, scope)

    def _matching(self, values: list[Value], scope: Scope) -> list[Line]:
        matching = []
        for rule in self.rules:
            scope.session.spend(rule.place)
            if all(test is None or test.accept(value, scope)
                   for test, value in zip(rule.tests, values, strict=True)):
                matching.append(rule)
                if self.table.policy == "F":
                    break
        return matching

    def _result(self, matching: list[Line], scope: Scope) -> Value:
        rows = [[self._output(output, conclusion(scope), scope)
                 for output, conclusion in zip(self.outputs, rule.conclusions, strict=True)] for rule in matching]
        if self.table.policy in ("P", "O"):
            rows.sort(key=lambda row: self._priority(row, scope))
        try:
            return self.together([self._whole(row) for row in rows], scope)
        except policies.Broken as error:
            scope.session.note(self.table.place, str(error))
            return None

    def _output(self, output: Conclusion, value: Value, scope: Scope) -> Value:
        fitting = converted(value, output.wanted, scope.session)
        if fitting is UNFIT:
            scope.session.note(output.place, "the output is not of its type")
            return None
        if fitting is not None and output.allowed is not None and not output.allowed.accept(fitting, scope):
            scope.session.note(output.place, "the output is none of the values it may have")
            return None
        return fitting

    def _priority(self, row: list[Value], scope: Scope) -> tuple[int, ...]:
        places = [output.priorities.position(value, scope) if output.priorities else 0
                  for output, value in zip(self.outputs, row, strict=True)]
        return tuple(len(self.rules) + 1_000_000 if place is None else place for place in places)

    def _whole(self, row: list[Value]) -> Value:
        if len(self.outputs) == 1:
            return row[0]
        return {output.name: value for output, value in zip(self.outputs, row, strict=True)}

    def _default(self, scope: Scope) -> Value:
        if any(output.default for output in self.outputs):
            row = [self._output(output, output.default(scope), scope) if output.default else None
                   for output in self.outputs]
            return self._whole(row)
        return policies.WITHOUT_MATCH.get(self.table.policy)
