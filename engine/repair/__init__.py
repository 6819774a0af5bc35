"""Repair: what failed and was rolled back is mended by somebody who answers for it, and says why.

A lead mends the tickets of their teams, a process owner every ticket. A repair that does not come to rest is refused,
and nothing was changed. What people gave as the reason is a note on the ticket; the audit holds its id.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from engine.acts import StepFailed, mend_incidents
from engine.diagrams import mending
from engine.diagrams.errors import EngineError, NotWaiting, StateRefused
from engine.diagrams.mending import Place
from engine.outside import answering, calls, events
from engine.outside.answering import Reply
from engine.repair.incidents import list_incidents
from engine.repair.variables import Variable, list_variables, read_value, write_value
from engine.running import read_running
from engine.stage import Stage, open_stage, still_stage
from engine.ticker import fire_ticket
from engine.tickets import demand_on
from engine.versions import shelf_of
from helpdesk import audit, outbox
from helpdesk.conversation import Kind, say
from helpdesk.errors import DeskError, NotFound
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act
from helpdesk.tickets import AlreadyEnded, Status, Ticket, lock_ticket, set_status
from sla import alarms

__all__ = ["Place", "Variable", "cancel", "change", "list_incidents", "list_variables", "look_at", "move", "skip",
           "try_again"]

REASON_LEAST, REASON_MOST = 5, 1000


class NothingBroken(DeskError):
    """Nothing is broken on this ticket; somebody may have mended it a moment ago."""


class NoReason(DeskError):
    """Say why, in {least} to {most} characters."""


class WouldNotRest(DeskError):
    """With this the process would stop again, so nothing was changed. It stops at “{element_id}”: {reason}"""

    element_id: str
    reason: str


class NotToBePassed(DeskError):
    """This step cannot be skipped."""


def look_at(session: Session, ticket: Ticket, *, now: datetime) -> list[Place]:
    """Where the ticket's tokens stand and what can be done with each; empty when the state cannot be read."""
    try:
        return mending.places(open_stage(session, ticket, by=None, now=now).run)
    except (AlreadyEnded, StateRefused):
        return []


def try_again(session: Session, ticket_id: int, *, by: Person, now: datetime) -> None:
    """Mark the ticket's incidents mended and let its due alarms and failed calls have another round.

    Raises NothingBroken.
    """
    ticket = _lock(session, ticket_id, by=by, now=now)
    broken = list_incidents(session, ticket.id)
    if not broken:
        raise NothingBroken()
    audit.record(session, "repaired", by=by.id, now=now, ticket_id=ticket.id, incidents=len(broken))
    _let_run_again(session, ticket, by=by, now=now)


def change(session: Session, ticket_id: int, name: str, text: str, *, reason: str, by: Person, now: datetime) -> None:
    """Give a variable another value, of the kind it has, and let what failed run again.

    name: as `list_variables` tells it. Raises BadValue, NotFound for what is no variable of this ticket.
    """
    ticket = _lock(session, ticket_id, by=by, now=now)
    _check_reason(reason)
    instance = read_running(session, ticket).instance
    if instance.ended_at is not None:
        raise AlreadyEnded(number=ticket.number)
    version = shelf_of(session).take(session, instance.version_id)
    variable = next((one for one in list_variables(version, instance.variables) if one.name == name), None)
    if variable is None:
        raise NotFound()
    value = read_value(variable, text)
    instance.variables = write_value(instance.variables, name, value)
    note = _note(session, ticket, f"{name}: {_shown(variable.value)} → {_shown(value)}\n{reason}", by=by, now=now)
    audit.record(session, "variable_changed", by=by.id, now=now, ticket_id=ticket.id, variable=name, note=note)
    _let_run_again(session, ticket, by=by, now=now)


def skip(session: Session, ticket_id: int, element_id: str, *, reason: str, by: Person, now: datetime,
         flow: str = "") -> None:
    """Go past an element without doing it: where a token stands, or the next time one comes there.

    flow: the way out, where there are several. What waited for the element runs at once: due alarms, kept answers. A
    human step that failed because of it is sent again by whoever has it. Raises WouldNotRest, NotToBePassed.
    """
    ticket = _lock(session, ticket_id, by=by, now=now)
    _check_reason(reason)
    stage = _open(session, ticket, by=by, now=now)
    element = stage.version.bundle.elements.get(element_id)
    flows = {one.id for one in mending.ways_out(stage.run, element_id)} if element else set()
    if element is None or element.kind not in mending.PASSABLE or (flow and flow not in flows):
        raise NotToBePassed()
    note = _note(session, ticket, reason, by=by, now=now)
    audit.record(session, "step_skipped", by=by.id, now=now, ticket_id=ticket.id, element=element_id, flow=flow,
                 note=note)
    standing = [place.token for place in mending.places(stage.run) if place.element.id == element_id]
    try:
        if standing:
            mending.leave(stage.run, standing[0], flow=flow)
            stage.save()
        else:
            stage.instance.passing_over = {**stage.instance.passing_over, element_id: flow}
            session.flush()
            _run_what_waited(session, ticket, now=now)
    except (EngineError, NotWaiting, StepFailed) as error:
        raise _refusal(error) from error
    _let_run_again(session, ticket, by=by, now=now)


