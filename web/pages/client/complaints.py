"""Complaints of clients: the form, everything once more, the number."""

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from engine.acts import find_done, read_answers, start_context
from engine.complaints.filing import complain
from engine.complaints.records import PROCESS
from engine.complaints.terms import find_obstacle
from engine.tickets import open_ticket
from engine.versions import LoadedVersion, current_version
from forms.answers import Filled
from helpdesk.errors import DeskError
from helpdesk.people.policy import Act
from helpdesk.tickets import Ticket
from web.edge import Page, allow, desk, now, person, session
from web.forms import (
    act_id,
    changed_list,
    draft_at,
    go_on,
    keep,
    keep_quietly,
    kept_by_field,
    kept_files,
    leave_unfinished,
    shown,
    tell_overtaken,
    try_to,
    typed,
)
from web.language import language, say_error

pages = Blueprint("complaints", __name__)


@pages.route("/requests/<number>/complaint", methods=["GET", "POST"])
@allow(Act.COMPLAIN)
def form(number: str) -> Page:
    """Why the client does not agree; what is typed and attached is kept until it is sent."""
    disputed = _disputed(number)
    if request.method == "GET":
        return _form_page(disputed, None, None)
    place, wanted = _place(disputed), request.form.get("next", "")
    if wanted == "quietly":
        return keep_quietly(place)
    tell_overtaken(place)
    problems = keep(place)

    def check() -> Page:
        if problems:
            raise problems[0]
        if wanted == "later":
            return leave_unfinished()
        _refuse(disputed)
        if listed := changed_list():
            return go_on(url_for("complaints.form", number=number), listed)
        if wanted == "files":
            return redirect(url_for("complaints.form", number=number))
        _read(disputed)
        return redirect(url_for("complaints.summary", number=number))

    return try_to(check, lambda error, filled: _form_page(_disputed(number), error, filled))  # type: ignore[no-any-return]


@pages.route("/requests/<number>/complaint/summary", methods=["GET", "POST"])
@allow(Act.COMPLAIN)
def summary(number: str) -> Page:
    """Everything once more before it is sent."""
    disputed = _disputed(number)
    draft = draft_at(_place(disputed))
    if draft is None:
        done = find_done(session(), act_id()) if request.method == "POST" else None
        if done is not None:
            # Sent twice: the first time used up the draft, and its answer may never have arrived.
            return redirect(url_for("complaints.done", number=done["number"]))
        return redirect(url_for("complaints.form", number=number))
    if request.method == "GET":
        return _summary_page(disputed)

    def send() -> Page:
        made = complain(session(), disputed.id, dict(draft.typed), by=person(), now=now(), terms=desk().terms,
                        draft=draft, limits=desk().settings.limits, key=act_id(), language=language())
        return redirect(url_for("complaints.done", number=made))

    return try_to(send, lambda error, filled: _form_page(_disputed(number), error, filled))  # type: ignore[no-any-return]


@pages.get("/complaints/done/<number>")
@allow(Act.SEE_TICKET)
def done(number: str) -> Page:
    """The number of the new complaint."""
    return render_template("complaints/done.html", ticket=open_ticket(session(), number, by=person()))


def _form_page(disputed: Ticket, error: DeskError | None, filled: Filled | None) -> str:
    version, place = current_version(session(), PROCESS), _place(disputed)
    obstacle = find_obstacle(session(), disputed, desk().terms, now=now())
    error = obstacle or error
    if filled is None and version.start_sheet is not None:
        filled = shown(version.start_sheet, place, start_context(version))
    # What stands in the way is told instead of the form: nobody should write what cannot be sent.
    return render_template(
        "complaints/form.html", ticket=disputed, filled=filled, kept_files=kept_by_field(place), draft=draft_at(place),
        error=say_error(error) if error else None, is_possible=obstacle is None,
        until=desk().terms.until(disputed), limits=desk().settings.limits)


def _summary_page(disputed: Ticket) -> Page:
    version = current_version(session(), PROCESS)
    try:
        _refuse(disputed)
        answers = _read(disputed, version)
    except DeskError:
        return redirect(url_for("complaints.form", number=disputed.number))
    names = {str(one.id): one.name for one in kept_files(_place(disputed))}
    told = version.start_sheet.describe(answers, language(), file_names=names) if version.start_sheet else []
    return render_template("complaints/summary.html", ticket=disputed, told=told, act_id=secrets.token_urlsafe(16))


def _disputed(number: str) -> Ticket:
    return open_ticket(session(), number, by=person(), to=Act.COMPLAIN)


def _refuse(disputed: Ticket) -> None:
    obstacle = find_obstacle(session(), disputed, desk().terms, now=now())
    if obstacle is not None:
        raise obstacle


def _read(disputed: Ticket, version: LoadedVersion | None = None) -> dict[str, Any]:
    version, draft = version or current_version(session(), PROCESS), draft_at(_place(disputed))
    return read_answers(session(), version.start_sheet, dict(draft.typed) if draft else dict(typed()),
                        language=language(), draft=draft, context=start_context(version))


def _place(disputed: Ticket) -> str:
    """Where the draft is kept."""
    return f"complaint:{disputed.id}"
