"""What a decision model is made of, as it was written. Nothing here knows what anything means."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands. element: the id or name people know it by."""

    file: str
    line: int
    element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of the expression language. language: an address when it is not FEEL."""

    place: Place
    text: str
    language: str | None = None


# Expressions


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """The common part of all boxed expressions. type_ref: the name of the type its value has to have."""

    place: Place
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing(Expression):
    """An expression that was left out, or is of a kind we do not evaluate; its value is null.

    reason: None when it was only left out.
    """

    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Expression):
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a context, or a binding of an invocation. name: None for the result of a context."""

    name: str | None
    type_ref: str | None
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(Expression):
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Expression):
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(Expression):
    """A list of contexts as rows under columns. columns: (name, type) of each."""

    columns: tuple[tuple[str, str | None], ...]
    rows: tuple[Listing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation(Expression):
    function: Expression
    bindings: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    name: str
    type_ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Expression):
    """A function definition. kind: FEEL, Java or PMML."""

    kind: str
    parameters: tuple[Parameter, ...]
    body: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional(Expression):
    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Expression):
    items: Expression
    match: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Iteration(Expression):
    """A boxed `for`, `some` or `every`, which is its kind. body: what is returned or has to be satisfied."""

    kind: str
    variable: str
    items: Expression
    body: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A column of conditions. allowed: the values the input may have, None when any."""

    place: Place
    expression: Text
    type_ref: str | None
    allowed: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A column of conclusions. allowed: its values in the order of their priority."""

    place: Place
    name: str | None
    type_ref: str | None
    allowed: Text | None
    default: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    place: Place
    tests: tuple[Text, ...]
    conclusions: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Expression):
    """A decision table. policy: U, A, P, F, R, O, C, C+, C<, C> or C#."""

    policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


# Types


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item definition, or a component of one.

    type_ref: the type it is made from. components: of a structure. allowed: of each value, constraint: of the whole.
    parameters and result: of a function type.
    """

    place: Place
    name: str
    type_ref: str | None
    components: tuple["Item", ...] = ()
    is_collection: bool = False
    allowed: Text | None = None
    constraint: Text | None = None
    is_function: bool = False
    parameters: tuple[Parameter, ...] = ()
    result: str | None = None


# The graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node of the requirement graph. variable: the name others know it by, with type_ref."""

    place: Place
    id: str
    name: str
    variable: str
    type_ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputData(Node):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Node):
    """requires: references to inputs, decisions, knowledge models and services, as `#id` or `namespace#id`."""

    requires: tuple[str, ...]
    expression: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeModel(Node):
    requires: tuple[str, ...]
    function: Function | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Node):
    outputs: tuple[str, ...]
    encapsulated: tuple[str, ...]
    input_decisions: tuple[str, ...]
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Another model, whose elements are known here as `name.element`, or plainly when the name is empty."""

    place: Place
    name: str
    namespace: str
    location: str | None
    is_model: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One file. words: every name in it, whatever it is the name of."""

    file: str
    name: str
    namespace: str
    imports: tuple[Import, ...]
    items: Mapping[str, Item]
    nodes: Mapping[str, Node] = field(default_factory=dict)
    words: frozenset[str] = frozenset()

    def named(self, name: str) -> Node | None:
        """The node with this id or name, or with a variable of this name."""
        nodes = self.nodes.values()
        return (self.nodes.get(name) or next((node for node in nodes if node.name == name), None)
                or next((node for node in nodes if node.variable == name), None))
