"""Stories: what became of each case, told twice, by the log alone and by the database alone.

Definitions, the same for both:
* a case is *opened* at the moment of its first event;
* it is *closed* at the moment of its last “Closed”; a case that went on after a “Closed” and was not closed again
  keeps that moment, but is open at the end;
* its *duration* is from opened to closed by the wall clock; a case that was never closed has none;
* it *breaches* a target when all the time allowed was used up before its clock stopped, or before the log ended:
  - `first_answer` runs from opening to the first “Take in charge ticket”, or to “Closed” if that comes first;
  - `solution` runs from opening to “Closed”, stands after “Wait”, “Require upgrade” and “Resolve ticket”, and runs on
    with the next act of another kind; an act after “Closed” starts it anew, with all its time;
  stopping at the very moment at which the time is used up is in time.

The log's side uses the calendars' arithmetic and nothing of engine or database. The database's side reads `ticket`,
`answer`, `audit_entry` and `clock`, and nothing of the log.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.records import Answer
from engine.replay.cast import Cast
from engine.replay.log import CLOSE, REGISTER, Case, Event, Log
from helpdesk.audit import AuditEntry
from helpdesk.people.accounts import Person
from helpdesk.tickets import ENDED, Channel, Ticket
from sla.calendars import Calendar, calendar_of, due_at, spent
from sla.durations import parse_allowed
from sla.promises import Clock

PROCESS = "ticket"
INTAKE = "ticket_intake"
REFERENCE = "customer_reference"
# What the built-in process promises; a test compares this with the diagram.
TARGETS: Mapping[str, str] = {"first_answer": "PT8H @ office", "solution": "P20D @ office"}
PAUSING = frozenset({"wait", "require_upgrade", "resolve"})
TAKE = "take"

Run = tuple[datetime, datetime]


class Deed(NamedTuple):
    """Who did what when; by: the person's address."""

    at: datetime
    by: str
    act: str
    seriousness: str | None = None


class Trace(NamedTuple):
    """What the audit knows of a deed."""

    at: datetime
    by: str
    act: str


@dataclass(frozen=True, slots=True)
class Story:
    """What became of one case. deeds: the registration first. events: how many events of the log they are."""

    opened_at: datetime
    closed_at: datetime | None
    is_open: bool
    events: int
    deeds: tuple[Deed, ...]
    traces: tuple[Trace, ...]
    breached: frozenset[str]


Stories = Mapping[str, Story]


# --- told by the log -------------------------------------------------------------------------------------------------

def tell_from_log(log: Log, cast: Cast, calendars: Mapping[str, Calendar]) -> Stories:
    """Each case's story by its name, from its events alone."""
    until = log.ended_at
    return {case.name: _tell_case(case, cast, calendars, until) for case in log.cases}


def _tell_case(case: Case, cast: Cast, calendars: Mapping[str, Calendar], until: datetime) -> Story:
    opening, acts = case.opening, case.acts
    registrar = cast.agents[opening.by] if opening.is_registration else cast.clients[opening.customer]
    deeds = (Deed(opening.at, registrar.email, REGISTER),
             *(Deed(act.at, cast.agents[act.by].email, act.act, act.seriousness) for act in acts))
    traces = tuple(Trace(deed.at, deed.by, "submitted" if deed.act == REGISTER else "completed") for deed in deeds)
    closings = [act.at for act in acts if act.act == CLOSE]
    return Story(
        opened_at=opening.at, closed_at=closings[-1] if closings else None,
        is_open=not acts or acts[-1].act != CLOSE, events=len(case.events), deeds=deeds, traces=traces,
        breached=frozenset(_breached(opening.at, acts, calendars, until)))


def _breached(opened_at: datetime, acts: Sequence[Event], calendars: Mapping[str, Calendar],
              until: datetime) -> Iterator[str]:
    answered = next((act.at for act in acts if act.act in (TAKE, CLOSE)), None)
    if _is_used_up("first_answer", [(opened_at, answered or until)], answered, calendars, until):
        yield "first_answer"
    if any(_is_used_up("solution", runs, stopped_at, calendars, until)
           for runs, stopped_at in _solution_runs(opened_at, acts, until)):
        yield "solution"


