"""Signing in and out, and the language of the page."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select

from helpdesk.languages import LANGUAGES
from helpdesk.people.accounts import Person
from helpdesk.people.passkeys import ask_to_sign_in
from helpdesk.people.policy import Act
from helpdesk.people.signin import WrongPassword, check_password, sign_out
from web.door import host, let_in
from web.edge import LANGUAGE_COOKIE, SESSION_COOKIE, Page, allow, desk, form_token, now, own_path, session, set_cookie
from web.language import say_error

pages = Blueprint("signin", __name__)
DEMO_PEOPLE = 8


@pages.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
@allow(Act.VISIT)
def sign_in_() -> Page:
    """Ask for address and password; a wrong one says the same for known and unknown people."""
    back = own_path(request.values.get("next"), "/")
    if request.method == "GET":
        return _form(back)
    found = check_password(session(), request.form.get("email", ""), request.form.get("password", ""),
                           host=host(), most=desk().settings.sign_in_tries, hasher=desk().hasher,
                           now=now())
    if found is None:
        # The failed try is counted, so this answer commits.
        return _form(back, error=say_error(WrongPassword())), 422
    return let_in(found, back)


@pages.post("/sign-in/demo/<int:person_id>")
@allow(Act.VISIT)
def demo(person_id: int) -> Page:
    """Sign in as one of the demo people with one click; exists in the demo only."""
    found = session().get(Person, person_id) if desk().settings.demo else None
    if found is None or found.is_disabled:
        return _form("/"), 404
    return let_in(found, "/")


@pages.post("/sign-out", endpoint="sign_out")
@allow(Act.VISIT)
def sign_out_() -> Page:
    sign_out(session(), request.cookies.get(SESSION_COOKIE, ""), now=now())
    response = redirect(url_for("signin.sign_in"))
    response.delete_cookie(SESSION_COOKIE)
    return response


@pages.get("/language/<code>")
@allow(Act.VISIT)
def choose_language_(code: str) -> Page:
    """Remember the language of the pages in this browser; nothing at the desk changes."""
    response = redirect(own_path(request.args.get("next"), "/"))
    if code in LANGUAGES:
        set_cookie(response, LANGUAGE_COOKIE, code)
    return response


def _form(back: str, error: str | None = None) -> str:
    people: list[Person] = []
    if desk().settings.demo:
        people = list(session().scalars(
            select(Person).where(Person.is_disabled.is_(False)).order_by(Person.id).limit(DEMO_PEOPLE)))
    return render_template(
        "signin.html", back=back, error=error, email=request.form.get("email", ""), demo_people=people,
        may_register=desk().settings.registration, ways=list(desk().providers.values()),
        options=ask_to_sign_in(session(), None, place=desk().place, browser=form_token(), now=now())
        if desk().place.is_named else "")
