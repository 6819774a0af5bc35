"""What a decision model asks of the language: names with spaces, tests of cells, types, functions, budgets."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from feel import Budget, FeelError, Function, admit, parse, parse_tests, parse_type, types

NAMED: list[tuple[str, dict[str, Any], Any]] = [
    ("Monthly Salary * 12", {"Monthly Salary": 10}, 120), ('"Hello " + Full Name', {"Full Name": "Ann"}, "Hello Ann"),
    ("a-b", {"a": 5, "b": 3}, 2), ("a-b", {"a-b": 7}, 7), ("a - b", {"a-b": 7}, 7), ("a+b*2", {"a+b": 7}, 14),
    ("profit and loss + 1", {"profit and loss": 1}, 2), ("Clara's age > 3", {"Clara's age": 4}, True),
    ("date of birth", {"date of birth": "x", "date": 1}, "x"), ("n/a or b", {"n/a": True, "b": False}, True),
    ("loan.term in months", {"loan": {"term in months": 12}}, 12), ("order 2 go", {"order 2 go": 1}, 1),
    ("max(a b, c d)", {"a b": 1, "c d": 2}, 2), ("first name", {}, None), ("v1.2 + 1", {"v1.2": 1}, 2),
    ("for a b in [1, 2] return a b + 1", {}, [2, 3]), ("{first name: 1, b: first name + 1}.b", {}, 2),
    ("{a-b: 1}.a-b", {}, 1), ("people[first name = \"A\"].last name", {"people": [
        {"first name": "A", "last name": "B"}, {"first name": "C", "last name": "D"}]}, ["B"]),
    ("(function(first name, n) first name + n)(n: 1, first name: 2)", {}, 3), ("PMT(2, b: 3)", {
        "PMT": Function(("a", "b"), lambda a, b: a * b)}, None), ("PMT(a: 2, b: 3)", {
        "PMT": Function(("a", "b"), lambda a, b: a * b)}, 6),
    ("count([1])", {"count": Function(("list",), lambda items: Decimal(7))}, 7),
]

CELLS: list[tuple[str, Any, Any]] = [
    ("-", 1, True), ("-", None, True), ("5", 5, True), ("5", 6, False), ("> 5", 6, True), ("<= 5", 6, False),
    ("[1..5]", 5, True), ("]1..5[", 5, False), ("(1..5)", 5, False), ('"a", "b"', "b", True), ('"a", "b"', "c", False),
    ("not(5)", 5, False), ("not(5)", 6, True), ("not(> 5, < 2)", 3, True), ("not(> 5, < 2)", 1, False),
    ("? > 5 and ? < 9", 7, True), ("? > 5 and ? < 9", 9, False), ("limit", 9, True), ("> limit", 9, False),
    ("[1, 5, 9]", 5, True), ("[1, 5, 9]", 4, False), ("null", None, True), ("null", 1, False),
    ("not(null)", None, False),
    ("true", True, True), ("true", False, False), ("true", 5, True), ("> 5", None, None), ("> 5", "a", None),
    ("not(> 5)", None, None), ("< 5, null", None, True), ("string length(?) > 2", "abc", True), ("= 5", 5, True),
    ("!= 5", 5, False), ("not(?)", True, False), ("not(true) or ? = 1", 1, True), ("(> 5)", 6, True),
    ("[> 5, 1]", 1, True), ("[> 5, 1]", 7, True), ('> date("2024-01-01")', date(2024, 1, 2), True),
    ("some x in [1, 2] satisfies x = ?", 2, True), ("[[1, 2]]", [1, 2], True), ("-5", -5, True), ("- 5", -5, True),
]

TYPES: list[tuple[str, Any, tuple[bool, Any]]] = [
    ("number", 1, (True, 1)), ("number", "1", (False, None)), ("number", [1], (True, 1)),
    ("number", None, (True, None)),
    ("number", [1, 2], (False, None)), ("list<number>", 1, (True, [1])), ("list<number>", [1, None], (True, [1, None])),
    ("list<number>", ["a"], (False, None)), ("list", "a", (True, ["a"])), ("Any", [1], (True, [1])),
    ("string", "a", (True, "a")), ("boolean", 1, (False, None)), ("date and time", date(2024, 1, 2), (
        True, datetime(2024, 1, 2, tzinfo=UTC))), ("date", datetime(2024, 1, 2), (False, None)),  # noqa: DTZ001
    ("context<a: number>", {"a": 1, "b": 2}, (True, {"a": 1, "b": 2})), ("context<a: number>", {"b": 1}, (False, None)),
    ("context<a: number>", {"a": [1]}, (True, {"a": 1})), ("list<list<number>>", [[1]], (True, [[1]])),
    ("context<first name: string>", {"first name": "x"}, (True, {"first name": "x"})), ("number", [[1]], (False, None)),
]


@pytest.mark.parametrize(("text", "context", "expected"), NAMED)
def test_names_are_found_as_the_context_has_them(text: str, context: dict[str, Any], expected: Any) -> None:
    members = {name for value in context.values() for part in (value if isinstance(value, list) else [value])
               if isinstance(part, dict) for name in part}

    assert parse(text, names=context, members=members, is_strict=False).outcome(context).value == expected


@pytest.mark.parametrize(("text", "value", "expected"), CELLS)
def test_a_cell_tests_a_value(text: str, value: Any, expected: Any) -> None:
    assert parse_tests(text, names={"limit"}).passes(value, {"limit": 9}).value is expected


@pytest.mark.parametrize(("text", "value", "expected"), TYPES)
def test_a_value_is_converted_to_a_type(text: str, value: Any, expected: tuple[bool, Any]) -> None:
    assert parse_type(text).convert(admit(value)) == expected


@pytest.mark.parametrize("text", ["", "5,", "> ", "not(", "- -", "1 2", "not(1) 2", ","])
def test_a_cell_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(FeelError):
        parse_tests(text)


@pytest.mark.parametrize("text", [
    "foo(1)", "substring(1)", '@"2024-02-30"', "{a: 1, a: 2}", "abs(x: 1)", "1 instance of thing", '"\\q" + 1',
    "function(a: thing) a", "(function(a) a)(1, 2)", "now(1)", "max(1)(2)", "missing",
])
def test_what_cannot_have_a_value_is_null_with_a_warning_when_decisions_ask(text: str) -> None:
    outcome = parse(text, is_strict=False).outcome({})

    assert outcome.value is None or text.startswith("function")
    assert outcome.warnings and all(0 <= warned.position <= len(text) for warned in outcome.warnings)


def test_types_of_ones_own_have_names() -> None:
    own = {"tLoan": types.context_of({"amount": types.NUMBER})}

    assert parse("x instance of tLoan", types=own).evaluate({"x": {"amount": 1}}) is True
    assert parse("x instance of list<tLoan>", types=own).evaluate({"x": [{"amount": "a"}]}) is False
    assert str(parse_type("list<tLoan>", types=own)) == "list<context<amount: number>>"


def test_a_budget_bounds_evaluations_together_and_knows_the_time() -> None:
    budget = Budget(work=40_000, now=datetime(2024, 5, 1, 12, tzinfo=UTC))
    expression = parse("count(for i in 1..5000 return today().year)")

    assert expression.outcome({}, budget).value == 5_000
    with pytest.raises(FeelError, match="too long"):
        expression.outcome({}, budget)


def test_a_function_made_by_one_expression_is_called_by_another_and_from_outside() -> None:
    budget = Budget()
    double = parse("function(x: number) x * 2").outcome({}, budget).value

    assert parse("double(4) + double([5])", names={"double"}).outcome({"double": double}, budget).value == 18
    assert types.call(double, Decimal(4)) == 8
    assert types.call(double, "a") is None and types.call(double) is None
