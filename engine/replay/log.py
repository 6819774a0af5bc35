"""The log as the desk understands it: cases, their events in the order of time, and the act that each event is.

A case opens with its first event. If that is “Insert ticket”, an agent has registered it (by phone); a case that
begins with anything else was sent by the client through the portal at the moment of that first event, which is then
the first act on it. Events at the same moment keep the order of the file. The client of a ticket is the customer of
the first event: a case that names another one later still has the first one's ticket (`Log.changed_customers`).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from engine.replay.xes import RawCase, RawEvent, UnreadableLog, read_cases

REGISTER = "register"
CLOSE = "close"
# The event's name in the log → what the agent chooses in the form of a step.
ACTS: Mapping[str, str] = {
    "Insert ticket": REGISTER,
    "Take in charge ticket": "take",
    "Assign seriousness": "seriousness",
    "Wait": "wait",
    "Require upgrade": "require_upgrade",
    "Create SW anomaly": "create_anomaly",
    "Resolve SW anomaly": "resolve_anomaly",
    "Schedule intervention": "schedule",
    "VERIFIED": "verify",
    "RESOLVED": "resolve",
    "INVALID": "invalid",
    "DUPLICATE": "duplicate",
    "Resolve ticket": "resolve",
    "Closed": CLOSE,
}
NAME_MAX = 50
SERIOUSNESS = frozenset("1234")
YEARS = range(1980, 2100)


class Reason(StrEnum):
    """Why an event could not become an act."""

    UNKNOWN_NAME = "unknown_name"
    NO_MOMENT = "no_moment"
    NO_PERSON = "no_person"
    NO_CUSTOMER = "no_customer"
    ALREADY_INSERTED = "already_inserted"
    NOT_REGISTERED = "not_registered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Event:
    """One event with everything an act needs. number: its place in the case, in the file's order, from 1."""

    case: str
    number: int
    name: str
    act: str
    at: datetime
    by: str
    customer: str
    product: str = ""
    seriousness: str | None = None

    @property
    def is_registration(self) -> bool:
        return self.act == REGISTER


@dataclass(frozen=True, slots=True)
class Unmapped:
    """An event that did not become an act; detail: the name nobody knows, or what the desk answered."""

    case: str
    number: int
    name: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket to be. opening: its first event; acts: what happens on the ticket once it is registered."""

    name: str
    opening: Event
    acts: tuple[Event, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        return (self.opening, *self.acts) if self.opening.is_registration else self.acts


@dataclass(frozen=True)
class Log:
    """Everything of a log that can be replayed, and what cannot. ended_at: of its last event, even a refused one."""

    cases: tuple[Case, ...]
    unmapped: tuple[Unmapped, ...]
    began_at: datetime
    ended_at: datetime

    @cached_property
    def events(self) -> list[Event]:
        """All events in the order of time; at the same moment in the file's order."""
        return sorted((event for case in self.cases for event in case.events), key=lambda event: event.at)

    @property
    def changed_customers(self) -> int:
        """The cases that name more than one customer."""
        return sum(len({event.customer for event in case.events}) > 1 for case in self.cases)

    def without(self, unmapped: Collection[Unmapped]) -> "Log":
        """The log as if these events were not in it; a case whose opening is among them is left out."""
        gone = {(one.case, one.number) for one in unmapped}
        unopened = {one.case for one in unmapped if one.reason is Reason.NOT_REGISTERED}
        cases = tuple(replace(case, acts=tuple(one for one in case.acts if (one.case, one.number) not in gone))
                      for case in self.cases if case.name not in unopened)
        return replace(self, cases=cases, unmapped=(*self.unmapped, *unmapped))


def read_log(path: Path) -> Log:
    """The log in a file. Raises BadLog or UnreadableLog, also when nothing in it can be replayed."""
    cases: list[Case] = []
    unmapped: list[Unmapped] = []
    taken: set[str] = set()
    for place, raw in enumerate(read_cases(path), 1):
        name = _case_name(raw, place, taken)
        events = list(_events(name, raw, unmapped))
        if events:
            cases.append(_case(name, events, unmapped))
    if not cases:
        raise UnreadableLog(file=path.name, reason="no event of it can be replayed",
                            advice="Each needs concept:name, org:resource, time:timestamp with a zone, and customer.")
    moments = [event.at for case in cases for event in case.events]
    return Log(tuple(cases), tuple(unmapped), began_at=min(moments), ended_at=max(moments))


def _case(name: str, events: list[Event], unmapped: list[Unmapped]) -> Case:
    opening, *others = sorted(events, key=lambda event: event.at)
    acts = [] if opening.is_registration else [opening]
    for event in others:
        if event.is_registration:
            unmapped.append(Unmapped(name, event.number, event.name, Reason.ALREADY_INSERTED))
        else:
            acts.append(event)
    return Case(name, opening, tuple(acts))


def _events(case: str, raw: RawCase, unmapped: list[Unmapped]) -> Iterator[Event]:
    for number, one in enumerate(raw.events, 1):
        found = _event(case, number, one)
        if isinstance(found, Event):
            yield found
        else:
            unmapped.append(found)


def _event(case: str, number: int, raw: RawEvent) -> Event | Unmapped:
    facts = raw.attributes
    name, by, customer = (_clean(facts.get(key, "")) for key in ("concept:name", "org:resource", "customer"))
    written = facts.get("time:timestamp", "")
    at = _moment(written)
    if name not in ACTS:
        return Unmapped(case, number, name, Reason.UNKNOWN_NAME, name)
    if at is None:
        return Unmapped(case, number, name, Reason.NO_MOMENT, written[:NAME_MAX])
    if not by:
        return Unmapped(case, number, name, Reason.NO_PERSON)
    if not customer:
        return Unmapped(case, number, name, Reason.NO_CUSTOMER)
    act = ACTS[name]
    return Event(case, number, name, act, at, by, customer, _clean(facts.get("product", "")),
                 _seriousness(facts) if act == "seriousness" else None)


def _moment(text: str) -> datetime | None:
    """The moment in UTC; None for one without a zone (which would be a guess) or of another age."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year not in YEARS:
        return None
    return moment.astimezone(UTC)


def _seriousness(facts: Mapping[str, str]) -> str | None:
    """The log counts its values (“Value 2”); the form knows 1 to 4."""
    last = (facts.get("seriousness_2") or facts.get("seriousness") or "")[-2:].strip()
    return last if last in SERIOUSNESS else None


def _case_name(raw: RawCase, place: int, taken: set[str]) -> str:
    """The case's name, made different from those of all cases before it."""
    name = _clean(raw.attributes.get("concept:name", ""))[:NAME_MAX] or f"#{place}"
    free = next(one for one in (name, *(f"{name} ({more})" for more in range(2, place + 2))) if one not in taken)
    taken.add(free)
    return free


def _clean(text: str) -> str:
    return " ".join(text.split())
