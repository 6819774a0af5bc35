"""What an expression reads from outside, and how Python's values become its own."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest

from feel import YearsMonths, parse


class Status(StrEnum):
    OPEN = "open"


NAMES = [
    ("1", set()), ("a", {"a"}), ("a.b.c", {"a.b.c"}),
    ('triage.decision = "x" and ticket.priority in ["y"]', {"triage.decision", "ticket.priority"}),
    ("for x in xs return x + y", {"xs", "y"}), ("{a: 1, b: a + c}.b", {"c"}), ("some x in x satisfies x", {"x"}),
    ("xs[item > limit]", {"xs", "limit"}), ("people[1].name", {"people"}), ("function(a) a + b", {"b"}),
    ("sort(xs, function(p, q) p.age < q.age)", {"xs"}), ("is defined(a.b)", {"a.b"}),
    ("now() - created", {"now", "created"}), ("x in (? > y)", {"x", "y"}), ("for i in 1..n return partial[-1]", {"n"}),
    ("for x in xs, y in x.ys return y.z", {"xs"}), ("if a then b else c", {"a", "b", "c"}),
    ("string length(name)", {"name"}), ("for x in x.y return x.z", {"x.y"}), ("[a..b]", {"a", "b"}),
    ("-a ** b", {"a", "b"}), ("a between b and c", {"a", "b", "c"}),
]

ADMITTED: list[tuple[Any, Any]] = [
    (1, Decimal(1)), (0.1, Decimal("0.1")), (True, True), ("a", "a"), (None, None), ((1, 2), [Decimal(1), Decimal(2)]),
    (Decimal("1.50"), Decimal("1.5")), (Status.OPEN, "open"), (date(2024, 1, 2), date(2024, 1, 2)),
    (time(10, 20), time(10, 20)), (datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)),
    (timedelta(hours=4), timedelta(hours=4)), (YearsMonths(14), YearsMonths(14)),
    (MappingProxyType({"a": [1, {"b": 2.5}]}), {"a": [Decimal(1), {"b": Decimal("2.5")}]}), ([], []), ({}, {}),
]


@pytest.mark.parametrize(("text", "names"), NAMES)
def test_an_expression_tells_what_it_reads(text: str, names: set[str]) -> None:
    assert {".".join(path) for path in parse(text).names} == names


@pytest.mark.parametrize(("raw", "value"), ADMITTED)
def test_values_of_python_become_values_of_the_language(raw: Any, value: Any) -> None:
    found = parse("x").evaluate({"x": raw})

    assert found == value and type(found) is type(value)


@pytest.mark.parametrize("context", [{"a": {"b": 2}}, MappingProxyType({"a": MappingProxyType({"b": 2})})])
def test_a_path_goes_through_any_mapping(context: Mapping[str, object]) -> None:
    assert parse("a.b + 1").evaluate(context) == 3
    assert parse("for x in [1] return a.b + x").evaluate(context) == [3]


def test_what_came_from_outside_stays_as_it_was() -> None:
    context = {"xs": [3, 1, 2], "m": {"a": 1}}

    parse('[sort(xs), append(xs, 4), reverse(xs), context put(m, "b", 2)]').evaluate(context)

    assert context == {"xs": [3, 1, 2], "m": {"a": 1}}


def test_now_and_today_come_from_the_context() -> None:
    context = {"now": datetime(2024, 1, 2, 10, tzinfo=UTC), "today": date(2024, 1, 2)}

    assert parse('now() + @"PT1H"').evaluate(context) == datetime(2024, 1, 2, 11, tzinfo=UTC)
    assert parse("today().year").evaluate(context) == 2024
    assert parse("now.hour").evaluate(context) == 10


def test_a_name_of_a_loop_hides_the_one_outside() -> None:
    assert parse("for a in [5] return a").evaluate({"a": 1}) == [5]
    assert parse("xs[a > 1]").evaluate({"a": 0, "xs": [{"a": 1}, {"a": 2}]}) == [{"a": 2}]
    assert parse("xs[a > 1]").evaluate({"a": 2, "xs": [1, 2]}) == [1, 2]


def test_the_same_text_is_parsed_once() -> None:
    assert parse("a + 1") is parse("a + 1")
