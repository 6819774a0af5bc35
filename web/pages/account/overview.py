"""My account: what the desk knows of oneself, and changing it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.errors import DeskError
from helpdesk.languages import choose_language
from helpdesk.people import addresses, proofs
from helpdesk.people.accounts import AddressTaken, BadName, BadPhone, change_facts, choose_letters_language
from helpdesk.people.identities import list_identities
from helpdesk.people.policy import Act
from helpdesk.people.proofs import Kind, ProofGone
from helpdesk.people.signin import list_signed_in
from mailroom.replies import find_account_letter
from web.door import prove_first
from web.edge import Page, ShowAgain, allow, desk, now, person, session
from web.language import gettext, language, say_error

pages = Blueprint("account", __name__)


@pages.get("/account")
@allow(Act.USE_DESK)
def show() -> str:
    """One's own account, section by section; each is changed on a page of its own."""
    who = person()
    linked = list_identities(session(), who)
    known = {one.issuer: one.name(language()) for one in desk().providers.values()}
    ways = [one for one in desk().providers.values() if one.issuer not in {way.issuer for way in linked}]
    return render_template(
        "account/show.html", names=known, ways=ways, asked=addresses.find_asked(session(), who, now=now()),
        sessions=len(list_signed_in(session(), who, now=now())), identities=linked)


@pages.route("/account/facts", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def facts() -> Page:
    """Name, telephone and the language of letters."""
    who = person()
    if request.method == "GET":
        return _facts_form({})
    chosen = choose_language(request.form.get("language"), who.language)
    try:
        change_facts(session(), who, name=request.form.get("name", ""), phone=request.form.get("phone", ""), now=now())
    except (BadName, BadPhone) as error:
        field = {"name" if isinstance(error, BadName) else "phone": say_error(error)}
        raise ShowAgain(error, lambda: _facts_form(field)) from error
    if chosen != who.language:
        choose_letters_language(session(), who, chosen, now=now())
    flash(gettext("Saved."), "success")
    return redirect(url_for("account.show"))


@pages.route("/account/address", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def address() -> Page:
    """Ask for another address; it becomes the account's when its letter was answered."""
    if (first := prove_first()) is not None:
        return first
    who = person()
    if request.method == "GET":
        return _address_form()
    try:
        addresses.ask(session(), who, request.form.get("email", ""), now=now())
    except DeskError as error:
        sentence = say_error(error)
        raise ShowAgain(error, lambda: _address_form(sentence)) from error
    flash(gettext("We have written to both addresses. The change is made when you press the button that the letter "
                  "to the new address leads to."), "success")
    return redirect(url_for("account.show"))


@pages.post("/account/address/take-back")
@allow(Act.USE_DESK)
def take_back() -> Page:
    """The change is no longer wanted."""
    addresses.take_back(session(), person(), now=now())
    flash(gettext("The address stays as it is."), "success")
    return redirect(url_for("account.show"))


@pages.route("/address/confirm/<int:letter_id>/<code>", methods=["GET", "POST"])
@allow(Act.VISIT)
def confirm_address(letter_id: int, code: str) -> Page:
    """The button that makes the change."""
    waiting = _waiting(letter_id, code, "address_confirm")
    if waiting is None:
        return _address_gone(), 410
    if request.method == "GET":
        return render_template("account/address_confirm.html", waiting=waiting, stops=False)
    try:
        addresses.confirm(session(), waiting.id, now=now())
    except (AddressTaken, ProofGone) as error:
        raise ShowAgain(error, _address_gone, 410) from error
    flash(gettext("The address of your account was changed. Sign in with the new one."), "success")
    return redirect(url_for("account.show"))


@pages.route("/address/stop/<int:letter_id>/<code>", methods=["GET", "POST"])
@allow(Act.VISIT)
def stop_address(letter_id: int, code: str) -> Page:
    """The button that stops the change, for whoever reads the letters of the present address."""
    waiting = _waiting(letter_id, code, "address_announced")
    if waiting is None:
        return _address_gone(), 410
    if request.method == "GET":
        return render_template("account/address_confirm.html", waiting=waiting, stops=True)
    addresses.stop(session(), waiting.id, now=now())
    flash(gettext("The change was stopped and every sign-in has ended. Set a new password now: somebody else may know "
                  "the present one."), "success")
    return redirect(url_for("password.forgotten"))


def _waiting(letter_id: int, code: str, text: str) -> proofs.Proof | None:
    letter = find_account_letter(session(), letter_id, code, desk().settings, text=text)
    return proofs.find_open(session(), letter.facts["proof"], Kind.ADDRESS, now=now())


def _facts_form(errors: dict[str, str]) -> str:
    typed: Any = request.form if errors else {"name": person().name, "phone": person().phone,
                                              "language": person().language}
    return render_template("account/facts.html", errors=errors, typed=typed)


def _address_form(error: str = "") -> str:
    return render_template("account/address.html", errors={"email": error} if error else {},
                           email=request.form.get("email", ""))


def _address_gone() -> str:
    return render_template("account/address_gone.html", sentence=say_error(ProofGone()))
