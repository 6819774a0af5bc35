"""Random decision tables give what a naive reading of their rules gives."""

from collections.abc import Callable, Sequence

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from engine.decisions.models import Models
from tests.engine.decisions.drawn import decision, given, model, table

Cell = tuple[str, Callable[[int], bool]]
WORDS = ("low", "middle", "high")
POLICIES = ("UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT", "COLLECT / COUNT",
            "COLLECT / MIN", "COLLECT / MAX")

numbers = st.integers(-3, 6)


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    """The text of a cell, and what it means."""
    one, other = sorted((draw(numbers), draw(numbers)))
    return draw(st.sampled_from((
        ("-", lambda n: True), ("", lambda n: True), (f"{one}", lambda n: n == one),
        (f"{one}, {other}", lambda n: n in (one, other)), (f"[{one}..{other}]", lambda n: one <= n <= other),
        (f"]{one}..{other}]", lambda n: one < n <= other), (f"({one}..{other})", lambda n: one < n < other),
        (f">= {one}", lambda n: n >= one), (f"< {one}", lambda n: n < one), (f"not({one})", lambda n: n != one),
        (f"not({one}, > {other})", lambda n: n != one and n <= other),
        (f"? * ? = {one * one}", lambda n: n * n == one ** 2),
    )))


rules = st.lists(st.tuples(cells(), cells(), st.sampled_from(WORDS)), min_size=1, max_size=6)


def oracle(policy: str, hits: Sequence[str], default: str | None) -> object:
    """What the standard says of the conclusions of the rules that match, in their order."""
    if not hits:
        return default or {"COLLECT": [], "COLLECT / COUNT": 0}.get(policy)
    by_priority = [word for word in reversed(WORDS) for hit in hits if hit == word]
    return {
        "UNIQUE": hits[0] if len(hits) == 1 else None, "ANY": hits[0] if len(set(hits)) == 1 else None,
        "FIRST": hits[0], "PRIORITY": by_priority[0], "RULE ORDER": list(hits), "OUTPUT ORDER": by_priority,
        "COLLECT": list(hits), "COLLECT / COUNT": len(hits), "COLLECT / MIN": min(hits), "COLLECT / MAX": max(hits),
    }[policy]


@settings(max_examples=150, deadline=None)
@over(rules, st.sampled_from(POLICIES), st.sampled_from([None, "middle"]), st.lists(st.tuples(numbers, numbers),
                                                                                   min_size=1, max_size=5))
def test_a_table_is_what_a_naive_reading_of_its_rules_is(
    drawn_rules: list[tuple[Cell, Cell, str]], policy: str, default: str | None, inputs: list[tuple[int, int]]
) -> None:
    order = ", ".join(f'"{word}"' for word in reversed(WORDS))
    lines = [f'{one[0]} | {other[0]} -> "{word}"' for one, other, word in drawn_rules]
    models = Models({"m.dmn": model(given("a"), given("b"), decision("d", table(
        policy, {"a": None, "b": None}, {"x": order}, *lines,
        defaults={"x": f'"{default}"'} if default else None), needs=["a", "b"]))})

    for a, b in inputs:
        hits = [word for one, other, word in drawn_rules if one[1](a) and other[1](b)]

        assert models.decide("d", {"a": a, "b": b}).value == oracle(policy, hits, default)
