"""Identities: what a provider of sign-ins (OpenID Connect) calls a person; linked by issuer and subject alone."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from helpdesk import audit, outbox
from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound
from helpdesk.people.accounts import Person, add_person, find_person

ISSUER_MAX, SUBJECT_MAX = 300, 255


class Identity(Record):
    """One way into an account through a provider. label: the address the provider showed when it was linked."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(ISSUER_MAX))
    subject: Mapped[str] = mapped_column(String(SUBJECT_MAX))
    label: Mapped[str] = mapped_column(String(254), default="")
    linked_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="joined")


class LinkedElsewhere(DeskError):
    """This sign-in belongs to another account at this desk already."""


class AddressUnproved(DeskError):
    """{provider} does not say that your e-mail address is confirmed, so no account can be made from it. Confirm the address there, or make an account here."""  # noqa: E501


class AddressKnown(DeskError):
    """There is an account with your address at this desk. Sign in to it as you usually do, then add {provider} on the page “My account”."""  # noqa: E501


class LastWayIn(DeskError):
    """This is the only way into your account. Set a password first."""


def find_identity(session: Session, issuer: str, subject: str) -> Identity | None:
    return session.scalar(select(Identity).where(Identity.issuer == issuer, Identity.subject == subject))


def list_identities(session: Session, person: Person) -> list[Identity]:
    return list(session.scalars(select(Identity).where(Identity.person_id == person.id).order_by(Identity.id)))


def note_used(session: Session, identity: Identity, *, now: datetime) -> None:
    session.execute(update(Identity).where(Identity.id == identity.id).values(used_at=now))


def check_newcomer(session: Session, email: str, *, is_proved: bool, provider: str) -> None:
    """Raise AddressUnproved or AddressKnown for somebody of whom no account may be made.

    An account is never given to somebody because a provider says that the address is theirs.
    """
    if not email or not is_proved:
        raise AddressUnproved(provider=provider)
    if find_person(session, email) is not None:
        raise AddressKnown(provider=provider)


def make_account(session: Session, *, issuer: str, subject: str, email: str, name: str, language: str,
                 now: datetime) -> Person:
    """An account for somebody whom a provider has vouched for. Raises AddressTaken, BadAddress, BadName."""
    if find_identity(session, issuer, subject) is not None:
        raise LinkedElsewhere()
    person = add_person(session, email=email, name=name, language=language, rules_agreed_at=now, now=now)
    _add(session, person, issuer=issuer, subject=subject, label=person.email, now=now)
    outbox.queue(session, to=person, text="account_made", now=now)
    return person


def link(session: Session, person: Person, *, issuer: str, subject: str, label: str, provider: str,
         now: datetime) -> None:
    """Let the person sign in through the provider too. Raises LinkedElsewhere."""
    known = find_identity(session, issuer, subject)
    if known is not None and known.person_id != person.id:
        raise LinkedElsewhere()
    if known is not None:
        return
    _add(session, person, issuer=issuer, subject=subject, label=label, now=now)
    outbox.queue(session, to=person, text="identity_linked", now=now, provider=provider)


def get_identity(session: Session, identity_id: int, *, of: Person) -> Identity:
    identity = session.get(Identity, identity_id)
    if identity is None or identity.person_id != of.id:
        raise NotFound()
    return identity


def unlink(session: Session, identity: Identity, *, provider: str, has_passkey: bool, now: datetime) -> None:
    """Signing in through it ends. Raises LastWayIn if there would be no way in left."""
    person = identity.person
    others = [one for one in list_identities(session, person) if one.id != identity.id]
    if not person.password_hash and not others and not has_passkey:
        raise LastWayIn()
    audit.record(session, "identity_unlinked", by=person.id, now=now, person_id=person.id, identity_id=identity.id)
    session.execute(delete(Identity).where(Identity.id == identity.id))
    session.expunge(identity)
    outbox.queue(session, to=person, text="identity_unlinked", now=now, provider=provider)


def _add(session: Session, person: Person, *, issuer: str, subject: str, label: str, now: datetime) -> None:
    identity = Identity(person_id=person.id, issuer=issuer, subject=subject, label=label[:254], linked_at=now)
    session.add(identity)
    session.flush()
    audit.record(session, "identity_linked", by=person.id, now=now, person_id=person.id, identity_id=identity.id)
