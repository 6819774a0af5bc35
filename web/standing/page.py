"""The page of a request as its client sees it: everything it shows, read and told."""

import secrets
from datetime import datetime
from typing import Any

from flask import render_template, url_for

from engine.clients.rating import PROPERTY as RATING
from engine.clients.rating import sheet_of_step
from engine.complaints.records import Complaint, list_links
from engine.complaints.terms import find_obstacle
from engine.overview.progress import Progress, progress_of
from engine.overview.standing import standing_of
from engine.records import Answer, WorkItem
from engine.returns.terms import find_return
from engine.tickets import open_ticket, teams_of_ticket
from engine.versions import shelf_of
from forms.answers import Filled
from helpdesk import consents
from helpdesk.consents import Consent
from helpdesk.conversation import Kind, Message, list_messages
from helpdesk.errors import DeskError
from helpdesk.files import StoredFile, list_ticket_files
from helpdesk.links import TicketLink, list_ticket_links
from helpdesk.people.policy import Act, may
from helpdesk.ratings.records import Rating, list_of
from helpdesk.tickets import Status, Ticket
from sla.promises import list_clocks
from web.edge import desk, now, person, session
from web.forms import draft_at, kept_by_field, kept_files, shown_step
from web.language import language, say_error
from web.showing.announcing import find_outage
from web.showing.conversation import in_order, list_client_answers, tell_disputes, tell_steps
from web.showing.telling import describe_start, tell_complaints, tell_messages, tell_path
from web.standing.answers import tell_standing

ABOUT, SOLUTION = "about", "solution"  # the property of a step that is shown with the solution
CONSENT = "emergency_consent"
SOLVED = (Status.SOLVED, Status.CLOSED, Status.COMPLAINT)


def request_page(number: str, *, drawing: str = "", error: DeskError | None = None,
                 filled: dict[int, Filled | None] | None = None, place: str = "") -> str:
    """The page, perhaps again after something failed. drawing: which of the process's drawings is wanted."""
    ticket = open_ticket(session(), number, by=person())
    progress = progress_of(session(), ticket)
    files = list_ticket_files(session(), ticket.id, with_internal=False)
    is_client = ticket.client_id == person().id
    ratings = list_of(session(), ticket.id) if ticket.is_ended and is_client else None
    answers, links = list_client_answers(session(), ticket, progress), list_links(session(), ticket.id)
    beside = in_order(tell_steps(answers, ticket, progress, files, person()),
                      tell_disputes(session(), ticket, links, person(), _may_see))
    steps = [_step(progress, item, (filled or {}).get(item.id), ratings) for item in progress.items
             if item.is_open and item.is_for_client and is_client]
    rated = next((one for one in ratings or () if one.given_at is not None), None)
    return render_template(
        "requests/show.html", rating=rated, ticket=ticket, is_solved=is_solved(ticket), progress=progress,
        is_client=is_client, outage=find_outage(session(), ticket),
        judging=[step for step in steps if step["is_about_solution"]],
        steps=[step for step in steps if not step["is_about_solution"]],
        path=tell_path(progress, ticket, for_client=is_client or not person().is_staff),
        drawings=_drawings(progress, number, drawing),
        error=say_error(error) if error else None, error_place=place, act_id=secrets.token_urlsafe(16),
        limits=desk().settings.limits, files=files, asked=_start(answers, progress, files),
        **_talk(ticket, steps, files, beside), **_stand(ticket, progress, links), **_returns(ticket, progress))


def is_solved(ticket: Ticket) -> bool:
    """Whether its solution stands: a client who says that it did not help finds it among the messages."""
    return bool(ticket.solution) and Status(ticket.status) in SOLVED


def _start(answers: list[Answer], progress: Progress, files: list[StoredFile]) -> list[tuple[str, str]]:
    """What was asked and answered when the request was registered, in words."""
    start = progress.version.start_element
    return describe_start(next((one.content for one in answers if one.element_id == start), None), progress, files)


def _talk(ticket: Ticket, steps: list[dict[str, Any]], files: list[StoredFile],
          beside: list[dict[str, Any]]) -> dict[str, Any]:
    """The conversation, the question that waits for an answer, and what is being written.

    beside: what was said in the forms of steps and in complaints, which belongs to it.
    """
    messages = list_messages(session(), ticket.id, with_notes=False)
    question = _open_question(steps, messages)
    told = tell_messages(session(), ticket, messages, files, person())
    return {"messages": told, "said": in_order(_without_repeats(told, question, ticket), beside), "question": question,
            "reply_draft": draft_at(f"reply:{ticket.id}"), "reply_files": kept_files(f"reply:{ticket.id}")}


