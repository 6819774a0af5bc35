"""Intake: a request that came without all its answers is registered at once, and its process begins when it has them.

Until then the ticket has an instance that has not begun (no state, no end) and one work item at the start event,
which asks the client for what is lacking. Nothing of it is drawn in any diagram (docs/decisions/0015).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.acts import BadAnswers, file_ids, mark_done, one_step, start_context
from engine.records import START_TOKEN, Answer, Instance, ItemState, WorkItem
from engine.running import Running, remember_team
from engine.stage import plain, still_stage
from engine.versions import LoadedVersion, shelf_of
from forms.answers import Filled
from forms.rest import fill_rest
from helpdesk import audit, outbox
from helpdesk.files import Draft, FileLimits, drop_draft, list_draft_files, list_ticket_files, move_to_ticket
from helpdesk.people.accounts import Person
from helpdesk.statements import rows
from helpdesk.statements.prepared import put
from helpdesk.tickets import Status, Ticket, set_status
from sla.alarms import Alarm, AlarmKey, Kind, mark_fired, match
from sla.calendars import calendar_of, due_at
from sla.durations import parse_allowed

STEP_NAMES = {"pl": "Uzupełnij zgłoszenie", "en": "Complete your request"}
WAITS_BECAUSE = "waiting_for_client"
NO_ANSWER = "no_answer"
REMINDED_AFTER, ENDED_AFTER = "P5D @ office", "P10D @ office"
REMINDER, END = 1, 2


def wait_for_rest(session: Session, ticket: Ticket, version: LoadedVersion, answers: Mapping[str, Any], *, by: Person,
                  now: datetime) -> None:
    """Keep what is known of a new ticket and ask its client for the rest; the process does not begin yet."""
    form = version.bundle.start_form
    assert form is not None, "what asks nothing lacks nothing"
    audit.record(session, "submitted", by=by.id, now=now, ticket_id=ticket.id, channel=ticket.channel,
                 version=version.number, is_whole=False)
    instance_id = rows.add_now(session, Instance, ticket_id=ticket.id, version_id=version.id, state=b"", variables={},
                               started_at=now, ended_at=None, end_element="")
    rows.add(session, Answer, ticket_id=ticket.id, element_id=version.start_element, form=form, content=plain(answers),
             by_id=by.id, given_at=now)
    put(session, WorkItem, ticket_id=ticket.id, instance_id=instance_id, token=START_TOKEN,
        element_id=version.start_element, name_pl=STEP_NAMES["pl"], name_en=STEP_NAMES["en"], form=form, team_id=None,
        opened_at=now)
    _let_first_team_see(session, ticket, version)
    set_status(ticket, Status.WAITING_FOR_CLIENT, now=now)
    ticket.paused_because = WAITS_BECAUSE
    match(session, ticket.id, _alarms(session, version, now=now), is_new=True)
    outbox.queue(session, to=ticket.client, text="to_complete", now=now, ticket_id=ticket.id, number=ticket.number,
                 subject=ticket.subject)
    session.flush()


def has_begun(session: Session, number: str) -> bool:
    """Whether the process of a ticket has begun to move."""
    instance = session.scalars(select(Instance).join(Ticket, Ticket.id == Instance.ticket_id)
                               .where(Ticket.number == number)).one()
    return instance.has_begun


def rest(session: Session, item: WorkItem, typed: Mapping[str, list[str]] | None, *, language: str,
         draft: Draft | None = None) -> Filled:
    """The questions that the request still lacks, as they are shown or as they were answered."""
    instance = session.get(Instance, item.instance_id)
    assert instance is not None
    version = shelf_of(session).take(session, instance.version_id)
    sheet = version.sheets[item.form]
    known = session.scalar(select(Answer.content).where(
        Answer.ticket_id == item.ticket_id, Answer.element_id == version.start_element)) or {}
    there = list_ticket_files(session, item.ticket_id, with_internal=False)
    files = file_ids([one for one in there if one.message_id is None] + list_draft_files(session, draft))
    return fill_rest(sheet, known, typed, language, context=start_context(version), files=files)


def complete(session: Session, ticket: Ticket, running: Running, item: WorkItem, typed: Mapping[str, list[str]], *,
             by: Person, now: datetime, language: str, draft: Draft | None = None, limits: FileLimits | None = None,
             key: str | None = None) -> WorkItem:
    """Take what was lacking and begin the process with the whole answers. Raises BadAnswers, StepFailed."""
    filled = rest(session, item, typed, language=language, draft=draft)
    if not filled.is_valid:
        raise BadAnswers(filled)
    with one_step(session, ticket, "complete", by=by, now=now):
        stage = still_stage(session, ticket, by=by, now=now, running=running)
        item.state, item.done_by_id, item.ended_at = ItemState.DONE.value, by.id, now
        set_status(ticket, Status.REGISTERED, now=now)
        # The whole answers stand where the part of them stood.
        session.execute(delete(Answer).where(
            Answer.ticket_id == ticket.id, Answer.element_id == stage.version.start_element))
        stage.take_answers(item.form, stage.version.start_element, filled.answers, by=by)
        audit.record(session, "request_completed", by=by.id, now=now, ticket_id=ticket.id)
        stage.start()
        stage.save()
    if draft is not None:
        move_to_ticket(session, draft, ticket.id, limits=limits or FileLimits())
        drop_draft(session, draft, has_files=False)
    mark_done(session, key, now=now, number=ticket.number)
    return item


def is_waiting(alarms: Sequence[Alarm]) -> bool:
    """Whether these due moments are of a request that waits to be completed."""
    return any(alarm.kind == Kind.TIMER.value and alarm.token == START_TOKEN for alarm in alarms)


def fire(session: Session, ticket: Ticket, alarms: Sequence[Alarm], *, now: datetime) -> None:
    """Remind the client once; later close what nobody has completed."""
    mark_fired(session, alarms, now=now)
    facts = {"number": ticket.number, "subject": ticket.subject}
    if not any(alarm.generation == END for alarm in alarms):
        audit.record(session, "timer_fired", by=None, now=now, ticket_id=ticket.id, element=alarms[0].element_id)
        outbox.queue(session, to=ticket.client, text="reminder", now=now, ticket_id=ticket.id, **facts)
        return
    stage = still_stage(session, ticket, by=None, now=now)
    set_status(ticket, Status.CLOSED, now=now)
    ticket.outcome = NO_ANSWER
    stage.abandon()
    audit.record(session, "closed", by=None, now=now, ticket_id=ticket.id, outcome=NO_ANSWER)
    outbox.queue(session, to=ticket.client, text="closed_without_answer", now=now, ticket_id=ticket.id, **facts)


def _alarms(session: Session, version: LoadedVersion, *, now: datetime) -> dict[AlarmKey, tuple[datetime, str]]:
    calendars = shelf_of(session).calendars
    found = {}
    for generation, after in ((REMINDER, REMINDED_AFTER), (END, ENDED_AFTER)):
        allowed = parse_allowed(after)
        found[AlarmKey(Kind.TIMER, START_TOKEN, generation)] = (
            due_at(now, allowed, calendar_of(allowed, calendars)), version.start_element)
    return found


def _let_first_team_see(session: Session, ticket: Ticket, version: LoadedVersion) -> None:
    """The first team of the diagram sees the request from the beginning, and can help to complete it."""
    teams = (shelf_of(session).find_team_id(session, lane) for lane in version.bundle.lanes)
    first = next((team_id for team_id in teams if team_id is not None), None)
    if first is not None:
        remember_team(session, ticket.id, first)
