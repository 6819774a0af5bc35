"""Authenticators: an app on a telephone that shows a new code every half minute (TOTP, RFC 6238)."""

from datetime import datetime
from hmac import compare_digest

import pyotp
from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk import audit, outbox
from helpdesk.database import Record
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person
from helpdesk.vault import Vault

STEP = 30  # seconds
# How many steps the clock of a telephone may be before or behind ours.
WINDOW = 1
DIGITS = 6
PURPOSE = "authenticator"


class Authenticator(Record):
    """A person's app. secret: locked in the vault. confirmed_at: None until a first code was typed.

    last_step: the half minute whose code was used last; that code and older ones count no more.
    """

    __tablename__ = "authenticator"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    secret: Mapped[str] = mapped_column(String(300))
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)


class AlreadyThere(DeskError):
    """An authenticator app is set up already. Remove it before you set up another."""


def find_authenticator(session: Session, person: Person) -> Authenticator | None:
    return session.scalar(select(Authenticator).where(Authenticator.person_id == person.id))


def begin(session: Session, person: Person, *, vault: Vault, now: datetime) -> Authenticator:
    """A new secret for the person's app, which counts once a code of it was typed. Raises AlreadyThere."""
    known = find_authenticator(session, person)
    if known is not None and known.confirmed_at is not None:
        raise AlreadyThere()
    if known is not None:
        session.delete(known)
        session.flush()
    app = Authenticator(person_id=person.id, secret=vault.lock(pyotp.random_base32(), purpose=_purpose(person.id)),
                        begun_at=now)
    session.add(app)
    session.flush()
    audit.record(session, "authenticator_begun", by=person.id, now=now, person_id=person.id)
    return app


def confirm(session: Session, person: Person, app: Authenticator, code: str, *, vault: Vault, now: datetime) -> bool:
    """Let the app count from now on if the code is right; whether it was."""
    step = matching_step(app, "".join(code.split()), vault=vault, now=now)
    if step is None or not take_step(session, app, step):
        return False
    app.confirmed_at = now
    session.flush()
    audit.record(session, "authenticator_added", by=person.id, now=now, person_id=person.id)
    outbox.queue(session, to=person, text="authenticator_added", now=now)
    return True


def remove(session: Session, person: Person, *, now: datetime) -> bool:
    """Remove the person's app, or the beginning of one; whether there was one that counted."""
    app = find_authenticator(session, person)
    if app is None:
        return False
    session.execute(delete(Authenticator).where(Authenticator.id == app.id))
    session.expunge(app)
    if app.confirmed_at is None:
        return False
    audit.record(session, "authenticator_removed", by=person.id, now=now, person_id=person.id)
    outbox.queue(session, to=person, text="authenticator_removed", now=now)
    return True


def key_of(app: Authenticator, *, vault: Vault) -> str:
    """The secret as it is typed into an app by hand."""
    return vault.open(app.secret, purpose=_purpose(app.person_id))


def address_of(app: Authenticator, person: Person, *, desk: str, vault: Vault) -> str:
    """The secret as the square code holds it (otpauth://)."""
    return pyotp.TOTP(key_of(app, vault=vault)).provisioning_uri(name=person.email, issuer_name=desk)


def matching_step(app: Authenticator, code: str, *, vault: Vault, now: datetime) -> int | None:
    """The half minute whose code this is, if it is near enough and later than the one used last."""
    if len(code) != DIGITS or not code.isascii() or not code.isdigit():
        return None
    totp = pyotp.TOTP(key_of(app, vault=vault))
    present = int(now.timestamp()) // STEP
    for step in range(present - WINDOW, present + WINDOW + 1):
        if compare_digest(totp.generate_otp(step), code) and step > app.last_step:
            return step
    return None


def take_step(session: Session, app: Authenticator, step: int) -> bool:
    """Use the code of this half minute up; False for whoever comes second."""
    taken = session.scalar(update(Authenticator).where(Authenticator.id == app.id, Authenticator.last_step < step)
                           .values(last_step=step).returning(Authenticator.id))
    return taken is not None


def _purpose(person_id: int) -> str:
    # A locked secret that was moved to another account opens nothing there.
    return f"{PURPOSE} {person_id}"
