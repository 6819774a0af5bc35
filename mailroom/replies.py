"""Replies without signing in: the code in a letter's link, which only whoever has the letter knows."""

import hashlib
import hmac

from sqlalchemy.orm import Session

from helpdesk.errors import NotFound
from helpdesk.outbox import Letter
from helpdesk.settings import Settings

# Letters whose link lets the reader object to what they announce; the ticket's process waits for this message.
OBJECTABLE = frozenset({"login_change_announced", "login_change_announced_new"})


def code_of(letter: Letter, settings: Settings) -> str:
    """The code that proves that somebody has read this very letter."""
    words = f"objection:{letter.id}:{letter.ticket_id}:{letter.address.lower()}"
    return hmac.new((settings.secret or "demo").encode(), words.encode(), hashlib.sha256).hexdigest()[:40]


def find_objectable(session: Session, letter_id: int, code: str, settings: Settings) -> Letter:
    """The letter that the link with this code came in. Raises NotFound."""
    letter = session.get(Letter, letter_id)
    if letter is None or not letter.address or letter.text not in OBJECTABLE:
        raise NotFound()
    if not hmac.compare_digest(code_of(letter, settings).encode(), code.encode()):
        raise NotFound()
    return letter
