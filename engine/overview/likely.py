"""What is likely to come next: the plain way from where a process stands to its end."""

from collections.abc import Mapping
from typing import Any

from engine.diagrams.bundle import Bundle, Element, Flow, Kind
from engine.diagrams.elements import TASKS, Trigger
from feel import FeelError, parse

STEPS = {Kind.USER_TASK}
CHOOSING = {Kind.EXCLUSIVE, Kind.INCLUSIVE, *TASKS}


def likely_next(bundle: Bundle, here: list[str], variables: Mapping[str, Any]) -> list[Element]:
    """The human steps that follow when everything goes its plain way, and the end they lead to.

    At a gateway the answers given so far decide, unless their form is filled in again on the way; else the default
    flow counts, and then the others. Boundary events and errors are exceptions and are not walked.
    """
    flows: dict[str, list[Flow]] = {}
    for flow in bundle.flows:
        flows.setdefault(flow.source, []).append(flow)
    walk = _Walk(bundle, flows)
    for element_id in here:
        way = walk.to_the_end(element_id, dict(variables), frozenset())
        if way is not None:
            return [one for one in way if one.id not in here]
    return []


class _Walk:
    """A search for the plain way to the end, the likeliest flow first."""

    def __init__(self, bundle: Bundle, flows: Mapping[str, list[Flow]]) -> None:
        self.bundle, self.flows = bundle, flows
        self.dead: set[str] = set()

    def to_the_end(self, element_id: str, known: dict[str, Any], seen: frozenset[str]) -> list[Element] | None:
        if element_id in seen or element_id in self.dead:
            return None
        element = self.bundle.elements[element_id]
        if element.kind is Kind.END and element.parent is None:
            return self._beyond(element, known, seen)
        if element.kind in STEPS:
            known = {key: value for key, value in known.items() if key != element.properties.get("form")}
        for target in self._onward(element, known):
            rest = self.to_the_end(target, known, seen | {element_id})
            if rest is not None:
                return [element, *rest] if element.kind in STEPS else rest
        if not seen:
            return None
        self.dead.add(element_id)
        return None

    def _beyond(self, end: Element, known: dict[str, Any], seen: frozenset[str]) -> list[Element] | None:
        """From an end: it is the end of all, or a called process goes back to where it was called."""
        if end.process == self.bundle.process_id:
            return [end]
        if end.trigger is Trigger.ERROR:
            return None
        calls = [one.id for one in self.bundle.elements.values() if one.kind is Kind.CALL and one.called == end.process]
        caller = next((one for one in calls if one in seen), next(iter(calls), ""))
        for target in self._after(caller):
            rest = self.to_the_end(target, known, seen | {end.id})
            if rest is not None:
                return rest
        return None

    def _onward(self, element: Element, known: dict[str, Any]) -> list[str]:
        if element.kind is Kind.END:
            return [] if element.trigger is Trigger.ERROR or element.parent is None else self._after(element.parent)
        if element.kind is Kind.CALL:
            return [one.id for one in self.bundle.elements.values()
                    if one.process == element.called and one.parent is None and one.kind is Kind.START]
        if element.kind is Kind.SUBPROCESS:
            return [one.id for one in self.bundle.elements.values()
                    if one.parent == element.id and one.kind is Kind.START]
        if element.trigger is Trigger.LINK and element.kind is Kind.THROW:
            return [one.id for one in self.bundle.elements.values()
                    if one.kind is Kind.CATCH and one.trigger is Trigger.LINK and one.code == element.code
                    and (one.process, one.parent) == (element.process, element.parent)]
        if element.kind not in CHOOSING:
            return self._after(element.id)
        flows = sorted(self.flows.get(element.id, []), key=lambda flow: not flow.is_default)
        decided = [flow for flow in flows if flow.condition and _holds(flow.condition, known)]
        return [flow.target for flow in (decided or flows)]

    def _after(self, element_id: str) -> list[str]:
        return [flow.target for flow in self.flows.get(element_id, [])]


def _holds(condition: str, known: dict[str, Any]) -> bool:
    try:
        return parse(condition).evaluate(known) is True
    except FeelError:
        return False
