"""Invitations: a manager asks somebody, by their e-mail address, to act for the firm.

The letter's link shows who invites; accepting takes an account with that very address, made before or afterwards.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from helpdesk import audit, outbox
from helpdesk.errors import DeskError, NotFound
from helpdesk.people import proofs
from helpdesk.people.accounts import Person, check_address, find_person
from helpdesk.people.firms.members import (
    MEMBERS_MAX,
    check_firm_has_room,
    check_has_room,
    demand_confirmed_manager,
    find_place,
    tell_managers,
)
from helpdesk.people.firms.records import PATH, Firm, FirmMember, State, TooManyMembers
from helpdesk.people.proofs import Kind, Proof
from helpdesk.people.signin import check_tries, count_try

SENT_IN, SENT_MOST = timedelta(days=1), 30
# So often an address is written to by anybody at all.
SENT_TO_ADDRESS = 5


class AlreadyInFirm(DeskError):
    """{email} belongs to somebody who acts for the firm already."""


def invite(session: Session, firm_id: int, *, email: str, sees_all: bool, by: Person, now: datetime) -> Proof:
    """Invite whoever reads the letters of the address; an older invitation of the firm to it no longer counts.

    Raises NotFound, NotConfirmed, BadAddress, AlreadyInFirm, TooManyMembers, TooManyTries.
    """
    firm = demand_confirmed_manager(session, firm_id, by).firm
    address = check_address(email)
    for key, most in ((f"invite:{by.id}", SENT_MOST), (f"invited:{address}", SENT_TO_ADDRESS)):
        check_tries(session, key, most=most, within=SENT_IN, now=now)
        count_try(session, key, now=now)
    owner = find_person(session, address)
    place = find_place(session, firm.id, owner) if owner is not None else None
    if place is not None and place.is_active:
        raise AlreadyInFirm(email=address)
    proofs.drop_of_firm(session, firm.id, email=address, now=now)
    check_firm_has_room(session, firm)
    if len(list_invitations(session, firm.id, now=now)) >= MEMBERS_MAX:
        raise TooManyMembers(most=MEMBERS_MAX)
    proof = proofs.ask(session, Kind.FIRM, email=address, firm_id=firm.id, now=now, by=by.id, sees_all=sees_all)
    audit.record(session, "firm_invited", by=by.id, now=now, firm_id=firm.id, proof_id=proof.id)
    if owner is None:
        outbox.queue_beside(session, address, about=None, text="firm_invited_newcomer", language=by.language, now=now,
                            proof=proof.id)
    elif not owner.is_disabled:
        tell(session, owner, proof, now=now)
    return proof


def tell(session: Session, person: Person, proof: Proof, *, now: datetime) -> None:
    """A letter to somebody who has an account: their page of firms holds the invitation."""
    outbox.queue(session, to=person, text="firm_invited", now=now, firm=firm_of(session, proof).name, path=PATH)


def list_invitations(session: Session, firm_id: int, *, now: datetime) -> list[Proof]:
    """The invitations of the firm that wait, the newest first."""
    return list(session.scalars(_open(now).where(Proof.firm_id == firm_id).order_by(Proof.id.desc())))


def list_waiting(session: Session, person: Person, *, now: datetime) -> list[tuple[Proof, Firm]]:
    """The invitations that wait for the person, with the firms."""
    query = select(Proof, Firm).join(Firm, Firm.id == Proof.firm_id).where(
        Proof.id.in_(_open(now).with_only_columns(Proof.id)), Proof.email == person.email).order_by(Proof.id)
    return [(proof, firm) for proof, firm in session.execute(query)]


def get_invitation(session: Session, proof_id: int, *, of: Person, now: datetime) -> Proof:
    """An invitation that waits for the person. Raises NotFound, ProofGone."""
    proof = session.scalar(select(Proof).where(
        Proof.id == proof_id, Proof.kind == Kind.FIRM.value, Proof.email == of.email))
    if proof is None:
        raise NotFound()
    if proof.used_at is not None or proof.expires_at <= now:
        raise proofs.ProofGone()
    return proof


def accept(session: Session, proof: Proof, *, by: Person, now: datetime) -> FirmMember:
    """The person acts for the firm from now on. Raises TooManyFirms, ProofGone."""
    firm = firm_of(session, proof)
    member = find_place(session, firm.id, by)
    if member is None:
        check_has_room(session, by)
        member = FirmMember(firm=firm, person=by, called=firm.name, since_at=now)
        session.add(member)
    _proof, details = proofs.use(session, proof.id, Kind.FIRM, now=now)
    if not member.is_active:
        member.state, member.since_at, member.sees_all = State.ACTIVE.value, now, bool(details.get("sees_all"))
    session.flush()
    audit.record(session, "firm_invitation_accepted", by=by.id, now=now, firm_id=firm.id, proof_id=proof.id)
    tell_managers(session, firm, "firm_invitation_accepted", now=now, who=by.name)
    return member


def decline(session: Session, proof: Proof, *, by: Person, now: datetime) -> None:
    """The person does not want to act for the firm. Raises ProofGone."""
    proofs.use(session, proof.id, Kind.FIRM, now=now)
    audit.record(session, "firm_invitation_declined", by=by.id, now=now, firm_id=proof.firm_id, proof_id=proof.id)


def take_back(session: Session, firm_id: int, proof_id: int, *, by: Person, now: datetime) -> None:
    """The firm no longer invites; the link in the letter ends. Raises NotFound, ProofGone."""
    demand_confirmed_manager(session, firm_id, by)
    if session.scalar(select(func.count(Proof.id)).where(Proof.id == proof_id, Proof.firm_id == firm_id)) != 1:
        raise NotFound()
    proofs.use(session, proof_id, Kind.FIRM, now=now)
    audit.record(session, "firm_invitation_taken_back", by=by.id, now=now, firm_id=firm_id, proof_id=proof_id)


def firm_of(session: Session, proof: Proof) -> Firm:
    """The firm that invites."""
    return session.get_one(Firm, proof.firm_id)


def _open(now: datetime) -> Select[Proof]:
    return select(Proof).where(Proof.kind == Kind.FIRM.value, Proof.used_at.is_(None), Proof.expires_at > now)