def move(session: Session, ticket_id: int, token: int, *, to: str, reason: str, by: Person, now: datetime) -> None:
    """Take a token away from where it stands and put it at another element of the same scope.

    What was armed at the old place is withdrawn, and the new one is armed. Raises WouldNotRest.
    """
    ticket = _lock(session, ticket_id, by=by, now=now)
    _check_reason(reason)
    stage = _open(session, ticket, by=by, now=now)
    before = next((place.element.id for place in mending.places(stage.run) if place.token == token), "")
    note = _note(session, ticket, reason, by=by, now=now)
    audit.record(session, "step_moved", by=by.id, now=now, ticket_id=ticket.id, element=before, to=to[:120], note=note)
    try:
        mending.move(stage.run, token, to=to)
        stage.save()
    except (EngineError, NotWaiting) as error:
        raise _refusal(error) from error
    _let_run_again(session, ticket, by=by, now=now)


def cancel(session: Session, ticket_id: int, *, reason: str, by: Person, now: datetime) -> None:
    """End the process where it stands and cancel the ticket; the client is told, with the reason.

    Works also when the state cannot be read any more.
    """
    ticket = _lock(session, ticket_id, by=by, now=now)
    _check_reason(reason)
    if ticket.is_ended:
        raise AlreadyEnded(number=ticket.number)
    said = say(session, ticket.id, reason, by=by, kind=Kind.REPLY, now=now)
    audit.record(session, "cancelled", by=by.id, now=now, ticket_id=ticket.id, message=said)
    stage = still_stage(session, ticket, by=by, now=now)
    stage.questions.were_open = True
    set_status(ticket, Status.CANCELLED, now=now)
    ticket.outcome = "cancelled"
    stage.promises.stop_all(now=now)
    stage.abandon()
    mend_incidents(session, ticket.id, by=by, now=now)
    outbox.queue(session, to=ticket.client, text="cancelled", now=now, ticket_id=ticket.id, **stage.facts_for_letters())
    session.flush()


def _lock(session: Session, ticket_id: int, *, by: Person, now: datetime) -> Ticket:
    ticket = lock_ticket(session, ticket_id, now=now)
    demand_on(session, by, Act.REPAIR, ticket)
    return ticket


def _open(session: Session, ticket: Ticket, *, by: Person, now: datetime) -> Stage:
    try:
        return open_stage(session, ticket, by=by, now=now)
    except StateRefused as error:
        raise _refusal(error) from error


def _check_reason(reason: str) -> None:
    if not REASON_LEAST <= len(reason.strip()) <= REASON_MOST:
        raise NoReason(least=REASON_LEAST, most=REASON_MOST)


def _note(session: Session, ticket: Ticket, text: str, *, by: Person, now: datetime) -> int:
    return say(session, ticket.id, text, by=by, kind=Kind.NOTE, now=now)


def _run_what_waited(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """The alarms that are due and the answers that were kept, in this transaction; raises StepFailed."""
    fire_ticket(session, ticket.id, now=now)
    for call in calls.list_open_calls(session, ticket.id):
        if call.reply is not None:
            reply = Reply.of(call.reply)
            calls.try_again(session, call, now=now)
            answering.settle(session, call.id, reply, now=now)


def _let_run_again(session: Session, ticket: Ticket, *, by: Person, now: datetime) -> None:
    mend_incidents(session, ticket.id, by=by, now=now)
    alarms.try_again(session, ticket.id, now=now)
    for call in calls.list_open_calls(session, ticket.id):
        if call.is_failed:
            calls.try_again(session, call, now=now)
    events.try_again(session, ticket.id, now=now)
    session.flush()


def _refusal(error: DeskError) -> WouldNotRest:
    return WouldNotRest(element_id=str(error.facts.get("element_id") or ""),
                        reason=str(error.facts.get("reason") or error))


def _shown(value: object) -> str:
    return "–" if value is None else str(value)
