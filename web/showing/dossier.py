"""The dossier: everything about one ticket as the staff sees it, ready for the templates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clients.rating import PROPERTY as RATING
from engine.clients.rating import sheet_of_answer
from engine.complaints.records import list_links
from engine.four_eyes import barred_people
from engine.outside.calls import SystemCall, list_open_calls
from engine.outside.catalogue import system_name
from engine.overview.progress import Progress, progress_of
from engine.overview.worklist import list_others_of_client
from engine.records import Answer, WorkItem
from engine.repair import list_incidents
from engine.tickets import teams_of_ticket
from forms.answers import Filled
from forms.values import tell
from helpdesk import audit, outbox
from helpdesk.conversation import list_messages
from helpdesk.files import StoredFile, list_ticket_files
from helpdesk.languages import _
from helpdesk.outbox import Letter, State
from helpdesk.people.accounts import Person, Team, list_members
from helpdesk.people.policy import Act, may
from helpdesk.tickets import Ticket
from sla.clocks import ClockEventKind
from sla.durations import parse_allowed
from sla.promises import SOLUTION_CLOCK, Clock, ClockMove, list_clocks
from sla.speech import say_duration
from web.edge import now, person
from web.forms import draft_at, kept_by_field, know_drafts, shown_step
from web.language import gettext, language
from web.showing import reading
from web.showing.faults import tell_fault
from web.showing.telling import (
    describe_start,
    tell_clocks,
    tell_complaints,
    tell_due,
    tell_history,
    tell_messages,
    tell_path,
)

LETTERS_SHOWN = 12

PAUSE_NAMES = {
    "waiting_for_client": _("waiting for the client"), "solution_offered": _("waiting for the solution to be judged"),
    "complaint": _("a complaint is being decided"), "planned_break": _("planned break"),
    "known_failure": _("a known failure lasts"),
}
CHANNEL_NAMES = {"portal": _("on the portal"), "phone": _("by telephone"), "mail": _("by e-mail"),
                 "letter": _("by letter"), "api": _("by a program")}
LETTER_NAMES = {
    "registered": _("Registration confirmed"), "to_complete": _("To be completed"),
    "question": _("Question"), "reminder": _("Reminder"),
    "reply": _("New message"), "solution": _("Solution"), "closed_without_answer": _("Closed without an answer"),
    "refused": _("Refusal"), "closed": _("Closed"), "escalation": _("Time is running out"),
    "breach": _("Time has run out"), "overdue": _("Long overdue"), "account_deleted": _("Account deleted"),
    "waiting_for_form": _("A form is awaited"), "reopened": _("Opened again"), "assigned": _("Step assigned"),
    "new_in_team": _("New in the team"),
    "withdrawn": _("Withdrawn"), "cancelled": _("Ended by the desk"), "incident": _("The process has stopped"),
    "account_unlocked": _("Account unlocked"),
    "unlock_call_missed": _("We could not reach you"), "login_change_announced": _("Change of login announced"),
    "login_change_announced_new": _("Change of login announced"), "login_changed": _("Login changed"),
    "login_change_stopped": _("Change of login stopped"), "one_time_password": _("One-time password issued"),
    "one_time_password_expired": _("One-time password expired"), "certificate_suspended": _("Certificate suspended"),
    "certificate_revoked": _("Certificate revoked"), "certificate_restored": _("Certificate restored"),
    "accessibility_delayed": _("A later date"), "accessibility_answered": _("Answer about accessibility"),
    "survey": _("Request for a rating"),
    "complaint_registered": _("Complaint registered"), "complaint_to_decide": _("Complaint to decide"),
    "complaint_upheld": _("Complaint upheld"), "complaint_rejected": _("Complaint rejected"),
    "consent_ends": _("Consent ends soon"), "consent_confirm": _("Data to be entered"),
    "consent_granted_office": _("Consent, to the office"),
    "consent_prolonged_office": _("Longer consent, to the office"),
    "consent_ended_office": _("End of the consent, to the office"),
}
LETTER_STATES = {State.WAITING.value: _("waits to be sent"), State.SENT.value: _("sent"),
                 State.FAILED.value: _("could not be delivered")}


def tell_ticket(session: Session, ticket: Ticket, viewer: Person, *, teams: Mapping[int, Team],
                filled: Mapping[int, Filled | None]) -> dict[str, Any]:
    """What the ticket page shows. teams: the ticket's. filled: by step, a form as it was sent with its errors."""
    progress = progress_of(session, ticket)
    know_drafts([f"reply:{ticket.id}", *(step_place(item.id) for item in progress.items if item.is_open)])
    files = list_ticket_files(session, ticket.id, with_internal=True)
    clocks = list_clocks(session, ticket.id)
    told = tell_promises(session, clocks)
    first, answers = tell_answers(session, ticket, progress, files)
    incidents = tell_incidents(session, ticket, progress)
    return {
        "ticket": ticket, "progress": progress, "steps": tell_steps(
            session, ticket, progress, viewer, told, filled, may_complete=may(
                viewer, Act.COMPLETE_REQUEST, ticket, teams)),
        "left": next((one["left"] for one in reversed(told) if one["key"] == SOLUTION_CLOCK), None),
        "waiting": tell_waiting(session, ticket, progress),
        "complaints": tell_complaints(list_links(session, ticket.id), ticket, viewer, lambda other: may(
            viewer, Act.SEE_TICKET, other, teams_of_ticket(session, other))),
        "promises": told, "asked": first, "files": files,
        "messages": tell_messages(session, ticket, list_messages(session, ticket.id, with_notes=True), files, viewer),
        "answers": answers, "teams": list(teams.values()),
        "history": tell_history(session, audit.list_of_ticket(session, ticket.id), progress),
        "path": tell_path(progress, ticket, for_client=False),
        "articles": reading.beside_ticket(ticket),
        "letters": [tell_letter(letter) for letter in outbox.list_letters(
            session, ticket_id=ticket.id, states=outbox.LETTERS, most=LETTERS_SHOWN)],
        "incidents": incidents,
        "marks": progress.marks() | {"failed": sorted({one["element"] for one in incidents if one["element"]})},
        "others": [(other, tell_due(other.due_at, other.paused_because))
                   for other in list_others_of_client(session, ticket, by=viewer)],
        "channel": gettext(CHANNEL_NAMES.get(ticket.channel, ticket.channel)),
        "received_on": tell(ticket.received_on, language()) if ticket.received_on else None,
        "may_reply": may(viewer, Act.REPLY, ticket, teams) and not ticket.is_ended,
        "may_note": may(viewer, Act.NOTE, ticket, teams),
        "may_repair": may(viewer, Act.REPAIR, ticket, teams),
    }


