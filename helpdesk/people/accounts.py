"""People, teams and roles."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import ForeignKey, String, UniqueConstraint, cast, select, update
from sqlalchemy.orm import Mapped, Session, lazyload, mapped_column, relationship, selectinload

from helpdesk import audit
from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound

PASSWORD_MIN, PASSWORD_MAX = 12, 200
ADDRESS_MAX, NAME_MAX = 254, 120
LISTED_MOST = 500
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?(?:[ ()/-]*[0-9]){6,15}[ ()]*")
_TEAM_KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")
# The lane of the ticket's client; no team may be called so.
CLIENT_KEY = "client"
_ALPHABET = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"


class Role(StrEnum):
    """What a person is for the desk, beside being a client; agents and leads come from team memberships."""

    OWNER = "owner"
    EDITOR = "editor"
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
    """Somebody with an account: client, agent, lead, owner, manager or administrator.

    second_step_at: since when signing in takes a second step; None if it takes none. rules_agreed_at: when they agreed
    to the rules; None for accounts that the desk made.
    """

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
    # What they want to be told, how and when (helpdesk/notices/choices.py); empty: as usual.
    notices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    second_step_at: Mapped[datetime | None]
    rules_agreed_at: Mapped[datetime | None]
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


class BadAddress(DeskError):
    """“{email}” is not an e-mail address."""


class BadName(DeskError):
    """Give a name of at most {most} characters."""


class BadPhone(DeskError):
    """Give a telephone number of 6 to 15 digits, for example +48 22 555 01 00, or leave it empty."""


class BadTeamKey(DeskError):
    """“{key}” cannot be a key: use small letters without accents, digits and underscores, beginning with a letter."""


class TeamKeyTaken(DeskError):
    """There is already a team with the key {key}."""


class WeakPassword(DeskError):
    """The password must have from {least} to {most} characters."""


class LastAdministrator(DeskError):
    """This is the last administrator; give the role to somebody else first."""


def normal_address(email: str) -> str:
    """The address as it is compared: trimmed and in lower case."""
    return email.replace("\x00", "").strip().lower()


def name_order(name: str) -> tuple[list[int], str]:
    """How names are ordered in lists: as in the Polish alphabet."""
    return [_ALPHABET.find(letter) if letter in _ALPHABET else ord(letter) + 1000 if letter.isalpha() else -1
            for letter in name.lower()], name


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


def list_people(session: Session, *, text: str = "", is_staff: bool | None = None,
                is_disabled: bool | None = None, most: int = LISTED_MOST) -> list[Person]:
    """People whose name, address or firm contains `text`, by name; the first `most` of them."""
    query = select(Person).order_by(Person.name, Person.id)
    text = text.replace("\x00", "").strip()
    if text:
        query = query.where(Person.name.icontains(text, autoescape=True)
                            | Person.email.icontains(text, autoescape=True)
                            | Person.firm.icontains(text, autoescape=True))
    if is_staff is not None:
        works_here = Person.memberships.any() | (cast(Person.roles, String) != "[]")
        query = query.where(works_here if is_staff else ~works_here)
    if is_disabled is not None:
        query = query.where(Person.is_disabled.is_(is_disabled))
    return sorted(session.scalars(query.limit(most)), key=lambda person: name_order(person.name))


def list_teams(session: Session) -> list[Team]:
    return list(session.scalars(select(Team).order_by(Team.id)))


def list_members(session: Session, team_ids: Iterable[int], *, with_places: bool = False) -> list[Person]:
    """The enabled members of the teams, by name; their places in teams are read only if they are wanted."""
    places = selectinload if with_places else lazyload
    query = (select(Person).join(Membership, Membership.person_id == Person.id)
             .where(Membership.team_id.in_(list(team_ids)), Person.is_disabled.is_(False)).distinct()
             .options(places(Person.memberships)))
    return sorted(session.scalars(query), key=lambda person: name_order(person.name))


def list_leads(session: Session, team_ids: Iterable[int]) -> list[Person]:
    """The enabled leads of the teams, by name; the other members are not read."""
    leads = select(Membership.person_id).where(Membership.team_id.in_(list(team_ids)), Membership.is_lead)
    query = select(Person).where(Person.id.in_(leads), Person.is_disabled.is_(False)).options(
        lazyload(Person.memberships))
    return sorted(session.scalars(query), key=lambda person: name_order(person.name))


def list_with_role(session: Session, role: Role) -> list[Person]:
    """The enabled people who have the role; those with any are few, so JSON is read here and not in SQL."""
    some = session.scalars(select(Person).where(Person.is_disabled.is_(False), cast(Person.roles, String) != "[]")
                           .order_by(Person.id))
    return [person for person in some if person.has_role(role)]


def check_address(email: str) -> str:
    """The address as it is stored. Raises BadAddress."""
    address = normal_address(email)
    if len(address) > ADDRESS_MAX or not _ADDRESS.fullmatch(address):
        raise BadAddress(email=address[:ADDRESS_MAX])
    return address


def check_name(name: str) -> str:
    """The name with single spaces and nothing unprintable. Raises BadName."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        raise BadName(most=NAME_MAX)
    return name


