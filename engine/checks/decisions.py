"""Business rule tasks: a decision that is there, models that can be read, and data that somebody gives."""

from collections.abc import Iterator, Mapping

from engine.business_rules import variable_of
from engine.checks.drawing import Node, Package
from engine.checks.expressions import Answered, check_paths, check_result
from engine.checks.findings import Finding, found
from engine.checks.kinds import refused_as
from engine.checks.known import Known
from engine.decisions.errors import BadModel
from engine.decisions.models import Models
from engine.diagrams.xml import is_plain_id


def read_models(files: Mapping[str, bytes]) -> Models | BadModel:
    """The models of a package, or why they cannot be read."""
    try:
        return Models(files)
    except BadModel as error:
        return error


def check_decisions(package: Package, known: Known, answered: Answered) -> Iterator[Finding]:
    """Every business rule task names a decision that can be made with what is known when a token gets there."""
    tasks = [node for node in package.nodes() if node.kind == "businessRuleTask" and not refused_as(node)]
    if not tasks:
        return
    models = known.decisions
    if isinstance(models, BadModel):
        yield found("decision_model_refused", tasks[0], file=models.file, row=models.line, reason=models.reason)
        return
    for trouble in models.troubles:
        place = trouble.place
        yield found("decision_unreadable", tasks[0], decision=place.element, file=place.file, row=place.line,
                    problem=trouble.message)
    for node in tasks:
        yield from _check_task(node, models, package, known, answered)


def _check_task(node: Node, models: Models, package: Package, known: Known, answered: Answered) -> Iterator[Finding]:
    decision = node.properties.get("decision", "")
    if not decision:
        yield found("decision_missing", node)
    elif not models.decides(decision):
        yield found("unknown_decision", node, decision=decision)
    else:
        variable = variable_of(models, node.properties)
        if not is_plain_id(variable) or "-" in variable:
            yield found("bad_result_name", node, variable=variable)
        yield from check_result(node, package, known)
        yield from check_paths(models.inputs_of(decision), node, package, known, answered[node.id])
