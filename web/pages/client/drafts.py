"""Unfinished: what a person has begun to fill in and not sent, on whatever device."""

from flask import Blueprint, flash, redirect, render_template, url_for

from helpdesk.errors import NotFound
from helpdesk.files import find_draft_of, throw_away
from helpdesk.people.policy import Act
from web.edge import Page, allow, now, person, session
from web.language import gettext
from web.showing.unfinished import tell_drafts

pages = Blueprint("drafts", __name__)


@pages.get("/drafts")
@allow(Act.USE_DESK)
def list_() -> Page:
    """Every form that was begun: what it is, when it was changed, until when it is kept."""
    return render_template("drafts/list.html", drafts=tell_drafts(session(), person()))


@pages.post("/drafts/<int:draft_id>/throw-away")
@allow(Act.USE_DESK)
def throw_away_(draft_id: int) -> Page:
    """Forget one of one's own drafts, with its files."""
    draft = find_draft_of(session(), person().id, draft_id)
    if draft is None:
        raise NotFound()
    throw_away(session(), draft, by_id=person().id, now=now())
    flash(gettext("The unfinished form was thrown away."), "success")
    return redirect(url_for("drafts.list_"))
