"""Making an account: the form, the letter that was sent, and the button that confirms the address."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.errors import DeskError
from helpdesk.languages import choose_language
from helpdesk.people import proofs, registration
from helpdesk.people.accounts import ADDRESS_MAX, PASSWORD_MAX, PASSWORD_MIN, AddressTaken
from helpdesk.people.firms import invitations
from helpdesk.people.policy import Act
from helpdesk.people.proofs import Kind, ProofGone
from helpdesk.people.registration import RegistrationOff
from helpdesk.people.signin import TooManyTries
from mailroom.replies import find_account_letter
from web import begun
from web.door import host
from web.edge import Page, ShowAgain, allow, desk, now, session
from web.language import gettext, language, say_error

pages = Blueprint("register", __name__)


@pages.route("/register", methods=["GET", "POST"])
@allow(Act.VISIT)
def ask() -> Page:
    """The form; what happens then is the same whether the address is known or not."""
    if not desk().settings.registration:
        return render_template("register/gone.html", sentence=say_error(RegistrationOff()), is_off=True), 403
    if request.method == "GET":
        return _form({})
    typed = {name: request.form.get(name, "") for name in ("email", "name", "password")}
    problems = registration.find_problems(**typed, agrees="agrees" in request.form)
    if problems:
        return _form(problems), 422
    try:
        registration.ask(session(), **typed, hasher=desk().hasher, host=host(), now=now(),
                         language=choose_language(request.form.get("language"), language()), browser=begun.browser())
    except TooManyTries as error:
        kept = error
        raise ShowAgain(error, lambda: _form({"email": kept}), 429) from error
    return redirect(url_for("register.sent"))


@pages.get("/register/sent")
@allow(Act.VISIT)
def sent() -> str:
    """What to do with the letter."""
    return render_template("register/sent.html")


@pages.route("/register/confirm/<int:letter_id>/<code>", methods=["GET", "POST"])
@allow(Act.VISIT)
def confirm(letter_id: int, code: str) -> Page:
    """The button that makes the account; following the link alone does nothing, because programs follow links too."""
    letter = find_account_letter(session(), letter_id, code, desk().settings, text="register_confirm")
    waiting = proofs.find_open(session(), letter.facts["proof"], Kind.REGISTER, now=now())
    if waiting is None:
        return render_template("register/gone.html", sentence=say_error(ProofGone())), 410
    if request.method == "GET":
        return render_template("register/confirm.html", waiting=waiting)
    try:
        made = registration.confirm(session(), waiting.id, now=now())
    except AddressTaken as error:
        kept = error
        raise ShowAgain(error, lambda: render_template("register/gone.html", sentence=say_error(kept)), 410) from error
    flash(gettext("Your account is ready. Sign in with the password that you chose."), "success")
    is_invited = bool(invitations.list_waiting(session(), made, now=now()))
    return redirect(url_for("signin.sign_in", next=url_for("firms.list_") if is_invited else None))


def _form(problems: dict[str, DeskError]) -> str:
    # Whoever was invited comes from a page that knows their address.
    typed = request.form if request.form else {"email": request.args.get("email", "")[:ADDRESS_MAX]}
    return render_template("register/form.html", typed=typed, least=PASSWORD_MIN, most=PASSWORD_MAX,
                           errors={field: say_error(error) for field, error in problems.items()})
