"""Addresses: an account gets another one when the new address has been confirmed and the old one has been told."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk import audit, outbox
from helpdesk.errors import DeskError
from helpdesk.people import proofs
from helpdesk.people.accounts import AddressTaken, Person, check_address, find_person
from helpdesk.people.proofs import Kind, Proof
from helpdesk.people.signin import check_tries, count_try, sign_out_everywhere

CHANGES_IN, CHANGES_MOST = timedelta(hours=1), 5


class SameAddress(DeskError):
    """This is the address of your account already."""


def ask(session: Session, person: Person, email: str, *, now: datetime) -> None:
    """Ask for another address: a link goes to it, and word with a link that stops it to the present one.

    Whether the new address belongs to another account is told to that account alone. Raises BadAddress, SameAddress,
    TooManyTries.
    """
    address = check_address(email)
    if address == person.email:
        raise SameAddress()
    key = f"address:{person.id}"
    check_tries(session, key, most=CHANGES_MOST, within=CHANGES_IN, now=now)
    count_try(session, key, now=now)
    proof = proofs.ask(session, Kind.ADDRESS, email=address, person=person, now=now)
    audit.record(session, "address_asked", by=person.id, now=now, person_id=person.id, proof_id=proof.id)
    outbox.queue(session, to=person, text="address_announced", now=now, proof=proof.id, new=address)
    owner = find_person(session, address)
    if owner is not None:
        outbox.queue(session, to=owner, text="address_known", now=now)
        return
    outbox.queue_beside(session, address, about=person, text="address_confirm", language=person.language, now=now,
                        proof=proof.id)


def find_asked(session: Session, person: Person, *, now: datetime) -> Proof | None:
    """The change of address that waits to be confirmed."""
    return proofs.find_waiting(session, Kind.ADDRESS, person, now=now)


def confirm(session: Session, proof_id: int, *, now: datetime) -> Person:
    """Make the change that the link confirms, and tell both addresses. Raises ProofGone, AddressTaken."""
    proof, _details = proofs.use(session, proof_id, Kind.ADDRESS, now=now)
    person = proof.person
    if person is None or person.is_disabled:
        raise proofs.ProofGone()
    if find_person(session, proof.email) is not None:
        raise AddressTaken(email=proof.email)
    former, person.email = person.email, proof.email
    proofs.drop(session, Kind.RESET, person, now=now)
    session.flush()
    audit.record(session, "address_changed", by=person.id, now=now, person_id=person.id)
    outbox.queue(session, to=person, text="address_changed", now=now)
    outbox.queue_beside(session, former, about=person, text="address_changed", language=person.language, now=now)
    return person


def take_back(session: Session, person: Person, *, now: datetime) -> None:
    """The person no longer wants the change that they asked for."""
    if proofs.drop(session, Kind.ADDRESS, person, now=now):
        audit.record(session, "address_taken_back", by=person.id, now=now, person_id=person.id)


def stop(session: Session, proof_id: int, *, now: datetime) -> Person:
    """Stop the change by the link that went to the present address; every session ends. Raises ProofGone."""
    proof, _details = proofs.use(session, proof_id, Kind.ADDRESS, now=now)
    if proof.person is None:
        raise proofs.ProofGone()
    sign_out_everywhere(session, proof.person)
    audit.record(session, "address_stopped", by=proof.person.id, now=now, person_id=proof.person.id)
    return proof.person
