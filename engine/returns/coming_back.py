"""Coming back: what a client adds after the end reopens the request, or begins one that is linked to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import talk
from engine.acts import BadAnswers, find_done, forget_draft, mark_done
from engine.clients import requests
from engine.outside import messages
from engine.records import Answer, Instance
from engine.returns.terms import CAME_BACK, NothingToAddTo, Return, TooLateToAdd, Way, find_return
from engine.running import remember_team
from engine.tickets import demand_on, teams_of_ticket
from engine.versions import LoadedVersion, current_version, shelf_of
from helpdesk import audit
from helpdesk.catalogue import Classification
from helpdesk.conversation import NothingSaid, as_said
from helpdesk.errors import DeskError
from helpdesk.files import Draft, FileLimits
from helpdesk.links import LinkKind, link
from helpdesk.people.accounts import Person
from helpdesk.people.firms import list_firms
from helpdesk.people.policy import Act
from helpdesk.tickets import Ticket, get_ticket, lock_ticket


class AnswersTooOld(DeskError):
    """The form has changed since this request was made, so we cannot copy your answers by ourselves. Look through them on the form of a new request; what you typed is kept."""  # noqa: E501


def come_back(session: Session, ticket_id: int, body: str, *, by: Person, now: datetime, days: int,
              draft: Draft | None = None, limits: FileLimits | None = None, most_per_hour: int | None = None,
              key: str | None = None) -> str:
    """Add something to a request that has ended; gives the number under which it goes on.

    days: for how long after closing that is possible. Raises TooLateToAdd, NothingToAddTo, NothingSaid, AnswersTooOld.
    """
    ticket = lock_ticket(session, ticket_id, now=now)
    demand_on(session, by, Act.COME_BACK, ticket)
    done = find_done(session, key)
    if done is not None:
        forget_draft(session, draft)
        return str(done["number"])
    if not as_said(body):
        raise NothingSaid()
    found = find_return(session, ticket, _version_of(session, ticket), days=days, now=now)
    _refuse(found, days)
    number = ticket.number
    if found.way is Way.REOPEN:
        messages.send(session, ticket, CAME_BACK, by=by, now=now)
    if ticket.is_ended:
        # Also when the diagram has heard of it and did not open the request again: nothing said may get lost.
        try:
            number = _follow(session, ticket, answers_of_start(session, ticket, by.language), by=by, now=now,
                             most_per_hour=most_per_hour)
        except BadAnswers as error:
            raise AnswersTooOld() from error
        ticket = get_ticket(session, number)
    else:
        audit.record(session, "reopened", by=by.id, now=now, ticket_id=ticket.id)
    talk.speak(session, ticket, body, by=by, now=now, draft=draft, limits=limits)
    mark_done(session, key, now=now, number=number)
    return number


def begin_again(session: Session, ticket_id: int, typed: Mapping[str, list[str]], *, by: Person, now: datetime,
                draft: Draft | None = None, limits: FileLimits | None = None, most_per_hour: int | None = None,
                key: str | None = None, language: str | None = None) -> str:
    """A new request of the same kind, linked to one that has ended; gives its number. Raises NothingToAddTo.

    language: in which the form was filled in, that of `by` unless given.
    """
    ticket = lock_ticket(session, ticket_id, now=now)
    demand_on(session, by, Act.COME_BACK, ticket)
    done = find_done(session, key)
    if done is not None:
        forget_draft(session, draft)
        return str(done["number"])
    if not ticket.is_ended or ticket.classification_id is None:
        raise NothingToAddTo()
    number = _follow(session, ticket, typed, by=by, now=now, draft=draft, limits=limits, most_per_hour=most_per_hour,
                     language=language)
    mark_done(session, key, now=now, number=number)
    return number


def start_content(session: Session, ticket: Ticket) -> dict[str, Any]:
    """What was answered when the request was registered, as it is stored."""
    version = _version_of(session, ticket)
    return session.scalar(select(Answer.content).where(
        Answer.ticket_id == ticket.id, Answer.element_id == version.start_element).limit(1)) or {}


def answers_of_start(session: Session, ticket: Ticket, language: str) -> dict[str, list[str]]:
    """The same as a page of today's form would send it; files stay where they are."""
    sheet = current_version(session, ticket.request_type).start_sheet
    return sheet.raw(start_content(session, ticket), language) if sheet is not None else {}


def _follow(session: Session, ticket: Ticket, typed: Mapping[str, list[str]], *, by: Person, now: datetime,
            **extra: Any) -> str:
    classification = session.get(Classification, ticket.classification_id)
    assert classification is not None, "a request that can be followed has its place in the catalogue"
    # The client may have left the firm meanwhile; then the later request is their own.
    firms = {one.firm_id for one in list_firms(session, ticket.client, only_active=True)} if ticket.firm_id else set()
    number = requests.submit(session, classification, typed, client=ticket.client, by=by, now=now,
                             firm_id=ticket.firm_id if ticket.firm_id in firms else None, **extra)
    later = get_ticket(session, number)
    link(session, later.id, to=ticket.id, kind=LinkKind.FOLLOWS, by=by, now=now)
    for team_id in teams_of_ticket(session, later):
        remember_team(session, ticket.id, team_id)  # whoever works on it can read what was before
    audit.record(session, "followed", by=by.id, now=now, ticket_id=ticket.id, later=later.id)
    return number


def _version_of(session: Session, ticket: Ticket) -> LoadedVersion:
    version_id = session.scalars(select(Instance.version_id).where(Instance.ticket_id == ticket.id)).one()
    return shelf_of(session).take(session, version_id)


def _refuse(found: Return, days: int) -> None:
    if found.way is Way.LATE:
        raise TooLateToAdd(days=days)
    if not found.may_write or found.way is Way.ADD:
        raise NothingToAddTo()