def _solution_runs(opened_at: datetime, acts: Sequence[Event],
                   until: datetime) -> Iterator[tuple[list[Run], datetime | None]]:
    """For each time the promise was made: the stretches in which it ran, and when it stopped, if it did."""
    runs: list[Run] = []
    since: datetime | None = opened_at
    is_closed = False
    for act in acts:
        if is_closed and act.act != CLOSE:
            runs, since, is_closed = [], act.at, False
        if since is not None and (act.act in PAUSING or act.act == CLOSE):
            runs.append((since, act.at))
            since = None
        elif since is None and not is_closed and act.act not in PAUSING and act.act != CLOSE:
            since = act.at
        if act.act == CLOSE and not is_closed:
            yield runs, act.at
            is_closed = True
    if not is_closed:
        yield [*runs, *([(since, until)] if since is not None else [])], None


def _is_used_up(target: str, runs: Iterable[Run], stopped_at: datetime | None, calendars: Mapping[str, Calendar],
                until: datetime) -> bool:
    due = _due_in(runs, target, calendars)
    if due is None:
        return False
    return due < stopped_at if stopped_at is not None else due <= until


def _due_in(runs: Iterable[Run], target: str, calendars: Mapping[str, Calendar]) -> datetime | None:
    allowed = parse_allowed(TARGETS[target])
    calendar = calendar_of(allowed, calendars)
    left = Fraction(1)
    for since, until in runs:
        due = due_at(since, allowed, calendar, share=left)
        if due <= until:
            return due
        left -= spent(since, until, allowed, calendar)
    return None


# --- told by the database --------------------------------------------------------------------------------------------

def tell_from_database(session: Session) -> Stories:
    """Each ticket's story by the case's name, which the ticket has as the customer's reference."""
    deeds, names = _read_deeds(session)
    traces, closed = _read_audit(session)
    breached = _read_breaches(session)
    stories: dict[str, Story] = {}
    columns = (Ticket.id, Ticket.number, Ticket.opened_at, Ticket.status, Ticket.channel)
    for ticket_id, number, opened_at, status, channel in session.execute(_tickets(*columns)):
        done = tuple(deeds[ticket_id])
        # A registration by phone is an event of the log, one through the portal stands for the event after it.
        events = len(done) - (channel != Channel.PHONE.value)
        stories[names.get(ticket_id, number)] = Story(
            opened_at=opened_at, closed_at=closed.get(ticket_id), is_open=status not in ENDED, events=events,
            deeds=done, traces=tuple(traces[ticket_id]), breached=frozenset(breached[ticket_id]))
    return stories


def _read_deeds(session: Session) -> tuple[dict[int, list[Deed]], dict[int, str]]:
    """The deeds by ticket in the order they were written down, and the cases' names by ticket."""
    deeds: dict[int, list[Deed]] = defaultdict(list)
    names: dict[int, str] = {}
    query = _tickets(Answer.ticket_id, Answer.given_at, Answer.form, Answer.content, Person.email).join(
        Answer, Answer.ticket_id == Ticket.id).join(Person, Person.id == Answer.by_id)
    for ticket_id, at, form, content, email in session.execute(query.order_by(Answer.id)):
        if form == INTAKE:
            names[ticket_id] = content.get(REFERENCE) or ""
        act = REGISTER if form == INTAKE else content.get("act", "")
        deeds[ticket_id].append(Deed(at, email, act, content.get("seriousness") or None))
    return deeds, names


def _read_audit(session: Session) -> tuple[dict[int, list[Trace]], dict[int, datetime]]:
    """What people did by ticket, and when each ticket was closed last."""
    traces: dict[int, list[Trace]] = defaultdict(list)
    closed: dict[int, datetime] = {}
    query = _tickets(AuditEntry.ticket_id, AuditEntry.at, AuditEntry.act, Person.email).join(
        AuditEntry, AuditEntry.ticket_id == Ticket.id).join(Person, Person.id == AuditEntry.by_id)
    acts = ("submitted", "completed", "closed")
    for ticket_id, at, act, email in session.execute(query.where(AuditEntry.act.in_(acts)).order_by(AuditEntry.id)):
        if act == "closed":
            closed[ticket_id] = at
        else:
            traces[ticket_id].append(Trace(at, email, act))
    return traces, closed


def _read_breaches(session: Session) -> dict[int, set[str]]:
    breached: dict[int, set[str]] = defaultdict(set)
    query = _tickets(Clock.ticket_id, Clock.key).join(Clock, Clock.ticket_id == Ticket.id)
    for ticket_id, key in session.execute(query.where(Clock.key.in_(list(TARGETS)), Clock.breached_at.is_not(None))):
        breached[ticket_id].add(key)
    return breached


def _tickets(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(Ticket).where(Ticket.request_type == PROCESS)
