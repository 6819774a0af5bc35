"""People, teams and roles."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from helpdesk import audit
from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound

PASSWORD_MIN, PASSWORD_MAX = 12, 200


class Role(StrEnum):
    """What a person is for the desk, beside being a client; agents and leads come from team memberships."""

    OWNER = "owner"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Team(Record):
    """A group of agents; its key is the lane id in diagrams."""

    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name_pl: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_pl


class Membership(Record):
    """A person's place in a team."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "team_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    is_lead: Mapped[bool] = mapped_column(default=False)
    team: Mapped[Team] = relationship(lazy="joined")


class Person(Record):
    """Somebody with an account: client, agent, lead, owner, manager or administrator."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(40), default="")
    firm: Mapped[str] = mapped_column(String(200), default="")
    nip: Mapped[str] = mapped_column(String(10), default="")
    language: Mapped[str] = mapped_column(String(5), default="pl")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    roles: Mapped[list[str]] = mapped_column(default=list)
    is_disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    memberships: Mapped[list[Membership]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def team_ids(self) -> frozenset[int]:
        return frozenset(place.team_id for place in self.memberships)

    @property
    def led_team_ids(self) -> frozenset[int]:
        return frozenset(place.team_id for place in self.memberships if place.is_lead)

    @property
    def is_staff(self) -> bool:
        """Whether they work at the desk rather than come to it."""
        return bool(self.memberships) or bool(self.roles)

    def has_role(self, role: Role) -> bool:
        return role.value in self.roles


class AddressTaken(DeskError):
    """There is already an account with the address {email}."""


class WeakPassword(DeskError):
    """The password must have from {least} to {most} characters."""


class LastAdministrator(DeskError):
    """This is the last administrator; give the role to somebody else first."""


def normal_address(email: str) -> str:
    """The address as it is compared: trimmed and in lower case."""
    return email.strip().lower()


def hash_password(password: str, hasher: PasswordHasher) -> str:
    """The argon2 hash of a password of acceptable length."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise WeakPassword(least=PASSWORD_MIN, most=PASSWORD_MAX)
    return hasher.hash(password)


def is_password(hashed: str, password: str, hasher: PasswordHasher) -> bool:
    """Whether `password` is the one behind `hashed`."""
    try:
        return hasher.verify(hashed, password[: PASSWORD_MAX + 1])
    except (VerificationError, ValueError):
        return False


def find_person(session: Session, email: str) -> Person | None:
    return session.scalar(select(Person).where(Person.email == normal_address(email)))


def get_person(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound()
    return person


def list_people(session: Session, *, text: str = "") -> list[Person]:
    """Everybody whose name, address or firm contains `text`, by name."""
    query = select(Person).order_by(Person.name, Person.id)
    if text:
        query = query.where(Person.name.icontains(text, autoescape=True)
                            | Person.email.icontains(text, autoescape=True)
                            | Person.firm.icontains(text, autoescape=True))
    return list(session.scalars(query.limit(500)))


def list_teams(session: Session) -> list[Team]:
    return list(session.scalars(select(Team).order_by(Team.id)))


def list_members(session: Session, team_ids: Iterable[int]) -> list[Person]:
    """The enabled members of the teams, by name."""
    query = (select(Person).join(Membership, Membership.person_id == Person.id)
             .where(Membership.team_id.in_(list(team_ids)), Person.is_disabled.is_(False)).distinct())
    return sorted(session.scalars(query), key=lambda person: person.name)


def list_leads(session: Session, team_ids: Iterable[int]) -> list[Person]:
    return [person for person in list_members(session, team_ids) if person.led_team_ids & set(team_ids)]


def list_with_role(session: Session, role: Role) -> list[Person]:
    """The enabled people who have the role; the staff is small, so JSON is read here and not in SQL."""
    everybody = session.scalars(select(Person).where(Person.is_disabled.is_(False)).order_by(Person.id))
    return [person for person in everybody if person.has_role(role)]


def add_person(session: Session, *, email: str, name: str, now: datetime, by: Person | None = None,
               **facts: Any) -> Person:
    """A new account, without a password until one is set."""
    if find_person(session, email) is not None:
        raise AddressTaken(email=normal_address(email))
    person = Person(email=normal_address(email), name=name.strip(), created_at=now, **facts)
    session.add(person)
    session.flush()
    audit.record(session, "person_added", by=by.id if by else None, now=now, person_id=person.id)
    return person


def change_places(session: Session, person: Person, *, roles: Iterable[Role], teams: dict[int, bool],
                  by: Person, now: datetime) -> None:
    """Give the person exactly these roles and team places (team id → is lead)."""
    wanted = sorted(role.value for role in roles)
    admin = Role.ADMINISTRATOR.value
    if admin in person.roles and admin not in wanted:
        _check_another_administrator(session, person)
    person.roles = wanted
    kept = {place.team_id: place for place in person.memberships}
    for team_id, place in kept.items():
        if team_id not in teams:
            person.memberships.remove(place)
    for team_id, is_lead in teams.items():
        if team_id in kept:
            kept[team_id].is_lead = is_lead
        else:
            person.memberships.append(Membership(team_id=team_id, is_lead=is_lead))
    session.flush()
    audit.record(session, "places_changed", by=by.id, now=now, person_id=person.id,
                 roles=wanted, teams=sorted(teams))


def set_disabled(session: Session, person: Person, is_disabled: bool, *, by: Person, now: datetime) -> None:
    """Close or open an account; the caller ends the sessions of a closed one."""
    if is_disabled and Role.ADMINISTRATOR.value in person.roles:
        _check_another_administrator(session, person)
    person.is_disabled = is_disabled
    session.flush()
    audit.record(session, "person_disabled" if is_disabled else "person_enabled", by=by.id, now=now,
                 person_id=person.id)


def _check_another_administrator(session: Session, person: Person) -> None:
    if not any(other.id != person.id for other in list_with_role(session, Role.ADMINISTRATOR)):
        raise LastAdministrator()
