"""Registration: somebody makes an account of their own, which exists once its address is confirmed."""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from helpdesk import audit, outbox
from helpdesk.errors import DeskError
from helpdesk.outbox import Letter
from helpdesk.people import proofs
from helpdesk.people.accounts import Person, add_person, check_address, check_name, find_person, hash_password
from helpdesk.people.firms import invitations
from helpdesk.people.passwords import check_chosen
from helpdesk.people.proofs import Kind
from helpdesk.people.signin import check_tries, count_try, hash_token

TRIES_IN = timedelta(hours=1)
TRIES_OF_ADDRESS, TRIES_FROM_HOST = 3, 20


class RulesNotAgreed(DeskError):
    """Tick the box if you agree to the rules; without that no account can be made."""


class RegistrationOff(DeskError):
    """At this desk people do not make accounts themselves. Call the help desk to get one."""


def find_problems(*, email: str, name: str, password: str, agrees: bool) -> dict[str, DeskError]:
    """What has to be corrected before an account can be asked for, by field."""
    problems: dict[str, DeskError] = {}
    for field, check in (("name", lambda: check_name(name)), ("email", lambda: check_address(email)),
                         ("password", lambda: check_chosen(password, email=email, name=name))):
        try:
            check()
        except DeskError as error:
            problems[field] = error
    if not agrees:
        problems["agrees"] = RulesNotAgreed()
    return problems


def ask(session: Session, *, email: str, name: str, password: str, language: str, hasher: PasswordHasher, host: str,
        now: datetime, browser: str = "") -> None:
    """Ask for an account: a link goes to the address, or word to its owner that there is one already.

    browser: the token of the forms begun in this browser (helpdesk.begun), which follow the account to wherever its
    owner signs in first. What is done and shown is the same for both, the work of hashing too. Raises BadAddress,
    BadName, WeakPassword, PasswordTells, TooManyTries.
    """
    address, name = check_address(email), check_name(name)
    check_chosen(password, email=address, name=name)
    for key, most in ((f"register:{address}", TRIES_OF_ADDRESS), (f"register-from:{host}", TRIES_FROM_HOST)):
        check_tries(session, key, most=most, within=TRIES_IN, now=now)
        count_try(session, key, now=now)
    hashed = hash_password(password, hasher)
    owner = find_person(session, address)
    if owner is not None:
        audit.record(session, "registration_of_known", by=None, now=now, person_id=owner.id)
        if not owner.is_disabled:
            outbox.queue(session, to=owner, text="register_known", now=now)
        return
    proof = proofs.ask(session, Kind.REGISTER, email=address, now=now, name=name, language=language, password=hashed,
                       begun=hash_token(browser) if browser else "")
    audit.record(session, "registration_asked", by=None, now=now, proof_id=proof.id)
    outbox.queue_beside(session, address, about=None, text="register_confirm", language=language, now=now,
                        proof=proof.id)


def confirm(session: Session, proof_id: int, *, now: datetime) -> Person:
    """Make the account that the link confirms. Raises ProofGone, AddressTaken."""
    proof, asked = proofs.use(session, proof_id, Kind.REGISTER, now=now)
    person = add_person(session, email=proof.email, name=asked["name"], language=asked["language"],
                        password_hash=asked["password"], rules_agreed_at=proof.asked_at, now=now)
    proofs.remember(session, proof, person, begun=asked.get("begun", ""))
    outbox.queue(session, to=person, text="account_made", now=now)
    for invitation, _firm in invitations.list_waiting(session, person, now=now):
        invitations.tell(session, person, invitation, now=now)
    return person


def forget(session: Session, *, now: datetime) -> None:
    """Remove letters to people who never became anybody here."""
    session.execute(delete(Letter).where(Letter.person_id.is_(None), Letter.queued_at < now - proofs.KEPT_FOR * 2, or_(
        # The link in the letter has to work as long as the invitation.
        Letter.text != "firm_invited_newcomer",
        Letter.queued_at < now - proofs.LASTS[Kind.FIRM] - proofs.KEPT_FOR)))
