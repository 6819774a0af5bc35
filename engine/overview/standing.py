"""How a request stands at this moment: what it waits for, who has it, what comes next, whether the process stopped."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.diagrams.bundle import Element, Kind
from engine.diagrams.elements import Trigger
from engine.overview.progress import CALL, Progress
from engine.records import Incident, TrailStep, WorkItem
from feel import FeelError, parse
from helpdesk.tickets import Ticket
from sla.alarms import Alarm
from sla.alarms import Kind as AlarmKind

MOST_HOPS = 10
CLOSE = "close"


class WaitsFor(StrEnum):
    """Whom or what the process waits for."""

    CLIENT = "client"
    TEAM = "team"
    SYSTEM = "system"
    MOMENT = "moment"
    NEWS = "news"


class After(StrEnum):
    """What comes of it when a step is not done in time."""

    CLOSED = "closed"
    OVER = "over"
    STEP = "step"
    ONWARD = "onward"


@dataclass(frozen=True)
class Wait:
    """One thing that is waited for.

    until: of a moment when it comes; of a step the moment at which the drawing goes on without it.
    after: what it goes on to; if that is a step, `otherwise` is the step. system: the key of the system that was asked.
    """

    element: Element
    waits_for: WaitsFor
    since: datetime
    item: WorkItem | None = None
    until: datetime | None = None
    after: After | None = None
    otherwise: Element | None = None
    system: str = ""


@dataclass(frozen=True)
class Standing:
    """What is going on, what is likely to come, and since when the process has stopped, if it has."""

    waits: list[Wait]
    next: list[Element]
    stopped_since: datetime | None = None


def standing_of(session: Session, ticket: Ticket, progress: Progress) -> Standing:
    """How the ticket stands, the client's own steps first; two statements, however long its way."""
    stopped = session.scalar(select(Incident.happened_at).where(
        Incident.ticket_id == ticket.id, Incident.mended_at.is_(None)).order_by(Incident.id).limit(1))
    if progress.instance.ended_at is not None:
        return Standing([], [], stopped)
    moments = _moments(session, ticket)
    waits = [_of_item(progress, item, moments) for item in progress.items if item.is_open]
    waits += [_of_trail(progress, step, moments) for step in progress.unattended()]
    return Standing(sorted(waits, key=lambda wait: wait.waits_for is not WaitsFor.CLIENT), progress.coming(), stopped)


def _moments(session: Session, ticket: Ticket) -> dict[str, datetime]:
    """When the timers that are set will ring, by element; of several the first."""
    rows = session.execute(select(Alarm.element_id, Alarm.due_at).where(
        Alarm.ticket_id == ticket.id, Alarm.kind == AlarmKind.TIMER.value, Alarm.fired_at.is_(None))
        .order_by(Alarm.due_at.desc()))
    return {row.element_id: row.due_at for row in rows}


def _of_item(progress: Progress, item: WorkItem, moments: dict[str, datetime]) -> Wait:
    elements = progress.version.bundle.elements
    ends = [(moments[one.id], one) for one in elements.values()
            if one.id in moments and one.attached_to == item.element_id and one.is_interrupting]
    until, event = min(ends, key=lambda end: end[0]) if ends else (None, None)
    waits_for = WaitsFor.CLIENT if item.is_for_client else WaitsFor.TEAM
    after, otherwise = _after(progress, event) if event is not None else (None, None)
    return Wait(elements[item.element_id], waits_for, item.opened_at, item, until, after, otherwise)


def _after(progress: Progress, event: Element) -> tuple[After, Element | None]:
    """What an event leads to: a step, an end, or something that the drawing decides only then."""
    bundle, element = progress.version.bundle, event
    for _ in range(MOST_HOPS):
        if element.kind is Kind.USER_TASK:
            return After.STEP, element
        if element.kind is Kind.END or element.verb == CLOSE:
            # An end within the process says by an error that the matter did not go its way.
            is_closed = element.verb == CLOSE or element.trigger is Trigger.ERROR
            return (After.CLOSED if is_closed else After.OVER), None
        ways = [flow.target for flow in bundle.flows if flow.source == element.id]
        if element.verb == CALL or len(ways) != 1:
            break
        element = bundle.elements[ways[0]]
    return After.ONWARD, None


def _of_trail(progress: Progress, step: TrailStep, moments: dict[str, datetime]) -> Wait:
    element = progress.version.bundle.elements[step.element_id]
    if element.kind is Kind.SERVICE_TASK:
        system = _plain(element.parameters.get("system", "")) if element.verb == CALL else ""
        return Wait(element, WaitsFor.SYSTEM, step.at, system=system)
    if element.trigger is Trigger.TIMER:
        return Wait(element, WaitsFor.MOMENT, step.at, until=moments.get(element.id))
    return Wait(element, WaitsFor.NEWS, step.at)


def _plain(text: str) -> str:
    """The value of an expression that needs nothing to be known."""
    try:
        return str(parse(text).evaluate({}))
    except FeelError:
        return ""
