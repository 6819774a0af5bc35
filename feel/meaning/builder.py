"""Turning nodes into functions, once, so that evaluating is only calling."""

from collections.abc import Callable, Collection
from typing import Any

from feel.errors import RefusedError
from feel.grammar.nodes import Node
from feel.meaning.scope import Meaning

_READINGS: dict[type[Node], Callable[["Builder", Any], Meaning]] = {}


def means(kind: type[Node]) -> Callable[[Callable[["Builder", Any], Meaning]], Callable[["Builder", Any], Meaning]]:
    """Marks the function that builds the meaning of one kind of node."""

    def kept(reading: Callable[["Builder", Any], Meaning]) -> Callable[["Builder", Any], Meaning]:
        _READINGS[kind] = reading
        return reading

    return kept


class Builder:
    """Builds the meaning of one expression and notes the names it reads from outside.

    told: names the context is known to have. bound: names given by loops, functions and contexts around the node
    being built. used: those of them that were read. count: nodes built so far.
    """

    def __init__(self, told: Collection[str] = (), *, is_strict: bool = True) -> None:
        self.told = frozenset(told)
        self.is_strict = is_strict
        self.bound: list[frozenset[str]] = []
        self.names: set[tuple[str, ...]] = set()
        self.used: set[str] = set()
        self.count = 0

    def build(self, node: Node) -> Meaning:
        self.count += 1
        return _READINGS[type(node)](self, node)

    def build_within(self, node: Node, names: frozenset[str]) -> Meaning:
        """The meaning of a node in whose scope `names` are given."""
        self.bound.append(names)
        meaning = self.build(node)
        self.bound.pop()
        return meaning

    @property
    def is_outermost(self) -> bool:
        return not self.bound

    def is_bound(self, name: str) -> bool:
        return any(name in names for names in self.bound)

    def flawed(self, message: str, at: int) -> Meaning:
        """The meaning of what cannot have a value: refused, or null with a warning."""
        if self.is_strict:
            raise RefusedError(message, at)

        def run(scope: Any) -> None:
            scope.ledger.warn(message, at)

        return run

    def reads(self, *path: str) -> None:
        if self.is_bound(path[0]):
            self.used.add(path[0])
        else:
            self.names.add(path)


def placed(node: Node, meaning: Meaning) -> Meaning:
    """The same meaning; what it refuses is refused at the place of `node`."""

    def run(scope: Any) -> Any:
        try:
            return meaning(scope)
        except RefusedError as refusal:
            if refusal.position is None:
                refusal.position = node.at
            raise

    return run


