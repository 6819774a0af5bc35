"""Passwords that people choose themselves, and setting a new one by the link in a letter."""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from helpdesk import audit, outbox
from helpdesk.errors import DeskError
from helpdesk.people import proofs
from helpdesk.people.accounts import (
    PASSWORD_MAX,
    PASSWORD_MIN,
    Person,
    WeakPassword,
    find_person,
    hash_password,
    normal_address,
)
from helpdesk.people.proofs import Kind
from helpdesk.people.signin import check_tries, count_try, sign_out_everywhere

RESETS_IN = timedelta(hours=1)
RESETS_OF_ADDRESS, RESETS_FROM_HOST = 3, 20
# Shorter parts of a name are found in ordinary words.
PART_LEAST = 5


class PasswordTells(DeskError):
    """The password must not hold your name or address: whoever knows them would try that first."""


def check_chosen(password: str, *, email: str, name: str) -> None:
    """Raise WeakPassword or PasswordTells for a password that somebody must not choose; how it is made up is free."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise WeakPassword(least=PASSWORD_MIN, most=PASSWORD_MAX)
    address, plain = normal_address(email), "".join(password.split()).casefold()
    whole = "".join(name.split()).casefold()
    told = {address, whole, *(part.casefold() for part in (*name.split(), address.partition("@")[0]))}
    if any(part in plain for part in told if len(part) >= PART_LEAST):
        raise PasswordTells()


def ask_reset(session: Session, email: str, *, host: str, now: datetime) -> None:
    """Send a link for a new password to whoever has the address; the same happens to see for an unknown one."""
    address = normal_address(email)[:outbox.ADDRESS_MAX]
    for key, most in ((f"reset:{address}", RESETS_OF_ADDRESS), (f"reset-from:{host}", RESETS_FROM_HOST)):
        check_tries(session, key, most=most, within=RESETS_IN, now=now)
        count_try(session, key, now=now)
    person = find_person(session, address)
    if person is None or person.is_disabled:
        audit.record(session, "reset_of_nobody", by=None, now=now)
        return
    proof = proofs.ask(session, Kind.RESET, email=person.email, person=person, now=now)
    outbox.queue(session, to=person, text="password_reset", now=now, proof=proof.id)
    audit.record(session, "reset_asked", by=None, now=now, person_id=person.id)


def reset(session: Session, proof_id: int, password: str, *, hasher: PasswordHasher, now: datetime) -> Person:
    """Set the password chosen by the link; every session ends. Raises ProofGone, WeakPassword, PasswordTells."""
    waiting = proofs.find_open(session, proof_id, Kind.RESET, now=now)
    person = waiting.person if waiting else None
    # An address that was changed since then no longer speaks for the account.
    if waiting is None or person is None or person.is_disabled or person.email != waiting.email:
        raise proofs.ProofGone()
    check_chosen(password, email=person.email, name=person.name)
    hashed = hash_password(password, hasher)
    proofs.use(session, proof_id, Kind.RESET, now=now)
    _set(session, person, hashed, but=None, now=now)
    return person


def change(session: Session, person: Person, password: str, *, hasher: PasswordHasher, but: int | None,
           now: datetime) -> None:
    """The person chooses another password; every session but one ends. Raises WeakPassword, PasswordTells."""
    check_chosen(password, email=person.email, name=person.name)
    _set(session, person, hash_password(password, hasher), but=but, now=now)


def _set(session: Session, person: Person, hashed: str, *, but: int | None, now: datetime) -> None:
    person.password_hash = hashed
    sign_out_everywhere(session, person, but=but)
    proofs.drop_all(session, person, now=now)
    session.flush()
    audit.record(session, "password_set", by=person.id, now=now, person_id=person.id)
    outbox.queue(session, to=person, text="password_changed", now=now)
