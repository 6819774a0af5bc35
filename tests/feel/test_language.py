"""What expressions give, in tables."""

from decimal import Decimal
from typing import Any

import pytest

from feel import parse, temporal
from tests.feel.tables import CONTEXT, TOPICS, W

CASES = [pytest.param(text, expected, id=f"{topic}: {text}")
         for topic, cases in TOPICS.items() for text, expected in cases]


def alike(value: Any, expected: Any) -> bool:
    """Whether a value is what a table says: of the same kind, and equal."""
    if isinstance(expected, W):
        return not isinstance(value, str) and temporal.show(value) == expected
    if isinstance(expected, list):
        return type(value) is list and len(value) == len(expected) and all(map(alike, value, expected))
    if isinstance(expected, dict):
        return type(value) is dict and value.keys() == expected.keys() and all(
            alike(value[key], expected[key]) for key in expected)
    if isinstance(expected, (int, Decimal)) and not isinstance(expected, bool):
        return type(value) is Decimal and value == expected
    return type(value) is type(expected) and bool(value == expected)


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_an_expression_gives_what_the_standard_says(text: str, expected: Any) -> None:
    value = parse(text).evaluate(CONTEXT)

    assert alike(value, expected), f"{text} gave {value!r}"


def test_the_tables_are_long_enough() -> None:
    assert len(CASES) >= 500
    assert len({case.id for case in CASES}) == len(CASES)
