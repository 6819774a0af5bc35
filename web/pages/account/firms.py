"""My firms: adding one, being let in, and saying who else acts for it and who sees its requests."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.errors import DeskError
from helpdesk.people import firms
from helpdesk.people.firms import NAME_MAX, BadFirmName, FirmMember
from helpdesk.people.policy import Act
from helpdesk.people.signin import TooManyTries
from web.edge import Page, ShowAgain, allow, now, person, session
from web.language import gettext, say_error

pages = Blueprint("firms", __name__)
FIELDS = ("name", "nip", "eori", "id_sisc")


@pages.route("/account/firms", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def list_() -> Page:
    """The firms I act for, and adding another."""
    if request.method == "GET":
        return _list({})
    typed = {name: request.form.get(name, "") for name in FIELDS}
    numbers, problems = firms.read_numbers(typed)
    if problems:
        return _list(problems), 422
    try:
        member = firms.add(session(), person(), name=typed["name"], numbers=numbers, now=now())
    except DeskError as error:
        field, status = "name" if isinstance(error, BadFirmName) else "nip", 429 if isinstance(
            error, TooManyTries) else 422
        kept = error
        raise ShowAgain(error, lambda: _list({field: kept}), status) from error
    flash(gettext("The firm was added. You manage it: let others in when they ask for it.") if member.is_active
          else gettext("We have asked the firm. You will get a letter when it lets you in."), "success")
    return redirect(url_for("firms.list_"))


@pages.get("/account/firms/<int:firm_id>")
@allow(Act.USE_DESK)
def show(firm_id: int) -> str:
    """Who is at a firm that I manage."""
    firm = firms.get_managed(session(), firm_id, by=person())
    return render_template("firms/show.html", firm=firm, members=firms.list_members(session(), firm_id))


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
    return render_template("firms/list.html", mine=mine, typed=typed, most=NAME_MAX,
                           errors={field: say_error(error) for field, error in problems.items()})
