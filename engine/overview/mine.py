"""A client's open requests in short: where each stands, and what waits for the client."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.overview.orders import IS_OPEN, IS_UNDER_WAY, WAITS_FOR_CLIENT
from engine.records import WorkItem
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket


@dataclass(frozen=True)
class OpenRequest:
    """A request under way; step: what is done on it now, the client's own step first, or None between two steps."""

    ticket: Ticket
    step: WorkItem | None

    @property
    def waits_for_client(self) -> bool:
        return self.step is not None and self.step.is_for_client


def list_open_requests(session: Session, client: Person, *, most: int) -> list[OpenRequest]:
    """The client's requests under way: those that wait for the client, then the newest."""
    tickets = session.scalars(select(Ticket).where(Ticket.client_id == client.id, IS_UNDER_WAY)
                              .order_by(WAITS_FOR_CLIENT.desc(), Ticket.opened_at.desc(), Ticket.id.desc())
                              .limit(most)).all()
    steps = steps_now(session, tickets)
    return [OpenRequest(ticket, steps.get(ticket.id)) for ticket in tickets]


def steps_now(session: Session, tickets: Sequence[Ticket]) -> dict[int, WorkItem]:
    """What is done on each of these now, by the ticket's id; the client's own step first."""
    steps: dict[int, WorkItem] = {}
    if not tickets:
        return steps
    for item in session.scalars(select(WorkItem).where(
            WorkItem.ticket_id.in_([ticket.id for ticket in tickets]), IS_OPEN)
            .order_by(WorkItem.id).options(joinedload(WorkItem.team))):
        if item.ticket_id not in steps or item.is_for_client:
            steps[item.ticket_id] = item
    return steps
