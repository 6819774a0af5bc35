"""Messages: what reaches a ticket's process from beside its diagram."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.acts import one_step
from engine.outside.calls import short_values
from engine.stage import open_stage
from helpdesk import audit
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket


def send(session: Session, ticket: Ticket, name: str, payload: Mapping[str, Any] | None = None, *, now: datetime,
         by: Person | None = None) -> bool:
    """Give a message to a locked ticket at once; False when nothing in its process waits for it.

    payload: short values, kept in the variable that the catching element names as its `result`, else by its id.
    Raises AlreadyEnded for a ticket that was withdrawn, StepFailed when what follows fails.
    """
    values = short_values(payload or {})
    with one_step(session, ticket, f"message:{name}"[:60], by=by, now=now):
        stage = open_stage(session, ticket, by=by, now=now)
        is_heard = stage.run.message(name, values)
        if is_heard:
            stage.save()
    if is_heard:
        audit.record(session, "message_received", by=by.id if by else None, now=now, ticket_id=ticket.id, message=name)
    return is_heard
