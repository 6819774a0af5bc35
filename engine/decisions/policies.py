"""Hit policies: what the results of the rules that match make together."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from feel.values import Value, equal


class Broken(Exception):
    """The rules that match do not go together; says why."""


Results = Sequence[Value]


def unique(results: Results) -> Value:
    if len(results) > 1:
        raise Broken(f"{len(results)} rules of a unique table match")
    return results[0]


def any_of(results: Results) -> Value:
    if any(equal(one, results[0]) is not True for one in results):
        raise Broken("the rules that match do not agree")
    return results[0]


def first(results: Results) -> Value:
    return results[0]


def every(results: Results) -> Value:
    return list(results)


def count(results: Results) -> Value:
    return Decimal(len(results))


POLICIES: Mapping[str, Callable[[Results], Value]] = {
    # The results of P and O come in the order of their priority.
    "U": unique, "A": any_of, "P": first, "F": first, "R": every, "O": every, "C": every, "C#": count,
}
# What a table gives when no rule matches and no default is given; null for all the others.
WITHOUT_MATCH: Mapping[str, Value] = {"C": [], "C#": Decimal(0)}
AGGREGATES: Mapping[str, str] = {"C+": "sum", "C<": "min", "C>": "max"}