def add_person(session: Session, *, email: str, name: str, now: datetime, by: Person | None = None,
               **facts: Any) -> Person:
    """A new account, without a password until one is set. Raises BadAddress, BadName, AddressTaken."""
    address = check_address(email)
    if find_person(session, address) is not None:
        raise AddressTaken(email=address)
    person = Person(email=address, name=check_name(name), created_at=now, **facts)
    session.add(person)
    session.flush()
    audit.record(session, "person_added", by=by.id if by else None, now=now, person_id=person.id)
    return person


def get_team(session: Session, team_id: int) -> Team:
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound()
    return team


def add_team(session: Session, *, key: str, name_pl: str, name_en: str, by: Person, now: datetime) -> Team:
    """A new team. Raises BadTeamKey, TeamKeyTaken, BadName."""
    if not _TEAM_KEY.fullmatch(key) or key == CLIENT_KEY:
        raise BadTeamKey(key=key[:60])
    if session.scalar(select(Team.id).where(Team.key == key)) is not None:
        raise TeamKeyTaken(key=key)
    team = Team(key=key, name_pl=check_name(name_pl), name_en=check_name(name_en))
    session.add(team)
    session.flush()
    audit.record(session, "team_added", by=by.id, now=now, team_id=team.id, key=key)
    return team


def rename_team(session: Session, team: Team, *, name_pl: str, name_en: str, by: Person, now: datetime) -> None:
    """Give the team other names; its key stays, because diagrams name it."""
    team.name_pl, team.name_en = check_name(name_pl), check_name(name_en)
    session.flush()
    audit.record(session, "team_renamed", by=by.id, now=now, team_id=team.id)


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


def change_facts(session: Session, person: Person, *, name: str, phone: str, now: datetime) -> None:
    """The person corrects their name and telephone. Raises BadName, BadPhone."""
    name, phone = check_name(name), " ".join(phone.replace("\x00", "").split())
    if phone and not _PHONE.fullmatch(phone):
        raise BadPhone()
    person.name, person.phone = name, phone
    session.flush()
    audit.record(session, "facts_changed", by=person.id, now=now)


def choose_letters_language(session: Session, person: Person, language: str, *, now: datetime) -> None:
    """The person chooses in which language the desk writes to them."""
    person.language = language
    audit.record(session, "language_chosen", by=person.id, now=now, language=language)
    session.flush()


def set_disabled(session: Session, person: Person, is_disabled: bool, *, by: Person, now: datetime) -> None:
    """Close or open an account; the caller ends the sessions of a closed one and hands its steps back."""
    if is_disabled and Role.ADMINISTRATOR.value in person.roles:
        _check_another_administrator(session, person)
    person.is_disabled = is_disabled
    session.flush()
    audit.record(session, "person_disabled" if is_disabled else "person_enabled", by=by.id, now=now,
                 person_id=person.id)


def _check_another_administrator(session: Session, person: Person) -> None:
    # Written first, so that two administrators who remove each other wait for one another; then read anew.
    ids = [one.id for one in list_with_role(session, Role.ADMINISTRATOR)]
    session.execute(update(Person).where(Person.id.in_(sorted(ids))).values(created_at=Person.created_at))
    others = session.execute(select(Person.id, Person.roles).where(
        Person.id.in_(ids), Person.id != person.id, Person.is_disabled.is_(False)))
    if not any(Role.ADMINISTRATOR.value in row.roles for row in others):
        raise LastAdministrator()
