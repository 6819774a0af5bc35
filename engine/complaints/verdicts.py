"""Verdicts: what becomes of a disputed ticket when its complaint has ended."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from engine.complaints.records import Verdict, find_complaint, list_complaints
from engine.outside.events import queue_message
from helpdesk import audit, outbox
from helpdesk.people.accounts import Person, list_members
from helpdesk.tickets import Status, Ticket, set_status

if TYPE_CHECKING:
    from engine.stage import Stage

# The messages by which a diagram with a place for it hears of a complaint about its ticket.
MADE, SETTLED = "complaint_made", "complaint_settled"


def give(session: Session, ticket_id: int, verdict: Verdict, *, by: Person | None, now: datetime) -> None:
    """End the complaint that this ticket is, and let the disputed ticket know after the commit."""
    complaint = find_complaint(session, ticket_id)
    if complaint is None or not complaint.is_open:
        return
    complaint.outcome, complaint.decided_at = verdict.value, now
    complaint.decided_by_id = by.id if by else None
    queue_message(session, complaint.disputed_id, SETTLED, payload={"verdict": verdict.value}, sender_id=ticket_id,
                  now=now)
    audit.record(session, f"complaint_{verdict.value}", by=by.id if by else None, now=now,
                 ticket_id=complaint.disputed_id, complaint=ticket_id)
    session.flush()


def take(stage: "Stage", verdict: str, *, is_heard: bool) -> bool:
    """Bring the verdict to the disputed ticket, unless its diagram has heard it; whether anything came of it.

    An upheld complaint about a process without a place for it begins that process anew, with everything that is known.
    """
    ticket = stage.ticket
    if is_heard or Status(ticket.status) is not Status.COMPLAINT:
        return is_heard
    if verdict == Verdict.UPHELD:
        set_status(ticket, Status.IN_PROGRESS, now=stage.now)
        ticket.outcome, ticket.solved_at = "", None
        stage.begin_anew()
        _tell_team(stage)
    else:
        _set_back(stage.session, ticket, now=stage.now)
    return True


def _set_back(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """The status from before the complaint; the moment of the solution stays what it was."""
    complaint = list_complaints(session, ticket.id)[0]
    solved_at = ticket.solved_at
    set_status(ticket, Status(complaint.status_before), now=now)
    ticket.solved_at = solved_at


def _tell_team(stage: "Stage") -> None:
    lanes = {wait.lane or "" for wait in stage.run.waits if wait.kind == "task"}
    for person in list_members(stage.session, stage.teams_of(sorted(lanes))):
        outbox.queue(stage.session, to=person, text="reopened", now=stage.now, ticket_id=stage.ticket.id,
                     **stage.facts_for_letters())

