"""When a question is asked: decided here, and told to the page as a small tree that its script can follow."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from feel import Expression, FeelError
from feel.grammar import nodes
from forms.components import Part, Question, Repeated, walk

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


Values = Mapping[tuple[str, ...], object]
Place = tuple[tuple[str, ...], int | None, tuple[str, ...]]  # a list's path and a row's place (or neither), a path


def in_row(scope: Scope, path: Sequence[str], place: int) -> Scope:
    """What conditions inside a row can read: its own fields before anything else."""
    found: object = scope
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    row = found[place] if isinstance(found, list) and place < len(found) else {}
    return {**scope, **row}


def settle(parts: Sequence[Part], values: Values, context: Mapping[str, object],
           rows: Mapping[tuple[str, ...], Sequence[Values]] | None = None) -> Scope:
    """What conditions can read once every hidden answer is gone, hidden answers having no say themselves.

    Hiding one answer may change other conditions, so this is repeated until nothing changes. Sheets whose
    conditions go in a circle are not published, hence it ends after as many rounds as there are conditions.

    rows: the values of every row of every list, by the list's path.
    """
    rows = rows or {}
    conditional = list(_conditional(parts, rows))
    hidden: set[Place] = set()
    for _ in range(len(conditional) + 1):
        scope = _seen(values, rows, hidden, context)
        now = {place for place, hides in conditional
               if is_hidden(hides, scope if place[1] is None else in_row(scope, place[0], place[1]))}
        if now == hidden or (not hidden and not any(_was_answered(place, values, rows) for place in now)):
            # The second: what is hidden was not answered, so that without it the conditions read the same.
            break
        hidden = now
    return scope


def _conditional(parts: Sequence[Part], rows: Mapping[tuple[str, ...], Sequence[Values]]
                 ) -> Iterator[tuple[Place, tuple[Expression, ...]]]:
    """Everything that may be hidden, with the conditions that hide it: questions, lists, questions of each row."""
    for part, hides in walk(parts):
        if isinstance(part, Question | Repeated) and hides:
            yield ((), None, part.path), hides
        if isinstance(part, Repeated):
            for place in range(len(rows.get(part.path, ()))):
                for inner, own in walk(part.parts, hides):
                    if isinstance(inner, Question) and own:
                        yield (part.path, place, inner.path), own


def _seen(values: Values, rows: Mapping[tuple[str, ...], Sequence[Values]], hidden: set[Place],
          context: Mapping[str, object]) -> Scope:
    plain = {path: None if ((), None, path) in hidden else value for path, value in values.items()}
    lists = {path: None if ((), None, path) in hidden else [
        nest({own: None if (path, place, own) in hidden else value for own, value in row.items()})
        for place, row in enumerate(many)] for path, many in rows.items()}
    return {**context, **nest({**plain, **lists})}


def _was_answered(place: Place, values: Values, rows: Mapping[tuple[str, ...], Sequence[Values]]) -> bool:
    around, number, path = place
    if number is not None:
        return rows[around][number].get(path) is not None
    return bool(rows.get(path)) or values.get(path) is not None


# --- the same condition for the page ---


class _Beyond(Exception):
    """The condition uses more of the language than the page's script knows, or something that is not on the page."""


def tree(expression: Expression, names: Mapping[str, str]) -> Tree | None:
    """The condition as lists that JSON can carry, or None if only the server can decide it.

    ["name", "address.city"], ["value", 5], ["list", ...], ["and", ...], ["or", ...], ["not", x],
    ["=", x, y] and the other comparisons, ["in", x, y] (y: a list or a single value), ["contains", list, x].
    names: the fields on the page, each with what it is called there. A condition that reads anything else stays on
    the server, so that nothing which the person does not see is told to the browser.
    """
    try:
        return _branch(expression.node, names)
    except _Beyond:
        return None


def _branch(node: nodes.Node, names: Mapping[str, str]) -> Tree:
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


def _membership(value: Tree, tests: Sequence[nodes.Test], names: Mapping[str, str]) -> Tree:
    found = [[test.operator, value, _branch(test.operand, names)] for test in tests]
    if not all(test.operator in COMPARISONS | {"in"} for test in tests):
        raise _Beyond
    return found[0] if len(found) == 1 else ["or", *found]


def _name(name: str, names: Mapping[str, str]) -> Tree:
    if name not in names:
        raise _Beyond
    return ["name", names[name]]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, (bool, str)):
        return value
    raise _Beyond
