"""Replies without signing in: the code in a letter's link, which only whoever has the letter knows."""

import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.errors import NotFound
from helpdesk.notices.kinds import ALWAYS, kind_of
from helpdesk.outbox import Letter
from helpdesk.settings import Settings

# Letters whose link lets the reader object to what they announce; the ticket's process waits for this message.
OBJECTABLE = frozenset({"login_change_announced", "login_change_announced_new"})
# Letters whose link does something to an account, and the page it leads to. Only the letter itself shows such a link:
# whoever sits at a browser that somebody left signed in must not find it on the page of letters.
ACCOUNT_LINKS = {
    "register_confirm": "register/confirm", "password_reset": "password/new",
    "address_confirm": "address/confirm", "address_announced": "address/stop",
    "firm_invited_newcomer": "firms/invited",
}


def code_of(letter: Letter, settings: Settings) -> str:
    """The code that proves that somebody has read this very letter."""
    about = letter.text if letter.text in ACCOUNT_LINKS else "objection"
    return _code(f"{about}:{letter.id}:{letter.ticket_id}:{letter.address.lower()}", settings)


def find_objectable(session: Session, letter_id: int, code: str, settings: Settings) -> Letter:
    """The letter that the link with this code came in. Raises NotFound."""
    letter = session.get(Letter, letter_id)
    if letter is None or not letter.address or letter.text not in OBJECTABLE:
        raise NotFound()
    _check(code_of(letter, settings), code)
    return letter


def code_to_answer(letter: Letter, item_id: int, settings: Settings) -> str:
    """The code with which the reader of this letter answers one step of the ticket."""
    return _code(f"answer:{letter.id}:{item_id}", settings)


def find_answerable(session: Session, letter_id: int, item_id: int, code: str, settings: Settings) -> Letter:
    """The letter whose link answers this step. Raises NotFound."""
    letter = session.get(Letter, letter_id)
    if letter is None or letter.address or letter.ticket_id is None:
        raise NotFound()
    _check(code_to_answer(letter, item_id, settings), code)
    return letter


def find_account_letter(session: Session, letter_id: int, code: str, settings: Settings, *, text: str) -> Letter:
    """The letter about an account that the link with this code came in. Raises NotFound."""
    letter = session.get(Letter, letter_id)
    if letter is None or letter.text != text or text not in ACCOUNT_LINKS:
        raise NotFound()
    _check(code_of(letter, settings), code)
    return letter


def code_to_stop(letter: Letter, settings: Settings) -> str:
    """The code with which the reader of this letter stops letters of its kind."""
    return _code(f"stop:{letter.id}:{letter.person_id}", settings)


def find_stoppable(session: Session, letter_id: int, code: str, settings: Settings) -> list[Letter]:
    """The letters of the message whose link to stop has this code. Raises NotFound."""
    letter = session.get(Letter, letter_id)
    if letter is None or letter.address or kind_of(letter.text) in ALWAYS:
        raise NotFound()
    _check(code_to_stop(letter, settings), code)
    if not letter.mail:
        return [letter]
    return list(session.scalars(select(Letter).where(Letter.mail == letter.mail).order_by(Letter.id)))


def _code(words: str, settings: Settings) -> str:
    return hmac.new((settings.secret or "demo").encode(), words.encode(), hashlib.sha256).hexdigest()[:40]


def _check(right: str, given: str) -> None:
    if not hmac.compare_digest(right.encode(), given.encode()):
        raise NotFound()
