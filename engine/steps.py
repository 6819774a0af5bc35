"""Steps: a work item is claimed, given back, handed over and completed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import arrivals
from engine.acts import find_done, forget_draft, mark_done, one_step, read_answers
from engine.clients import intake
from engine.clients.rating import note_rating, sheet_of_step
from engine.diagrams.errors import NotWaiting
from engine.four_eyes import demand_another
from engine.records import ItemState, WorkItem
from engine.running import lock_ticket_of, read_running
from engine.stage import STEP_CLOCK, Stage, open_stage
from engine.tickets import demand_on
from helpdesk import audit, outbox
from helpdesk.conversation import Kind, say
from helpdesk.errors import Conflict, DeskError, NotAllowed, NotFound
from helpdesk.files import Draft, FileLimits, drop_draft, move_to_ticket
from helpdesk.people.accounts import Person, get_person
from helpdesk.people.policy import Act, may
from helpdesk.tickets import Status, Ticket, set_status

# The field of a step's form that a message of the client fills in, and the other way round.
REPLY_FIELD = "answer"


class AlreadyDone(Conflict):
    """This step was finished by somebody else in the meantime. What you typed is kept below."""


class HeldByAnother(Conflict):
    """{name} has this step now. What you typed is kept below."""


class NotInTeam(DeskError):
    """{name} is not in the team of this step."""


def get_item(session: Session, item_id: int) -> WorkItem:
    item = session.get(WorkItem, item_id)
    if item is None:
        raise NotFound()
    return item


def claim(session: Session, item_id: int, *, by: Person, now: datetime) -> WorkItem:
    """Take a step of one's team."""
    ticket, item = _lock(session, item_id, now=now)
    _demand_on_item(session, by, Act.CLAIM, ticket, item)
    _demand_open(item)
    if item.holder_id is not None and item.holder_id != by.id:
        raise HeldByAnother(name=get_person(session, item.holder_id).name)
    if item.holder_id == by.id:
        return item
    demand_another(session, item, by)
    item.holder_id = by.id
    if Status(ticket.status) is Status.REGISTERED:
        set_status(ticket, Status.IN_PROGRESS, now=now)
    audit.record(session, "claimed", by=by.id, now=now, ticket_id=ticket.id, element=item.element_id)
    session.flush()
    arrivals.settle(session, item, now=now)
    return item


def release(session: Session, item_id: int, *, by: Person, now: datetime) -> WorkItem:
    """Give a step back to the team: its holder may, and a lead."""
    ticket, item = _lock(session, item_id, now=now)
    _demand_on_item(session, by, Act.CLAIM if item.holder_id == by.id else Act.ASSIGN, ticket, item)
    _demand_open(item)
    item.holder_id = None
    audit.record(session, "released", by=by.id, now=now, ticket_id=ticket.id, element=item.element_id)
    session.flush()
    return item


def assign(session: Session, item_id: int, *, to: Person, by: Person, now: datetime) -> WorkItem:
    """A lead gives a step to a member of its team."""
    ticket, item = _lock(session, item_id, now=now)
    _demand_on_item(session, by, Act.ASSIGN, ticket, item)
    _demand_open(item)
    if item.team_id not in to.team_ids or to.is_disabled:
        raise NotInTeam(name=to.name)
    demand_another(session, item, to)
    item.holder_id = to.id
    if to.id != by.id:
        outbox.queue(session, to=to, text="assigned", now=now, ticket_id=ticket.id, number=ticket.number,
                     subject=ticket.subject)
    audit.record(session, "assigned", by=by.id, now=now, ticket_id=ticket.id, element=item.element_id, to=to.id)
    session.flush()
    return item


