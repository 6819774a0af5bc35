"""My data: taking a copy of everything, and the way to deleting the account."""

from flask import Blueprint, Response, render_template, request, send_file

from engine.clients.own_data import MOST_A_DAY, TakenOften, note_taken
from helpdesk.catalogue.offers import find_by_type
from helpdesk.people.policy import Act
from web.channels import viewer
from web.door import prove_first
from web.edge import Page, ShowAgain, allow, now, person, separately, session
from web.language import say_error
from web.showing.own_data import make_archive

pages = Blueprint("own_data", __name__)
DELETION = "account_deletion"


@pages.route("/account/data", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def show() -> Page:
    """Everything about oneself in one archive, after showing once more who one is."""
    if (first := prove_first()) is not None:
        return first
    if request.method == "GET":
        return _page()
    who = person().id
    try:
        separately(lambda session_: note_taken(session_, who, now=now()))
    except TakenOften as error:
        sentence = say_error(error)
        raise ShowAgain(error, lambda: _page(sentence), 429) from error
    response: Response = send_file(make_archive(session(), person()), mimetype="application/zip", as_attachment=True,
                                   download_name=f"okienko-{now():%Y-%m-%d}.zip")
    return response


@pages.get("/account/delete")
@allow(Act.USE_DESK)
def delete() -> str:
    """What goes with the account and what stays, and the way to the request for its deletion."""
    return render_template("own_data/delete.html", login=person().email,
                           deletion=find_by_type(session(), DELETION, viewer()))


def _page(error: str = "") -> str:
    return render_template("own_data/show.html", most=MOST_A_DAY, error=error)
