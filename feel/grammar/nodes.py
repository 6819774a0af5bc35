"""What an expression is made of. Every node knows where it begins: `at`, characters from the start of the text."""

from dataclasses import dataclass

from feel.types import Type
from feel.values import Value


@dataclass(frozen=True, slots=True)
class Node:
    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Value


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`of.a.b`"""

    of: Node
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`of[by]`"""

    of: Node
    by: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A call. labels: the names of the arguments, or nothing when they are given in order."""

    function: Node
    arguments: tuple[Node, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Negate(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """A chain of operators of one strength, worked from the left: `first op a op b`."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Test(Node):
    """One of the tests after `in` or in a cell. operator: a comparison, or "in" when the operand itself decides."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Node
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """What stands in the cell of a decision table: some tests, or none of them; no test at all is `-`."""

    tests: tuple[Test, ...]
    is_negated: bool


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """kind: None when there is no such type."""

    value: Node
    kind: Type | None


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """`[start..end]`; an end that is None is open to infinity."""

    start: Node | None
    end: Node | None
    has_start: bool
    has_end: bool


@dataclass(frozen=True, slots=True)
class Listing(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Context(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Source(Node):
    """`name in items` of a loop, or `name in items..until` over whole numbers."""

    name: str
    items: Node
    until: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    sources: tuple[Source, ...]
    result: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some … satisfies` or, with is_every, `every … satisfies`."""

    is_every: bool
    sources: tuple[Source, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Function(Node):
    """`function(a, b: number) body`"""

    parameters: tuple[str, ...]
    types: tuple[Type, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Nothing(Node):
    """What can be read but has no value: null, and why."""

    reason: str
