"""My firms: adding one, being let in, and saying who else acts for it and who sees its requests."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.errors import DeskError
from helpdesk.people import firms
from helpdesk.people.firms import BASIS_MAX, NAME_MAX, BadBasis, BadFirmName, FirmMember, invitations, register
from helpdesk.people.policy import Act
from helpdesk.people.signin import TooManyTries
from web.edge import Page, ShowAgain, allow, now, person, session
from web.forms import or_again
from web.language import gettext, say_error

pages = Blueprint("firms", __name__)
FIELDS = ("name", "nip", "eori", "id_sisc", "basis")


@pages.route("/account/firms", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def list_() -> Page:
    """The firms I act for, invitations that wait for me, and adding another firm."""
    if request.method == "GET":
        return _list({})
    typed = {name: request.form.get(name, "") for name in FIELDS}
    numbers, problems = firms.read_numbers(typed)
    if problems:
        return _list(problems), 422
    try:
        member = firms.add(session(), person(), name=typed["name"], numbers=numbers, basis=typed["basis"], now=now())
    except DeskError as error:
        field = {BadFirmName: "name", BadBasis: "basis"}.get(type(error), "nip")
        kept, status = error, 429 if isinstance(error, TooManyTries) else 422
        raise ShowAgain(error, lambda: _list({field: kept}), status) from error
    flash(gettext("The firm was added. You can make requests for it now; the rest once the help desk has confirmed it.")
          if member.is_active else gettext("We have passed it on. You will get a letter when you are let in."),
          "success")
    return redirect(url_for("firms.list_"))


@pages.get("/account/firms/<int:firm_id>")
@allow(Act.USE_DESK)
def show(firm_id: int) -> str:
    """Who is at a firm that I manage, and who is invited."""
    return _show(firm_id)


@pages.post("/account/firms/<int:firm_id>/name")
@allow(Act.USE_DESK)
def rename(firm_id: int) -> Page:
    """Correct the name of a firm that I manage."""
    return _or_show(firm_id, "name", lambda: register.rename(
        session(), firm_id, request.form.get("name", ""), by=person(), now=now()), gettext("Saved."))


@pages.post("/account/firms/<int:firm_id>/invitations")
@allow(Act.USE_DESK)
def invite(firm_id: int) -> Page:
    """Invite somebody by their address."""
    return _or_show(firm_id, "email", lambda: invitations.invite(
        session(), firm_id, email=request.form.get("email", ""), sees_all="sees_all" in request.form, by=person(),
        now=now()), gettext("The invitation is on its way. It is valid for 7 days."))


@pages.post("/account/firms/<int:firm_id>/invitations/<int:proof_id>/take-back")
@allow(Act.USE_DESK)
def take_back(firm_id: int, proof_id: int) -> Page:
    """The firm no longer invites this address."""
    return _or_show(firm_id, "email", lambda: invitations.take_back(
        session(), firm_id, proof_id, by=person(), now=now()), gettext("The invitation was taken back."))


@pages.post("/account/firms/members/<int:member_id>")
@allow(Act.USE_DESK)
def change(member_id: int) -> Page:
    """Let somebody in, or say what they may."""
    member = firms.get_member(session(), member_id, by=person())
    if not member.is_active:
        firms.accept(session(), member, by=person(), now=now())
    else:
        firms.change(session(), member, is_manager="is_manager" in request.form, sees_all="sees_all" in request.form,
                     by=person(), now=now())
    flash(gettext("Saved."), "success")
    return redirect(url_for("firms.show", firm_id=member.firm_id))


@pages.post("/account/firms/members/<int:member_id>/remove")
@allow(Act.USE_DESK)
def remove(member_id: int) -> Page:
    """Refuse somebody, take them out, or leave the firm oneself."""
    member = firms.get_member(session(), member_id, by=person())
    is_own, firm_id = member.person_id == person().id, member.firm_id
    firms.remove(session(), member, by=person(), now=now())
    flash(gettext("You no longer act for this firm.") if is_own else gettext("Removed."), "success")
    return redirect(url_for("firms.list_") if is_own else url_for("firms.show", firm_id=firm_id))


def _list(problems: dict[str, DeskError]) -> str:
    mine: list[FirmMember] = firms.list_firms(session(), person())
    typed: Any = request.form if problems else {}
    return render_template("firms/list.html", mine=mine, typed=typed, most=NAME_MAX, basis_max=BASIS_MAX,
                           waiting=invitations.list_waiting(session(), person(), now=now()),
                           errors={field: say_error(error) for field, error in problems.items()})


def _show(firm_id: int, errors: dict[str, str] | None = None) -> str:
    firm = firms.get_managed(session(), firm_id, by=person())
    return render_template("firms/show.html", firm=firm, errors=errors or {}, typed=request.form if errors else {},
                           members=firms.list_seen_members(session(), firm, by=person()), most=NAME_MAX,
                           invited=invitations.list_invitations(session(), firm_id, now=now()))


def _or_show(firm_id: int, field: str, act: Any, done: str) -> Page:
    """Do the act and go back to the firm; when it fails, its page is shown with what was typed."""
    def do() -> Page:
        act()
        flash(done, "success")
        return redirect(url_for("firms.show", firm_id=firm_id))

    return or_again(do, lambda error: _show(firm_id, {field: say_error(error)}))
