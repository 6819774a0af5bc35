"""Answering: what a system said, or a person in its place, moves the token that waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.acts import one_step
from engine.outside.calls import OPEN, CallState, SystemCall, get_call, short_values
from engine.stage import open_stage
from helpdesk import audit
from helpdesk.errors import Conflict
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket, lock_ticket


class NobodyAsks(Conflict):
    """Nobody waits for this answer any more."""


@dataclass(frozen=True)
class Reply:
    """What a system said: values, or the code of its refusal."""

    values: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""

    def kept(self) -> dict[str, Any]:
        """As it is kept with the call until the step after it succeeds."""
        return {"error": self.refusal} if self.refusal else {"values": dict(self.values)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Reply":
        return cls(kept.get("values", {}), str(kept.get("error", "")))


def settle(session: Session, call_id: int, reply: Reply, *, now: datetime) -> bool:
    """Let the process run on from a system's reply; False when nobody waits for it any more.

    A refusal is a BPMN error at the task. Raises StepFailed when nothing catches it, or when what follows fails.
    """
    ticket = lock_ticket(session, get_call(session, call_id).ticket_id, now=now)
    call = get_call(session, call_id)
    if call.state != CallState.WAITING.value:
        audit.record(session, "answer_came_late", by=None, now=now, ticket_id=ticket.id, element=call.element_id,
                     system=call.system)
        return False
    call.state = CallState.REFUSED.value if reply.refusal else CallState.ANSWERED.value
    _go_on(session, ticket, call, reply, by=None, now=now)
    audit.record(session, "call_refused" if reply.refusal else "call_answered", by=None, now=now, ticket_id=ticket.id,
                 element=call.element_id, system=call.system, operation=call.operation)
    return True


def skip(session: Session, call_id: int, values: Mapping[str, Any], *, by: Person, now: datetime) -> None:
    """Let the process run on with values given by hand, as if the system had answered them.

    Whether the person may is asked by the caller. Raises NobodyAsks, ValueError for what is no short value.
    """
    ticket = lock_ticket(session, get_call(session, call_id).ticket_id, now=now)
    call = get_call(session, call_id)
    if call.state not in OPEN:
        raise NobodyAsks()
    call.state = CallState.SKIPPED.value
    _go_on(session, ticket, call, Reply(short_values(values)), by=by, now=now)
    audit.record(session, "call_skipped", by=by.id, now=now, ticket_id=ticket.id, element=call.element_id,
                 system=call.system, operation=call.operation)


def _go_on(session: Session, ticket: Ticket, call: SystemCall, reply: Reply, *, by: Person | None,
           now: datetime) -> None:
    call.ended_at, call.reply = now, None
    session.flush()  # what is settled must not be withdrawn with the token that goes on
    with one_step(session, ticket, call.act, by=by, now=now):
        stage = open_stage(session, ticket, by=by, now=now)
        if reply.refusal:
            stage.run.refuse(call.token, reply.refusal)
        else:
            stage.run.answer(call.token, reply.values)
        stage.save()
