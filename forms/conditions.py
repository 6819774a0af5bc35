"""When a question is asked: decided here, and told to the page as a small tree that its script can follow."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from feel import Expression, FeelError
from feel.grammar import nodes
from forms.components import Part, Question, walk

Scope = Mapping[str, object]
Tree = list[Any]
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


def is_true(expression: Expression, scope: Scope) -> bool:
    """Whether the condition holds; one that cannot be told, as when its answers are missing, does not."""
    try:
        return expression.evaluate(scope) is True
    except FeelError:
        return False


def is_hidden(hides: Sequence[Expression], scope: Scope) -> bool:
    """Whether any of the conditions hides the part."""
    return any(is_true(hide, scope) for hide in hides)


def nest(values: Mapping[tuple[str, ...], object]) -> dict[str, object]:
    """Values by path as dictionaries within dictionaries."""
    nested: dict[str, object] = {}
    for path, value in values.items():
        place = nested
        for key in path[:-1]:
            inner = place.setdefault(key, {})
            assert isinstance(inner, dict)  # check_sheet: no question is also a group
            place = inner
        place[path[-1]] = value
    return nested


def settle(parts: Sequence[Part], values: Mapping[tuple[str, ...], object], context: Mapping[str, object]) -> Scope:
    """What conditions can read once every hidden answer is gone, hidden answers having no say themselves.

    Hiding one answer may change other conditions, so this is repeated until nothing changes. Sheets whose
    conditions go in a circle are not published, hence it ends after as many rounds as there are conditions.
    """
    conditional = [(part.path, hides) for part, hides in walk(parts) if isinstance(part, Question) and hides]
    hidden: set[tuple[str, ...]] = set()
    for _ in range(len(conditional) + 1):
        scope = {**context, **nest({path: None if path in hidden else value for path, value in values.items()})}
        now = {path for path, hides in conditional if is_hidden(hides, scope)}
        if now == hidden or (not hidden and all(values.get(path) is None for path in now)):
            # The second: what is hidden was not answered, so that without it the conditions read the same.
            break
        hidden = now
    return scope


# --- the same condition for the page ---


class _Beyond(Exception):
    """The condition uses more of the language than the page's script knows, or something that is not on the page."""


def tree(expression: Expression, names: Collection[str]) -> Tree | None:
    """The condition as lists that JSON can carry, or None if only the server can decide it.

    ["name", "address.city"], ["value", 5], ["list", ...], ["and", ...], ["or", ...], ["not", x],
    ["=", x, y] and the other comparisons, ["in", x, y] (y: a list or a single value), ["contains", list, x].
    names: the fields on the page. A condition that reads anything else stays on the server, so that
    nothing which the person does not see is told to the browser.
    """
    try:
        return _branch(expression.node, names)
    except _Beyond:
        return None


def _branch(node: nodes.Node, names: Collection[str]) -> Tree:
    match node:
        case nodes.Literal(value=value):
            return ["value", _plain(value)]
        case nodes.Name(name=name):
            return _name(name, names)
        case nodes.Path(of=nodes.Name(name=first), names=rest):
            return _name(".".join((first, *rest)), names)
        case nodes.And(terms=terms):
            return ["and", *(_branch(term, names) for term in terms)]
        case nodes.Or(terms=terms):
            return ["or", *(_branch(term, names) for term in terms)]
        case nodes.Comparison(operator=operator, left=left, right=right) if operator in COMPARISONS:
            return [operator, _branch(left, names), _branch(right, names)]
        case nodes.Between(value=value, low=low, high=high):
            middle = _branch(value, names)
            return ["and", [">=", middle, _branch(low, names)], ["<=", middle, _branch(high, names)]]
        case nodes.Listing(items=items):
            return ["list", *(_branch(item, names) for item in items)]
        case nodes.In(value=value, tests=tests):
            return _membership(_branch(value, names), tests, names)
        case nodes.Call(function=nodes.Name(name="not"), arguments=(term,)):
            return ["not", _branch(term, names)]
        case nodes.Call(function=nodes.Name(name="list contains"), arguments=(items, item), labels=()):
            return ["contains", _branch(items, names), _branch(item, names)]
    raise _Beyond


def _membership(value: Tree, tests: Sequence[nodes.Test], names: Collection[str]) -> Tree:
    found = [[test.operator, value, _branch(test.operand, names)] for test in tests]
    if not all(test.operator in COMPARISONS | {"in"} for test in tests):
        raise _Beyond
    return found[0] if len(found) == 1 else ["or", *found]


def _name(name: str, names: Collection[str]) -> Tree:
    if name not in names:
        raise _Beyond
    return ["name", name]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, (bool, str)):
        return value
    raise _Beyond
