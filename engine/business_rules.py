"""The step of a process that makes a decision: a business rule task."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from engine.decisions.errors import DecisionRefused, UnknownDecision
from engine.decisions.models import Models
from engine.diagrams.elements import Element
from engine.diagrams.errors import EngineError
from engine.diagrams.xml import is_plain_id
from feel import Function, Range, parse
from feel.values import Value

_TEXT = parse("string(value)")


def decide(models: Models, element: Element, inputs: Mapping[str, object], *, now: datetime) -> dict[str, object]:
    """What the decision named by a business rule task gives, under the name of the task's variable.

    Null is a result. If it is null because something went wrong, a step that goes on would hide that: EngineError.
    """
    name = element.properties.get("decision", "")
    try:
        outcome = models.decide(name, inputs, now=now)
    except (DecisionRefused, UnknownDecision) as error:
        raise EngineError(element_id=element.id, reason=str(error)) from error
    if outcome.value is None and outcome.notes:
        raise EngineError(element_id=element.id, reason=str(outcome.notes[0]))
    return {variable_of(models, element.properties): _kept(outcome.value, element)}


def _kept(value: Value, element: Element) -> object:
    """The value as variables are kept: moments and durations as the text they are read from, numbers as in JSON."""
    if isinstance(value, Function | Range):
        raise EngineError(element_id=element.id, reason="the decision gives no value that can be kept")
    if isinstance(value, list):
        return [_kept(one, element) for one in value]
    if isinstance(value, dict):
        return {name: _kept(one, element) for name, one in value.items()}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else float(value)
    return value if value is None or isinstance(value, str | bool) else _TEXT.evaluate({"value": value})


def variable_of(models: Models, properties: Mapping[str, str]) -> str:
    """The variable that a business rule task with these properties writes: `result`, else the id of the decision."""
    name = properties.get("decision", "")
    found = models.find(name)
    own = found[1].id if found else name
    return properties.get("result") or (own if is_plain_id(own) else name)
