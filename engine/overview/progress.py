"""Where a ticket stands, read from diagram, trail and work items: nothing here knows a particular process."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from engine.diagrams.bundle import Bundle, Element, Flow, Kind
from engine.diagrams.elements import TASKS, Trigger
from engine.records import Instance, ItemState, TrailStep, WorkItem
from engine.versions import LoadedVersion, shelf_of
from feel import FeelError, parse
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket

NEXT_SHOWN = 3
STEPS = {Kind.USER_TASK}
CHOOSING = {Kind.EXCLUSIVE, Kind.INCLUSIVE, *TASKS}
UNATTENDED = {Kind.SERVICE_TASK, Kind.CATCH}


@dataclass(frozen=True)
class PathStep:
    """One step of the way, in the client's words."""

    element_id: str
    name: str
    state: str  # done, now, next, skipped
    at: datetime | None = None
    item: WorkItem | None = None


@dataclass(frozen=True)
class Progress:
    """The way of a ticket so far, and what the diagram shows next."""

    version: LoadedVersion
    instance: Instance
    trail: list[TrailStep]
    items: list[WorkItem]

    def path(self, language: str) -> list[PathStep]:
        """Steps done, the steps now, and the likely next ones."""
        steps = [self._start(language), *self._walked(language), *self._current(language)]
        if self.instance.ended_at is not None:
            return [*steps, *self._end(language)]
        return [*steps, *self._coming(language)]

    def marks(self) -> dict[str, Any]:
        """What the drawing shows: ids of elements done, current and cancelled."""
        current = self._here()
        left = {step.element_id for step in self.trail if step.what == "left"}
        cancelled = {step.element_id for step in self.trail if step.what == "cancelled"}
        return {"done": sorted(left - set(current)), "current": sorted(set(current)),
                "cancelled": sorted(cancelled - left - set(current))}

    @property
    def here(self) -> str | None:
        """The element of an open step, the client's last, if there is one: it says which diagram to draw."""
        waiting = sorted((item for item in self.items if item.is_open), key=lambda item: (item.is_for_client, item.id))
        return waiting[0].element_id if waiting else None

    def words(self, element_id: str, language: str, *, for_client: bool) -> str:
        """What a step is called."""
        element = self.version.element(element_id)
        if element is None:
            return element_id
        return client_name(element, language) if for_client else staff_name(element, language)

    def _start(self, language: str) -> PathStep:
        start = self.version.bundle.elements[self.version.start_element]
        return PathStep(start.id, client_name(start, language), "done", self.instance.started_at)

    def _walked(self, language: str) -> list[PathStep]:
        done = [item for item in self.items if not item.is_open]
        return [PathStep(item.element_id, self.words(item.element_id, language, for_client=True),
                         "done" if item.state == ItemState.DONE.value else "skipped", item.ended_at, item)
                for item in sorted(done, key=lambda item: (item.ended_at or item.opened_at, item.id))]

    def _current(self, language: str) -> list[PathStep]:
        return [PathStep(item.element_id, self.words(item.element_id, language, for_client=True), "now",
                         item.opened_at, item) for item in self.items if item.is_open] + [
            PathStep(step.element_id, self.words(step.element_id, language, for_client=True), "now", step.at)
            for step in self.unattended()]

    def unattended(self) -> list[TrailStep]:
        """Where the process waits for nobody here: for another system, for a message, for a moment."""
        if self.instance.ended_at is not None:
            return []
        last = {step.token: step for step in self.trail}
        return [step for step in last.values() if step.what == "entered"
                and (element := self.version.element(step.element_id)) is not None and element.kind in UNATTENDED]

    def _here(self) -> list[str]:
        return [*(item.element_id for item in self.items if item.is_open),
                *(step.element_id for step in self.unattended())]

    def _end(self, language: str) -> list[PathStep]:
        if not self.instance.end_element:
            return []
        return [PathStep(self.instance.end_element, self.words(self.instance.end_element, language, for_client=True),
                         "done", self.instance.ended_at)]

    def _next(self, here: list[str]) -> list[Element]:
        return likely_next(self.version.bundle, here, self.instance.variables)

    def _coming(self, language: str) -> list[PathStep]:
        here = self._here()
        return [PathStep(element.id, client_name(element, language), "next")
                for element in self._next(here)[:NEXT_SHOWN]]


def progress_of(session: Session, ticket: Ticket) -> Progress:
    """The progress of a ticket; loads no state of the instance."""
    instance = session.scalar(select(Instance).where(Instance.ticket_id == ticket.id).options(defer(Instance.state)))
    assert instance is not None, "every ticket has an instance"
    version = shelf_of(session).take(session, instance.version_id)
    trail = session.scalars(select(TrailStep).where(TrailStep.ticket_id == ticket.id).order_by(TrailStep.id))
    items = session.scalars(select(WorkItem).where(WorkItem.ticket_id == ticket.id).order_by(WorkItem.id)
                            .options(joinedload(WorkItem.holder).lazyload(Person.memberships)))
    return Progress(version, instance, list(trail), list(items))


def client_name(element: Element, language: str) -> str:
    """How the step is told to the client."""
    return element.public.get(language) or element.names.get(language) or element.name or element.id


def staff_name(element: Element, language: str) -> str:
    return element.names.get(language) or element.name or element.id


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
            return [element] if element.process == self.bundle.process_id else None
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

    def _onward(self, element: Element, known: dict[str, Any]) -> list[str]:
        if element.kind is Kind.END:
            return [] if element.trigger is Trigger.ERROR or element.parent is None else self._after(element.parent)
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
