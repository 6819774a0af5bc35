"""Asking again about a request that has ended: the form of then, filled in, and a link between both requests."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.acts import start_context
from engine.returns.coming_back import begin_again, start_content
from engine.returns.terms import NothingToAddTo
from engine.tickets import open_ticket
from engine.versions import current_version
from forms.answers import Filled
from helpdesk.errors import DeskError
from helpdesk.people.policy import Act
from helpdesk.tickets import Ticket
from web.edge import Page, allow, desk, now, person, session
from web.forms import act_id, changed_list, draft_at, go_on, keep, kept_by_field, shown, try_to, typed
from web.language import gettext, language, say_error

pages = Blueprint("returns", __name__)


@pages.route("/requests/<number>/again", methods=["GET", "POST"])
@allow(Act.COME_BACK)
def form(number: str) -> Page:
    """The form of a new request with the answers of the old one; what is typed and attached is kept."""
    earlier = open_ticket(session(), number, by=person(), to=Act.COME_BACK)
    if request.method == "GET":
        return _form_page(earlier, None, None)
    place = _place(earlier)
    problems = keep(place)

    def send() -> Page:
        if problems:
            raise problems[0]
        if listed := changed_list():
            return go_on(url_for("returns.form", number=number), listed)
        if request.form.get("next") == "files":
            return redirect(url_for("returns.form", number=number))
        made = begin_again(session(), earlier.id, typed(), by=person(), now=now(), draft=draft_at(place),
                           limits=desk().settings.limits, most_per_hour=desk().settings.requests_per_hour, key=act_id(),
                           language=language())
        flash(gettext("The request was registered under the number {number} and linked to {earlier}.",
                      number=made, earlier=number), "success")
        return redirect(url_for("requests.show", number=made))

    return try_to(send, lambda error, filled: _form_page(  # type: ignore[no-any-return]
        open_ticket(session(), number, by=person()), error, filled))


def _form_page(earlier: Ticket, error: DeskError | None, filled: Filled | None) -> str:
    place, classification = _place(earlier), earlier.classification
    if not earlier.is_ended or classification is None:
        raise NothingToAddTo()
    version = current_version(session(), earlier.request_type)
    if filled is None and version.start_sheet is not None:
        filled = shown(version.start_sheet, place, start_context(version),
                       version.start_sheet.revive(start_content(session(), earlier)))
    return render_template(
        "requests/again.html", ticket=earlier, filled=filled, kept_files=kept_by_field(place),
        error=say_error(error) if error else None, act_id=secrets.token_urlsafe(16), limits=desk().settings.limits)


def _place(earlier: Ticket) -> str:
    """Where the draft is kept."""
    return f"again:{earlier.id}"
