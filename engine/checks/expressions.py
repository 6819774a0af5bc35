"""Expressions: whether they can be read, and whether what they read can be there."""

from collections.abc import Collection, Iterator, Mapping

from engine.business_rules import variable_of
from engine.checks.drawing import SPIFF, Drawn, Node, Package, Scope
from engine.checks.events import inner_scope
from engine.checks.findings import Finding, found
from engine.checks.kinds import refused_as
from engine.checks.known import CLIENT, FACTS, RESULTS, Known
from engine.decisions.models import Models
from engine.outside.catalogue import Operation
from feel import Expression, FeelError, parse

CATCHING = {"intermediateCatchEvent", "boundaryEvent", "receiveTask"}
Answered = Mapping[str, frozenset[str]]


def read(drawn: Drawn, text: str) -> Expression | Finding:
    """The expression `text` written at `drawn`, or why it cannot be read."""
    try:
        return parse(text)
    except FeelError as error:
        return found("expression_unreadable", drawn, text=text, position=error.position + 1, problem=error.message)


def constant(expression: Expression) -> object:
    """The value of an expression that reads nothing; None when it depends on something."""
    if expression.names:
        return None
    try:
        return expression.evaluate({})
    except FeelError:
        return None


def check_conditions(package: Package, known: Known, answered: Answered) -> Iterator[Finding]:
    """The conditions of all flows that leave a choice."""
    for scope in package.scopes():
        for flow in scope.linked:
            if not flow.condition or refused_as(scope.nodes[flow.source]):
                continue
            expression = read(flow, flow.condition)
            if isinstance(expression, Finding):
                yield expression
            else:
                yield from check_truth(expression, flow, flow.condition)
                own = {scope.nodes[flow.source].properties.get("form", "")}
                yield from check_names(expression, flow, package, known, answered[flow.source] | own)


def check_truth(expression: Expression, drawn: Drawn, text: str) -> Iterator[Finding]:
    """A condition whose value is known beforehand is true or false."""
    value = constant(expression)
    if value is not None and not isinstance(value, bool):
        yield found("condition_no_truth", drawn, text=text)


def check_names(
    expression: Expression, drawn: Drawn, package: Package, known: Known, answered: frozenset[str]
) -> Iterator[Finding]:
    """Whether what `expression` reads exists, and was answered on some way that leads here."""
    yield from check_paths(expression.names, drawn, package, known, answered)


def check_paths(
    paths: Collection[tuple[str, ...]], drawn: Drawn, package: Package, known: Known, answered: frozenset[str]
) -> Iterator[Finding]:
    """The same for the paths that are read, as ("triage", "decision")."""
    asked = {key for process in package.processes for key in process.form_keys()}
    results = _results(package, known)
    for path in sorted(paths):
        first, second = path[0], path[1] if len(path) > 1 else None
        if first in FACTS:
            if second and second not in FACTS[first]:
                yield found("unknown_field", drawn, form=first, field=second)
        elif first in asked:
            yield from _check_answer(drawn, known, answered, first, second)
        elif first in package.names_in_rounds.get(drawn.id, frozenset()):
            continue
        elif first in results:
            parts = results[first]
            if second and parts is not None and second not in parts:
                yield found("unknown_field", drawn, form=first, field=second)
        elif first != CLIENT:
            yield found("unknown_name", drawn, unknown=first)


def _check_answer(
    drawn: Drawn, known: Known, answered: frozenset[str], form: str, field: str | None
) -> Iterator[Finding]:
    fields = known.forms.get(form)
    if fields is not None and field and field not in fields:
        yield found("unknown_field", drawn, form=form, field=field)
    elif form not in answered:
        yield found("not_answered_yet", drawn, form=form)


def _results(package: Package, known: Known) -> dict[str, frozenset[str] | None]:
    """The variables that take results of steps, and what is in each; None when that is not known beforehand."""
    found_in: dict[str, frozenset[str] | None] = {}
    for node in package.nodes():
        operation = operation_of(node, known)
        gives = operation.gives | {"error"} if operation is not None else RESULTS.get(verb_of(node))
        name = result_of(node, known)
        if node.kind == "businessRuleTask" or _is_told_by_message(node):
            found_in[name] = None
        elif gives is not None:
            parts = found_in.get(name, frozenset())
            found_in[name] = None if parts is None else parts | gives
        if collected := node.said_of_rounds("loopDataOutputRef", "results"):
            found_in[collected] = None
    return found_in


