"""What is asked for most, and what somebody asked for last, read from the requests themselves.

Nothing is counted while a request is sent: a row of counts would be one that all requests wait for. The newest requests
are looked at instead, at most SAMPLE of them by their primary key, so it costs the same however many there are, and
what nobody asks for any more falls out by itself.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket

SAMPLE = 500
OF_ONE_PERSON = 25


def most_used(session: Session) -> list[int]:
    """Ids of the classifications of the newest requests, those asked for most often first."""
    newest = select(Ticket.id, Ticket.classification_id).order_by(Ticket.id.desc()).limit(SAMPLE).subquery()
    times = func.count()
    return list(session.scalars(
        select(newest.c.classification_id).where(newest.c.classification_id.is_not(None))
        .group_by(newest.c.classification_id).order_by(times.desc(), func.max(newest.c.id).desc())))


def recently_used(session: Session, person: Person) -> list[int]:
    """Ids of the classifications of the person's own newest requests, the last one first."""
    newest = session.scalars(select(Ticket.classification_id).where(Ticket.client_id == person.id)
                             .order_by(Ticket.opened_at.desc()).limit(OF_ONE_PERSON))
    return list(dict.fromkeys(one for one in newest if one is not None))