def tell_steps(session: Session, ticket: Ticket, progress: Progress, viewer: Person, promises: list[dict[str, Any]],
               filled: Mapping[int, Filled | None], *, may_complete: bool) -> list[dict[str, Any]]:
    """The open steps: who has each, what the viewer may do with it, and the form of one that is theirs to finish.

    may_complete: whether the viewer may answer what the request lacks, in the client's place.
    """
    members: dict[int, list[Person]] = {}
    told = []
    for item in (one for one in progress.items if one.is_open):
        leads = item.team_id in viewer.led_team_ids
        if leads and item.team_id is not None and item.team_id not in members:
            members[item.team_id] = list_members(session, [item.team_id])
        barred = barred_people(session, item) if item.not_by else set()
        in_team = item.team_id in viewer.team_ids and viewer.id not in barred
        told.append({
            "item": item, "name": progress.name_of(item, language(), for_client=False),
            "is_mine": item.holder_id == viewer.id, "may_claim": in_team and item.holder_id is None,
            "needs_another": bool(item.not_by), "is_barred": viewer.id in barred,
            "may_release": item.holder_id is not None and (
                (item.holder_id == viewer.id and item.team_id in viewer.team_ids) or leads),
            "may_finish": may_complete if item.completes_start else in_team and item.holder_id in (None, viewer.id),
            "members": [one for one in members.get(item.team_id or 0, [])
                        if one.id != item.holder_id and one.id not in barred] if leads else [],
            "left": next((one["left"] for one in promises
                          if one["token"] == item.token and not one["is_stopped"]), None),
        })
    _show_form(ticket, progress, told, filled)
    return told


def _show_form(ticket: Ticket, progress: Progress, steps: list[dict[str, Any]],
               filled: Mapping[int, Filled | None]) -> None:
    """Give one step its form: the one just sent, the one asked for, one's own, or the first that may be finished.

    Only one, for two forms on a page could have fields of the same name.
    """
    wanted = next(iter(filled), None) or request.args.get("step", type=int)
    mine = sorted((step for step in steps if step["may_finish"]),
                  key=lambda step: (step["item"].id != wanted, not step["is_mine"], step["item"].id))
    for step in mine[:1]:
        item: WorkItem = step["item"]
        place = step_place(item.id)
        step["filled"] = filled.get(item.id) or shown_step(
            progress.version.sheets[item.form], item, step_context(ticket, progress), {"priority": ticket.priority})
        step["kept_files"] = kept_by_field(place)