def _is_told_by_message(node: Node) -> bool:
    return node.trigger == "message" and (node.kind in CATCHING or node.begins_handler)


def check_result(node: Node, package: Package, known: Known) -> Iterator[Finding]:
    """What comes of a step has a name that nothing else has."""
    taken = {form for process in package.processes for form in process.form_keys()} | {"ticket", CLIENT}
    if result_of(node, known) in taken:
        yield found("result_taken", node, result=result_of(node, known))


def verb_of(node: Node) -> str:
    operator = node.xml.find(f".//{SPIFF}serviceTaskOperator") if node.kind == "serviceTask" else None
    return (operator.get("id") or "") if operator is not None else ""


def result_of(node: Node, known: Known) -> str:
    """The variable that takes what comes of a step."""
    if node.kind == "businessRuleTask" and isinstance(known.decisions, Models):
        return variable_of(known.decisions, node.properties)
    return node.properties.get("result") or node.id


def operation_of(node: Node, known: Known) -> Operation | None:
    """What a service task asks another system for, if it does and both are known."""
    if node.kind != "serviceTask" or refused_as(node):
        return None
    given = parameters_of(node)
    system = known.systems.get(plain_text(given.get("system", "")))
    return system.operations.get(plain_text(given.get("operation", ""))) if system else None


def parameters_of(node: Node) -> dict[str, str]:
    """The parameters of a service task, as they are written."""
    found = node.xml.iterfind(f".//{SPIFF}serviceTaskOperator/{SPIFF}parameters/{SPIFF}parameter")
    return {x.get("id") or "": (x.get("value") or "").strip() for x in found}


def plain_text(text: str) -> str:
    """The text that an expression is, when it is nothing but a text in quotes; else ""."""
    try:
        value = constant(parse(text)) if text else None
    except FeelError:
        return ""
    return value if isinstance(value, str) else ""


def answered_before(package: Package) -> Answered:
    """For each node the forms that may have been answered when a token gets there."""
    before: dict[str, set[str]] = {n.id: set() for n in package.nodes()}
    inside: dict[str, frozenset[str]] = {}
    changed = True
    while changed:
        size = sum(map(len, before.values()))
        for scope in package.scopes():
            for node in scope.nodes.values():
                _pass_on(package, scope, node, before, inside)
        changed = sum(map(len, before.values())) > size
    return {key: frozenset(forms) for key, forms in before.items()}


def _pass_on(
    package: Package, scope: Scope, node: Node, before: dict[str, set[str]], inside: dict[str, frozenset[str]]
) -> None:
    """Hand what is answered at `node` to everything a token may go to from there."""
    inner = inner_scope(package, scope, node)
    forms = before[node.id]
    if inner is not None:
        for start in inner.of_kind("startEvent"):
            before[start.id] |= forms
        forms = forms | _forms_inside(package, inner, inside)
    for boundary in scope.attached(node):
        before[boundary.id] |= forms
    for handler in scope.handlers:
        # It may begin at any time, so behind everything that is asked around it.
        before[handler.id] |= forms | ({node.properties["form"]} if node.properties.get("form") else set())
    own = {node.properties["form"]} if node.properties.get("form") else set[str]()
    for flow in scope.outgoing(node):
        before[flow.target] |= forms | own


def _forms_inside(package: Package, scope: Scope, known: dict[str, frozenset[str]]) -> frozenset[str]:
    """The forms asked inside `scope` and in what it calls. known: found before, so that calls do not multiply."""
    key = scope.owner.id
    if key not in known:
        forms = {n.properties["form"] for n in scope.nodes.values() if n.properties.get("form")}
        for node in scope.nodes.values():
            inner = inner_scope(package, scope, node)
            forms |= _forms_inside(package, inner, known) if inner is not None else set()
        known[key] = frozenset(forms)
    return known[key]
