"""The conversation of a request as its client reads it: messages, answers to steps, complaints."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clients.rating import PROPERTY as RATING
from engine.complaints.records import Complaint
from engine.overview.progress import Progress
from engine.records import Answer, Instance, ItemState
from engine.versions import shelf_of
from forms.sheet import Sheet
from helpdesk.files import StoredFile
from helpdesk.languages import _
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket
from web.language import gettext, language


def list_client_answers(session: Session, ticket: Ticket, progress: Progress) -> list[Answer]:
    """What the client has answered: the form of the request, and their own steps; in the order in which it was given.

    Left out is what stands elsewhere: ratings, and answers that are messages.
    """
    elements = progress.version.bundle.elements
    steps = {item.element_id for item in progress.items
             if item.is_for_client and item.state == ItemState.DONE.value and not item.is_answered_by_reply
             and item.element_id in elements and RATING not in elements[item.element_id].properties}
    return list(session.scalars(select(Answer).where(
        Answer.ticket_id == ticket.id, Answer.element_id.in_({progress.version.start_element, *steps}))
        .order_by(Answer.id)))


def tell_steps(answers: Iterable[Answer], ticket: Ticket, progress: Progress, files: list[StoredFile],
               viewer: Person) -> list[dict[str, Any]]:
    """The client's answers to their own steps, as entries of the conversation: the reason why it is not solved, say."""
    names = {str(file.id): file.name for file in files}
    told = []
    for answer in answers:
        sheet = progress.version.sheets.get(answer.form)
        if answer.element_id == progress.version.start_element or sheet is None:
            continue
        text = _in_words(sheet, answer, names)
        if text:
            told.append(_entry(ticket, viewer, text, at=answer.given_at))
    return told


def tell_disputes(session: Session, ticket: Ticket, complaints: list[Complaint], viewer: Person,
                  seen: Callable[[Ticket], bool]) -> list[dict[str, Any]]:
    """What the client complained about, and what was answered, for those who may see the complaint itself."""
    about = {one.ticket_id: one for one in complaints if one.disputed_id == ticket.id and seen(one.ticket)}
    if not about:
        return []
    told = []
    for answer, version_id in session.execute(
            select(Answer, Instance.version_id).join(Instance, Instance.ticket_id == Answer.ticket_id)
            .where(Answer.ticket_id.in_(about)).order_by(Answer.id)):
        version, complaint = shelf_of(session).take(session, version_id), about[answer.ticket_id]
        if answer.element_id != version.start_element or version.start_sheet is None:
            continue
        number = complaint.ticket.number
        words = _in_words(version.start_sheet, answer, {})
        told.append(_entry(ticket, viewer, gettext(_("Complaint {number}"), number=number) + "\n\n" + words,
                           at=complaint.made_at))
        if complaint.decided_at is not None and complaint.ticket.solution:
            told.append({**_entry(ticket, viewer, gettext(_("Answer to the complaint {number}"), number=number)
                                  + "\n\n" + complaint.ticket.solution, at=complaint.decided_at),
                         "kind": "agent", "author": None, "is_mine": False})
    return told


def in_order(*parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of several conversations as one, the oldest first."""
    return sorted((entry for part in parts for entry in part), key=_moment)


def _moment(entry: dict[str, Any]) -> datetime:
    at = entry["at"]
    assert isinstance(at, datetime), "every entry has its moment"
    return at


def _in_words(sheet: Sheet, answer: Answer, names: dict[str, str]) -> str:
    return "\n\n".join(f"{label}\n{text}" for label, text in sheet.describe(
        answer.content, language(), file_names=names))


def _entry(ticket: Ticket, viewer: Person, text: str, *, at: datetime) -> dict[str, Any]:
    return {"id": None, "kind": "client", "at": at, "text": text, "author": ticket.client.name, "role": None,
            "is_mine": ticket.client_id == viewer.id, "is_solution": False, "channel": None, "files": []}
