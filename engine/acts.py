"""What every act shares: it is done once, its form is read once, and a step that fails leaves an incident."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from engine.records import DoneAct, Incident
from engine.versions import LoadedVersion
from forms.answers import Filled
from forms.rows import flatten
from forms.sheet import Sheet
from helpdesk import audit, outbox
from helpdesk.database import Database, find_database_error
from helpdesk.errors import Conflict, DeskError
from helpdesk.files import Draft, StoredFile, drop_draft, list_draft_files
from helpdesk.people.accounts import Person, Role, list_leads, list_with_role
from helpdesk.statements import rows
from helpdesk.statements.prepared import Prepared
from helpdesk.tickets import AlreadyEnded, Ticket, TicketTeam, lock_ticket

log = structlog.get_logger()
REMEMBERED_FOR = timedelta(days=7)
REASON_MAX = 2000


class Typed(dict[str, list[str]]):
    """What somebody typed into a form, by field; each field may have several values."""

    def getlist(self, key: str) -> list[str]:
        return self.get(key, [])

    @classmethod
    def of(cls, **answers: object) -> "Typed":
        """The typed form of plain answers, as a program gives them."""
        flat = (pair for name, given in answers.items() for pair in flatten(name, given))
        return cls({key: _texts(value) for key, value in flat if value is not None})


class BadAnswers(DeskError):
    """Some answers are missing or not right. What you typed is kept; correct the fields below."""

    def __init__(self, filled: Filled) -> None:
        self.filled = filled
        super().__init__()


class StepFailed(DeskError):
    """The step could not be finished and nothing was changed. The team lead sees it; what you typed is kept."""

    ticket_id: int | None
    act: str
    by_id: int | None
    element_id: str
    reason: str


class StartFailed(StepFailed):
    """The request could not be registered and nothing was changed. What you typed is kept; if it happens again, call the help desk."""  # noqa: E501


_DONE_ACT = cast(Table, DoneAct.__table__)
_DONE = Prepared(select(_DONE_ACT.c.result).where(_DONE_ACT.c.key == bindparam("key")))


def find_done(session: Session, key: str | None) -> dict[str, Any] | None:
    """What came of the act with this key, if it was done already."""
    if key is None:
        return None
    found = _DONE.read(session, {"key": key})
    return found[0][0] if found else None


def mark_done(session: Session, key: str | None, *, now: datetime, **result: Any) -> None:
    """Remember the act. A second one at the same time with the same key fails here; tried again, it is found."""
    if key is not None:
        rows.add(session, DoneAct, key=key, result=result, done_at=now)


def forget_draft(session: Session, draft: Draft | None) -> None:
    """Drop what a form sent twice has kept for the second time, so that nobody is offered it as unsent."""
    if draft is not None:
        drop_draft(session, draft)


def forget_done(session: Session, *, now: datetime) -> None:
    session.execute(delete(DoneAct).where(DoneAct.done_at < now - REMEMBERED_FOR))


def read_answers(session: Session, sheet: Sheet | None, typed: Mapping[str, list[str]], *, language: str,
                 draft: Draft | None = None, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The valid answers of a form; raises BadAnswers with the filled sheet otherwise."""
    return read_some_answers(session, sheet, typed, language=language, draft=draft, context=context, may_lack=False)[0]


def read_some_answers(session: Session, sheet: Sheet | None, typed: Mapping[str, list[str]], *, language: str,
                      may_lack: bool, draft: Draft | None = None, context: Mapping[str, Any] | None = None
                      ) -> tuple[dict[str, Any], Sequence[str]]:
    """The same, and the names of what is lacking if that is no reason to refuse them."""
    if sheet is None:
        return {}, ()
    filled = sheet.read(Typed(typed), language, context or {}, files=file_ids(list_draft_files(session, draft)),
                        may_lack=may_lack)
    if not filled.is_valid:
        raise BadAnswers(filled)
    return dict(filled.answers), filled.lacking


def file_ids(stored: Iterable[StoredFile]) -> dict[str, list[str]]:
    """The files of a draft as a sheet knows them: ids by field."""
    found: dict[str, list[str]] = {}
    for one in stored:
        found.setdefault(one.field, []).append(str(one.id))
    return found


