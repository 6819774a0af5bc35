"""Filing: a client disputes a solution; the complaint becomes a ticket of its own beside the disputed one."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from sqlalchemy.orm import Session

from engine.acts import find_done, forget_draft, mark_done, one_step, read_answers, start_context
from engine.clients import requests
from engine.complaints import verdicts
from engine.complaints.records import PROCESS, Complaint
from engine.complaints.terms import Terms, find_obstacle, moment_of_solution
from engine.running import remember_team
from engine.stage import open_stage
from engine.tickets import demand_on, teams_of_ticket
from engine.versions import current_version
from helpdesk import audit
from helpdesk.files import Draft, FileLimits, drop_draft, move_to_ticket
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act
from helpdesk.tickets import AlreadyEnded, Status, Ticket, lock_ticket, set_status
from sla.promises import SOLUTION_CLOCK, PauseReason

SUBJECTS = {"pl": "Reklamacja: {number}", "en": "Complaint: {number}"}


def complain(session: Session, disputed_id: int, typed: Mapping[str, list[str]], *, by: Person, now: datetime,
             terms: Terms, draft: Draft | None = None, limits: FileLimits | None = None,
             key: str | None = None, language: str | None = None) -> str:
    """Dispute the solution of a ticket; gives the number of the complaint.

    key: makes a repeated call give the first call's number. language: in which the form was filled in, that of `by`
    unless given. Raises NothingToDispute, TooLateToComplain, ComplaintMade, BadAnswers, StartFailed.
    """
    disputed = lock_ticket(session, disputed_id, now=now)
    demand_on(session, by, Act.COMPLAIN, disputed)
    done = find_done(session, key)
    if done is not None:
        forget_draft(session, draft)
        return str(done["number"])
    obstacle = find_obstacle(session, disputed, terms, now=now)
    if obstacle is not None:
        raise obstacle
    version = current_version(session, PROCESS)
    answers = read_answers(session, version.start_sheet, typed, language=language or by.language, draft=draft,
                           context=start_context(version))
    # 1 the link, whose unique index lets one of two complaints at once win  2 the disputed ticket stands still
    # 3 the complaint's own process  4 who decides may see what is disputed
    ticket = requests.register(
        session, answers, request_type=PROCESS, subject=SUBJECTS[by.language].format(number=disputed.number),
        client=disputed.client, by=by, now=now, firm_id=disputed.firm_id)
    _link(session, ticket, disputed, now=now)
    _stand_still(session, disputed, by=by, now=now)
    requests.start_instance(session, ticket, version, answers, by=by, now=now, known={
        "complaint": {"disputed": disputed.number, "allowed": terms.allowed}})
    for team_id in teams_of_ticket(session, ticket):
        remember_team(session, disputed.id, team_id)
    if draft is not None:
        move_to_ticket(session, draft, ticket.id, limits=limits or FileLimits())
        drop_draft(session, draft, has_files=False)
    audit.record(session, "complained", by=by.id, now=now, ticket_id=disputed.id, complaint=ticket.id)
    mark_done(session, key, now=now, number=ticket.number)
    return ticket.number


def _link(session: Session, ticket: Ticket, disputed: Ticket, *, now: datetime) -> None:
    solved_at = moment_of_solution(disputed)
    assert solved_at is not None, "without a solution there is nothing to dispute"
    disputed.solved_at = solved_at
    session.add(Complaint(ticket_id=ticket.id, disputed_id=disputed.id, solved_at=solved_at,
                          status_before=disputed.status, made_at=now))
    session.flush()


def _stand_still(session: Session, disputed: Ticket, *, by: Person, now: datetime) -> None:
    # One whose process was ended hears nothing, and its clock has stopped.
    with suppress(AlreadyEnded), one_step(session, disputed, f"message:{verdicts.MADE}", by=by, now=now):
        stage = open_stage(session, disputed, by=by, now=now)
        stage.promises.pause(SOLUTION_CLOCK, PauseReason.COMPLAINT, now=now)
        if stage.run.message(verdicts.MADE):
            audit.record(session, "message_received", by=by.id, now=now, ticket_id=disputed.id, message=verdicts.MADE)
        stage.save()
    set_status(disputed, Status.COMPLAINT, now=now)
