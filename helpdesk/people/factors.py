"""The second step of signing in: what a person has for it, and the recovery codes for when that is lost."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk import audit, outbox
from helpdesk.database import Record
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person
from helpdesk.people.authenticators import Authenticator, find_authenticator, matching_step, take_step
from helpdesk.people.passkeys import Passkey, list_passkeys
from helpdesk.people.signin import check_tries, count_try, sign_out_everywhere
from helpdesk.vault import Vault

CODES, CODE_LETTERS = 10, 12
# Without the letters and digits that people mix up.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
PURPOSE = "recovery code"
TRIES, TRIES_IN = 5, timedelta(minutes=15)


class RecoveryCode(Record):
    """One code that stands in for a lost telephone or key, once. mark: made of the code and the desk's secret."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    mark: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WrongCode(DeskError):
    """This code is not right, or it was used already. Wait for the next one and type it again."""


class NoSecondStep(DeskError):
    """This account has no second step."""


class StillDemanded(DeskError):
    """At this desk staff sign in with a second step. Add another one before you remove the last."""


def check_code(session: Session, person: Person, code: str, *, vault: Vault, now: datetime) -> bool:
    """Whether this is a code of the person’s app or an unused recovery code; a right one is used up.

    A wrong one is counted. Raises TooManyTries.
    """
    key = f"second-step:{person.id}"
    check_tries(session, key, most=TRIES, within=TRIES_IN, now=now)
    typed = "".join(letter for letter in code.lower() if letter.isalnum())[:40]
    if _is_of_app(session, person, typed, vault=vault, now=now):
        return True
    if _is_recovery(session, person, typed, vault=vault, now=now):
        return True
    count_try(session, key, now=now)
    audit.record(session, "second_step_failed", by=None, now=now, person_id=person.id)
    return False


def make_codes(session: Session, person: Person, *, vault: Vault, now: datetime) -> list[str]:
    """Ten new recovery codes, shown once; the old ones no longer work. Raises NoSecondStep."""
    if person.second_step_at is None:
        raise NoSecondStep()
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = ["".join(secrets.choice(READABLE) for _letter in range(CODE_LETTERS)) for _code in range(CODES)]
    session.add_all([RecoveryCode(person_id=person.id, mark=vault.mark(f"{person.id} {code}", purpose=PURPOSE),
                                  made_at=now) for code in codes])
    session.flush()
    audit.record(session, "recovery_codes_made", by=person.id, now=now, person_id=person.id)
    outbox.queue(session, to=person, text="recovery_codes_made", now=now)
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


def count_codes(session: Session, person: Person) -> int:
    """How many unused recovery codes the person has."""
    return session.scalar(select(func.count(RecoveryCode.id)).where(
        RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))) or 0


def note_added(session: Session, person: Person, *, now: datetime) -> None:
    """From now on signing in takes a second step."""
    if person.second_step_at is None:
        person.second_step_at = now
        session.flush()


def check_removable(session: Session, person: Person, *, is_demanded: bool) -> None:
    """Raise StillDemanded if the person would be left without the second step that the desk demands."""
    if is_demanded and person.is_staff and len(list_passkeys(session, person)) + _apps(session, person) <= 1:
        raise StillDemanded()


def note_removed(session: Session, person: Person) -> None:
    """Without any app and passkey there is no second step, and nothing for recovery codes to stand in for."""
    if not list_passkeys(session, person) and not _apps(session, person):
        person.second_step_at = None
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
        session.flush()


def remove_all(session: Session, person: Person, *, by: Person, now: datetime) -> None:
    """An administrator removes a lost second step; every session ends and the person is told. Raises NoSecondStep."""
    if person.second_step_at is None:
        raise NoSecondStep()
    for kind in (Authenticator, Passkey, RecoveryCode):
        session.execute(delete(kind).where(kind.person_id == person.id))
    person.second_step_at = None
    sign_out_everywhere(session, person)
    session.flush()
    audit.record(session, "second_step_removed", by=by.id, now=now, person_id=person.id)
    outbox.queue(session, to=person, text="second_step_removed", now=now)


def _apps(session: Session, person: Person) -> int:
    found = find_authenticator(session, person)
    return int(found is not None and found.confirmed_at is not None)


def _is_of_app(session: Session, person: Person, typed: str, *, vault: Vault, now: datetime) -> bool:
    app = find_authenticator(session, person)
    if app is None or app.confirmed_at is None:
        return False
    step = matching_step(app, typed, vault=vault, now=now)
    return step is not None and take_step(session, app, step)


def _is_recovery(session: Session, person: Person, typed: str, *, vault: Vault, now: datetime) -> bool:
    if len(typed) != CODE_LETTERS:
        return False
    mark = vault.mark(f"{person.id} {typed}", purpose=PURPOSE)
    used = session.scalar(update(RecoveryCode).where(
        RecoveryCode.person_id == person.id, RecoveryCode.mark == mark, RecoveryCode.used_at.is_(None))
        .values(used_at=now).returning(RecoveryCode.id))
    if used is None:
        return False
    audit.record(session, "recovery_code_used", by=person.id, now=now, person_id=person.id)
    outbox.queue(session, to=person, text="recovery_code_used", now=now, left=count_codes(session, person))
    return True
