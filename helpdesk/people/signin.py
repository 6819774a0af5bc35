"""Signing in: server-side sessions and a brake on guessing."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import cast

from argon2 import PasswordHasher
from sqlalchemy import ForeignKey, String, Table, bindparam, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from helpdesk import audit
from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound
from helpdesk.people import proofs
from helpdesk.people.accounts import (
    Membership,
    Person,
    Team,
    find_person,
    hash_password,
    is_password,
    normal_address,
)
from helpdesk.statements import rows
from helpdesk.statements.prepared import Prepared, columns_of, objects

TRIES_IN = timedelta(minutes=15)
# The longest time in which tries are counted: remarks, in a day.
TRIES_KEPT_FOR = timedelta(days=1)
ADDRESS_FACTOR = 10
SEEN_EVERY = timedelta(minutes=1)
HALFWAY_LASTS = timedelta(minutes=10)
# How long after somebody has shown who they are they may change how they do it.
PROVED_FOR = timedelta(minutes=10)
AGENT_MAX = 300


class SignedIn(Record):
    """One sign-in of one person in one browser; only the hash of its token is stored.

    proved_at: when the person last showed who they are. awaits_factor: the password was right and the second step is
    still to come; nobody is signed in with such a row. agent: what the browser called itself.
    """

    __tablename__ = "signed_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    since_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    awaits_factor: Mapped[bool] = mapped_column(default=False)
    agent: Mapped[str] = mapped_column(String(AGENT_MAX), default="")
    person: Mapped[Person] = relationship(lazy="joined")


class Attempt(Record):
    """One counted try: a failed sign-in of an address or from a host, or a registered request."""

    __tablename__ = "attempt"
    id: Mapped[int] = mapped_column(primary_key=True)
    of: Mapped[str] = mapped_column(String(300), index=True)
    at: Mapped[datetime] = mapped_column(index=True)


_ATTEMPT = cast(Table, Attempt.__table__)
_LATELY = Prepared(select(func.count()).select_from(_ATTEMPT).where(
    _ATTEMPT.c.of == bindparam("of"), _ATTEMPT.c.at > bindparam("since")))


_WHO = len(columns_of(SignedIn, Person))
# Who it is, with their places in teams: every request asks it.
_LIVING = Prepared(
    select(*columns_of(SignedIn, Person, Membership, Team)).join_from(SignedIn, Person)
    .outerjoin(Membership, Membership.person_id == Person.id).outerjoin(Team, Team.id == Membership.team_id)
    .where(SignedIn.token_hash == bindparam("token_hash"), SignedIn.expires_at > bindparam("now"),
           SignedIn.awaits_factor.is_(False))
    .order_by(Membership.id))


class WrongPassword(DeskError):
    """The address or the password is not right."""


class TooManyTries(DeskError):
    """There were too many attempts. Try again in {minutes} minutes."""


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def check_tries(session: Session, of: str, *, most: int, within: timedelta, now: datetime) -> None:
    """Raise TooManyTries when `of` was counted `most` times lately."""
    if _LATELY.read(session, {"of": of, "since": now - within})[0][0] >= most:
        raise TooManyTries(minutes=int(within.total_seconds() // 60))


def count_try(session: Session, of: str, *, now: datetime) -> None:
    rows.add(session, Attempt, of=of, at=now)


def check_password(session: Session, email: str, password: str, *, host: str, most: int, hasher: PasswordHasher,
                   now: datetime) -> Person | None:
    """The person whose password this is, or None after counting the failure; the same work for unknown addresses."""
    keys = {f"sign-in:{normal_address(email)[:254]}": most, f"sign-in-from:{host}": most * ADDRESS_FACTOR}
    for key, allowed in keys.items():
        check_tries(session, key, most=allowed, within=TRIES_IN, now=now)
    person = find_person(session, email)
    hashed = person.password_hash if person and person.password_hash else _hash_of_nobody(hasher)
    is_right = is_password(hashed, password, hasher)
    if person is None or not person.password_hash or not is_right or person.is_disabled:
        for key in keys:
            count_try(session, key, now=now)
        audit.record(session, "sign_in_failed", by=None, now=now, person_id=person.id if person else None)
        return None
    if hasher.check_needs_rehash(person.password_hash):
        person.password_hash = hasher.hash(password)
    return person


def sign_in(session: Session, person: Person, *, lasts: timedelta, now: datetime, agent: str = "") -> str:
    """Begin a new session; gives the token for the cookie."""
    token = _begin(session, person, lasts=lasts, now=now, agent=agent, awaits_factor=False)
    audit.record(session, "signed_in", by=person.id, now=now)
    session.flush()
    return token


def begin_halfway(session: Session, person: Person, *, now: datetime, agent: str = "") -> str:
    """Remember that the first step of signing in was right; gives the token with which the second one is made."""
    token = _begin(session, person, lasts=HALFWAY_LASTS, now=now, agent=agent, awaits_factor=True)
    audit.record(session, "second_step_asked", by=person.id, now=now)
    session.flush()
    return token


def find_halfway(session: Session, token: str, *, now: datetime) -> Person | None:
    """Who has made the first step of signing in with this token and not yet the second."""
    person = session.scalar(select(Person).join(SignedIn).where(
        SignedIn.token_hash == hash_token(token), SignedIn.awaits_factor, SignedIn.expires_at > now))
    return person if person is not None and not person.is_disabled else None


def list_signed_in(session: Session, person: Person, *, now: datetime) -> list[SignedIn]:
    """The living sessions of the person, the one used last first."""
    return list(session.scalars(
        select(SignedIn).where(SignedIn.person_id == person.id, SignedIn.expires_at > now,
                               SignedIn.awaits_factor.is_(False))
        .order_by(SignedIn.seen_at.desc(), SignedIn.id.desc())))


def end_session(session: Session, signed_in_id: int, *, of: Person, now: datetime) -> None:
    """End one of the person's sessions. Raises NotFound for anybody else's."""
    ended = session.scalar(delete(SignedIn).where(SignedIn.id == signed_in_id, SignedIn.person_id == of.id)
                           .returning(SignedIn.id))
    if ended is None:
        raise NotFound()
    audit.record(session, "session_ended", by=of.id, now=now, signed_in_id=signed_in_id)


def note_proved(session: Session, signed_in: SignedIn, *, now: datetime) -> None:
    """The person has just shown again who they are."""
    signed_in.proved_at = now
    session.execute(update(SignedIn).where(SignedIn.id == signed_in.id).values(proved_at=now)
                    .execution_options(synchronize_session=False))
    audit.record(session, "identity_shown", by=signed_in.person_id, now=now)


def is_proved(signed_in: SignedIn, *, now: datetime) -> bool:
    """Whether the person has shown lately who they are."""
    return signed_in.proved_at is not None and now - signed_in.proved_at <= PROVED_FOR


def find_signed_in(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The living session behind a cookie."""
    rows_ = _LIVING.read(session, {"token_hash": hash_token(token), "now": now})
    if not rows_:
        return None
    signed_in, person, *_ = objects(session, rows_[0], SignedIn, Person)
    if person.is_disabled:
        return None
    # 1 the places in teams  2 whose they are  3 who it is
    places = []
    for row in rows_:
        place, team = objects(session, row[_WHO:], Membership, Team)
        if place is not None:
            set_committed_value(place, "team", team)
            places.append(place)
    set_committed_value(person, "memberships", places)
    set_committed_value(signed_in, "person", person)
    return cast(SignedIn, signed_in)


