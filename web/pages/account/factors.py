"""The second step of signing in: setting it up, and making it at the door."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.people import authenticators, factors
from helpdesk.people.authenticators import find_authenticator
from helpdesk.people.passkeys import ask_to_sign_in, list_passkeys
from helpdesk.people.policy import Act
from web.door import enter, halfway, prove_first
from web.edge import Page, allow, desk, form_token, now, own_path, person, session
from web.language import gettext, say_error

pages = Blueprint("factors", __name__)


@pages.get("/account/second-step")
@allow(Act.USE_DESK)
def show() -> str:
    """What one has for the second step."""
    who = person()
    app = find_authenticator(session(), who)
    return render_template(
        "factors/show.html", app=app if app and app.confirmed_at else None, place=desk().place,
        passkeys=list_passkeys(session(), who), codes=factors.count_codes(session(), who),
        is_demanded=desk().settings.staff_second_step and who.is_staff)


@pages.post("/account/second-step/app")
@allow(Act.USE_DESK)
def begin_app() -> Page:
    """Make a secret for an app."""
    if (first := prove_first(url_for("factors.show"))) is not None:
        return first
    authenticators.begin(session(), person(), vault=desk().vault, now=now())
    return redirect(url_for("factors.confirm_app"))


@pages.route("/account/second-step/app/confirm", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def confirm_app() -> Page:
    """The square code, and the first code of the app, with which it begins to count."""
    if (first := prove_first()) is not None:
        return first
    who = person()
    app = find_authenticator(session(), who)
    if app is None or app.confirmed_at is not None:
        return redirect(url_for("factors.show"))
    if request.method == "GET":
        return _app_page(app)
    if not authenticators.confirm(session(), who, app, request.form.get("code", ""), vault=desk().vault, now=now()):
        return _app_page(app, say_error(factors.WrongCode())), 422
    factors.note_added(session(), who, now=now())
    flash(gettext("The app is set up. From now on signing in takes a code of it."), "success")
    return _codes_page() if not factors.count_codes(session(), who) else redirect(url_for("factors.show"))


@pages.post("/account/second-step/app/remove")
@allow(Act.USE_DESK)
def remove_app() -> Page:
    """The app no longer counts."""
    if (first := prove_first(url_for("factors.show"))) is not None:
        return first
    factors.check_removable(session(), person(), is_demanded=desk().settings.staff_second_step)
    authenticators.remove(session(), person(), now=now())
    factors.note_removed(session(), person())
    flash(gettext("The app was removed."), "success")
    return redirect(url_for("factors.show"))


@pages.post("/account/second-step/codes")
@allow(Act.USE_DESK)
def make_codes() -> Page:
    """Ten new recovery codes, on the only page that ever shows them."""
    return prove_first(url_for("factors.show")) or _codes_page()


@pages.route("/sign-in/second-step", methods=["GET", "POST"])
@allow(Act.VISIT)
def ask() -> Page:
    """The second step at the door: a code of the app, a recovery code, or a passkey."""
    back = own_path(request.values.get("next"), "/")
    who = halfway()
    if who is None:
        return redirect(url_for("signin.sign_in", next=back))
    error = ""
    if request.method == "POST":
        if factors.check_code(session(), who, request.form.get("code", ""), vault=desk().vault, now=now()):
            return enter(who, back)
        # The wrong code is counted, so this answer commits.
        error = say_error(factors.WrongCode())
    app, has_passkeys = find_authenticator(session(), who), bool(list_passkeys(session(), who))
    options = ask_to_sign_in(session(), who, place=desk().place, browser=form_token(), now=now())
    page = render_template("factors/ask.html", back=back, errors={"code": error} if error else {},
                           has_app=app is not None and app.confirmed_at is not None,
                           options=options if has_passkeys and desk().place.is_named else "")
    return page, 422 if error else 200


def _app_page(app: authenticators.Authenticator, error: str = "") -> str:
    key = authenticators.key_of(app, vault=desk().vault)
    address = authenticators.address_of(app, person(), desk="Okienko", vault=desk().vault)
    code = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="white", dark="black")
    return render_template("factors/app.html", code=code, key=" ".join(key[at:at + 4] for at in range(0, len(key), 4)),
                           errors={"code": error} if error else {})


def _codes_page() -> str:
    codes = factors.make_codes(session(), person(), vault=desk().vault, now=now())
    return render_template("factors/codes.html", codes=codes)