def complete(session: Session, item_id: int, typed: Mapping[str, list[str]], *, by: Person, now: datetime,
             of: str | None = None, draft: Draft | None = None, limits: FileLimits | None = None,
             key: str | None = None, language: str | None = None) -> WorkItem:
    """Finish a step with a form's answers and let the process run on.

    An agent must hold the step or takes it by finishing it; a client finishes the steps of their own tickets.
    of: the number of the ticket that the step was named with. language: in which the form was filled in, that of `by`
    unless given.
    Raises BadAnswers, AlreadyDone, HeldByAnother, NeedsAnother, NotAllowed, NotFound.
    """
    ticket = lock_ticket_of(session, item_id, now=now)
    if of is not None and ticket.number != of:
        raise NotFound()
    running = read_running(session, ticket, item_id)
    item = running.item(item_id)
    if item.completes_start:
        demand_on(session, by, Act.COMPLETE_REQUEST, ticket)
    else:
        _demand_on_item(session, by, Act.ANSWER_AS_CLIENT if item.is_for_client else Act.CLAIM, ticket, item)
    if not item.is_open:
        # An open step was not finished by this act before, so the act is only looked for now.
        if find_done(session, key) is None:
            raise AlreadyDone()
        forget_draft(session, draft)
        return item
    if item.completes_start:
        return intake.complete(session, ticket, running, item, typed, by=by, now=now, draft=draft, limits=limits,
                               key=key, language=language or by.language)
    if item.holder_id is not None and item.holder_id != by.id:
        raise HeldByAnother(name=get_person(session, item.holder_id).name)
    demand_another(session, item, by)
    with one_step(session, ticket, "complete", by=by, now=now):
        stage = open_stage(session, ticket, by=by, now=now, running=running)
        sheet = sheet_of_step(session, stage.version, item)
        answers = read_answers(session, sheet, typed, language=language or by.language, draft=draft,
                               context=stage.variables)
        stage.take_answers(item.form, item.element_id, answers, by=by, token=item.token)
        said = _say_answer(stage, item, answers, by=by)
        note_rating(session, item, stage.version.bundle.elements[item.element_id].properties, sheet, answers, now=now)
        finish(stage, item, by=by, now=now)
    if draft is not None:
        move_to_ticket(session, draft, ticket.id, limits=limits or FileLimits(), message_id=said)
        drop_draft(session, draft, has_files=False)
    mark_done(session, key, now=now, number=ticket.number)
    return item


def finish(stage: Stage, item: WorkItem, *, by: Person, now: datetime) -> None:
    """Complete the item's token on an open stage and write everything back."""
    item = next((one for one in stage.items if one.id == item.id), item)
    item.state, item.done_by_id, item.ended_at = ItemState.DONE.value, by.id, now
    if not item.is_for_client:
        item.holder_id = by.id
        if Status(stage.ticket.status) is Status.REGISTERED:
            set_status(stage.ticket, Status.IN_PROGRESS, now=now)
    stage.promises.stop(STEP_CLOCK, now=now, token=item.token)
    try:
        stage.run.complete(item.token)
    except NotWaiting as error:
        raise AlreadyDone() from error
    # Before anything is written, so that the head of the audit's chain goes with the ticket's own statement.
    audit.record(stage.session, "completed", by=by.id, now=now, ticket_id=stage.ticket.id, element=item.element_id)
    stage.save()


def _say_answer(stage: Stage, item: WorkItem, answers: Mapping[str, Any], *, by: Person) -> int | None:
    """What answers a question belongs to the conversation, also when it comes by the form of the step.

    Gives the message's id.
    """
    text = answers.get(REPLY_FIELD)
    if not item.is_answered_by_reply or not isinstance(text, str) or not text:
        return None
    return say(stage.session, stage.ticket.id, text, by=by, kind=Kind.REPLY, now=stage.now)


def list_open_items(session: Session, ticket_id: int) -> list[WorkItem]:
    return list(session.scalars(select(WorkItem).where(
        WorkItem.ticket_id == ticket_id, WorkItem.state == ItemState.OPEN.value).order_by(WorkItem.id)))


def _lock(session: Session, item_id: int, *, now: datetime) -> tuple[Ticket, WorkItem]:
    ticket = lock_ticket_of(session, item_id, now=now)
    item = session.get(WorkItem, item_id, populate_existing=True)
    assert item is not None, "work items are never removed"
    return ticket, item


def _demand_open(item: WorkItem) -> None:
    """Asked after the rights: who may not do it is told so, whether the step is open or not."""
    if not item.is_open:
        raise AlreadyDone()


def _demand_on_item(session: Session, by: Person, act: Act, ticket: Ticket, item: WorkItem) -> None:
    # The step's own team has the ticket; the others are read only if that is not enough.
    if not may(by, act, ticket, {item.team_id} if item.team_id is not None else ()):
        demand_on(session, by, act, ticket)
    if item.is_for_client:
        if act is not Act.ANSWER_AS_CLIENT:
            raise NotAllowed()
    elif item.team_id not in (by.led_team_ids if act is Act.ASSIGN else by.team_ids):
        raise NotAllowed()
