"""Signing in and out, the language of the page, one's own account."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from helpdesk.languages import LANGUAGES, choose_language
from helpdesk.people.accounts import Person, WeakPassword, choose_letters_language
from helpdesk.people.policy import Act
from helpdesk.people.signin import WrongPassword, check_password, set_password, sign_in, sign_out
from web.edge import (
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    Page,
    allow,
    desk,
    now,
    own_path,
    person,
    session,
    session_lasts,
    set_cookie,
)
from web.language import gettext, say_error

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
                           host=request.remote_addr or "", most=desk().settings.sign_in_tries, hasher=desk().hasher,
                           now=now())
    if found is None:
        # The failed try is counted, so this answer commits.
        return _form(back, error=say_error(WrongPassword())), 422
    return _enter(found, back)


@pages.post("/sign-in/demo/<int:person_id>")
@allow(Act.VISIT)
def demo(person_id: int) -> Page:
    """Sign in as one of the demo people with one click; exists in the demo only."""
    found = session().get(Person, person_id) if desk().settings.demo else None
    if found is None or found.is_disabled:
        return _form("/"), 404
    return _enter(found, "/")


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


@pages.route("/account", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def account() -> Page:
    """One's own account: the language of letters, and the password."""
    if request.method == "GET":
        return render_template("account.html")
    who = person()
    if request.form.get("change") == "language":
        choose_letters_language(session(), who, choose_language(request.form.get("language"), who.language), now=now())
        flash(gettext("Saved."), "success")
        return redirect(url_for("signin.account"))
    return _change_password(who)


def _change_password(who: Person) -> Page:
    # Guessing the present password is braked like guessing it at the door; a failed guess is counted, so it commits.
    if check_password(session(), who.email, request.form.get("old_password", ""), host=request.remote_addr or "",
                      most=desk().settings.sign_in_tries, hasher=desk().hasher, now=now()) is None:
        return render_template("account.html", error=gettext("The present password is not right.")), 422
    try:
        set_password(session(), who, request.form.get("new_password", ""), hasher=desk().hasher, by=who, now=now())
    except WeakPassword as error:
        return render_template("account.html", error=say_error(error), error_at="new_password"), 422
    flash(gettext("The password was changed. Sign in with the new one."), "success")
    return redirect(url_for("signin.sign_in"))


def _enter(found: Person, back: str) -> Page:
    # A new session at every sign-in: what was known before it is worth nothing afterwards.
    sign_out(session(), request.cookies.get(SESSION_COOKIE, ""), now=now())
    token = sign_in(session(), found, lasts=session_lasts(), now=now())
    response = redirect(back)
    set_cookie(response, SESSION_COOKIE, token, lasts=session_lasts())
    return response


def _form(back: str, error: str | None = None) -> str:
    people: list[Person] = []
    if desk().settings.demo:
        people = list(session().scalars(
            select(Person).where(Person.is_disabled.is_(False)).order_by(Person.id).limit(DEMO_PEOPLE)))
    return render_template("signin.html", back=back, error=error, email=request.form.get("email", ""),
                           demo_people=people)
