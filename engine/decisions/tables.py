"""Decision tables: which rules match, and what they give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.decisions import policies
from engine.decisions.language import Language, Meaning, Test
from engine.decisions.records import Input, Output, Place, Rule, Table, Text
from engine.decisions.session import Scope
from engine.decisions.types import Types, fitting
from feel.types import Type
from feel.values import Value


@dataclass(frozen=True, slots=True)
class Column:
    """An input made ready."""

    place: Place
    value: Meaning
    wanted: Type
    allowed: Test | None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """An output made ready. priorities: tests for its values, that of the most important first."""

    place: Place
    name: str | None
    wanted: Type
    allowed: Test | None
    priorities: Sequence[Test]
    default: Meaning | None


@dataclass(frozen=True, slots=True)
class Line:
    """A rule made ready."""

    place: Place
    tests: tuple[Test | None, ...]
    conclusions: tuple[Meaning, ...]


class TableMaker:
    """Makes tables of one model ready."""

    def __init__(self, language: Language, types: Types) -> None:
        self._language, self._types = language, types

    def make(self, table: Table, names: frozenset[str]) -> Meaning:
        inputs = [self._column(one, names) for one in table.inputs]
        outputs = [self._conclusion(one, names) for one in table.outputs]
        if table.policy in policies.AGGREGATES and len(outputs) > 1:
            return self._language.null(table.place, f"{table.policy} cannot put several outputs together")
        rules = [self._line(one, names) for one in table.rules]
        return _Decided(table, inputs, outputs, rules, self._together(table)).decide

    def _column(self, column: Input, names: frozenset[str]) -> Column:
        return Column(column.place, self._language.formula(column.expression, names),
                      self._types.named(column.type_ref, column.place),
                      self._language.tests(column.allowed, names))

    def _conclusion(self, output: Output, names: frozenset[str]) -> Conclusion:
        told = output.allowed or self._types.values_of(output.type_ref)
        return Conclusion(output.place, output.name, self._types.named(output.type_ref, output.place),
                          self._language.tests(output.allowed, names),
                          self._language.priorities(told, names) if told else (),
                          self._language.formula(output.default, names) if output.default else None)

    def _line(self, rule: Rule, names: frozenset[str]) -> Line:
        tests = tuple(self._language.tests(cell, names) for cell in rule.tests)
        return Line(rule.place, tests, tuple(self._language.formula(cell, names) if cell.text.strip() else _nothing
                                             for cell in rule.conclusions))

    def _together(self, table: Table) -> Callable[[policies.Results, Scope], Value]:
        function = policies.AGGREGATES.get(table.policy)
        if function is None:
            policy = policies.POLICIES[table.policy]
            return lambda results, scope: policy(results)
        formula = self._language.formula(Text(place=table.place, text=f"{function}(results)"), {"results"})
        return lambda results, scope: formula(Scope({"results": list(results)}, scope.session))


def _nothing(scope: Scope) -> Value:
    return None


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
            value = column.value(scope)
            fit = fitting(value, column.wanted, scope, column.place, "input")
            if fit is None and value is not None:
                return None
            if fit is not None and column.allowed is not None and not column.allowed(fit, scope):
                scope.session.note(column.place, "the input is none of the values it may have")
                return None
            values.append(fit)
        matching = self._matching(values, scope)
        return self._result(matching, scope) if matching else self._default(scope)

    def _matching(self, values: list[Value], scope: Scope) -> list[Line]:
        matching = []
        for rule in self.rules:
            scope.session.spend(rule.place)
            if all(test is None or test(value, scope) for test, value in zip(rule.tests, values, strict=True)):
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
        fit = fitting(value, output.wanted, scope, output.place, "output")
        if fit is not None and output.allowed is not None and not output.allowed(fit, scope):
            scope.session.note(output.place, "the output is none of the values it may have")
            return None
        return fit

    def _priority(self, row: list[Value], scope: Scope) -> tuple[int, ...]:
        return tuple(next((place for place, test in enumerate(output.priorities) if test(value, scope)),
                          len(output.priorities)) for output, value in zip(self.outputs, row, strict=True))

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
