"""Surveys: the questions of a rating that process owners keep, in versions, for one request type or for all of them.

A version is never changed. Every rating remembers the version that it was opened with, so it is asked, checked and read
with the questions of then (docs/decisions/0021-questions-of-a-rating.md).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ForeignKey, String, Table, UniqueConstraint, bindparam, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from helpdesk import audit
from helpdesk.database import Record
from helpdesk.people.accounts import Person
from helpdesk.statements.prepared import Prepared

# The request type of the questions that hold wherever a type has none of its own.
EVERY = ""


class SurveyVersion(Record):
    """The questions as they were saved once. sheet: a form; the stars and the remarks are asked in any case."""

    __tablename__ = "survey_version"
    __table_args__ = (UniqueConstraint("request_type", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    request_type: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    sheet: Mapped[dict[str, Any]]
    is_current: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_by: Mapped[Person | None] = relationship()


_SURVEY = cast(Table, SurveyVersion.__table__)
# A request type's own questions come before those of all types.
_HOLDING = Prepared(select(_SURVEY.c.id).where(
    _SURVEY.c.request_type.in_([EVERY, bindparam("own")]), _SURVEY.c.is_current.is_(True))
    .order_by(_SURVEY.c.request_type.desc()).limit(1))


def find_holding_id(session: Session, request_type: str) -> int | None:
    """The version whose questions a rating of this type is opened with; None if only the process asks."""
    found = _HOLDING.read(session, {"own": request_type})
    return int(found[0][0]) if found else None


def find_current(session: Session, request_type: str) -> SurveyVersion | None:
    """The newest questions of exactly this type, or of all types."""
    return session.scalar(select(SurveyVersion).where(
        SurveyVersion.request_type == request_type, SurveyVersion.is_current.is_(True)))


def list_current(session: Session) -> dict[str, SurveyVersion]:
    """What is asked now, by request type."""
    found = session.scalars(select(SurveyVersion).where(SurveyVersion.is_current.is_(True)))
    return {one.request_type: one for one in found}


def list_versions(session: Session, request_type: str, *, most: int = 20) -> list[SurveyVersion]:
    """What was asked when, the newest first."""
    return list(session.scalars(select(SurveyVersion).where(SurveyVersion.request_type == request_type)
                                .order_by(SurveyVersion.number.desc()).limit(most)))


def keep(session: Session, request_type: str, sheet: Mapping[str, Any], *, by: Person | None,
         now: datetime) -> SurveyVersion:
    """Ask this from now on; the same again makes no new version."""
    current = find_current(session, request_type)
    if current is not None and current.sheet == sheet:
        return current
    last = session.scalar(select(func.max(SurveyVersion.number)).where(SurveyVersion.request_type == request_type))
    _end(session, request_type)
    new = SurveyVersion(request_type=request_type, number=(last or 0) + 1, sheet=dict(sheet), made_at=now,
                        made_by_id=by.id if by else None)
    session.add(new)
    session.flush()
    audit.record(session, "survey_saved", by=by.id if by else None, now=now, request_type=request_type,
                 number=new.number)
    return new


def drop(session: Session, request_type: str, *, by: Person, now: datetime) -> None:
    """Ask no questions of this type's own any more; the versions stay, for they were answered."""
    _end(session, request_type)
    audit.record(session, "survey_dropped", by=by.id, now=now, request_type=request_type)


def _end(session: Session, request_type: str) -> None:
    session.execute(update(SurveyVersion).where(
        SurveyVersion.request_type == request_type, SurveyVersion.is_current.is_(True)).values(is_current=False))
