"""Callers: finding the client on the telephone, or opening an account for a new one."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from helpdesk.errors import DeskError
from helpdesk.fulltext.words import fold
from helpdesk.languages import choose_language
from helpdesk.people.accounts import Person, add_person, find_person
from helpdesk.people.policy import Act, demand

MOST_SHOWN = 20
MOST_WORDS = 8
FEWEST_DIGITS = 3
NAME_MAX, EMAIL_MAX, PHONE_MAX, FIRM_MAX = 120, 254, 40, 200
MARKED = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
SEPARATORS = " -()/."
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class NameMissing(DeskError):
    """Write the caller's first and last name."""


class BadAddress(DeskError):
    """Write an e-mail address such as jan.kowalski@example.com."""


class TextTooLong(DeskError):
    """This is too long; at most {most} characters fit."""


class AccountExists(DeskError):
    """{name} already has an account with this address; choose them from the list."""


def find_callers(session: Session, text: str, *, by: Person) -> list[Person]:
    """The clients whose name, address, firm, telephone or NIP contain every word of the text, by name."""
    demand(by, Act.REGISTER_FOR_OTHERS)
    words = fold(text.replace("\x00", " ")).split()[:MOST_WORDS]
    if not words:
        return []
    digits = "".join(letter for letter in text if letter.isdigit())
    fits = and_(*(_said(word) for word in words))
    if len(digits) >= FEWEST_DIGITS and not any(letter.isalpha() for letter in text):
        fits = or_(fits, _bare(Person.phone).contains(digits), Person.nip.contains(digits))
    return list(session.scalars(select(Person).where(fits, Person.is_disabled.is_(False))
                                .order_by(Person.name, Person.id).limit(MOST_SHOWN)))


def add_caller(session: Session, *, name: str, email: str, phone: str = "", firm: str = "", language: str = "pl",
               by: Person, now: datetime) -> Person:
    """A new client's account, opened during the call; it has no password yet.

    Raises NameMissing, BadAddress, TextTooLong, AccountExists.
    """
    demand(by, Act.REGISTER_FOR_OTHERS)
    name, email, phone, firm = (" ".join(text.replace("\x00", " ").split()) for text in (name, email, phone, firm))
    if not name:
        raise NameMissing(field="name")
    if not _EMAIL.fullmatch(email):
        raise BadAddress(field="email")
    for field, value, most in (("name", name, NAME_MAX), ("email", email, EMAIL_MAX), ("phone", phone, PHONE_MAX),
                               ("firm", firm, FIRM_MAX)):
        if len(value) > most:
            raise TextTooLong(field=field, most=most)
    found = find_person(session, email)
    if found is not None:
        raise AccountExists(field="email", name=found.name)
    return add_person(session, email=email, name=name, phone=phone, firm=firm,
                      language=choose_language(language, "pl"), by=by, now=now)


def _said(word: str) -> ColumnElement[bool]:
    columns = (Person.name, Person.email, Person.firm)
    return or_(*(_folded(column).contains(word, autoescape=True) for column in columns))


def _folded(column: Any) -> Any:
    """The column as `fold` would have it; SQLite's lower() knows only ASCII, so Polish letters are replaced first."""
    for letter in MARKED:
        column = func.replace(column, letter, fold(letter))
    return func.lower(column)


def _bare(column: Any) -> Any:
    """A telephone number without what people put between its digits."""
    for letter in SEPARATORS:
        column = func.replace(column, letter, "")
    return column
