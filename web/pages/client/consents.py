"""Our consents to the emergency procedure: one's own, and those of the firms that let one see them."""

from flask import Blueprint, render_template

from engine.consents.listing import Standing, list_of_client
from helpdesk.people.policy import Act
from web.edge import Page, allow, now, person, session
from web.showing.consents import read_wish, tell_page, tell_rows

pages = Blueprint("our_consents", __name__)


@pages.get("/requests/consents")
@allow(Act.USE_DESK)
def list_() -> Page:
    """What may be used now, and what has to be confirmed; the newest first."""
    wish = read_wish()
    listed = list_of_client(session(), wish, by=person(), now=now())
    return render_template(
        "consents/ours.html", rows=tell_rows(listed.rows, with_shares=False),
        **tell_page(listed, wish, "our_consents.list_", tabs=[None, *Standing]))
