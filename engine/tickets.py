"""Finding tickets for a person: what they may see, and the teams that make it so."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.people.accounts import Person, Team
from helpdesk.people.policy import Act, demand
from helpdesk.tickets import Ticket, TicketTeam, get_ticket


def teams_of_ticket(session: Session, ticket: Ticket) -> dict[int, Team]:
    """The teams that have or had a step of the ticket, by id."""
    rows = session.scalars(select(TicketTeam).where(TicketTeam.ticket_id == ticket.id))
    return {row.team_id: row.team for row in rows}


def demand_on(session: Session, person: Person, act: Act, ticket: Ticket) -> None:
    """Raise NotAllowed or NotFound unless the person may do this to the ticket."""
    demand(person, act, ticket, teams_of_ticket(session, ticket))


def open_ticket(session: Session, number: str, *, by: Person, to: Act = Act.SEE_TICKET) -> Ticket:
    """The ticket for reading, if the person may."""
    return open_with_teams(session, number, by=by, to=to)[0]


def open_with_teams(session: Session, number: str, *, by: Person, to: Act) -> tuple[Ticket, dict[int, Team]]:
    """The ticket for reading, if the person may, and the teams that have or had a step of it, by id."""
    ticket = get_ticket(session, number)
    teams = teams_of_ticket(session, ticket)
    demand(by, to, ticket, teams)
    return ticket, teams
