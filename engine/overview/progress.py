"""Where a ticket stands, read from diagram, trail and work items: nothing here knows a particular process."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload, lazyload

from engine.diagrams.bundle import Element, Kind
from engine.overview.likely import likely_next
from engine.records import Instance, ItemState, TrailStep, WorkItem
from engine.versions import LoadedVersion, shelf_of
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket

NEXT_SHOWN = 3
COMING_SHOWN = 5
UNATTENDED = {Kind.SERVICE_TASK, Kind.CATCH, Kind.RECEIVE_TASK}
CALL = "call_system"  # the verb whose service task waits


@dataclass(frozen=True)
class PathStep:
    """One step of the way, in the client's words. within: the subprocesses and called processes around it, by name."""

    element_id: str
    name: str
    state: str  # done, now, next, skipped
    at: datetime | None = None
    item: WorkItem | None = None
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """One of the drawings of a ticket's process: the main one, or that of a process it calls. of: an element in it."""

    process: str
    name: str
    of: str


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
        current = self.standing_at()
        left = {step.element_id for step in self.trail if step.what == "left"}
        cancelled = {step.element_id for step in self.trail if step.what == "cancelled"}
        return {"done": sorted(left - set(current)), "current": sorted(set(current)),
                "cancelled": sorted(cancelled - left - set(current))}

    @property
    def here(self) -> str | None:
        """An element at which the process stands, the client's last, if there is one: it says which diagram to draw."""
        waiting = sorted((item for item in self.items if item.is_open), key=lambda item: (item.is_for_client, item.id))
        return next(iter([*(item.element_id for item in waiting), *self.standing_at()]), None)

    def drawings(self, language: str) -> list[Drawing]:
        """The drawings of the process and of those it calls, the main one first, each file once."""
        elements = self.version.bundle.elements
        start = elements[self.version.start_element]
        found = {start.file: Drawing(start.process, self.version.name(language), start.id)}
        for call in (one for one in elements.values() if one.kind is Kind.CALL):
            inside = next(one for one in elements.values() if one.process == call.called and one.parent is None)
            found.setdefault(inside.file, Drawing(inside.process, client_name(call, language), inside.id))
        return list(found.values())

    def words(self, element_id: str, language: str, *, for_client: bool) -> str:
        """What a step is called."""
        element = self.version.element(element_id)
        if element is None:
            return element_id
        return client_name(element, language) if for_client else staff_name(element, language)

    def name_of(self, item: WorkItem, language: str, *, for_client: bool) -> str:
        """What a step that somebody has or had to do is called."""
        return item.name(language) if item.completes_start else self.words(
            item.element_id, language, for_client=for_client)

    def unattended(self) -> list[TrailStep]:
        """Where the process waits for nobody here: for another system, for a message, for a moment."""
        if self.instance.ended_at is not None:
            return []
        last = {step.token: step for step in self.trail}
        return [step for step in last.values() if step.what == "entered"
                and (element := self.version.element(step.element_id)) is not None and element.kind in UNATTENDED]

    def standing_at(self) -> list[str]:
        """The elements at which the process waits, for whomever or whatever."""
        return [*(item.element_id for item in self.items if item.is_open),
                *(step.element_id for step in self.unattended())]

    def coming(self) -> list[Element]:
        """The human steps that are likely to follow, and the end."""
        return likely_next(self.version.bundle, self.standing_at(), self.instance.variables)

    def within(self, element_id: str, language: str) -> tuple[str, ...]:
        """The names of what is around an element, the outermost first.

        A called process is always told; a subprocess only if its drawing says how it is told to the client.
        """
        return tuple(client_name(one, language) for one in reversed([*self._around(element_id)])
                     if one.kind is Kind.CALL or is_told(one))

    def _around(self, element_id: str) -> Iterator[Element]:
        elements = self.version.bundle.elements
        element = elements.get(element_id)
        while element is not None:
            around = elements.get(element.parent or "") or self._caller(element.process)
            if around is not None:
                yield around
            element = around

    def _caller(self, process: str) -> Element | None:
        """The call activity that a called process runs for: the one entered last, else the first that is drawn."""
        calls = {one.id: one for one in self.version.bundle.elements.values()
                 if one.kind is Kind.CALL and one.called == process}
        entered = (step.element_id for step in reversed(self.trail) if step.what == "entered")
        return next((calls[one] for one in entered if one in calls), next(iter(calls.values()), None))

    def _start(self, language: str) -> PathStep:
        start = self.version.bundle.elements[self.version.start_element]
        return PathStep(start.id, client_name(start, language), "done", self.instance.started_at)

    def _walked(self, language: str) -> list[PathStep]:
        """What people have done and what was waited for, in the order in which it ended."""
        done: list[tuple[datetime, str, str, WorkItem | None]] = [
            (item.ended_at or item.opened_at, item.element_id,
             "done" if item.state == ItemState.DONE.value else "skipped", item)
            for item in sorted(self.items, key=lambda item: item.id) if not item.is_open]
        done += [(step.at, step.element_id, "done", None) for step in self.trail
                 if step.what == "left" and self._is_waited_at(step.element_id)]
        return [self._step(element_id, language, state, at, item)
                for at, element_id, state, item in sorted(done, key=lambda one: one[0])]

    def _current(self, language: str) -> list[PathStep]:
        return [self._step(item.element_id, language, "now", item.opened_at, item)
                for item in self.items if item.is_open] + [
            self._step(step.element_id, language, "now", step.at) for step in self.unattended()]

    def _end(self, language: str) -> list[PathStep]:
        if not self.instance.end_element:
            return []
        return [self._step(self.instance.end_element, language, "done", self.instance.ended_at)]

    def _coming(self, language: str) -> list[PathStep]:
        return [self._step(element.id, language, "next") for element in self.coming()[:NEXT_SHOWN]]

    def _step(self, element_id: str, language: str, state: str, at: datetime | None = None,
              item: WorkItem | None = None) -> PathStep:
        name = (self.words(element_id, language, for_client=True) if item is None
                else self.name_of(item, language, for_client=True))
        return PathStep(element_id, name, state, at, item,
                        self.within(element_id, language))

    def _is_waited_at(self, element_id: str) -> bool:
        """Whether the process rests at the element although nobody has a step there; a link is only a jump."""
        element = self.version.element(element_id)
        if element is None:
            return False
        return element.verb == CALL or (element.kind in {Kind.CATCH, Kind.RECEIVE_TASK} and element.trigger != "link")


