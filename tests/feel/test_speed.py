"""How fast a condition is once it is parsed. Run with -s to see the numbers."""

import timeit

import pytest

from feel import parse

CONTEXT = {"triage": {"decision": "solve"}, "ticket": {"priority": "high", "number": 7}, "xs": [1, 2, 3]}
EXPRESSIONS = [
    'triage.decision = "solve" and ticket.priority in ["high","urgent"]',
    'if ticket.priority = "high" then "PT4H" else "P1D @ office"',
    "ticket.number * 2 + 1 > 10",
    "ticket.number in [1..10]",
    "some x in xs satisfies x > 2",
    'substring("foobar", 3)',
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_a_condition_takes_ten_millionths_of_a_second(text: str) -> None:
    expression = parse(text)

    best = min(timeit.repeat(lambda: expression.evaluate(CONTEXT), number=2_000, repeat=7)) / 2_000

    print(f"{best * 1e6:6.2f} µs  {text}")
    assert best < 10e-6 * (1 if text == EXPRESSIONS[0] else 3)