def _stand(ticket: Ticket, progress: Progress, links: list[Complaint]) -> dict[str, Any]:
    """The five answers, and the requests beside this one."""
    disputing = next((one.ticket.number for one in links if one.disputed_id == ticket.id and one.is_open), None)
    standing = standing_of(session(), ticket, progress)
    return {"standing": tell_standing(
                standing, progress, ticket, list_clocks(session(), ticket.id), complaint=disputing,
                calendars=shelf_of(session()).calendars, tell_names=desk().settings.tell_names,
                is_client=ticket.client_id == person().id),
            "complaints": tell_complaints(links, ticket, person(), _may_see),
            "related": [_related(one, ticket) for one in list_ticket_links(session(), ticket.id)],
            "complain_until": _complain_until(ticket), "consent": _valid_consent(ticket)}


def _valid_consent(ticket: Ticket) -> Consent | None:
    """The consent that the client may rely on now."""
    consent = consents.find(session(), ticket.id) if ticket.request_type == CONSENT else None
    return consent if consent is not None and consent.is_valid(now()) else None


def _complain_until(ticket: Ticket) -> datetime | None:
    """Until when the client may make a complaint; None if they may not."""
    is_possible = ticket.client_id == person().id and find_obstacle(session(), ticket, desk().terms, now=now()) is None
    return desk().terms.until(ticket) if is_possible else None


def _returns(ticket: Ticket, progress: Progress) -> dict[str, Any]:
    """What the client can still add, and until when."""
    days = desk().settings.reopen_days
    return {"back": find_return(session(), ticket, progress.version, days=days, now=now()), "reopen_days": days}


def _drawings(progress: Progress, number: str, wanted: str) -> list[dict[str, Any]]:
    """Every drawing with its address; the one that is shown is the wanted one, else the one in which it stands."""
    found = progress.drawings(language())
    here = progress.version.element(progress.here or "")
    at = next((one for one in found if one.process == wanted), None) or next(
        (one for one in found if here is not None and one.process == here.process), found[0])
    return [{"name": one.name, "is_shown": one is at,
             "href": url_for("requests.show", number=number, drawing=one.process, _anchor="drawing"),
             "xml": url_for("diagrams.show", version_id=progress.version.id, of=one.of)} for one in found]


def _related(link: TicketLink, ticket: Ticket) -> dict[str, Any]:
    """The other side of a link. Both are the same client's, and whoever sees one need not see the other."""
    is_later = link.ticket_id == ticket.id
    other = link.earlier if is_later else link.ticket
    return {"number": other.number, "subject": other.subject, "is_earlier": is_later,
            "href": url_for("requests.show", number=other.number) if _may_see(other) else None}


def _may_see(other: Ticket) -> bool:
    if other.client_id == person().id:
        return True
    return may(person(), Act.SEE_TICKET, other, teams_of_ticket(session(), other))


def _open_question(steps: list[dict[str, Any]], messages: list[Message]) -> Message | None:
    """The question that a step of the client waits to have answered."""
    if not any(step["item"].is_answered_by_reply for step in steps):
        return None
    return next((message for message in reversed(messages) if message.kind == Kind.QUESTION.value), None)


def _without_repeats(told: list[dict[str, Any]], question: Message | None, ticket: Ticket) -> list[dict[str, Any]]:
    """The conversation without its last message if the page shows it above, as question or as solution."""
    if not told:
        return told
    last = told[-1]
    is_above = (question is not None and last["id"] == question.id) or (
        last["is_solution"] and is_solved(ticket) and last["text"] == ticket.solution and not last["files"])
    return told[:-1] if is_above else told


def _step(progress: Progress, item: WorkItem, filled: Filled | None, ratings: list[Rating] | None) -> dict[str, Any]:
    """A step of the client with its form, as it was typed or fresh."""
    place, element = f"step:{item.id}", progress.version.element(item.element_id)
    sheet = sheet_of_step(session(), progress.version, item, ratings=ratings)
    assert sheet is not None, "a step that waits has a form"
    return {"item": item, "at": f"s{item.id}-", "filled": filled or shown_step(sheet, item),
            "kept_files": kept_by_field(place),
            "name": progress.name_of(item, language(), for_client=True),
            "is_rating": element is not None and RATING in element.properties,
            "is_about_solution": element is not None and element.properties.get(ABOUT) == SOLUTION}
