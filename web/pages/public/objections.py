"""Objecting to an announced change by the link of a letter, without signing in."""

from flask import Blueprint, render_template, request

from engine.clients.objections import REASON_MAX, is_awaited, object_to
from helpdesk.people.policy import Act
from mailroom.replies import find_objectable
from web.edge import Page, allow, desk, now, session

pages = Blueprint("objections", __name__)


@pages.get("/objections/<int:letter_id>/<code>")
@allow(Act.VISIT)
def show(letter_id: int, code: str) -> Page:
    """What is going to be changed, and the button that stops it; following the link alone stops nothing."""
    letter = find_objectable(session(), letter_id, code, desk().settings)
    return render_template("objections/show.html", letter=letter, code=code, reason_max=REASON_MAX,
                           is_awaited=is_awaited(session(), letter, now=now()), is_done=False)


@pages.post("/objections/<int:letter_id>/<code>", endpoint="object")
@allow(Act.VISIT)
def object_(letter_id: int, code: str) -> Page:
    """Object."""
    letter = find_objectable(session(), letter_id, code, desk().settings)
    object_to(session(), letter, request.form.get("reason", ""), now=now())
    return render_template("objections/show.html", letter=letter, code=code, reason_max=REASON_MAX, is_awaited=False,
                           is_done=True)
