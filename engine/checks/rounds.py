"""Steps that are done several times: for which items, how often, until when, and what becomes of what they give."""

from collections.abc import Iterator
from decimal import Decimal

from engine.checks.drawing import BPMN, Node, Package
from engine.checks.expressions import Answered, check_names, check_truth, constant, read
from engine.checks.findings import Finding, found
from engine.checks.kinds import refused_as
from engine.checks.known import CLIENT, Known
from engine.diagrams.reading import SEVERAL, default_result
from engine.diagrams.spiff.rounds import MOST_ROUNDS
from engine.diagrams.xml import is_plain_id, local_name

MOST_LOOPS = 1000


def check_rounds(package: Package, known: Known, answered: Answered) -> Iterator[Finding]:
    """Every step with a marker says how often it is done, in expressions that can be read."""
    for node in package.nodes():
        if node.rounds is None or refused_as(node):
            continue
        conditions = [node.said_of_rounds("completionCondition"), node.said_of_rounds("loopCondition")]
        texts = [*conditions]
        if local_name(node.rounds) == SEVERAL:
            texts += [node.said_of_rounds("loopCardinality"), node.said_of_rounds("loopDataInputRef", "collection")]
            texts.append(_result_of(node) if node.said_of_rounds("loopDataOutputRef", "results") else "")
            yield from _check_several(node)
            yield from _check_item(node, package)
        else:
            yield from _check_loop(node)
        own = {node.properties.get("form", "")} | _inside(package, node)
        for text in texts:
            expression = read(node, text) if text else None
            if isinstance(expression, Finding):
                yield expression
            elif expression is not None:
                if text in conditions:
                    yield from check_truth(expression, node, text)
                yield from check_names(expression, node, package, known, answered[node.id] | own)


def _check_several(node: Node) -> Iterator[Finding]:
    over = node.said_of_rounds("loopDataInputRef", "collection")
    times = node.said_of_rounds("loopCardinality")
    if bool(over) == bool(times):
        yield found("rounds_unclear", node)
        return
    if node.rounds is not None and node.rounds.get("behavior", "All") != "All":
        yield found("rounds_throw_events", node)
    value = _constant(node, over or times)
    is_count = isinstance(value, int | Decimal) and not isinstance(value, bool) and value == int(value) and value >= 0
    if times and value is not None and not is_count:
        yield found("rounds_not_a_number", node, text=times)
    if over and value is not None and not isinstance(value, list):
        yield found("rounds_not_a_list", node, text=over)
    many = value if is_count else len(value) if isinstance(value, list) else 0
    if isinstance(many, int | Decimal) and many > MOST_ROUNDS:
        yield found("rounds_too_many", node, limit=MOST_ROUNDS)
    if node.said_of_rounds("loopDataOutputRef", "results") and not _result_of(node):
        yield found("rounds_without_result", node)


def _check_loop(node: Node) -> Iterator[Finding]:
    assert node.rounds is not None, "only nodes with a marker are checked"
    most = node.rounds.get("loopMaximum")
    if most is None and not node.said_of_rounds("loopCondition"):
        yield found("rounds_unclear", node)
    if most is not None and not (most.isascii() and most.isdigit() and len(most) < 5 and 0 < int(most) <= MOST_LOOPS):
        yield found("rounds_too_many", node, limit=MOST_LOOPS)


def _check_item(node: Node, package: Package) -> Iterator[Finding]:
    """The names of the item and of the results are words of their own."""
    taken = {form for process in package.processes for form in process.form_keys()} | {"ticket", CLIENT}
    for name in (node.item, node.said_of_rounds("loopDataOutputRef", "results")):
        if name and (name in taken or not is_plain_id(name) or "-" in name):
            yield found("rounds_name_taken", node, word=name)


def _result_of(node: Node) -> str:
    """What each round gives, as it is written or as it goes without saying."""
    named = node.rounds.find(f"{BPMN}outputDataItem") if node.rounds is not None else None
    said = (named.get("name") if named is not None else "") or node.properties.get("round_result", "")
    return said or default_result(node.kind, node.id, node.properties)


def _inside(package: Package, node: Node) -> set[str]:
    """The forms that are asked inside a round: its end may read them."""
    scopes = [scope for scope in package.scopes() if node.id in scope.nodes]
    inner = package.inner_scope(scopes[0], node) if scopes else None
    found_forms: set[str] = set()
    todo = [inner] if inner is not None else []
    while todo:
        scope = todo.pop()
        found_forms |= {n.properties["form"] for n in scope.nodes.values() if n.properties.get("form")}
        todo += [one for n in scope.nodes.values() if (one := package.inner_scope(scope, n)) is not None]
    return found_forms


def _constant(node: Node, text: str) -> object:
    expression = read(node, text) if text else None
    return None if expression is None or isinstance(expression, Finding) else constant(expression)
