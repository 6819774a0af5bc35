"""The private address of somebody's own calendar of planned breaks: it can be exchanged for another one."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk import audit
from helpdesk.database import Record
from helpdesk.people.accounts import Person


class CalendarAddress(Record):
    """How often somebody has exchanged the address of their calendar; the code in it is made from this too."""

    __tablename__ = "calendar_address"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    generation: Mapped[int]


def generation_of(session: Session, person: Person) -> int:
    """Which address of the person holds; the first one is 0."""
    found = session.get(CalendarAddress, person.id)
    return found.generation if found is not None else 0


def renew(session: Session, person: Person, *, now: datetime) -> None:
    """Let the old address lead nowhere from now on."""
    found = session.get(CalendarAddress, person.id)
    if found is None:
        session.add(CalendarAddress(person_id=person.id, generation=1))
    else:
        found.generation += 1
    session.flush()
    audit.record(session, "calendar_address_renewed", by=person.id, now=now)