def note_seen(session: Session, signed_in: SignedIn, *, lasts: timedelta, now: datetime) -> None:
    """Use moves the end of a session; written once a minute at most."""
    if now - signed_in.seen_at > SEEN_EVERY:
        session.execute(update(SignedIn).where(SignedIn.id == signed_in.id).values(
            seen_at=now, expires_at=now + lasts).execution_options(synchronize_session=False))


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    ended = session.execute(delete(SignedIn).where(SignedIn.token_hash == hash_token(token))
                            .returning(SignedIn.person_id, SignedIn.awaits_factor)).first()
    if ended is not None and not ended.awaits_factor:
        audit.record(session, "signed_out", by=ended.person_id, now=now)


def sign_out_everywhere(session: Session, person: Person, *, but: int | None = None) -> int:
    """End every session of the person, perhaps but one; how many ended."""
    ending = delete(SignedIn).where(SignedIn.person_id == person.id)
    if but is not None:
        ending = ending.where(SignedIn.id != but)
    return len(session.scalars(ending.returning(SignedIn.id)).all())


def set_password(session: Session, person: Person, password: str, *, hasher: PasswordHasher, by: Person | None,
                 now: datetime) -> None:
    """Set a password; every session of the person ends, and no way back that was asked for before counts."""
    person.password_hash = hash_password(password, hasher)
    sign_out_everywhere(session, person)
    proofs.drop_all(session, person, now=now)
    audit.record(session, "password_set", by=by.id if by else None, now=now, person_id=person.id)
    session.flush()


def forget_old(session: Session, *, now: datetime) -> None:
    """Remove sessions that ended and tries that no longer count."""
    session.execute(delete(SignedIn).where(SignedIn.expires_at < now))
    session.execute(delete(Attempt).where(Attempt.at < now - TRIES_KEPT_FOR))


def _begin(session: Session, person: Person, *, lasts: timedelta, now: datetime, agent: str,
           awaits_factor: bool) -> str:
    token = secrets.token_urlsafe(32)
    session.add(SignedIn(token_hash=hash_token(token), person_id=person.id, csrf_token=secrets.token_urlsafe(32),
                         since_at=now, seen_at=now, proved_at=now, expires_at=now + lasts,
                         awaits_factor=awaits_factor, agent=agent.replace("\x00", "")[:AGENT_MAX]))
    return token


_nobody: dict[int, str] = {}


def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """A hash as dear as a real one, so that an unknown address takes the same time."""
    if hasher.memory_cost not in _nobody:
        _nobody[hasher.memory_cost] = hasher.hash(secrets.token_urlsafe(16))
    return _nobody[hasher.memory_cost]
