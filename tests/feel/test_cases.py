"""The tables in `cases`: what every function and every construct of the language gives, and that none is left out."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from feel import Budget, FeelError, Function, admit, parse, parse_tests
from feel.expression import FUNCTIONS
from feel.grammar import nodes
from feel.values import Value, equal
from tests.feel.tables import CONTEXT

FOLDER = Path(__file__).parent / "cases"
FILES = sorted(path.stem for path in FOLDER.glob("*.txt"))
NAMED = {"first name": "Ann", "profit-loss": 7, "cost+tax": 11, "Clara's age": 30, "🐎": "horse",
         "nested": {"first name": {"last name": "deep"}}}
VALUES: dict[str, Any] = {name: admit(value) for name, value in {**CONTEXT, **NAMED}.items()}
MEMBERS = {"first name", "last name", "decision", "count", "name", "age"}
NAMES = frozenset(VALUES) - {"count"}
LEAST = 5


def cases(stem: str) -> Iterator[tuple[str, str]]:
    """The cases of a file, one a line; ` ==> ` divides it from what it gives."""
    for line in (FOLDER / f"{stem}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("# "):
            text, arrow, expected = line.rpartition(" ==> ")
            assert arrow, line
            yield text, expected


def same(value: Value, expected: Value) -> bool:
    """Whether a value is what is expected, of the same kind all the way down."""
    if isinstance(value, list) and isinstance(expected, list):
        return len(value) == len(expected) and all(map(same, value, expected))
    if isinstance(value, dict) and isinstance(expected, dict):
        return value.keys() == expected.keys() and all(same(value[key], expected[key]) for key in expected)
    if value is None or expected is None:
        return value is expected
    return equal(value, expected) is True


def budget() -> Budget:
    return Budget(now=datetime(2024, 5, 1, 12, tzinfo=UTC))


def given(text: str) -> tuple[Value, bool]:
    """What a case gives, and whether a warning told why something was null."""
    tested, colons, cell = text.partition(" :: ")
    if colons:
        value = parse(tested).evaluate({})
        outcome = parse_tests(cell, names=NAMES, members=MEMBERS, is_strict=False).passes(value, VALUES, budget())
    else:
        outcome = parse(text, names=NAMES, members=MEMBERS, is_strict=False).outcome(VALUES, budget())
    # A function is no value that a table can hold.
    return None if isinstance(outcome.value, Function) else outcome.value, bool(outcome.warnings)


@pytest.mark.parametrize("stem", FILES)
def test_every_case_gives_what_the_standard_says(stem: str) -> None:
    wrong = []
    for text, expected in cases(stem):
        try:
            value, _ = given(text)
        except FeelError as error:
            value = error
        if not same(value, parse(expected).evaluate({})):
            wrong.append(f"{text} gave {value!r} and not {expected}")

    assert not wrong, "\n".join(wrong)


def parts(node: object) -> Iterator[nodes.Node]:
    """A node and everything it is made of."""
    if isinstance(node, nodes.Node):
        yield node
    if isinstance(node, tuple):
        for item in node:
            yield from parts(item)
    elif is_dataclass(node) and isinstance(node, nodes.Node):
        for field in fields(node):
            yield from parts(getattr(node, field.name))


@cache
def read(text: str) -> nodes.Node:
    """What a case is made of."""
    _, colons, cell = text.partition(" :: ")
    reading = parse_tests if colons else parse
    return reading(cell if colons else text, names=NAMES, members=MEMBERS, is_strict=False).node


@cache
def used(text: str) -> set[str]:
    """The functions a case calls and the constructs it is written with."""
    found = set()
    for node in parts(read(text)):
        found.add(type(node).__name__)
        if isinstance(node, nodes.Call) and isinstance(node.function, nodes.Name):
            found.add(f"{node.function.name}()")
        operators = {"operator": getattr(node, "operator", None)} if not isinstance(node, nodes.Arithmetic) else {
            str(place): operator for place, (operator, _) in enumerate(node.rest)}
        found.update(f"{type(node).__name__} {operator}" for operator in operators.values() if operator)
    return found


CONSTRUCTS = {kind.__name__ for kind in vars(nodes).values()
              if isinstance(kind, type) and issubclass(kind, nodes.Node) and kind is not nodes.Node}
OPERATORS = {f"Arithmetic {sign}" for sign in ("+", "-", "*", "/", "**")} | {
    f"{kind} {sign}" for kind in ("Comparison", "Test") for sign in ("=", "!=", "<", "<=", ">", ">=")}


def test_every_function_and_construct_has_five_cases() -> None:
    counts: Counter[str] = Counter()
    for stem in FILES:
        for text, _ in cases(stem):
            counts.update(used(text))

    wanted = {f"{name}()" for name in FUNCTIONS} | CONSTRUCTS | {
        name for name in OPERATORS if not name.startswith("Test")}
    assert {name: counts[name] for name in sorted(wanted) if counts[name] < LEAST} == {}


def test_no_case_is_there_twice() -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for stem in FILES:
        for text, _ in cases(stem):
            assert text not in seen[stem], text
            seen[stem].add(text)
    assert sum(map(len, seen.values())) > 1_000


def test_what_is_null_by_an_error_has_a_warning() -> None:
    for text in ('"a" + 1', "foo(1)", "abs(1, 2)", 'matches("a", "(")', "unknown", '1 < "a"', "(function(x) x)(1, 2)",
                 '@"2020-13-01"', "1(2)", "-true", "[1..\"a\"]", "for x in 1.5..2 return x"):
        assert given(text) == (None, True), text


