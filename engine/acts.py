"""What every act shares: it is done once, its form is read once, and a step that fails leaves an incident."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.records import DoneAct, Incident
from engine.versions import LoadedVersion
from forms.answers import Filled
from forms.sheet import Sheet
from helpdesk.database import Database
from helpdesk.errors import DeskError
from helpdesk.files import Draft, StoredFile, drop_draft, list_draft_files

REMEMBERED_FOR = timedelta(days=7)


class Typed(dict[str, list[str]]):
    """What somebody typed into a form, by field; each field may have several values."""

    def getlist(self, key: str) -> list[str]:
        return self.get(key, [])

    @classmethod
    def of(cls, **answers: object) -> "Typed":
        """The typed form of plain answers, as a program gives them."""
        return cls({key: _texts(value) for key, value in answers.items() if value is not None})


class BadAnswers(DeskError):
    """Some answers are missing or not right. What you typed is kept; correct the fields below."""

    def __init__(self, filled: Filled) -> None:
        self.filled = filled
        super().__init__()


class StepFailed(DeskError):
    """The step could not be finished and nothing was changed. The team lead has been told; what you typed is kept."""


def find_done(session: Session, key: str | None) -> dict[str, Any] | None:
    """What came of the act with this key, if it was done already."""
    if key is None:
        return None
    return session.scalar(select(DoneAct.result).where(DoneAct.key == key))


def mark_done(session: Session, key: str | None, *, now: datetime, **result: Any) -> None:
    """Remember the act. A second one at the same time with the same key fails here and is tried again: then it is found."""
    if key is not None:
        session.add(DoneAct(key=key, result=result, done_at=now))
        session.flush()


def forget_draft(session: Session, draft: Draft | None) -> None:
    """Drop what a form sent twice has kept for the second time, so that nobody is offered it as unsent."""
    if draft is not None:
        drop_draft(session, draft)


def forget_done(session: Session, *, now: datetime) -> None:
    session.execute(delete(DoneAct).where(DoneAct.done_at < now - REMEMBERED_FOR))


def read_answers(session: Session, sheet: Sheet | None, typed: Mapping[str, list[str]], *, language: str,
                 draft: Draft | None = None, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The valid answers of a form; raises BadAnswers with the filled sheet otherwise."""
    if sheet is None:
        return {}
    filled = sheet.read(Typed(typed), language, context or {}, files=file_ids(list_draft_files(session, draft)))
    if not filled.is_valid:
        raise BadAnswers(filled)
    return dict(filled.answers)


def file_ids(stored: Iterable[StoredFile]) -> dict[str, list[str]]:
    """The files of a draft as a sheet knows them: ids by field."""
    found: dict[str, list[str]] = {}
    for one in stored:
        found.setdefault(one.field, []).append(str(one.id))
    return found


def note_incident(database: Database, *, ticket_id: int, act: str, error: Exception, now: datetime) -> None:
    """Write an incident in its own transaction, after the failed act was rolled back."""
    facts = error.facts if isinstance(error, DeskError) else {}
    element_id = str(facts.get("element_id") or facts.get("element") or "")
    reason = (str(error) if isinstance(error, DeskError) else f"{type(error).__name__}: {error}")[:2000]
    with database.transaction() as session:
        found = session.scalar(select(Incident).where(
            Incident.ticket_id == ticket_id, Incident.act == act, Incident.element_id == element_id,
            Incident.mended_at.is_(None)))
        if found is None:
            session.add(Incident(ticket_id=ticket_id, element_id=element_id, act=act, reason=reason,
                                 happened_at=now))
        else:
            found.tries += 1
            found.reason = reason


def start_context(version: LoadedVersion) -> dict[str, Any]:
    """What conditions of a start form may read besides the form itself."""
    return {"request_type": version.content.key}


def _texts(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["true"] if value else []
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [str(value)]
