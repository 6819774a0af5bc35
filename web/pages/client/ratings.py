"""One's own rating: it can be changed for some hours, and nobody has to be asked again."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.clients import rating as ratings
from engine.tickets import open_ticket
from forms.answers import Filled
from helpdesk.errors import DeskError
from helpdesk.people.policy import Act
from helpdesk.ratings.invitations import refuse as refuse_invitations
from helpdesk.ratings.records import find_given
from web.edge import Page, allow, desk, now, own_path, person, session
from web.forms import try_to, typed
from web.language import gettext, language, say_error

pages = Blueprint("ratings", __name__)


@pages.route("/requests/<number>/rating", methods=["GET", "POST"])
@allow(Act.ANSWER_AS_CLIENT)
def change(number: str) -> Page:
    """The rating that was given, and the form to change it as long as that is possible."""
    if request.method == "GET":
        return _page(number)  # type: ignore[no-any-return]

    def save() -> Page:
        ticket = open_ticket(session(), number, by=person(), to=Act.ANSWER_AS_CLIENT)
        found = find_given(session(), ticket.id)
        if found is not None:
            ratings.change(session(), found, typed(), by=person(), allowed=_allowed(), now=now(),
                           language=language())
            flash(gettext("Your rating was changed."), "success")
        return redirect(url_for("requests.show", number=number))

    return try_to(save, lambda error, filled: _page(number, error=error, filled=filled))  # type: ignore[no-any-return]


@pages.post("/ratings/refuse")
@allow(Act.USE_DESK)
def refuse() -> Page:
    """Never be asked again."""
    refuse_invitations(session(), person(), now=now())
    flash(gettext("You will not be asked for a rating any more. You can still give one on the page of a request."),
          "success")
    return redirect(own_path(request.form.get("back"), url_for("notices.choices")))


def _page(number: str, *, error: DeskError | None = None, filled: Filled | None = None) -> Any:
    ticket = open_ticket(session(), number, by=person(), to=Act.ANSWER_AS_CLIENT)
    found = find_given(session(), ticket.id)
    if found is None:
        return redirect(url_for("requests.show", number=number))
    sheet, _field = ratings.sheet_of(session(), found)
    until = found.changeable_until(_allowed())
    assert until is not None, "it was given"
    return render_template(
        "ratings/own.html", ticket=ticket, rating=found, until=until, is_open=now() <= until,
        filled=filled or sheet.blank(language(), sheet.revive(found.answers)),
        told=sheet.describe(found.answers, language()), error=say_error(error) if error else "")


def _allowed() -> timedelta:
    return timedelta(hours=desk().settings.rating_hours)
