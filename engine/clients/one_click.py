"""One-click answers: a client's step whose question is a choice can be answered from the letter that tells of it.

A task names the field, and perhaps only some of its values, in its property `one_click`: `verdict` or
`verdict: accepted, not_solved`. No process is named here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import steps
from engine.clients.rating import sheet_of_step
from engine.records import Instance, ItemState, WorkItem
from engine.versions import shelf_of
from forms.answers import Filled
from forms.components import Kind, Question
from forms.sheet import Sheet
from helpdesk import audit
from helpdesk.errors import Conflict
from helpdesk.outbox import Letter

CHOICES = frozenset({Kind.RADIO, Kind.SELECT})


class LinkUsed(Conflict):
    """This question has been answered already, so the link has done its work. Thank you."""


class LinkTooLate(Conflict):
    """It is too late to answer by this link: the matter has gone on. Write on the page of the request, or call the help desk."""  # noqa: E501


@dataclass(frozen=True)
class Asked:
    """What one click can answer: the step, its field, the question, and the values with their labels."""

    item: WorkItem
    sheet: Sheet
    field: str
    question: str
    choices: Sequence[tuple[str, str]]

    def label(self, value: str) -> str | None:
        return dict(self.choices).get(value)

    def filled(self, value: str, language: str) -> Filled:
        """The step's form with this answer given."""
        return self.sheet.blank(language, {self.field: value})


def read_one_click(text: str) -> tuple[str, list[str]]:
    """The field that the property names, and the values; none means all of them."""
    field, _, values = text.partition(":")
    return field.strip(), [value for value in (part.strip() for part in values.split(",")) if value]


def find_asked(session: Session, ticket_id: int, *, language: str) -> Asked | None:
    """What the ticket's client can answer now with one click: of the step that was opened last."""
    item = session.scalar(select(WorkItem).where(
        WorkItem.ticket_id == ticket_id, WorkItem.state == ItemState.OPEN.value, WorkItem.team_id.is_(None),
        WorkItem.one_click != "").order_by(WorkItem.id.desc()).limit(1))
    return asked_of(session, item, language=language) if item is not None else None


def asked_of(session: Session, item: WorkItem, *, language: str) -> Asked | None:
    """What one click can answer of the step, open or not; None if it is no such step."""
    field, wanted = read_one_click(item.one_click)
    if not field or not item.is_for_client:
        return None
    version_id = session.scalar(select(Instance.version_id).where(Instance.id == item.instance_id))
    assert version_id is not None, "a step belongs to an instance"
    sheet = sheet_of_step(session, shelf_of(session).take(session, version_id), item)
    question = _question(sheet, field) if sheet is not None else None
    if sheet is None or question is None:
        return None
    choices = [(one.value, one.label[language]) for one in question.options if not wanted or one.value in wanted]
    return Asked(item, sheet, field, question.label[language], choices) if choices else None


def demand_asked(item: WorkItem) -> None:
    """Raise LinkUsed or LinkTooLate unless the step still waits."""
    if item.state == ItemState.DONE.value:
        raise LinkUsed()
    if not item.is_open:
        raise LinkTooLate()


def answer_by_link(session: Session, letter: Letter, asked: Asked, typed: Mapping[str, list[str]], *,
                   language: str, now: datetime) -> WorkItem:
    """Finish the step as the client who got the letter would; the audit says that it was by link.

    language: in which the form was filled in, whoever the client is.
    Raises BadAnswers, LinkUsed, LinkTooLate, NotAllowed.
    """
    demand_asked(asked.item)
    ticket = asked.item.ticket
    item = steps.complete(session, asked.item.id, typed, by=ticket.client, now=now, of=ticket.number,
                          language=language)
    audit.record(session, "answered_by_link", by=ticket.client_id, now=now, ticket_id=ticket.id,
                 element=item.element_id, letter_id=letter.id)
    session.flush()
    return item


def _question(sheet: Sheet, field: str) -> Question | None:
    return next((one for one in sheet.questions if one.name == field and one.kind in CHOICES), None)