def coming_after_start(version: LoadedVersion, language: str) -> list[str]:
    """What a new request goes through when everything goes its plain way, in the client's words."""
    return [client_name(element, language)
            for element in likely_next(version.bundle, [version.start_element], {})[:COMING_SHOWN]]


def progress_of(session: Session, ticket: Ticket) -> Progress:
    """The progress of a ticket; loads no state of the instance."""
    instance = session.scalar(select(Instance).where(Instance.ticket_id == ticket.id).options(defer(Instance.state)))
    assert instance is not None, "every ticket has an instance"
    version = shelf_of(session).take(session, instance.version_id)
    trail = session.scalars(select(TrailStep).where(TrailStep.ticket_id == ticket.id).order_by(TrailStep.id))
    items = session.scalars(select(WorkItem).where(WorkItem.ticket_id == ticket.id).order_by(WorkItem.id).options(
        joinedload(WorkItem.team), joinedload(WorkItem.holder).options(lazyload(Person.memberships))))
    return Progress(version, instance, list(trail), list(items))


def client_name(element: Element, language: str) -> str:
    """How the step is told to the client."""
    return element.public.get(language) or element.names.get(language) or element.name or element.id


def is_told(element: Element) -> bool:
    """Whether the drawing itself says how the client is told of it."""
    return "public.pl" in element.properties


def staff_name(element: Element, language: str) -> str:
    return element.names.get(language) or element.name or element.id
