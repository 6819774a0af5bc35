"""Rating: a client's step that asks for stars is also a rating, which has rules of its own.

A task names the field of the stars in its property `rating`. The text of the field `remark` is the comment. What else
is asked is put together by `engine.clients.survey`.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.acts import read_answers
from engine.clients.survey import COMMENT_FIELD, RATING, answered_in, with_questions
from engine.records import Answer, Instance, ItemState, WorkItem
from engine.stage import plain
from engine.versions import LoadedVersion, shelf_of
from forms.sheet import Sheet
from helpdesk import audit
from helpdesk.errors import NotFound
from helpdesk.people.accounts import Person
from helpdesk.ratings import records
from helpdesk.ratings.questions import write_answers
from helpdesk.ratings.records import Rating
from helpdesk.ratings.surveys import SurveyVersion
from helpdesk.statements import rows
from helpdesk.tickets import lock_ticket

PROPERTY = RATING


def note_rating(session: Session, item: WorkItem, properties: Mapping[str, str], sheet: Sheet | None,
                answers: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what a finished step says as the rating of its request, if the step asks for one."""
    field = properties.get(PROPERTY)
    if not field or sheet is None:
        return
    rating = records.give(session, item_id=item.id, stars=_stars(answers, field), comment=_comment(answers),
                          answers=plain(answers), team_id=_last_team(session, item.ticket_id), now=now)
    if rating is not None:
        write_answers(session, rating, answered_in(sheet, field, answers), is_first=True)


def sheet_of_step(session: Session, version: LoadedVersion, item: WorkItem, *,
                  ratings: Collection[Rating] | None = None) -> Sheet | None:
    """The form of a step: that of the process, and of a rating also the questions that an owner keeps.

    ratings: of the ticket, if they were read already.
    """
    sheet, element = version.sheets.get(item.form), version.bundle.elements.get(item.element_id)
    field = element.properties.get(PROPERTY) if element else None
    if sheet is None or not field:
        return sheet
    if ratings is not None:
        survey = next((rating.survey for rating in ratings if rating.item_id == item.id), None)
        return with_questions(sheet, field, survey.sheet if survey is not None else None)
    return with_questions(sheet, field, session.scalar(
        select(SurveyVersion.sheet).join(Rating, Rating.survey_id == SurveyVersion.id).where(
            Rating.item_id == item.id)))


def sheet_of_answer(session: Session, version: LoadedVersion, answer: Answer) -> Sheet | None:
    """The form that an answer was given with."""
    sheet, element = version.sheets.get(answer.form), version.bundle.elements.get(answer.element_id)
    field = element.properties.get(PROPERTY) if element else None
    if sheet is None or not field:
        return sheet
    return with_questions(sheet, field, session.scalar(
        select(SurveyVersion.sheet).join(Rating, Rating.survey_id == SurveyVersion.id).where(
            Rating.ticket_id == answer.ticket_id, Rating.opened_at <= answer.given_at)
        .order_by(Rating.id.desc()).limit(1)))


def sheet_of(session: Session, rating: Rating) -> tuple[Sheet, str]:
    """The form that the rating was given with, and the field of the stars. Raises NotFound."""
    item = session.get_one(WorkItem, rating.item_id)
    version_id = session.scalar(select(Instance.version_id).where(Instance.id == item.instance_id))
    assert version_id is not None, "a step belongs to an instance"
    version = shelf_of(session).take(session, version_id)
    element, sheet = version.bundle.elements.get(item.element_id), sheet_of_step(session, version, item)
    field = element.properties.get(PROPERTY) if element else None
    if sheet is None or not field:
        raise NotFound()
    return sheet, field


def change(session: Session, rating: Rating, typed: Mapping[str, list[str]], *, by: Person, allowed: timedelta,
           now: datetime, language: str | None = None) -> None:
    """Second thoughts of the client, as long as they are allowed. Raises BadAnswers, TooLateToChange, NotFound.

    language: in which the form was filled in, that of `by` unless given.
    """
    if rating.person_id != by.id:
        raise NotFound()
    ticket = lock_ticket(session, rating.ticket_id, now=now)
    sheet, field = sheet_of(session, rating)
    answers = read_answers(session, sheet, typed, language=language or by.language)
    records.change(session, rating, stars=_stars(answers, field), comment=_comment(answers), answers=plain(answers),
                   allowed=allowed, now=now)
    write_answers(session, rating, answered_in(sheet, field, answers), is_first=False)
    item = session.get_one(WorkItem, rating.item_id)
    rows.add(session, Answer, ticket_id=ticket.id, element_id=item.element_id, form=item.form, content=plain(answers),
             by_id=by.id, given_at=now)
    audit.record(session, "rating_changed", by=by.id, now=now, ticket_id=ticket.id)
    session.flush()


def _stars(answers: Mapping[str, Any], field: str) -> int:
    try:
        return int(str(answers.get(field, "")))
    except ValueError:
        return 0


def _comment(answers: Mapping[str, Any]) -> str:
    text = answers.get(COMMENT_FIELD)
    return text.strip() if isinstance(text, str) else ""


def _last_team(session: Session, ticket_id: int) -> int | None:
    """The team that did the last human step of the staff."""
    return session.scalar(select(WorkItem.team_id).where(
        WorkItem.ticket_id == ticket_id, WorkItem.team_id.is_not(None), WorkItem.state == ItemState.DONE.value)
        .order_by(WorkItem.id.desc()).limit(1))
