"""Request types before a request is made: which there are, and what their processes promise, read from the drawing."""

import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.complaints.records import PROCESS as COMPLAINT
from engine.diagrams.bundle import Bundle, Element, Kind
from engine.records import ProcessVersion
from engine.versions import LoadedVersion, shelf_of
from sla.durations import Allowed, BadDuration, parse_allowed

# A text in FEEL; a time that is computed is not known before there is a request.
_TEXT = re.compile(r'\s*"([^"\\]+)"\s*')
# The clocks that are promised to clients, in the order in which they are told.
TOLD = ("first_answer", "solution")


@dataclass(frozen=True, slots=True)
class Promise:
    """How long something may take. lane: key of the team that has the matter then, if it is not the first one's."""

    clock: str
    allowed: Allowed
    lane: str | None = None


def list_request_types(session: Session) -> list[LoadedVersion]:
    """The current versions that a classification may start, by key: all but complaints, which dispute a request."""
    return [version for key, version in sorted(_current(session).items()) if key != COMPLAINT]


def promises_of(session: Session, request_types: Collection[str]) -> Mapping[str, list[Promise]]:
    """What the current version of each request type promises, by its key; nothing for those that are not published."""
    if not request_types:
        return {}
    return {key: drawn_promises(version.bundle) for key, version in _current(session, request_types).items()}


def drawn_promises(bundle: Bundle) -> list[Promise]:
    """The targets that the clocks of a process get, each once, in the order in which its tokens may come to them."""
    found: dict[tuple[str, Allowed], Promise] = {}
    first: dict[str, str | None] = {}
    for element in _in_order(bundle):
        target = _target(element)
        if target is None:
            continue
        clock, allowed = target
        lane = element.lane if first.setdefault(clock, element.lane) != element.lane else None
        found.setdefault(target, Promise(clock, allowed, lane))
    return sorted(found.values(), key=lambda promise: TOLD.index(promise.clock))


def _target(element: Element) -> tuple[str, Allowed] | None:
    if element.verb != "start_clock":
        return None
    clock, allowed = (_TEXT.fullmatch(element.parameters.get(name, "")) for name in ("clock", "allowed"))
    if clock is None or allowed is None or clock[1] not in TOLD:
        return None
    try:
        return clock[1], parse_allowed(allowed[1])
    except BadDuration:
        return None


def _in_order(bundle: Bundle) -> Iterator[Element]:
    """The elements from the start on, nearest first; what stands in a subprocess comes after its edge."""
    waiting = deque(one.id for one in bundle.elements.values()
                    if one.kind is Kind.START and one.process == bundle.process_id and one.parent is None)
    seen = set(waiting)
    while waiting:
        element = bundle.elements[waiting.popleft()]
        yield element
        for following in _following(bundle, element):
            if following not in seen and following in bundle.elements:
                seen.add(following)
                waiting.append(following)


def _following(bundle: Bundle, element: Element) -> Iterator[str]:
    yield from (flow.target for flow in bundle.flows if flow.source == element.id)
    for other in bundle.elements.values():
        is_inside = other.parent == element.id and (other.kind is Kind.START or other.is_started_by_event)
        is_called = element.called is not None and other.process == element.called and other.parent is None
        if is_inside or other.attached_to == element.id or (is_called and other.kind is Kind.START):
            yield other.id


def _current(session: Session, keys: Collection[str] | None = None) -> dict[str, LoadedVersion]:
    query = select(ProcessVersion.process_key, ProcessVersion.id).where(ProcessVersion.is_current.is_(True))
    if keys is not None:
        query = query.where(ProcessVersion.process_key.in_(keys))
    shelf = shelf_of(session)
    return {key: shelf.take(session, version_id) for key, version_id in session.execute(query)}
