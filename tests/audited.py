"""What no test may see happen: a ticket was locked and changed by an act, and no audit entry went with it.

Every act locks its ticket. So whatever a test of any part does to a ticket is watched here, also by a use case that
was written after this.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from helpdesk.database import WAITING_ROWS, Record
from helpdesk.statements.prepared import WATCHERS
from helpdesk.tickets import Ticket

# A test that changes a locked ticket by hand says so in the session's info.
BY_HAND = "changed by hand"
_MOVED, _AUDITED, _WRITTEN = "tickets moved", "tickets audited", "written at once"
MARK = {"changed_at", "revision"}
unaudited: list[str] = []


@contextmanager
def every_act() -> Iterator[None]:
    """Watch all sessions; what is committed without an entry is remembered."""
    listeners = (("after_flush", _note), ("after_commit", _judge), ("after_rollback", _forget))
    for name, listener in listeners:
        event.listen(Session, name, listener)
    WATCHERS.append(_note_at_once)
    try:
        yield
    finally:
        WATCHERS.remove(_note_at_once)
        for name, listener in listeners:
            event.remove(Session, name, listener)


def _note(session: Session, _context: object) -> None:
    if not _changes_something(session):
        return
    for record in (*session.new, *session.dirty):
        if isinstance(record, Ticket):
            changed = inspect(record).committed_state
            if record in session.new or "changed_at" in changed:
                session.info.setdefault(_MOVED, {})[record.id] = record.number
            if "audit_head" in changed:
                session.info.setdefault(_AUDITED, set()).add(record.id)


def _note_at_once(session: Session, record: Record, names: Collection[str]) -> None:
    """The same for what is written without a flush."""
    if not isinstance(record, Ticket):
        session.info[_WRITTEN] = True
        return
    if set(names) - MARK or _changes_something(session):
        session.info.setdefault(_MOVED, {})[record.id] = record.number
    if "audit_head" in names:
        session.info.setdefault(_AUDITED, set()).add(record.id)


def _changes_something(session: Session) -> bool:
    """Whether more is written than the mark of a locked ticket, as an act does that was done before."""
    return bool(session.new or session.deleted or session.info.get(WAITING_ROWS) or session.info.get(_WRITTEN)) or any(
        set(inspect(record).committed_state) - MARK for record in session.dirty)


def _judge(session: Session) -> None:
    audited = session.info.get(_AUDITED, set())
    if not session.info.get(BY_HAND):
        unaudited.extend(number for ticket_id, number in session.info.get(_MOVED, {}).items()
                         if ticket_id not in audited)
    _forget(session)


def _forget(session: Session) -> None:
    for key in (_MOVED, _AUDITED, _WRITTEN, BY_HAND):
        session.info.pop(key, None)