def tell_waiting(session: Session, ticket: Ticket, progress: Progress) -> list[dict[str, Any]]:
    """What the process waits for by itself, in words: another system, a message, a moment."""
    standing = progress.unattended()
    calls = {call.token: call for call in list_open_calls(session, ticket.id)} if standing else {}
    return [{"name": progress.words(step.element_id, language(), for_client=False), "at": step.at,
             "text": _say_call(calls[step.token]) if step.token in calls else gettext("the process waits here")}
            for step in standing]


def _say_call(call: SystemCall) -> str:
    name = system_name(call.system, language())
    if call.is_failed:
        return gettext("{system} could not be asked; a person has to decide what next", system=name)
    if call.tries > 1:
        return gettext("waits for the answer of {system}; asked {number} times", system=name, number=call.tries)
    return gettext("waits for the answer of {system}", system=name)


def step_place(item_id: int) -> str:
    """Where a step's draft is kept."""
    return f"step:{item_id}"


def step_context(ticket: Ticket, progress: Progress) -> dict[str, Any]:
    """What conditions of a step's form may read besides the form itself."""
    return {**progress.instance.variables, "ticket": {
        "number": ticket.number, "priority": ticket.priority, "status": ticket.status, "channel": ticket.channel,
        "request_type": ticket.request_type}}


def tell_typed(progress: Progress, item: WorkItem) -> list[tuple[str, str]]:
    """What the viewer has typed into a step they can no longer finish, to be read and copied."""
    draft = draft_at(step_place(item.id))
    sheet = progress.version.sheets.get(item.form)
    if draft is None or sheet is None:
        return []
    return sheet.tell_typed(draft.typed, language())


def tell_promises(session: Session, clocks: list[Clock]) -> list[dict[str, Any]]:
    """Every clock with its target in words and its pauses."""
    return [told | {"token": clock.token, "target": say_duration(parse_allowed(clock.allowed), language()),
                    "pauses": tell_pauses(clock.events)}
            for clock, told in zip(clocks, tell_clocks(session, clocks), strict=True)]


def tell_pauses(moves: list[ClockMove]) -> list[dict[str, Any]]:
    """Each pause with its reason, from when until when; the last may still last."""
    told: list[dict[str, Any]] = []
    since: datetime | None = None
    for move in moves:
        if move.kind == ClockEventKind.PAUSED.value and since is None:
            since = move.at
            told.append({"reason": gettext(PAUSE_NAMES.get(move.reason, move.reason)), "since": since, "until": None,
                         "lasted": say_duration(now() - since, language())})
        elif move.kind in {ClockEventKind.RESUMED.value, ClockEventKind.STOPPED.value} and since is not None:
            told[-1] |= {"until": move.at, "lasted": say_duration(move.at - since, language())}
            since = None
    return told


def tell_answers(session: Session, ticket: Ticket, progress: Progress,
                 files: list[StoredFile]) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
    """The first form in words, and those answered after it, the latest first: which step, by whom, when, what."""
    rows = session.execute(
        select(Answer, Person.name).join(Person, Person.id == Answer.by_id)
        .where(Answer.ticket_id == ticket.id).order_by(Answer.id.desc())).all()
    names = {str(file.id): file.name for file in files}
    first: list[tuple[str, str]] = []
    told = []
    for answer, name in rows:
        if answer.element_id == progress.version.start_element:
            first = describe_start(answer.content, progress, files)
            continue
        element = progress.version.bundle.elements.get(answer.element_id)
        if element and element.properties.get(RATING) and not may(person(), Act.SEE_RATINGS):
            # Who gave which rating is for those who call back, not for who is rated.
            continue
        sheet = sheet_of_answer(session, progress.version, answer)
        told.append({
            "step": progress.words(answer.element_id, language(), for_client=False), "name": name,
            "at": answer.given_at,
            "rows": sheet.describe(answer.content, language(), file_names=names) if sheet else []})
    return first, told


def tell_letter(letter: Letter) -> dict[str, Any]:
    reader = letter.person.name if letter.person else ""
    return {"name": gettext(LETTER_NAMES.get(letter.text, letter.text)), "to": letter.address or reader,
            "at": letter.sent_at or letter.queued_at, "state": gettext(LETTER_STATES.get(letter.state, letter.state)),
            "has_failed": letter.state == State.FAILED.value}


def tell_incidents(session: Session, ticket: Ticket, progress: Progress) -> list[dict[str, Any]]:
    """What failed and waits to be mended."""
    return [tell_fault(session, one, progress.version) for one in list_incidents(session, ticket.id)]
