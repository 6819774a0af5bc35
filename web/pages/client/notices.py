"""Notices: the list behind the bell, what is read, and what one wants to be told."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for

from helpdesk.errors import DeskError, NotFound
from helpdesk.notices import inbox
from helpdesk.notices.choices import HOURS, BadHours, Choice, Choices, Way, choices_of, choose, kinds_for, switch_off
from helpdesk.notices.kinds import ALWAYS, Kind, kind_of
from helpdesk.outbox import Letter
from helpdesk.people.policy import Act
from helpdesk.tickets import Ticket
from helpdesk.waiting import waiting_for
from mailroom.letters import path_of, subjects
from mailroom.replies import find_stoppable
from web.bell import bell_of
from web.edge import Page, allow, desk, now, own_path, person, row_id, session
from web.forms import or_again
from web.language import gettext, language, say_error

pages = Blueprint("notices", __name__)
PAGE = 25
HOURLY = "hourly"


@pages.get("/notices")
@allow(Act.USE_DESK)
def list_() -> Page:
    """What has happened, the newest first; all of it or only what is unread, perhaps of one kind."""
    which = "all" if request.args.get("which") == "all" else "unread"
    kind = next((one for one in kinds_for(person()) if one.value == request.args.get("kind")), None)
    asked: dict[str, Any] = {"is_unread": which == "unread", "kinds": [kind] if kind else []}
    count = inbox.count_notices(session(), person(), **asked)
    pages_ = max(1, -(-count // PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages_)
    found = inbox.list_notices(session(), person(), **asked, most=PAGE, skip=(number - 1) * PAGE)
    named = subjects(session(), found, desk().settings, language=language())
    return render_template(
        "notices/list.html", which=which, kind=kind, kinds=kinds_for(person()), count=count,
        rows=[_tell(one, named[one.id]) for one in found], newest=max((one.id for one in found), default=0),
        page={"number": number, "pages": pages_},
        page_address=lambda page: url_for("notices.list_", which=which, kind=kind, page=page))


@pages.get("/notices/count")
@allow(Act.USE_DESK, is_use=False)
def count() -> Page:
    """The number at the bell and its words, for the script that keeps them up to date."""
    return jsonify(bell_of(waiting_for(session(), person().id).notices))


@pages.post("/notices/read")
@allow(Act.USE_DESK)
def read_all() -> Page:
    """Everything that was listed is read."""
    inbox.mark_all_read(session(), person(), upto=row_id(request.form.get("upto")) or 0, now=now())
    flash(gettext("All notices are marked as read."), "success")
    return redirect(url_for("notices.list_"))


@pages.post("/notices/<int:letter_id>", endpoint="open")
@allow(Act.USE_DESK)
def open_(letter_id: int) -> Page:
    """Go to what the notice is about; it is read."""
    letter = inbox.mark(session(), person(), letter_id, is_read=True, now=now())
    ticket = session().get(Ticket, letter.ticket_id) if letter.ticket_id else None
    return redirect(own_path(path_of(letter, ticket), "/"))


@pages.post("/notices/<int:letter_id>/mark")
@allow(Act.USE_DESK)
def mark(letter_id: int) -> Page:
    """Mark a notice as read or unread."""
    inbox.mark(session(), person(), letter_id, is_read=request.form.get("as") != "unread", now=now())
    which = "all" if request.form.get("which") == "all" else "unread"
    return redirect(url_for("notices.list_", which=which, kind=request.form.get("kind") or None))


@pages.route("/account/notices", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def choices() -> Page:
    """What one wants to be told, by which ways and when."""
    if request.method == "GET":
        return _choices_page(choices_of(person()))

    def save() -> Page:
        choose(session(), person(), _typed(), now=now())
        flash(gettext("Your choice is kept. It holds for what happens from now on."), "success")
        return redirect(url_for("notices.choices"))

    return or_again(save, lambda error: _choices_page(choices_of(person()), error))


@pages.get("/notices/stop/<int:letter_id>/<code>")
@allow(Act.VISIT)
def stop(letter_id: int, code: str) -> Page:
    """Which letters would stop, and the button; following the link alone stops nothing."""
    letters = find_stoppable(session(), letter_id, code, desk().settings)
    return _stop_page(letters, code, is_done=False)


@pages.post("/notices/stop/<int:letter_id>/<code>")
@allow(Act.VISIT, from_outside=True)
def stop_now(letter_id: int, code: str) -> Page:
    """Stop them. A mail program sends this too, without cookies (RFC 8058): the code is the proof."""
    letters = find_stoppable(session(), letter_id, code, desk().settings)
    reader = letters[0].person
    if reader is None:
        raise NotFound()
    switch_off(session(), reader, _kinds(letters), now=now())
    return _stop_page(letters, code, is_done=True)


def _tell(letter: Letter, subject: str) -> dict[str, Any]:
    return {"id": letter.id, "subject": subject, "kind": kind_of(letter.text), "at": letter.queued_at,
            "is_read": letter.read_at is not None}


def _choices_page(known: Choices, error: DeskError | None = None) -> str:
    """The form, with what was typed when that could not be kept."""
    shown = known
    if error is not None:
        shown = Choices(_typed_kinds(), known.digest_hour, known.quiet)
    return render_template(
        "notices/choices.html", choices=shown, kinds=kinds_for(person()), always=ALWAYS, ways=list(Way), hours=HOURS,
        quiet=request.form if error else {"quiet_from": known.quiet[0], "quiet_to": known.quiet[1]} if known.quiet
        else {}, digest=request.form.get("digest", "") if error else
        HOURLY if known.digest_hour is None else str(known.digest_hour),
        error=say_error(error) if error else None)


def _typed() -> Choices:
    digest, begin, end = (request.form.get(name, "") for name in ("digest", "quiet_from", "quiet_to"))
    if bool(begin) != bool(end):
        raise BadHours()
    return Choices(_typed_kinds(), None if digest == HOURLY else _hour(digest), (_hour(begin), _hour(end))
                   if begin and end else None)


def _typed_kinds() -> dict[Kind, Choice]:
    ways = {way.value: way for way in Way}
    return {kind: Choice(ways.get(request.form.get(f"way-{kind.value}", ""), Way.AT_ONCE),
                         f"page-{kind.value}" in request.form)
            for kind in kinds_for(person()) if kind not in ALWAYS}


def _hour(text: str) -> int:
    hour = row_id(text)
    if hour is None:
        raise BadHours()
    return hour


def _kinds(letters: list[Letter]) -> list[Kind]:
    return list(dict.fromkeys(kind_of(letter.text) for letter in letters))


def _stop_page(letters: list[Letter], code: str, *, is_done: bool) -> str:
    return render_template("notices/stop.html", letter=letters[0], code=code, kinds=_kinds(letters), is_done=is_done)
