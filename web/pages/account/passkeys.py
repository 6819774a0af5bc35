"""Passkeys: adding, naming and removing them, and signing in with one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.people import factors, passkeys
from helpdesk.people.passkeys import NAME_MAX, PasskeyRefused
from helpdesk.people.policy import Act
from helpdesk.people.signin import TRIES_IN, check_tries, count_try
from web.door import enter, halfway, host, prove_first
from web.edge import Page, ShowAgain, allow, desk, form_token, now, own_path, person, separately, session
from web.language import gettext, say_error

pages = Blueprint("passkeys", __name__)
FAILED_MOST = 30


@pages.post("/sign-in/passkey")
@allow(Act.VISIT)
def sign_in() -> Page:
    """Sign in with a passkey alone: it has checked its owner, so it is both steps."""
    return _enter_by_passkey(second=False)


@pages.post("/sign-in/second-step/passkey")
@allow(Act.VISIT)
def second_step() -> Page:
    """Make the second step with a passkey."""
    return _enter_by_passkey(second=True)


@pages.route("/account/second-step/passkeys/new", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def add() -> Page:
    """Make a passkey and give it a name."""
    if (first := prove_first()) is not None:
        return first
    if request.method == "GET":
        return _add_form()
    try:
        added = passkeys.add(session(), person(), request.form.get("answer", ""), name=request.form.get("name", ""),
                             place=desk().place, browser=form_token(), now=now())
    except DeskError as error:
        sentence = say_error(error)
        raise ShowAgain(error, lambda: _add_form(sentence)) from error
    factors.note_added(session(), person(), now=now())
    flash(gettext("The passkey “{name}” was added.", name=added.name), "success")
    if factors.count_codes(session(), person()):
        return redirect(url_for("factors.show"))
    codes = factors.make_codes(session(), person(), vault=desk().vault, now=now())
    return render_template("factors/codes.html", codes=codes)


@pages.route("/account/second-step/passkeys/<int:passkey_id>", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def show(passkey_id: int) -> Page:
    """One passkey: another name for it, or away with it."""
    passkey = passkeys.get_passkey(session(), passkey_id, of=person())
    if request.method == "GET":
        return render_template("factors/passkey.html", passkey=passkey, name_max=NAME_MAX)
    passkeys.rename(session(), passkey, request.form.get("name", ""), now=now())
    flash(gettext("Saved."), "success")
    return redirect(url_for("factors.show"))


@pages.post("/account/second-step/passkeys/<int:passkey_id>/remove")
@allow(Act.USE_DESK)
def remove(passkey_id: int) -> Page:
    """The passkey no longer counts."""
    passkey = passkeys.get_passkey(session(), passkey_id, of=person())
    if (first := prove_first(url_for("factors.show"))) is not None:
        return first
    factors.check_removable(session(), person(), is_demanded=desk().settings.staff_second_step)
    passkeys.remove(session(), passkey, now=now())
    factors.note_removed(session(), person())
    flash(gettext("The passkey was removed."), "success")
    return redirect(url_for("factors.show"))


def _enter_by_passkey(*, second: bool) -> Page:
    back, moment, key = own_path(request.form.get("next"), "/"), now(), f"passkey-from:{host()}"
    who = halfway() if second else None
    if second and who is None:
        return redirect(url_for("signin.sign_in", next=back))
    check_tries(session(), key, most=FAILED_MOST, within=TRIES_IN, now=moment)
    try:
        found = passkeys.check(session(), who, request.form.get("answer", ""), place=desk().place,
                               browser=form_token(), now=moment)
    except (NotAllowed, NotFound):
        raise
    except PasskeyRefused as error:
        sentence = say_error(error)

        def again() -> Page:
            separately(lambda own: count_try(own, key, now=moment))
            flash(sentence, "error")
            return redirect(url_for("factors.ask" if second else "signin.sign_in", next=back))
        raise ShowAgain(error, again, 302) from error
    return enter(found, back)


def _add_form(error: str = "") -> str:
    options = passkeys.ask_to_add(session(), person(), place=desk().place, browser=form_token(), now=now())
    return render_template("factors/add_passkey.html", place=desk().place, options=options,
                           errors={"name": error} if error else {}, name=request.form.get("name", ""),
                           name_max=NAME_MAX)
