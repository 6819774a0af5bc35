"""How a ticket is told on pages: conversation, path, promises and history, ready for the templates."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from engine.complaints.records import Complaint
from engine.outside.catalogue import system_name
from engine.overview.progress import Progress
from engine.records import Answer, WorkItem
from engine.versions import shelf_of
from helpdesk.audit import AuditEntry
from helpdesk.conversation import Kind, Message
from helpdesk.files import StoredFile
from helpdesk.languages import _
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket
from sla.calendars import Calendar, calendar_of
from sla.clocks import Reading
from sla.promises import Clock
from sla.speech import say_left
from web.edge import now
from web.language import gettext, language

SOON = 0.75

CLOCK_NAMES = {"solution": _("Solution"), "first_answer": _("First answer"), "step": _("This step")}
# What the audit says in sentences; {name} is who did it, the rest are the entry's details.
SENTENCES = {
    "submitted": _("{name} registered the request."),
    "request_completed": _("{name} gave the answers that the request lacked."),
    "claimed": _("{name} took the step “{step}”."),
    "released": _("{name} gave the step “{step}” back to the team."),
    "assigned": _("{name} assigned the step “{step}”."),
    "completed": _("{name} finished the step “{step}”."),
    "replied": _("{name} wrote a message."),
    "noted": _("{name} wrote an internal note."),
    "withdrawn": _("{name} withdrew the request."),
    "closed": _("The request was closed: {outcome}."),
    "timer_fired": _("The time set for “{step}” ran out."),
    "attempt": _("{name} checked an identity: {result}. Failed attempts so far: {failed}."),
    "answered_by_link": _("{name} answered by the link in a letter."),
    "objected": _("Somebody who got the letter objected to the change."),
    "threshold_passed": _("{percent} % of the time promised for “{clock}” was used."),
    "process_ended": _("The process ended: {end}."),
    "call_answered": _("{system} answered the step “{step}”."),
    "call_refused": _("{system} refused the step “{step}”."),
    "call_skipped": _("{name} went on at “{step}” without the answer of {system}."),
    "reopened": _("{name} added something and opened the request again."),
    "followed": _("{name} came back to the matter with a new request."),
    "complained": _("{name} made a complaint."),
    "complaint_upheld": _("{name} upheld the complaint."),
    "complaint_rejected": _("{name} rejected the complaint."),
    "consent_granted": _("{name} gave the consent {number}, for {hours} hours."),
    "consent_ended": _("The consent {number} ended."),
    "complaint_withdrawn": _("{name} withdrew the complaint."),
    "repaired": _("{name} let the failed step run again."),
    "variable_changed": _("{name} corrected the value “{variable}” and let the failed step run again."),
    "step_skipped": _("{name} skipped the step “{step}”."),
    "step_moved": _("{name} moved the process from “{step}” to “{to}”."),
    "cancelled": _("{name} ended the process and cancelled the request."),
}
VERDICT_NAMES = {
    "upheld": _("the complaint was upheld"), "rejected": _("the complaint was rejected"),
    "withdrawn": _("the complaint was withdrawn"),
}
QUIET = {"process_ended"}
WARNINGS = ("withdrawn", "timer_fired", "cancelled", "step_skipped", "step_moved")
OUTCOME_NAMES = {
    "solved": _("solved"), "accepted": _("the client accepted the solution"),
    "expired": _("nobody objected to the solution"), "refused": _("refused"),
    "no_answer": _("the client did not answer"), "deleted": _("the account was deleted"),
    "withdrawn": _("withdrawn by the client"), "cancelled": _("ended by the desk"),
    "upheld": _("the complaint was upheld"), "rejected": _("the complaint was rejected"),
}


def tell_left(reading: Reading, calendars: Mapping[str, Calendar]) -> dict[str, Any]:
    """A clock as the badge shows it: state, words, due moment."""
    if reading.stopped_at is not None:
        state = "met" if reading.met else "late"
    elif reading.is_paused:
        state = "paused"
    elif reading.breached_at is not None:
        state = "late"
    else:
        state = "soon" if float(reading.used) >= SOON else "ok"
    words = say_left(reading, calendar_of(reading.allowed, calendars), now(), language())
    return {"state": state, "text": words, "due_at": reading.due_at}


def tell_due(due_at: datetime | None, paused_because: str = "") -> dict[str, Any] | None:
    """A due moment as lists show it, without reading the clock's events."""
    if due_at is None:
        return {"state": "paused", "text": gettext("Paused"), "due_at": None} if paused_because else None
    left = due_at - now()
    minutes = int(abs(left.total_seconds()) // 60)
    amount = _amount(minutes)
    if left.total_seconds() < 0:
        return {"state": "late", "text": gettext("late by {amount}", amount=amount), "due_at": due_at}
    state = "soon" if minutes < 60 else "ok"
    return {"state": state, "text": gettext("{amount} left", amount=amount), "due_at": due_at}


def tell_clocks(session: Session, clocks: list[Clock]) -> list[dict[str, Any]]:
    """Every promise of the ticket with its pauses."""
    calendars = shelf_of(session).calendars
    told = []
    for clock in clocks:
        reading = clock.reading(calendars, now())
        told.append({"name": gettext(CLOCK_NAMES.get(clock.key, clock.key)), "key": clock.key,
                     "left": tell_left(reading, calendars), "allowed": clock.allowed,
                     "is_step": clock.token is not None, "is_stopped": clock.is_stopped, "moves": clock.events})
    return told


def tell_messages(session: Session, ticket: Ticket, messages: list[Message], files: list[StoredFile],
                  viewer: Person) -> list[dict[str, Any]]:
    """The conversation for the template: whose side, whose words, which files."""
    sides = {Kind.NOTE.value: "note", Kind.SYSTEM.value: "system"}
    told = []
    for message in messages:
        side = sides.get(message.kind) or ("client" if message.author_id == ticket.client_id else "agent")
        teams = [place.team.name(language()) for place in message.author.memberships] if message.author else []
        told.append({
            "id": message.id, "kind": side, "at": message.said_at, "text": message.body,
            "author": message.author.name if message.author else None,
            "role": teams[0] if teams and side != "client" else None,
            "is_mine": message.author_id == viewer.id, "is_solution": message.kind == Kind.SOLUTION.value,
            "channel": None, "files": file_links([file for file in files if file.message_id == message.id])})
    return told


def file_links(files: list[StoredFile]) -> list[dict[str, Any]]:
    return [{"name": file.name, "size": file.size, "href": url_for("files.download", file_id=file.id)}
            for file in files]


def tell_path(progress: Progress, ticket: Ticket, *, for_client: bool) -> list[dict[str, Any]]:
    """The way of the ticket: each step with who has it and until when."""
    told = []
    for step in progress.path(language()):
        # The client is told the promised time at the top, in the kind of time that was promised.
        is_timed = step.item is not None and step.state == "now" and not for_client
        left = tell_due(step.item.due_at, ticket.paused_because) if step.item and is_timed else None
        told.append({"name": step.name, "state": step.state, "at": step.at, "left": left,
                     "text": _who_has(step.item, for_client=for_client) if step.state == "now" else None,
                     "within": " › ".join(step.within)})
    return told


def tell_complaints(complaints: list[Complaint], ticket: Ticket, viewer: Person,
                    seen: Callable[[Ticket], bool]) -> list[dict[str, Any]]:
    """The complaints on either side of which the ticket stands; seen: whether the viewer may open the other side."""
    told = []
    for complaint in complaints:
        is_this = complaint.ticket_id == ticket.id
        other = complaint.disputed if is_this else complaint.ticket
        place = "requests.show" if other.client_id == viewer.id else "tickets.show"
        told.append({"number": other.number, "subject": other.subject, "is_this": is_this,
                     "is_open": complaint.is_open, "href": url_for(place, number=other.number) if seen(other) else None,
                     "outcome": gettext(VERDICT_NAMES[complaint.outcome]) if complaint.outcome else ""})
    return told


def tell_start(session: Session, ticket: Ticket, progress: Progress, files: list[StoredFile]) -> list[tuple[str, str]]:
    """What was asked and answered when the request was registered, in words."""
    content = session.scalar(select(Answer.content).where(
        Answer.ticket_id == ticket.id, Answer.element_id == progress.version.start_element).limit(1))
    return describe_start(content, progress, files)


def describe_start(content: Mapping[str, Any] | None, progress: Progress,
                   files: list[StoredFile]) -> list[tuple[str, str]]:
    """The answers of the start form in words; none if there was no such form."""
    sheet = progress.version.start_sheet
    if sheet is None or content is None:
        return []
    names = {str(file.id): file.name for file in files}
    return sheet.describe(content, language(), file_names=names)


RESULT_NAMES = {
    "confirmed": _("confirmed"), "not_confirmed": _("not confirmed"), "unreachable": _("the client was not reached"),
    "given_up": _("given up"),
}


def tell_history(session: Session, entries: list[AuditEntry], progress: Progress) -> list[dict[str, Any]]:
    """What happened, one sentence each, the newest first."""
    people = _names(session, {entry.by_id for entry in entries if entry.by_id})
    told = []
    for entry in entries:
        sentence = SENTENCES.get(entry.act)
        if sentence is None or entry.act in QUIET:
            continue
        facts = {"name": people.get(entry.by_id or 0, gettext("The desk")), **_facts(entry, progress)}
        told.append({"at": entry.at, "sentence": gettext(sentence, **facts), "detail": None, "mood": _mood(entry)})
    return told[::-1]


def _facts(entry: AuditEntry, progress: Progress) -> dict[str, Any]:
    details = entry.details
    return {
        "step": progress.words(details["element"], language(), for_client=False) if "element" in details else "",
        "end": progress.words(details["end"], language(), for_client=False) if details.get("end") else "",
        "outcome": gettext(OUTCOME_NAMES.get(details.get("outcome", ""), details.get("outcome", ""))),
        "result": gettext(RESULT_NAMES.get(details.get("outcome", ""), details.get("outcome", ""))),
        "failed": details.get("failed", 0), "number": details.get("number", ""), "hours": details.get("hours", ""),
        "percent": details.get("percent", ""), "variable": details.get("variable", ""),
        "to": progress.words(details["to"], language(), for_client=False) if isinstance(details.get("to"), str) else "",
        "system": _sentence_start(system_name(details.get("system", ""), language())),
        "clock": gettext(CLOCK_NAMES.get(details.get("clock", ""), details.get("clock", ""))),
    }


def _sentence_start(text: str) -> str:
    return text[:1].upper() + text[1:]


def _mood(entry: AuditEntry) -> str | None:
    if entry.act == "threshold_passed":
        return "bad" if entry.details.get("percent", 0) >= 100 else "warning"
    return {"closed": "good", **dict.fromkeys(WARNINGS, "warning")}.get(entry.act)


def _who_has(item: WorkItem | None, *, for_client: bool) -> str | None:
    if item is None:
        return None
    if item.is_for_client:
        return gettext("Your turn") if for_client else gettext("The client’s turn")
    team = item.team.name(language()) if item.team else ""
    if item.holder is not None and for_client:
        return gettext("{team} is working on it", team=team)
    if item.holder is not None:
        return gettext("{name} ({team}) is working on it", name=item.holder.name, team=team)
    return gettext("Waits for: {team}", team=team)


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    """What the people are called; those whom the page has read already are not asked for again."""
    keys = {key: identity_key(Person, key) for key in ids}
    known = {key: session.identity_map[whole].name for key, whole in keys.items() if whole in session.identity_map}
    missing = ids - known.keys()
    if not missing:
        return known
    return known | {row.id: row.name for row in session.execute(
        select(Person.id, Person.name).where(Person.id.in_(missing)))}


def _amount(minutes: int) -> str:
    if minutes < 60:
        return gettext("{number} min", number=minutes)
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return gettext("{hours} h {minutes} min", hours=hours, minutes=rest) if rest and hours < 10 else gettext(
            "{hours} h", hours=hours)
    return gettext("{days} d", days=minutes // (24 * 60))
