"""A ticket as the staff works on it: its step, conversation, notes, client, clocks and history on one screen."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import steps, talk
from engine.records import WorkItem
from engine.tickets import open_ticket, open_with_teams
from forms.answers import Filled
from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.files import Draft
from helpdesk.people.accounts import Person, get_person
from helpdesk.people.policy import Act
from helpdesk.tickets import Ticket
from sla.promises import PauseReason
from web.edge import Page, ShowAgain, allow, desk, now, person, session
from web.forms import act_id, changed_list, draft_at, go_on, keep_words, kept_files, try_to, typed
from web.language import gettext, language, say_error
from web.showing import reading
from web.showing.announcing import find_outage
from web.showing.dossier import step_place, tell_ticket, tell_typed

pages = Blueprint("tickets", __name__)
FASTER = (steps.AlreadyDone, steps.HeldByAnother)
DIGITS_MOST = 9
CLOSED_DOORS = (NotAllowed, NotFound)


class NobodyChosen(DeskError):
    """Choose who should have the step."""


@pages.get("/tickets/<number>")
@allow(Act.SEE_INSIDE)
def show(number: str) -> Page:
    """Everything about one ticket."""
    return _page(number)


@pages.post("/tickets/<number>/steps/<int:item_id>")
@allow(Act.CLAIM)
def complete(number: str, item_id: int) -> Page:
    """Finish a step with its form; what was typed and attached is kept whatever happens."""
    place = step_place(item_id)
    problems = keep_words(place, check=lambda: open_ticket(session(), number, by=person(), to=Act.SEE_INSIDE))

    def send() -> Page:
        if problems:
            raise problems[0]
        if listed := changed_list():
            return go_on(url_for("tickets.show", number=number, step=item_id), listed)
        item = steps.complete(session(), item_id, typed(), of=number, by=person(), now=now(), draft=draft_at(place),
                              limits=desk().settings.limits, key=act_id(), language=language())
        flash(gettext("The step “{step}” is finished.", step=_step_name(item)), "success")
        return redirect(url_for("tickets.show", number=number))

    return _or_again(send, number, place="step", item_id=item_id)


@pages.post("/tickets/<number>/steps/<int:item_id>/claim")
@allow(Act.CLAIM)
def claim(number: str, item_id: int) -> Page:
    """Take a step."""
    def act() -> Page:
        item = steps.claim(session(), _item(number, item_id).id, by=person(), now=now())
        flash(gettext("You have the step “{step}” now.", step=_step_name(item)), "success")
        return redirect(url_for("tickets.show", number=number, step=item_id))

    return _or_again(act, number)


@pages.post("/tickets/<number>/steps/<int:item_id>/release")
@allow(Act.CLAIM)
def release(number: str, item_id: int) -> Page:
    """Give a step back to the team."""
    def act() -> Page:
        item = steps.release(session(), _item(number, item_id).id, by=person(), now=now())
        flash(gettext("The step “{step}” waits for the team again.", step=_step_name(item)), "success")
        return redirect(url_for("tickets.show", number=number))

    return _or_again(act, number)


@pages.post("/tickets/<number>/steps/<int:item_id>/assign")
@allow(Act.ASSIGN)
def assign(number: str, item_id: int) -> Page:
    """A lead gives a step to somebody of its team."""
    def act() -> Page:
        chosen = _chosen_person()
        item = steps.assign(session(), _item(number, item_id).id, to=chosen, by=person(), now=now())
        flash(gettext("{name} has the step “{step}” now.", name=chosen.name, step=_step_name(item)), "success")
        return redirect(url_for("tickets.show", number=number))

    return _or_again(act, number)


@pages.post("/tickets/<number>/say")
@allow(Act.NOTE)
def say(number: str) -> Page:
    """Write to the client, or a note for the team: the button says which."""
    is_note = request.form.get("as") == "note"
    ticket = open_ticket(session(), number, by=person(), to=Act.NOTE if is_note else Act.REPLY)
    place = f"reply:{ticket.id}"
    problems = keep_words(place, check=lambda: None)

    def send() -> Page:
        if problems:
            raise problems[0]
        write = talk.note if is_note else talk.reply
        write(session(), ticket.id, request.form.get("body", ""), by=person(), now=now(), draft=draft_at(place),
              limits=desk().settings.limits, key=act_id())
        flash(gettext("The note was added; the client does not see it.") if is_note
              else gettext("The message was sent to the client."), "success")
        return redirect(url_for("tickets.show", number=number, _anchor="talk"))

    return _or_again(send, number, place="say")


def _item(number: str, item_id: int) -> WorkItem:
    item = steps.get_item(session(), item_id)
    if item.ticket.number != number:
        raise NotFound()
    return item


def _chosen_person() -> Person:
    chosen = request.form.get("to", "")
    if not chosen.isdecimal() or len(chosen) > DIGITS_MOST:
        raise NobodyChosen()
    return get_person(session(), int(chosen))


def _step_name(item: WorkItem) -> str:
    return item.name(language())


def _or_again(act: Callable[[], Page], number: str, *, place: str = "", item_id: int | None = None) -> Page:
    """Do it, or show the ticket as it is now with the error; 409 when somebody was faster."""
    def again(error: DeskError | None, filled: Filled | None) -> str:
        return _page(number, error=error, place=place, item_id=item_id, filled=filled)

    try:
        return try_to(act, again)  # type: ignore[no-any-return]
    except ShowAgain as shown:
        failed = shown
    # Raised out here, for an error must not become its own cause.
    if isinstance(failed.error, CLOSED_DOORS):
        raise failed.error
    if isinstance(failed.error, FASTER):
        failed.status = 409
    raise failed


def _page(number: str, *, error: DeskError | None = None, place: str = "", item_id: int | None = None,
          filled: Filled | None = None) -> str:
    ticket, teams = open_with_teams(session(), number, by=person(), to=Act.SEE_INSIDE)
    told: dict[str, Any] = tell_ticket(session(), ticket, person(), teams=teams,
                                       filled={item_id: filled} if item_id is not None and filled else {})
    box = f"reply:{ticket.id}"
    draft = draft_at(box)
    lost = steps.get_item(session(), item_id) if item_id is not None and isinstance(error, FASTER) else None
    return render_template(
        "tickets/show.html", **told, error=say_error(error) if error else None, error_place=place,
        lost=lost, lost_words=tell_typed(told["progress"], lost) if lost else [],
        lost_files=kept_files(step_place(lost.id)) if lost else [], act_id=secrets.token_urlsafe(16),
        said=_said(ticket, draft), said_files=kept_files(box),
        limits=desk().settings.limits, outage=_outage(ticket))


def _said(ticket: Ticket, draft: Draft | None) -> str:
    """What stands in the box of the reply: what was kept of it, and the article that is to be cited."""
    kept = draft.typed.get("body", [""])[0] if draft else ""
    return "\n".join(text for text in (kept, reading.cited(ticket, request.args.get("cite"))) if text)


def _outage(ticket: Ticket) -> dict[str, Any] | None:
    """What the request hangs on; asked only where its clock says that it does."""
    return find_outage(session(), ticket) if ticket.paused_because == PauseReason.KNOWN_FAILURE.value else None
