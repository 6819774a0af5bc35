"""Letters that the desk sent: one's own, all of them in the demo, and those that could not be delivered."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine.staff import send_again
from helpdesk.errors import DeskError, NotFound
from helpdesk.outbox import LETTERS, Letter, State, count_letters, get_letter, list_letters
from helpdesk.people.policy import Act, may
from mailroom.letters import Composed, compose, subjects
from mailroom.replies import ACCOUNT_LINKS
from web.edge import Page, allow, desk, now, person, session
from web.language import gettext, say_error

pages = Blueprint("letters", __name__)
PAGE = 25
UNDELIVERED = (State.WAITING, State.FAILED)


@pages.get("/letters")
@allow(Act.USE_DESK)
def list_() -> Page:
    """Letters to me; an administrator also sees which ones did not arrive, and in the demo every letter."""
    which = request.args.get("which", "mine")
    which = which if which in _choices() else "mine"
    filters: dict[str, dict[str, Any]] = {
        "mine": {"person_id": person().id, "states": LETTERS}, "undelivered": {"states": UNDELIVERED},
        "all": {"states": LETTERS}}
    asked = filters[which]
    count = count_letters(session(), **asked)
    pages_ = max(1, -(-count // PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages_)
    letters = list_letters(session(), **asked, most=PAGE, skip=(number - 1) * PAGE)
    named = subjects(session(), [letter for letter in letters if _may_read(letter)], desk().settings)
    return render_template(
        "letters/list.html", which=which, choices=_choices(),
        rows=[_tell(letter, named.get(letter.id)) for letter in letters],
        page={"number": number, "pages": pages_},
        page_address=lambda page: url_for("letters.list_", which=which, page=page))


@pages.get("/letters/<int:letter_id>")
@allow(Act.USE_DESK)
def show(letter_id: int) -> Page:
    """One letter as its reader gets it."""
    letter = _readable(letter_id)
    composed, error = _composed(letter)
    return render_template("letters/show.html", row=_tell(letter, _subject(letter)), letter=letter,
                           composed=composed, error=error, is_kept_back=_is_kept_back(letter))


@pages.get("/letters/<int:letter_id>.eml")
@allow(Act.USE_DESK)
def download(letter_id: int) -> Page:
    """The letter as a file that a mail program opens."""
    letter = _readable(letter_id)
    composed, _error = _composed(letter)
    if composed is None:
        raise NotFound()
    mail = composed.as_email(desk().settings.mail_from, letter.sent_at or letter.queued_at)
    response = Response(mail.as_bytes(), mimetype="message/rfc822")
    response.headers["Content-Disposition"] = f"attachment; filename=letter-{letter.id}.eml"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@pages.post("/letters/<int:letter_id>/again")
@allow(Act.ADMINISTER)
def again(letter_id: int) -> Page:
    """Let a letter that failed be tried again."""
    send_again(session(), get_letter(session(), letter_id), by=person(), now=now())
    flash(gettext("The letter will be tried again in a moment."), "success")
    return redirect(url_for("letters.list_", which="undelivered"))


def _choices() -> list[str]:
    if not may(person(), Act.ADMINISTER):
        return ["mine"]
    return ["mine", "undelivered", "all"] if desk().settings.demo else ["mine", "undelivered"]


def _may_read(letter: Letter) -> bool:
    return letter.person_id == person().id or (desk().settings.demo and may(person(), Act.ADMINISTER))


def _readable(letter_id: int) -> Letter:
    """The letter, if it is mine; in the demo an administrator reads all of them."""
    letter = get_letter(session(), letter_id)
    if not _may_read(letter):
        raise NotFound()
    return letter


def _subject(letter: Letter) -> str:
    return subjects(session(), [letter], desk().settings)[letter.id]


def _composed(letter: Letter) -> tuple[Composed | None, str]:
    try:
        return compose(session(), letter, desk().settings, shows_code=not _is_kept_back(letter)), ""
    except DeskError as error:
        return None, say_error(error)


def _is_kept_back(letter: Letter) -> bool:
    """Whether the page leaves out the link: it would let whoever sits at this browser take the account over."""
    return letter.text in ACCOUNT_LINKS and not (desk().settings.demo and may(person(), Act.ADMINISTER))


def _tell(letter: Letter, subject: str | None) -> dict[str, Any]:
    """A letter as the list shows it: whoever may not read it sees the key of its text instead of the subject."""
    is_waiting = letter.state == State.WAITING.value and letter.tries > 0
    return {"id": letter.id, "subject": subject or letter.text, "may_read": subject is not None, "to": letter.person,
            "address": letter.address, "language": letter.language,
            "number": letter.facts.get("number", ""), "state": letter.state, "at": letter.sent_at or letter.queued_at,
            "tries": letter.tries, "error": letter.error, "next_at": letter.try_at if is_waiting else None}
