"""What waits for a person, for the head of every page: unread notices and unfinished forms, in one statement.

The same statement says how many of the notices are about the request that the page shows: they are read with it.
"""

from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.orm import Session

from helpdesk.files import Draft
from helpdesk.outbox import Letter
from helpdesk.statements.prepared import Prepared
from helpdesk.tickets import Ticket

COUNTED_MOST = 99
_LETTER, _DRAFT, _TICKET = (cast(Table, kind.__table__) for kind in (Letter, Draft, Ticket))
# Built once, for every page asks it; it stops counting where the pages do.
_WAITING = Prepared(select(
    select(func.count()).select_from(
        select(_LETTER.c.id).where(_LETTER.c.person_id == bindparam("whose"), _LETTER.c.in_page.is_(True),
                                   _LETTER.c.read_at.is_(None)).limit(COUNTED_MOST + 1).subquery()
    ).scalar_subquery().label("notices"),
    select(func.count()).select_from(
        select(_DRAFT.c.id).where(_DRAFT.c.person_id == bindparam("whose")).limit(COUNTED_MOST + 1).subquery()
    ).scalar_subquery().label("drafts"),
    select(func.count()).select_from(
        select(_LETTER.c.id).join(_TICKET, _TICKET.c.id == _LETTER.c.ticket_id).where(
            _LETTER.c.person_id == bindparam("whose"), _LETTER.c.in_page.is_(True), _LETTER.c.read_at.is_(None),
            _TICKET.c.number == bindparam("number")).subquery()
    ).scalar_subquery().label("here")))


class Waiting(NamedTuple):
    """How many of each; COUNTED_MOST + 1 means more than is counted. here: notices about the request that is shown."""

    notices: int = 0
    drafts: int = 0
    here: int = 0


def waiting_for(session: Session, person_id: int, *, number: str = "") -> Waiting:
    """What waits for this person. number: of the request that is shown."""
    return Waiting(*_WAITING.read(session, {"whose": person_id, "number": number})[0])
