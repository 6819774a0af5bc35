"""The password: another one for the account one is in, and a new one by the link in a letter."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from helpdesk.people import passwords, proofs
from helpdesk.people.accounts import PASSWORD_MAX, PASSWORD_MIN, WeakPassword
from helpdesk.people.passwords import PasswordTells
from helpdesk.people.policy import Act
from helpdesk.people.proofs import Kind, ProofGone
from helpdesk.people.signin import check_password
from mailroom.replies import find_account_letter
from web.door import host, prove_first
from web.edge import Page, allow, desk, now, person, session
from web.language import gettext, say_error

pages = Blueprint("password", __name__)


@pages.route("/account/password", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def change() -> Page:
    """Another password, after the present one; who has none yet shows in another way who they are."""
    who = person()
    if not who.password_hash and (first := prove_first()) is not None:
        return first
    if request.method == "GET":
        return _change_form()
    # Guessing the present password is braked like guessing it at the door; a failed guess is counted, so it commits.
    if who.password_hash and check_password(
            session(), who.email, request.form.get("old_password", ""), host=host(),
            most=desk().settings.sign_in_tries, hasher=desk().hasher, now=now()) is None:
        return _change_form(old_password=gettext("The present password is not right.")), 422
    try:
        passwords.change(session(), who, request.form.get("new_password", ""), hasher=desk().hasher,
                         but=g.signed_in.id, now=now())
    except (WeakPassword, PasswordTells) as error:
        return _change_form(new_password=say_error(error)), 422
    flash(gettext("The password was changed. Every other sign-in of your account has ended."), "success")
    return redirect(url_for("account.show"))


@pages.route("/password/forgotten", methods=["GET", "POST"])
@allow(Act.VISIT)
def forgotten() -> Page:
    """Ask for a link; the answer never says whether there is such an account."""
    if request.method == "GET":
        return render_template("password/forgotten.html", error=None)
    email = request.form.get("email", "").strip()
    if "@" not in email:
        return render_template("password/forgotten.html", error=gettext("Type the address of your account.")), 422
    passwords.ask_reset(session(), email, host=host(), now=now())
    return redirect(url_for("password.sent"))


@pages.get("/password/sent")
@allow(Act.VISIT)
def sent() -> str:
    """What to do with the letter."""
    return render_template("password/sent.html")


@pages.route("/password/new/<int:letter_id>/<code>", methods=["GET", "POST"])
@allow(Act.VISIT)
def new(letter_id: int, code: str) -> Page:
    """Choose a new password by the link; the second step is still asked for at the next sign-in."""
    letter = find_account_letter(session(), letter_id, code, desk().settings, text="password_reset")
    waiting = proofs.find_open(session(), letter.facts["proof"], Kind.RESET, now=now())
    if waiting is None or waiting.person is None:
        return _gone(), 410
    if request.method == "GET":
        return _new_form(waiting.email)
    try:
        passwords.reset(session(), waiting.id, request.form.get("new_password", ""), hasher=desk().hasher, now=now())
    except (WeakPassword, PasswordTells) as error:
        return _new_form(waiting.email, say_error(error)), 422
    except ProofGone:
        return _gone(), 410
    flash(gettext("The password was set. Sign in with it."), "success")
    return redirect(url_for("signin.sign_in"))


def _change_form(**errors: str) -> str:
    return render_template("password/change.html", errors=errors, least=PASSWORD_MIN, most=PASSWORD_MAX)


def _new_form(email: str, error: str = "") -> str:
    return render_template("password/new.html", email=email, errors={"new_password": error} if error else {},
                           least=PASSWORD_MIN, most=PASSWORD_MAX)


def _gone() -> str:
    return render_template("password/gone.html", sentence=say_error(ProofGone()))