@contextmanager
def one_step(session: Session, ticket: Ticket, act: str, *, by: Person | None, now: datetime,
             is_first: bool = False) -> Iterator[None]:
    """What the process does in one act: it is done wholly, or StepFailed is raised and names the element.

    What people are told themselves passes through, and so do errors of the database: a lost race is tried again.
    Success mends the incidents that the same act has left before. is_first: there can be none.
    """
    try:
        yield
    except (BadAnswers, AlreadyEnded, Conflict, StepFailed):
        raise
    except Exception as error:
        outage = find_database_error(error)
        if outage is not None:
            raise outage  # noqa: B904  # it is the cause of `error` already
        element_id, reason = _told(error)
        raise StepFailed(ticket_id=ticket.id, act=act, by_id=by.id if by else None, element_id=element_id,
                         reason=reason) from error
    if not is_first:
        mend_incidents(session, ticket.id, act=act, by=by, now=now)


def note_failure(database: Database, error: StepFailed, *, now: datetime) -> None:
    """Write down what failed, after it was rolled back: an incident of its ticket, an entry in the audit."""
    cause = error.__cause__
    # The desk's own errors may name what people wrote, and the incident keeps them; a mistake of ours needs its trace.
    log.error("step_failed", ticket_id=error.ticket_id, act=error.act, element=error.element_id,
              error=type(cause).__name__, exc_info=None if isinstance(cause, DeskError) else cause)
    if error.ticket_id is not None:
        note_incident(database, ticket_id=error.ticket_id, act=error.act, error=error, now=now, waits_for_person=True)

    def write(session: Session) -> None:
        if error.ticket_id is not None:
            lock_ticket(session, error.ticket_id, now=now)
        audit.record(session, "step_failed", by=error.by_id, now=now, ticket_id=error.ticket_id, tried=error.act,
                     element=error.element_id)

    database.run(write)


_INCIDENT = cast(Table, Incident.__table__)
# Built once, for every act that succeeds does this.
_MEND = (update(_INCIDENT).where(_INCIDENT.c.ticket_id == bindparam("of_ticket"), _INCIDENT.c.mended_at.is_(None))
         .values(mended_at=bindparam("moment"), mended_by_id=bindparam("by")))
_MEND_OF_ACT = Prepared(_MEND.where(_INCIDENT.c.act == bindparam("of_act")))


def mend_incidents(session: Session, ticket_id: int, *, by: Person | None, now: datetime,
                   act: str | None = None) -> None:
    """Mark the ticket's incidents mended: all of them, or those of one act."""
    facts = {"of_ticket": ticket_id, "moment": now, "by": by.id if by else None}
    if act is None:
        session.connection().execute(_MEND, facts)
    else:
        _MEND_OF_ACT.send(session, facts | {"of_act": act})


def note_incident(database: Database, *, ticket_id: int, act: str, error: Exception, now: datetime,
                  waits_for_person: bool = False) -> None:
    """Write an incident in its own transaction, after the failed act was rolled back.

    waits_for_person: the desk does not try any more by itself; those who can mend it are told once.
    """
    element_id, reason = _told(error)
    with database.transaction() as session:
        found = session.scalar(select(Incident).where(
            Incident.ticket_id == ticket_id, Incident.act == act, Incident.element_id == element_id,
            Incident.mended_at.is_(None)))
        if found is None:
            found = Incident(ticket_id=ticket_id, element_id=element_id, act=act, happened_at=now, tries=0)
            session.add(found)
        found.tries += 1
        found.reason, found.tried_at = reason, now
        if waits_for_person and found.waits_for_person_at is None:
            found.waits_for_person_at = now
            _tell_menders(session, ticket_id, now=now)


def _tell_menders(session: Session, ticket_id: int, *, now: datetime) -> None:
    """A letter to those who may mend: the leads of the ticket's teams, without any the process owners."""
    number = session.scalar(select(Ticket.number).where(Ticket.id == ticket_id))
    teams = session.scalars(select(TicketTeam.team_id).where(TicketTeam.ticket_id == ticket_id)).all()
    for person in list_leads(session, teams) or list_with_role(session, Role.OWNER):
        outbox.queue(session, to=person, text="incident", now=now, ticket_id=ticket_id, number=number)


def start_context(version: LoadedVersion) -> dict[str, Any]:
    """What conditions of a start form may read besides the form itself."""
    return {"request_type": version.content.key}


def _told(error: BaseException) -> tuple[str, str]:
    """The element at which something failed, if it is known, and why."""
    if isinstance(error, StepFailed):
        return error.element_id, error.reason
    if not isinstance(error, DeskError):
        return "", f"{type(error).__name__}: {error}"[:REASON_MAX]
    return str(error.facts.get("element_id") or ""), str(error.facts.get("reason") or error)[:REASON_MAX]


def _texts(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["true"] if value else []
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [str(value)]
