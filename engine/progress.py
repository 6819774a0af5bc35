"""Where a ticket stands, read from diagram, trail and work items: nothing here knows a particular process."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bundle import Bundle, Element, Kind
from engine.records import Instance, ItemState, TrailStep, WorkItem
from engine.versions import LoadedVersion, shelf_of
from helpdesk.tickets import Ticket

NEXT_SHOWN = 3
STEPS = {Kind.USER_TASK}


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
        current = [item.element_id for item in self.items if item.is_open]
        left = {step.element_id for step in self.trail if step.what == "left"}
        cancelled = {step.element_id for step in self.trail if step.what == "cancelled"}
        return {"done": sorted(left - set(current)), "current": sorted(set(current)),
                "cancelled": sorted(cancelled - left - set(current))}

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
                         item.opened_at, item) for item in self.items if item.is_open]

    def _end(self, language: str) -> list[PathStep]:
        if not self.instance.end_element:
            return []
        return [PathStep(self.instance.end_element, self.words(self.instance.end_element, language, for_client=True),
                         "done", self.instance.ended_at)]

    def _coming(self, language: str) -> list[PathStep]:
        here = [item.element_id for item in self.items if item.is_open]
        return [PathStep(element.id, client_name(element, language), "next")
                for element in likely_next(self.version.bundle, here)[:NEXT_SHOWN]]


def progress_of(session: Session, ticket: Ticket) -> Progress:
    """The progress of a ticket; loads no state of the instance."""
    instance = session.scalar(select(Instance).where(Instance.ticket_id == ticket.id))
    assert instance is not None, "every ticket has an instance"
    version = shelf_of(session).take(session, instance.version_id)
    trail = session.scalars(select(TrailStep).where(TrailStep.ticket_id == ticket.id).order_by(TrailStep.id))
    items = session.scalars(select(WorkItem).where(WorkItem.ticket_id == ticket.id).order_by(WorkItem.id))
    return Progress(version, instance, list(trail), list(items))


def client_name(element: Element, language: str) -> str:
    """How the step is told to the client."""
    return element.public.get(language) or element.names.get(language) or element.name or element.id


def staff_name(element: Element, language: str) -> str:
    return element.names.get(language) or element.name or element.id


def likely_next(bundle: Bundle, here: list[str]) -> list[Element]:
    """The human steps that follow when everything goes its plain way: the nearest first, then the end.

    At a gateway the flow drawn first counts; boundary events are exceptions and are not walked.
    """
    targets: dict[str, list[str]] = {}
    for flow in bundle.flows:
        targets.setdefault(flow.source, []).append(flow.target)
    found: list[Element] = []
    seen = set(here)
    waiting = deque(here)
    while waiting:
        element = bundle.elements[waiting.popleft()]
        for target in _onward(bundle, element, targets):
            if target in seen:
                continue
            seen.add(target)
            reached = bundle.elements[target]
            is_last = reached.kind is Kind.END and reached.parent is None and reached.process == bundle.process_id
            if reached.kind in STEPS or is_last:
                found.append(reached)
            if not is_last:
                waiting.append(target)
    return found


def _onward(bundle: Bundle, element: Element, targets: Mapping[str, list[str]]) -> list[str]:
    if element.kind is Kind.END:
        return targets.get(element.parent or "", [])[:1]
    if element.kind is Kind.SUBPROCESS:
        starts = [one.id for one in bundle.elements.values() if one.parent == element.id and one.kind is Kind.START]
        return starts
    after = targets.get(element.id, [])
    return after[:1] if element.kind is Kind.EXCLUSIVE else after
