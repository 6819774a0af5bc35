"""Access tokens: what a person gives a program so that it can act for them; shown once, stored as a hash."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from helpdesk import audit
from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound
from helpdesk.people.accounts import Person
from helpdesk.people.signin import hash_token

PREFIX = "okn_"
MOST = 20
NAME_MAX = 80
DAYS = (30, 90, 365)
USE_NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token is good for: reading alone, or registering requests too."""

    READ = "read"
    WRITE = "write"


class AccessToken(Record):
    """A program's way in as one person, until it expires or is revoked."""

    __tablename__ = "access_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="joined")

    def may(self, scope: Scope) -> bool:
        """Whether it is good for that; what may write may read."""
        return self.scope in (Scope.WRITE.value, scope.value)


class ProgramUnnamed(DeskError):
    """Write what the program is called, in at most {most} characters."""


class TooManyTokens(DeskError):
    """You have {most} tokens that are in use. Revoke one of them first."""


def make_token(session: Session, person: Person, *, name: str, scope: Scope, days: int, now: datetime) -> str:
    """A new token; its text is given here and never again. Raises ProgramUnnamed, TooManyTokens."""
    name = " ".join(name.replace("\x00", " ").split())
    if not 0 < len(name) <= NAME_MAX:
        raise ProgramUnnamed(field="name", most=NAME_MAX)
    in_use = session.scalar(select(func.count(AccessToken.id)).where(
        AccessToken.person_id == person.id, AccessToken.revoked_at.is_(None), AccessToken.expires_at > now)) or 0
    if in_use >= MOST:
        raise TooManyTokens(most=MOST)
    text = PREFIX + secrets.token_urlsafe(32)
    session.add(AccessToken(
        person_id=person.id, name=name, mark=hash_token(text), scope=scope.value, made_at=now,
        expires_at=now + timedelta(days=days if days in DAYS else DAYS[0])))
    audit.record(session, "access_token_made", by=person.id, now=now, scope=scope.value)
    session.flush()
    return text


def find_token(session: Session, text: str, *, now: datetime) -> AccessToken | None:
    """The token if it is good at this moment and its person may sign in; its use is noted."""
    token = session.scalar(select(AccessToken).where(
        AccessToken.mark == hash_token(text), AccessToken.revoked_at.is_(None), AccessToken.expires_at > now))
    if token is None or token.person.is_disabled:
        return None
    if token.used_at is None or now - token.used_at >= USE_NOTED_EVERY:
        token.used_at = now
    return token


def list_tokens(session: Session, person: Person, *, now: datetime) -> list[AccessToken]:
    """The person's tokens that are in use, the newest first."""
    return list(session.scalars(select(AccessToken).where(
        AccessToken.person_id == person.id, AccessToken.revoked_at.is_(None), AccessToken.expires_at > now)
        .order_by(AccessToken.id.desc())))


def revoke_token(session: Session, token_id: int, *, of: Person, now: datetime) -> None:
    """Make one of one's own tokens useless at once. Raises NotFound."""
    token = session.get(AccessToken, token_id)
    if token is None or token.person_id != of.id or token.revoked_at is not None:
        raise NotFound()
    token.revoked_at = now
    audit.record(session, "access_token_revoked", by=of.id, now=now)
    session.flush()
