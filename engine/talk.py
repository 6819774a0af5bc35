"""Talk: messages and notes on a ticket, at any time, beside the diagram."""

from datetime import datetime

from sqlalchemy.orm import Session

from engine.acts import BadAnswers, Typed, find_done, forget_draft, mark_done, one_step, read_answers
from engine.records import WorkItem
from engine.stage import open_stage
from engine.steps import REPLY_FIELD, finish, list_open_items
from engine.tickets import demand_on, teams_of_ticket
from helpdesk import audit, outbox
from helpdesk.conversation import Kind, as_said, say
from helpdesk.errors import Invalid
from helpdesk.files import Draft, FileLimits, drop_draft, move_to_ticket
from helpdesk.people.accounts import Person, list_members
from helpdesk.people.policy import Act
from helpdesk.tickets import AlreadyEnded, Ticket, lock_ticket


def reply(session: Session, ticket_id: int, body: str, *, by: Person, now: datetime, draft: Draft | None = None,
          limits: FileLimits | None = None, key: str | None = None, language: str | None = None) -> Ticket:
    """Say something to the other side; a client's words finish the step that waits for them.

    language: of the page on which it was written, that of `by` unless given. Raises Invalid if the step refuses it.
    """
    ticket = lock_ticket(session, ticket_id, now=now)
    demand_on(session, by, Act.REPLY, ticket)
    if find_done(session, key) is not None:
        forget_draft(session, draft)
        return ticket
    if ticket.is_ended:
        raise AlreadyEnded(number=ticket.number)
    speak(session, ticket, body, by=by, now=now, draft=draft, limits=limits, language=language)
    mark_done(session, key, now=now, number=ticket.number)
    return ticket


def speak(session: Session, ticket: Ticket, body: str, *, by: Person, now: datetime, draft: Draft | None = None,
          limits: FileLimits | None = None, language: str | None = None) -> None:
    """The words and files of a reply on a ticket that this act has locked or made."""
    message_id = say(session, ticket.id, body, by=by, kind=Kind.REPLY, now=now)
    audit.record(session, "replied", by=by.id, now=now, ticket_id=ticket.id)
    is_client = by.id == ticket.client_id
    waiting = next((item for item in list_open_items(session, ticket.id)
                    if item.is_for_client and item.is_answered_by_reply), None)
    if is_client and waiting is not None:
        try:
            _answer_by_reply(session, ticket, waiting, body, by=by, language=language or by.language, now=now)
        except BadAnswers as error:
            # There is one field and no sheet on which it could be marked.
            raise Invalid(reason=error.filled.errors.get(REPLY_FIELD) or error) from error
    _tell_other_side(session, ticket, message_id, by=by, is_client=is_client, now=now)
    _take_files(session, ticket, message_id, draft, limits, is_internal=False)


def note(session: Session, ticket_id: int, body: str, *, by: Person, now: datetime, draft: Draft | None = None,
         limits: FileLimits | None = None, key: str | None = None) -> Ticket:
    """Write an internal note that the client never sees."""
    ticket = lock_ticket(session, ticket_id, now=now)
    demand_on(session, by, Act.NOTE, ticket)
    if find_done(session, key) is not None:
        forget_draft(session, draft)
        return ticket
    message_id = say(session, ticket.id, body, by=by, kind=Kind.NOTE, now=now)
    audit.record(session, "noted", by=by.id, now=now, ticket_id=ticket.id)
    _take_files(session, ticket, message_id, draft, limits, is_internal=True)
    mark_done(session, key, now=now, number=ticket.number)
    return ticket


def _answer_by_reply(session: Session, ticket: Ticket, item: WorkItem, body: str, *, by: Person, language: str,
                     now: datetime) -> None:
    with one_step(session, ticket, "reply", by=by, now=now):
        stage = open_stage(session, ticket, by=by, now=now)
        typed = Typed.of(**{REPLY_FIELD: as_said(body)})
        answers = read_answers(session, stage.version.sheets.get(item.form), typed, language=language,
                               context=stage.variables)
        stage.take_answers(item.form, item.element_id, answers, by=by, token=item.token)
        finish(stage, item, by=by, now=now)


def _tell_other_side(session: Session, ticket: Ticket, message_id: int, *, by: Person, is_client: bool,
                     now: datetime) -> None:
    if not is_client:
        people = [ticket.client]
    else:
        items = [item for item in list_open_items(session, ticket.id) if not item.is_for_client]
        people = [item.holder for item in items if item.holder is not None]
        if not people:
            people = list_members(session, {item.team_id for item in items if item.team_id}
                                  or teams_of_ticket(session, ticket))
    for person in people:
        if person.id != by.id:
            outbox.queue(session, to=person, text="reply", now=now, ticket_id=ticket.id, number=ticket.number,
                         subject=ticket.subject, message_id=message_id)


def _take_files(session: Session, ticket: Ticket, message_id: int, draft: Draft | None,
                limits: FileLimits | None, *, is_internal: bool) -> None:
    if draft is not None:
        move_to_ticket(session, draft, ticket.id, limits=limits or FileLimits(), message_id=message_id,
                       is_internal=is_internal)
        drop_draft(session, draft, has_files=False)
