"""A client's open requests in short: where each stands, and what waits for the client."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.overview.orders import IS_OPEN, IS_UNDER_WAY
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
    """The client's newest requests under way, those that wait for the client first."""
    tickets = session.scalars(select(Ticket).where(Ticket.client_id == client.id, IS_UNDER_WAY)
                              .order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(most)).all()
    steps: dict[int, WorkItem] = {}
    for item in session.scalars(select(WorkItem).where(
            WorkItem.ticket_id.in_([ticket.id for ticket in tickets]), IS_OPEN)
            .order_by(WorkItem.id).options(joinedload(WorkItem.team))):
        if item.ticket_id not in steps or item.is_for_client:
            steps[item.ticket_id] = item
    found = [OpenRequest(ticket, steps.get(ticket.id)) for ticket in tickets]
    return sorted(found, key=lambda one: not one.waits_for_client)
