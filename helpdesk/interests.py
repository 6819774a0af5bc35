"""My services: which services a person wants support for. The catalogue, announcements and articles go by it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, lazyload, mapped_column

from helpdesk import audit
from helpdesk.catalogue import Service
from helpdesk.database import Record
from helpdesk.people.accounts import Person


class Interest(Record):
    """One service that a person has chosen."""

    __tablename__ = "interest"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True, index=True)


class InterestChoice(Record):
    """That a person has chosen, even if nothing: they are not asked again."""

    __tablename__ = "interest_choice"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    made_at: Mapped[datetime]


def chosen_ids(session: Session, person: Person | None) -> frozenset[int]:
    """The services the person has chosen; none means that everything is shown and no announcement is sent."""
    if person is None:
        return frozenset()
    return frozenset(session.scalars(select(Interest.service_id).where(Interest.person_id == person.id)))


def has_chosen(session: Session, person: Person) -> bool:
    """Whether the person has ever answered the question, be it with nothing."""
    return session.get(InterestChoice, person.id) is not None


def choose(session: Session, person: Person, service_ids: Iterable[int], *, now: datetime) -> None:
    """The person wants support for exactly these services; ids that no service has are passed over."""
    before = chosen_ids(session, person)
    asked = set(service_ids)
    wanted = set(session.scalars(select(Service.id).where(Service.id.in_(asked)))) if asked else set()
    dropped = before - wanted
    if dropped:
        session.execute(delete(Interest).where(Interest.person_id == person.id, Interest.service_id.in_(dropped)))
    session.add_all(Interest(person_id=person.id, service_id=service_id) for service_id in sorted(wanted - before))
    choice = session.get(InterestChoice, person.id)
    if choice is None:
        session.add(InterestChoice(person_id=person.id, made_at=now))
    else:
        choice.made_at = now
    session.flush()
    audit.record(session, "services_chosen", by=person.id, now=now, added=len(wanted - before), dropped=len(dropped))


def follow(session: Session, person: Person, service_id: int, *, now: datetime) -> None:
    """Add one service to those the person has chosen."""
    choose(session, person, chosen_ids(session, person) | {service_id}, now=now)


def unfollow(session: Session, person: Person, service_id: int, *, now: datetime) -> None:
    """Take one service away from those the person has chosen."""
    choose(session, person, chosen_ids(session, person) - {service_id}, now=now)


def people_interested(session: Session, service_ids: Collection[int]) -> list[Person]:
    """Everybody with an open account who has chosen at least one of the services, each once, in a steady order."""
    chose = select(Interest.person_id).where(Interest.service_id.in_(list(service_ids)))
    return list(session.scalars(
        select(Person).where(Person.id.in_(chose), Person.is_disabled.is_(False)).order_by(Person.id)
        .options(lazyload(Person.memberships))))
