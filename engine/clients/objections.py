"""Objections: who got a letter about a change may stop it, without an account, as long as the process listens."""

from datetime import datetime

from sqlalchemy.orm import Session

from engine.acts import one_step
from engine.stage import open_stage
from helpdesk import audit
from helpdesk.conversation import Kind, say
from helpdesk.errors import Conflict
from helpdesk.outbox import Letter
from helpdesk.tickets import AlreadyEnded, Ticket, lock_ticket

MESSAGE = "objection"
REASON_MAX = 2000


class TooLateToObject(Conflict):
    """It is no longer possible to object by this link: the change was made or stopped. Call the help desk."""


def is_awaited(session: Session, letter: Letter, *, now: datetime) -> bool:
    """Whether the process of the letter's ticket still listens to objections."""
    ticket = session.get(Ticket, letter.ticket_id)
    if ticket is None or ticket.is_ended:
        return False
    try:
        stage = open_stage(session, ticket, by=None, now=now)
    except AlreadyEnded:
        return False
    return any(wait.kind == "message" and wait.name == MESSAGE for wait in stage.run.waits)


def object_to(session: Session, letter: Letter, reason: str, *, now: datetime) -> None:
    """Stop what the letter announces; the reason becomes a note for the specialist. Raises TooLateToObject."""
    assert letter.ticket_id is not None, "letters to an address belong to a ticket"
    ticket = lock_ticket(session, letter.ticket_id, now=now)
    if not is_awaited(session, letter, now=now):
        raise TooLateToObject()
    words = reason.strip()[:REASON_MAX]
    say(session, ticket.id, f"{letter.address}: {words}" if words else letter.address, by=None, kind=Kind.NOTE, now=now)
    with one_step(session, ticket, "object", by=None, now=now):
        stage = open_stage(session, ticket, by=None, now=now)
        stage.run.message(MESSAGE)
        stage.save()
    audit.record(session, "objected", by=None, now=now, ticket_id=ticket.id, letter_id=letter.id)
