"""Service tasks: verbs we know, with the parameters they need and values they understand."""

from collections.abc import Iterator

from engine.checks.drawing import SPIFF, Node, Package
from engine.checks.expressions import (
    Answered,
    check_names,
    check_result,
    constant,
    operation_of,
    parameters_of,
    plain_text,
    read,
)
from engine.checks.findings import Finding, found
from engine.checks.kinds import refused_as
from engine.checks.known import Known
from engine.checks.timers import check_allowed
from engine.complaints.records import Verdict
from engine.consents.acts import Occasion
from helpdesk.texts import TO_ADDRESSES
from helpdesk.tickets import Priority, Status
from sla.promises import OF_DESK, PauseReason

CALL = "call_system"
VALUES: dict[tuple[str, str], tuple[str, ...]] = {
    ("set_status", "status"): tuple(Status),
    ("set_priority", "priority"): tuple(Priority),
    ("pause_clock", "reason"): tuple(one for one in PauseReason if one not in OF_DESK),
    ("notify_address", "text"): tuple(sorted(TO_ADDRESSES)),
    ("say_text", "kind"): ("question", "reply", "solution"),
    ("notify", "to"): ("client", "lead", "manager", "team"),
    ("write_to_office", "occasion"): tuple(Occasion),
    ("settle_complaint", "verdict"): tuple(Verdict),
    ("close", "outcome"): ("solved", "accepted", "expired", "refused", "no_answer", "deleted", "withdrawn", "upheld",
                           "rejected"),
}
ALLOWED_TIMES = {("start_clock", "allowed")}
LETTERS = {("notify", "text"), ("notify_address", "text")}
# text: "form.field"
FIELDS = {("ask_client", "field"), ("publish_solution", "field"), ("tell_client", "field"), ("say_text", "field")}


def check_verbs(package: Package, known: Known, answered: Answered) -> Iterator[Finding]:
    """Every service task names a verb we know and gives it what it needs."""
    for node in package.nodes():
        if node.kind != "serviceTask" or refused_as(node):
            continue
        operator = node.xml.find(f".//{SPIFF}serviceTaskOperator")
        verb = (operator.get("id") if operator is not None else "") or ""
        if operator is None or not verb:
            yield found("service_without_verb", node)
        elif verb not in known.verbs:
            yield found("unknown_verb", node, verb=verb)
        else:
            yield from _check_parameters(node, verb, package, known, answered)
            if verb == CALL:
                yield from _check_call(node, package, known)


def _check_parameters(
    node: Node, verb: str, package: Package, known: Known, answered: Answered
) -> Iterator[Finding]:
    required, optional = known.verbs[verb]
    operation = operation_of(node, known) if verb == CALL else None
    if operation is not None:
        required, optional = required | operation.required, optional | operation.optional
    given = parameters_of(node)
    for name in sorted(required):
        if not given.get(name):
            yield found("missing_parameter", node, verb=verb, parameter=name)
    for name, text in given.items():
        if name not in required | optional and (verb != CALL or operation is not None):
            yield found("unknown_parameter", node, verb=verb, parameter=name)
            continue
        expression = read(node, text) if text else None
        if isinstance(expression, Finding):
            yield expression
        elif expression is not None:
            yield from check_names(expression, node, package, known, answered[node.id])
            yield from _check_value(node, verb, name, constant(expression), package, known)


def _check_call(node: Node, package: Package, known: Known) -> Iterator[Finding]:
    """A call names a system and an operation of the catalogue, and its answer gets a name of its own."""
    given = parameters_of(node)
    key, operation = plain_text(given.get("system", "")), plain_text(given.get("operation", ""))
    system = known.systems.get(key)
    if given.get("system") and system is None:
        yield found("unknown_system", node, system=key or given["system"], choices=", ".join(sorted(known.systems)))
    elif system is not None and given.get("operation") and operation not in system.operations:
        yield found("unknown_operation", node, system=key, operation=operation or given["operation"],
                    choices=", ".join(sorted(system.operations)))
    yield from check_result(node, package, known)


def _check_value(
    node: Node, verb: str, name: str, value: object, package: Package, known: Known
) -> Iterator[Finding]:
    """A parameter that is a plain text: is it one the verb understands?"""
    if not isinstance(value, str):
        return
    place = (verb, name)
    if place in VALUES and value not in VALUES[place]:
        yield found("unknown_value", node, parameter=name, value=value, choices=", ".join(VALUES[place]))
    if place in LETTERS and value not in known.letters:
        yield found("unknown_letter", node, letter=value)
    if place in ALLOWED_TIMES:
        yield from check_allowed(node, value, known)
    if place in FIELDS:
        form, _, field = value.partition(".")
        asked = {key for process in package.processes for key in process.form_keys()}
        if form not in asked or field not in known.forms.get(form, frozenset()):
            yield found("unknown_field", node, form=form, field=field)
