"""How incidents are told on pages: a sentence for people, the detail folded away, and what can be done."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.diagrams.elements import Element, Flow
from engine.diagrams.mending import PASSABLE, Place
from engine.overview.progress import staff_name
from engine.records import Incident
from engine.repair.variables import Kind, Variable, list_variables
from engine.versions import LoadedVersion
from helpdesk.languages import _
from helpdesk.people.accounts import Person
from web.language import gettext, language

WHEN_IT_FAILED = {
    "alarm": _("A time that was set ran out, and the process could not go on from there."),
    "call": _("Another system could not be asked, or its answer could not be used."),
    "complete": _("Somebody finished a step, and what follows it could not be done. Their answers are kept."),
    "reply": _("The client answered, and the process could not go on from there. The answer is kept."),
}
AT_ALL = _("The process could not go on from here.")
INPUT_TYPES = {Kind.DATE: "date", Kind.TIME: "time"}


def tell_fault(session: Session, incident: Incident, version: LoadedVersion, *,
               next_at: datetime | None = None) -> dict[str, Any]:
    """One incident: where, why, since when, how often tried, when next, and who mended it."""
    element = version.element(incident.element_id)
    act = incident.act.partition(":")[0]
    mender = session.get(Person, incident.mended_by_id) if incident.mended_by_id else None
    return {"element": incident.element_id, "step": staff_name(element, language()) if element else "",
            "sentence": gettext(WHEN_IT_FAILED.get(act, AT_ALL)), "reason": incident.reason, "act": act,
            "tries": incident.tries, "since": incident.happened_at, "tried_at": incident.tried_at, "next_at": next_at,
            "waits_for_person": incident.waits_for_person_at is not None, "mended_at": incident.mended_at,
            "mender": mender.name if mender else ""}


def tell_places(places: Iterable[Place], incidents: Iterable[Incident], version: LoadedVersion) -> dict[str, Any]:
    """What can be skipped, and where each token can be put; every choice is one value of a list."""
    places = list(places)
    standing = {place.element.id for place in places}
    elements = version.bundle.elements
    failed = [elements[one] for one in dict.fromkeys(incident.element_id for incident in incidents)
              if one in elements and one not in standing and elements[one].kind in PASSABLE]
    skips = [_skip(element, [flow for flow in version.bundle.flows if flow.source == element.id], version)
             for element in [*failed, *(place.element for place in places)]]
    return {"skips": skips, "standing": [staff_name(place.element, language()) for place in places],
            "moves": [{"name": staff_name(place.element, language()), "choices": [
                {"value": f"{place.token} {target.id}", "label": staff_name(target, language())}
                for target in place.targets]} for place in places if place.targets]}


def tell_variables(version: LoadedVersion, variables: Mapping[str, Any], *, with_texts: bool) -> list[dict[str, Any]]:
    """The values that can be corrected, by the words of the form.

    with_texts: whether what people wrote in their own words may be seen.
    """
    return [{"name": one.name, "label": one.label.get(language()) or one.name,
             "value": _shown(one) if with_texts or not _is_written(one) else gettext("(not for you to see)"),
             "raw": _raw(one.value) if with_texts or not _is_written(one) else "",
             "kind": one.kind.value, "input": INPUT_TYPES.get(one.kind, "text"),
             "options": _options(one)} for one in list_variables(version, variables)]


def _skip(element: Element, flows: list[Flow], version: LoadedVersion) -> dict[str, Any]:
    name = staff_name(element, language())
    is_choice = len(flows) > 1 and (element.kind == "eventBasedGateway"
                                    or any(flow.condition or flow.is_default for flow in flows))
    if not is_choice:
        return {"name": name, "choices": [{"value": element.id, "label": name}]}
    return {"name": name, "choices": [
        {"value": f"{element.id} {flow.id}",
         "label": gettext("{step}, along “{way}”", step=name, way=_way(flow, version))} for flow in flows]}


def _way(flow: Flow, version: LoadedVersion) -> str:
    named = flow.names.get(language()) or flow.name
    return named or staff_name(version.bundle.elements[flow.target], language())


def _is_written(variable: Variable) -> bool:
    """Whether it is a text of somebody's own: what a form asked for in words, and was given."""
    return variable.kind is Kind.TEXT and bool(variable.label) and variable.value is not None


def _shown(variable: Variable) -> str:
    value = variable.value
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if variable.options:
        return next((one.label[language()] for one in variable.options if one.value == value), _raw(value))
    return _raw(value)


def _raw(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _options(variable: Variable) -> list[tuple[str, str]]:
    if variable.kind is Kind.YES_NO:
        return [("true", gettext("yes")), ("false", gettext("no"))]
    return [(one.value, one.label[language()]) for one in variable.options]
