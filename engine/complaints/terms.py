"""Terms: which solution may be disputed, until when, and why another may not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy.orm import Session

from engine.complaints.records import PROCESS, Verdict, list_complaints
from helpdesk.errors import Conflict, DeskError
from helpdesk.settings import PREFIX, BadSetting, Settings
from helpdesk.tickets import Status, Ticket
from sla.calendars import BUILT_IN, get_calendar
from sla.durations import parse_allowed

DISPUTABLE = frozenset({Status.SOLVED, Status.CLOSED})


class NothingToDispute(DeskError):
    """This request has no solution that could be disputed."""


class TooLateToComplain(DeskError):
    """The solution could be disputed for {days} days, and they have passed. Register a new request if you need help."""


class ComplaintMade(Conflict):
    """A complaint about this solution was made already, under the number {number}."""


@dataclass(frozen=True)
class Terms:
    """What the office promises. days: how long a solution may be disputed. allowed: the time for the decision."""

    days: int = 14
    allowed: str = "P10D @ office"

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the administrator has set. Raises BadSetting."""
        try:
            target = parse_allowed(settings.complaint_allowed)
            if target.calendar is not None:
                get_calendar(target.calendar, BUILT_IN)
        except DeskError as error:
            raise BadSetting(name=f"{PREFIX}COMPLAINT_ALLOWED", reason=str(error)) from error
        return cls(settings.complaint_days, settings.complaint_allowed)

    def until(self, ticket: Ticket) -> datetime | None:
        """The last moment for a complaint; None when there is no solution."""
        solved_at = moment_of_solution(ticket)
        return solved_at + timedelta(days=self.days) if solved_at is not None else None


def moment_of_solution(ticket: Ticket) -> datetime | None:
    """When the present solution was given."""
    return (ticket.solved_at or ticket.closed_at) if ticket.solution else None


def find_obstacle(session: Session, ticket: Ticket, terms: Terms, *, now: datetime) -> DeskError | None:
    """Why there can be no complaint about the ticket now; None when there can."""
    until = terms.until(ticket)
    if until is None or ticket.request_type == PROCESS:
        return NothingToDispute()
    for complaint in list_complaints(session, ticket.id):
        is_same = complaint.solved_at == moment_of_solution(ticket)
        if complaint.is_open or (is_same and complaint.outcome != Verdict.WITHDRAWN):
            return ComplaintMade(number=complaint.ticket.number)
    if Status(ticket.status) not in DISPUTABLE:
        return NothingToDispute()
    return TooLateToComplain(days=terms.days) if now > until else None
