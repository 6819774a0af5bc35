"""Passkeys: a key in a telephone, a computer or a stick, which answers a question of the desk (WebAuthn).

The question holds its own proof of origin: it is signed with the desk's secret for one browser and one purpose, so
nothing is stored when a page is merely shown. It counts for ten minutes, and once.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import ForeignKey, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from helpdesk import audit, outbox
from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound
from helpdesk.people.accounts import Person
from helpdesk.people.signin import check_tries, count_try
from helpdesk.vault import Vault

DESK_NAME = "Okienko"
ASKED_FOR = timedelta(minutes=10)
NONCE, MOMENT = 16, 8  # bytes
NAME_MAX, ANSWER_MAX, PASSKEYS_MOST = 60, 20_000, 20
PURPOSE = "passkey question"


class Passkey(Record):
    """A person's passkey. sign_count: how often the key says it was used; one that does not grow is a copy."""

    __tablename__ = "passkey"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    # base64url, as browsers write them
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="joined")


@dataclass(frozen=True)
class Place:
    """Where passkeys of this desk count: the host of its address and nowhere else."""

    address: str
    vault: Vault

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or "localhost"

    @property
    def is_named(self) -> bool:
        """Whether browsers make passkeys here: for names they do, never for an address of numbers."""
        return self._numbers is None

    @property
    def named(self) -> str:
        """The address by a name at which this machine finds the desk; "" if the numbers are another machine's."""
        parts = urlsplit(self.address)
        port = f":{parts.port}" if parts.port else ""
        is_here = self._numbers is not None and self._numbers.is_loopback
        return f"{parts.scheme}://localhost{port}" if is_here else ""

    @property
    def _numbers(self) -> IPv4Address | IPv6Address | None:
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def origin(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"


class PasskeyRefused(DeskError):
    """The passkey was not accepted. Try again, or sign in another way."""


class PasskeyKnown(DeskError):
    """This passkey is registered already."""


class TooManyPasskeys(DeskError):
    """There are {most} passkeys already; remove one that you no longer use."""


def ask_to_add(session: Session, person: Person, *, place: Place, browser: str, now: datetime) -> str:
    """What a browser needs to make a passkey, as JSON; browser: what only this one knows, such as its form token."""
    options = webauthn.generate_registration_options(
        rp_id=place.host, rp_name=DESK_NAME, user_id=_handle(person, place), user_name=person.email,
        user_display_name=person.name, challenge=_question(f"add {person.id}", place=place, browser=browser, now=now),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED),
        exclude_credentials=_descriptors(session, person))
    return options_to_json(options)


def add(session: Session, person: Person, answer: str, *, name: str, place: Place, browser: str,
        now: datetime) -> Passkey:
    """Keep the passkey that the browser made. Raises PasskeyRefused, PasskeyKnown, TooManyPasskeys."""
    if len(list_passkeys(session, person)) >= PASSKEYS_MOST:
        raise TooManyPasskeys(most=PASSKEYS_MOST)
    said = _read(answer)
    question = _answered(session, said, f"add {person.id}", place=place, browser=browser, now=now)
    try:
        made = webauthn.verify_registration_response(
            credential=said, expected_challenge=question, expected_rp_id=place.host, expected_origin=place.origin)
    except Exception as error:  # whatever a browser sends
        raise PasskeyRefused() from error
    credential_id = bytes_to_base64url(made.credential_id)
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)) is not None:
        raise PasskeyKnown()
    passkey = Passkey(person_id=person.id, name=_name(name), credential_id=credential_id, added_at=now,
                      public_key=bytes_to_base64url(made.credential_public_key), sign_count=made.sign_count)
    session.add(passkey)
    session.flush()
    audit.record(session, "passkey_added", by=person.id, now=now, person_id=person.id, passkey_id=passkey.id)
    outbox.queue(session, to=person, text="passkey_added", now=now, passkey=passkey.name)
    return passkey


def ask_to_sign_in(session: Session, person: Person | None, *, place: Place, browser: str, now: datetime) -> str:
    """What a browser needs to answer with a passkey, as JSON; person: None when the passkey is to say who it is."""
    options = webauthn.generate_authentication_options(
        rp_id=place.host, challenge=_question(_for(person), place=place, browser=browser, now=now),
        allow_credentials=_descriptors(session, person) if person else None,
        user_verification=UserVerificationRequirement.PREFERRED if person else UserVerificationRequirement.REQUIRED)
    return options_to_json(options)


