"""Answers by the link in a letter, without signing in: the page asks once more, so opening the link does nothing."""

from typing import Any

from flask import Blueprint, render_template, request

from engine.clients.one_click import Asked, LinkTooLate, LinkUsed, answer_by_link, asked_of, demand_asked
from engine.records import WorkItem
from forms.answers import Filled
from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.outbox import Letter
from helpdesk.people.policy import Act
from helpdesk.tickets import Ticket
from mailroom.replies import find_answerable
from web.edge import Page, ShowAgain, allow, desk, now, session
from web.forms import try_to, typed
from web.language import language, say_error

pages = Blueprint("answers", __name__)


@pages.get("/answers/<int:letter_id>/<int:item_id>/<code>")
@allow(Act.VISIT)
def show(letter_id: int, item_id: int, code: str) -> Page:
    """Which request it is about, what was chosen, and the button that answers."""
    try:
        letter, asked = _found(letter_id, item_id, code)
    except NotFound:
        return _lost()
    return _page(letter, asked, code)


@pages.post("/answers/<int:letter_id>/<int:item_id>/<code>")
@allow(Act.VISIT)
def give(letter_id: int, item_id: int, code: str) -> Page:
    """Answer, as the client who got the letter."""
    try:
        letter, asked = _found(letter_id, item_id, code)
    except NotFound:
        return _lost()

    def answer() -> Page:
        value = _chosen(asked)
        if value is None:
            return _page(letter, asked, code)
        words = typed()
        words[asked.field] = [value]
        try:
            answer_by_link(session(), letter, asked, words, language=language(), now=now())
        except NotAllowed as error:
            raise ShowAgain(error, _lost, 404) from error
        return _page(letter, asked, code, is_done=True)

    def again(error: DeskError | None, filled: Filled | None) -> Any:
        return _page(*_found(letter_id, item_id, code), code, error=error, filled=filled)

    return try_to(answer, again)  # type: ignore[no-any-return]


def _found(letter_id: int, item_id: int, code: str) -> tuple[Letter, Asked]:
    """The letter and what its link answers. Raises NotFound."""
    letter = find_answerable(session(), letter_id, item_id, code, desk().settings)
    item = session().get(WorkItem, item_id)
    asked = asked_of(session(), item, language=language()) if item and item.ticket_id == letter.ticket_id else None
    if asked is None:
        raise NotFound()
    return letter, asked


def _chosen(asked: Asked) -> str | None:
    value = request.values.get("answer", "")
    return value if asked.label(value) is not None else None


def _lost() -> Page:
    return render_template("answers/lost.html"), 404


def _page(letter: Letter, asked: Asked, code: str, *, error: DeskError | None = None, filled: Filled | None = None,
          is_done: bool = False) -> str:
    ticket = session().get(Ticket, letter.ticket_id)
    value, obstacle = _chosen(asked), ""
    if not is_done:
        try:
            demand_asked(asked.item)
        except (LinkUsed, LinkTooLate) as closed:
            obstacle = say_error(closed)
    if filled is None and value is not None:
        filled = asked.filled(value, language())
    return render_template(
        "answers/show.html", ticket=ticket, asked=asked, letter=letter, code=code, value=value, filled=filled,
        label=asked.label(value or ""), obstacle=obstacle, is_done=is_done,
        error=say_error(error) if error and not obstacle else "")
