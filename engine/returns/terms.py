"""Terms: what a client can still do with a request that has ended, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from engine.diagrams.elements import Trigger
from engine.stage import open_stage
from engine.versions import LoadedVersion
from helpdesk.errors import Conflict, DeskError
from helpdesk.tickets import AlreadyEnded, Status, Ticket

# The message by which a diagram with a way back hears that the client has added something after the end.
CAME_BACK = "client_came_back"


class Way(StrEnum):
    """How what a client adds goes on: in the request itself, in a new one linked to it, or not at all by itself."""

    ADD = "add"
    REOPEN = "reopen"
    FOLLOW = "follow"
    LATE = "late"
    WITHDRAWN = "withdrawn"
    NONE = "none"


class TooLateToAdd(DeskError):
    """Something could be added for {days} days after closing, and they have passed. Register a new request; it will be linked to this one."""  # noqa: E501


class NothingToAddTo(Conflict):
    """Nothing can be added to this request any more."""


@dataclass(frozen=True)
class Return:
    """The way that is open, and the last moment for it if there is one."""

    way: Way
    until: datetime | None = None

    @property
    def may_write(self) -> bool:
        """Whether a message can be written on the request's own page."""
        return self.way in {Way.ADD, Way.REOPEN, Way.FOLLOW}

    @property
    def may_begin_again(self) -> bool:
        """Whether a new request, filled in from this one and linked to it, can be made."""
        return self.way in {Way.FOLLOW, Way.LATE, Way.WITHDRAWN}


def find_return(session: Session, ticket: Ticket, version: LoadedVersion, *, days: int, now: datetime) -> Return:
    """What the client can do; for one that has ended and whose diagram has a way back the instance is looked at."""
    if not ticket.is_ended:
        return Return(Way.ADD)
    has_place = ticket.classification_id is not None
    if Status(ticket.status) is Status.CANCELLED:
        return Return(Way.WITHDRAWN if has_place else Way.NONE)
    until = (ticket.closed_at or ticket.changed_at) + timedelta(days=days)
    if now > until:
        return Return(Way.LATE if has_place else Way.NONE)
    if has_way_back(version) and _is_awaited(session, ticket, now=now):
        return Return(Way.REOPEN, until)
    return Return(Way.FOLLOW, until) if has_place else Return(Way.NONE)


def has_way_back(version: LoadedVersion) -> bool:
    """Whether anything in the diagram listens for a client who comes back."""
    return any(element.trigger is Trigger.MESSAGE and element.code == CAME_BACK
               for element in version.bundle.elements.values())


def _is_awaited(session: Session, ticket: Ticket, *, now: datetime) -> bool:
    try:
        stage = open_stage(session, ticket, by=None, now=now)
    except AlreadyEnded:
        return False
    return any(wait.kind == Trigger.MESSAGE.value and wait.name == CAME_BACK for wait in stage.run.waits)