def check(session: Session, person: Person | None, answer: str, *, place: Place, browser: str, now: datetime) -> Person:
    """Whose passkey has answered; without a person it has to have checked its owner too. Raises PasskeyRefused."""
    said = _read(answer)
    passkey = session.scalar(select(Passkey).where(Passkey.credential_id == str(said.get("id", ""))[:1400]))
    if passkey is None or passkey.person.is_disabled or (person is not None and passkey.person_id != person.id):
        raise PasskeyRefused()
    # Written first: of two that come with the same answer, one waits here for the other.
    session.execute(update(Passkey).where(Passkey.id == passkey.id).values(used_at=now))
    count = session.scalar(select(Passkey.sign_count).where(Passkey.id == passkey.id)) or 0
    question = _answered(session, said, _for(person), place=place, browser=browser, now=now)
    try:
        checked = webauthn.verify_authentication_response(
            credential=said, expected_challenge=question, expected_rp_id=place.host, expected_origin=place.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key), credential_current_sign_count=count,
            require_user_verification=person is None)
    except Exception as error:  # whatever a browser sends
        raise PasskeyRefused() from error
    session.execute(update(Passkey).where(Passkey.id == passkey.id).values(sign_count=checked.new_sign_count))
    return passkey.person


def list_passkeys(session: Session, person: Person) -> list[Passkey]:
    """The person's passkeys, in the order in which they were added."""
    return list(session.scalars(select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.id)))


def get_passkey(session: Session, passkey_id: int, *, of: Person) -> Passkey:
    passkey = session.get(Passkey, passkey_id)
    if passkey is None or passkey.person_id != of.id:
        raise NotFound()
    return passkey


def rename(session: Session, passkey: Passkey, name: str, *, now: datetime) -> None:
    """Another name for the passkey."""
    passkey.name = _name(name)
    session.flush()
    audit.record(session, "passkey_renamed", by=passkey.person_id, now=now, passkey_id=passkey.id)


def remove(session: Session, passkey: Passkey, *, now: datetime) -> None:
    """The passkey no longer counts."""
    person, name = passkey.person, passkey.name
    audit.record(session, "passkey_removed", by=person.id, now=now, person_id=person.id, passkey_id=passkey.id)
    session.execute(delete(Passkey).where(Passkey.id == passkey.id))
    session.expunge(passkey)
    outbox.queue(session, to=person, text="passkey_removed", now=now, passkey=name)


def _descriptors(session: Session, person: Person) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id))
            for one in list_passkeys(session, person)]


def _handle(person: Person, place: Place) -> bytes:
    """What a passkey knows its person by: nothing that says who it is."""
    return bytes.fromhex(place.vault.mark(str(person.id), purpose="passkey owner"))


def _for(person: Person | None) -> str:
    return f"second {person.id}" if person else "sign in"


def _question(purpose: str, *, place: Place, browser: str, now: datetime) -> bytes:
    head = secrets.token_bytes(NONCE) + int(now.timestamp()).to_bytes(MOMENT, "big")
    return head + _seal(head, purpose, place=place, browser=browser)


def _seal(head: bytes, purpose: str, *, place: Place, browser: str) -> bytes:
    about = hashlib.sha256(f"{purpose}\n{browser}".encode()).hexdigest()
    return bytes.fromhex(place.vault.mark(f"{head.hex()} {about}", purpose=PURPOSE))


def _answered(session: Session, said: dict[str, Any], purpose: str, *, place: Place, browser: str,
              now: datetime) -> bytes:
    """The question that the answer is to, used up. Raises PasskeyRefused unless we asked it here, lately, for this."""
    try:
        client_data = json.loads(base64url_to_bytes(said["response"]["clientDataJSON"]))
        question = base64url_to_bytes(client_data["challenge"])
    except (KeyError, TypeError, ValueError) as error:
        raise PasskeyRefused() from error
    head = question[:NONCE + MOMENT]
    if not hmac.compare_digest(question[NONCE + MOMENT:], _seal(head, purpose, place=place, browser=browser)):
        raise PasskeyRefused()
    asked_at = int.from_bytes(head[NONCE:], "big")
    if not 0 <= int(now.timestamp()) - asked_at <= ASKED_FOR.total_seconds():
        raise PasskeyRefused()
    key = f"passkey-question:{head.hex()}"
    try:
        check_tries(session, key, most=1, within=ASKED_FOR * 2, now=now)
    except DeskError as error:
        raise PasskeyRefused() from error
    count_try(session, key, now=now)
    return question


def _read(answer: str) -> dict[str, Any]:
    try:
        said = json.loads(answer[:ANSWER_MAX])
    except ValueError as error:
        raise PasskeyRefused() from error
    if not isinstance(said, dict):
        raise PasskeyRefused()
    return said


def _name(name: str) -> str:
    kept = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())[:NAME_MAX].strip()
    return kept or DESK_NAME
