"""Proofs: what waits for somebody to show, by the link in a letter, that they read the letters of an address."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from helpdesk.database import Record
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person

# What was asked for and never confirmed is forgotten this long after it could have been.
KEPT_FOR = timedelta(days=1)


class Kind(StrEnum):
    """What the proof is for."""

    REGISTER = "register"
    RESET = "reset"
    ADDRESS = "address"
    FIRM = "firm"


LASTS = {Kind.REGISTER: timedelta(hours=24), Kind.RESET: timedelta(hours=1), Kind.ADDRESS: timedelta(hours=24),
         Kind.FIRM: timedelta(days=7)}


class Proof(Record):
    """One thing that is done once its link is used; the code in the link is in the letter alone (mailroom.replies).

    person_id: whose account it is about; None for one that does not exist yet. firm_id: the firm that invites. details:
    what is done then; emptied when it is done, but for what is `remember`ed.
    """

    __tablename__ = "proof"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    person: Mapped[Person | None] = relationship(lazy="joined")


class ProofGone(DeskError):
    """This link no longer works: it was used, replaced by a newer one, or its time ran out."""


def ask(session: Session, kind: Kind, *, email: str, now: datetime, person: Person | None = None,
        firm_id: int | None = None, **details: Any) -> Proof:
    """Begin to wait for a proof; an older one for the same account and purpose no longer counts."""
    if person is not None:
        drop(session, kind, person, now=now)
    proof = Proof(kind=kind.value, person_id=person.id if person else None, firm_id=firm_id, email=email,
                  details=details, asked_at=now, expires_at=now + LASTS[kind])
    session.add(proof)
    session.flush()
    return proof


def find_open(session: Session, proof_id: int, kind: Kind, *, now: datetime) -> Proof | None:
    """The proof, if its link still works."""
    return session.scalar(select(Proof).where(
        Proof.id == proof_id, Proof.kind == kind.value, Proof.used_at.is_(None), Proof.expires_at > now))


def find_waiting(session: Session, kind: Kind, person: Person, *, now: datetime) -> Proof | None:
    """The proof of this kind that the person's account waits for."""
    return session.scalar(select(Proof).where(
        Proof.person_id == person.id, Proof.kind == kind.value, Proof.used_at.is_(None), Proof.expires_at > now)
        .order_by(Proof.id.desc()).limit(1))


def use(session: Session, proof_id: int, kind: Kind, *, now: datetime) -> tuple[Proof, dict[str, Any]]:
    """Use the proof up; gives it with what is to be done. Raises ProofGone, also for whoever comes second."""
    proof = find_open(session, proof_id, kind, now=now)
    if proof is None:
        raise ProofGone()
    details = dict(proof.details)
    taken = session.scalar(update(Proof).where(Proof.id == proof_id, Proof.used_at.is_(None))
                           .values(used_at=now, details={}).returning(Proof.id))
    if taken is None:
        raise ProofGone()
    return proof, details


def remember(session: Session, proof: Proof, person: Person, **facts: Any) -> None:
    """Tie a used proof to the account that it has made, with what is still to be done for that once."""
    proof.person_id, proof.details = person.id, {name: fact for name, fact in facts.items() if fact}
    session.flush()


def take_remembered(session: Session, kind: Kind, person: Person) -> tuple[Proof, dict[str, Any]] | None:
    """What is remembered for the account, once: whoever comes second finds nothing."""
    proof = session.scalar(select(Proof).where(
        Proof.person_id == person.id, Proof.kind == kind.value, Proof.used_at.is_not(None)).with_for_update(of=Proof))
    if proof is None or not proof.details:
        return None
    details, proof.details = dict(proof.details), {}
    session.flush()
    return proof, details


def drop(session: Session, kind: Kind, person: Person, *, now: datetime) -> int:
    """Let no open proof of this kind count for the account any more; how many there were."""
    return len(session.scalars(update(Proof).where(
        Proof.person_id == person.id, Proof.kind == kind.value, Proof.used_at.is_(None))
        .values(used_at=now, details={}).returning(Proof.id)).all())


def drop_of_firm(session: Session, firm_id: int, *, email: str | None = None, now: datetime) -> None:
    """Let no open invitation of the firm count any more; or none to this address."""
    query = update(Proof).where(Proof.firm_id == firm_id, Proof.used_at.is_(None))
    session.execute((query if email is None else query.where(Proof.email == email)).values(used_at=now, details={}))


def drop_all(session: Session, person: Person, *, now: datetime) -> None:
    """Whoever had got in and asked for a way back has none after a new password."""
    for kind in (Kind.RESET, Kind.ADDRESS):
        drop(session, kind, person, now=now)


def forget(session: Session, *, now: datetime) -> None:
    """Remove what was never confirmed: with it goes all that is known of somebody who did not become anybody here."""
    session.execute(delete(Proof).where(Proof.expires_at < now - KEPT_FOR))
