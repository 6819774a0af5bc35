"""The firms for which people act, for the administrator: who manages one is confirmed here, and data are corrected."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.errors import DeskError
from helpdesk.people.firms import NAME_MAX, BadFirmName, list_members, read_numbers, register
from helpdesk.people.firms.records import KINDS
from helpdesk.people.firms.register import LISTED_MOST, REASON_MAX, NoReason, NumberTaken
from helpdesk.people.policy import Act
from web.edge import Page, ShowAgain, allow, now, person, session
from web.language import gettext, say_error

pages = Blueprint("firm_register", __name__)
PAGE = 50
FIELDS = ("name", "nip", "eori", "id_sisc")


@pages.get("/firms")
@allow(Act.ADMINISTER)
def list_() -> Page:
    """Firms that wait to be confirmed, or all of them; `q` looks for a name or a number."""
    wanted, waiting = request.args.get("q", "").strip(), register.count_waiting(session())
    kind = request.args.get("kind", "waiting" if waiting and not wanted else "all")
    found = register.list_firms(session(), text=wanted, is_waiting=kind == "waiting")
    pages_ = max(1, -(-len(found) // PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages_)
    return render_template(
        "firm_register/list.html", firms=found[(number - 1) * PAGE:number * PAGE], kind=kind, wanted=wanted,
        waiting=waiting, count=len(found), is_cut=len(found) == LISTED_MOST, page={"number": number, "pages": pages_},
        page_address=lambda page: url_for("firm_register.list_", q=wanted or None, kind=kind, page=page))


@pages.get("/firms/<int:firm_id>")
@allow(Act.ADMINISTER)
def show(firm_id: int) -> Page:
    """One firm: its numbers, who is at it and on what basis."""
    return _show(firm_id)


@pages.post("/firms/<int:firm_id>")
@allow(Act.ADMINISTER)
def correct(firm_id: int) -> Page:
    """Correct its name and numbers."""
    firm = register.get_firm(session(), firm_id)
    typed = {name: request.form.get(name, "") for name in FIELDS}
    numbers, problems = read_numbers(typed)
    if problems:
        return _show(firm_id, problems), 422
    try:
        register.correct(session(), firm, name=typed["name"], numbers=numbers, by=person(), now=now())
    except (BadFirmName, NumberTaken) as error:
        field = "name" if isinstance(error, BadFirmName) else next(
            kind for kind, name in KINDS.items() if name == error.facts["kind"])
        kept: DeskError = error
        raise ShowAgain(error, lambda: _show(firm_id, {field: kept})) from error
    flash(gettext("Saved."), "success")
    return redirect(url_for("firm_register.show", firm_id=firm_id))


@pages.post("/firms/people/<int:member_id>/confirm")
@allow(Act.ADMINISTER)
def confirm(member_id: int) -> Page:
    """What this person says of themselves is right: they manage the firm."""
    member = register.get_place(session(), member_id)
    register.confirm(session(), member, by=person(), now=now())
    flash(gettext("{name} manages the firm now and was told.", name=member.person.name), "success")
    return redirect(url_for("firm_register.show", firm_id=member.firm_id))


@pages.post("/firms/people/<int:member_id>/refuse")
@allow(Act.ADMINISTER)
def refuse(member_id: int) -> Page:
    """This person does not act for the firm; the reason goes to them in a letter."""
    member = register.get_place(session(), member_id)
    firm_id, name = member.firm_id, member.person.name
    try:
        is_left = register.refuse(session(), member, reason=request.form.get("reason", ""), by=person(), now=now())
    except NoReason as error:
        kept: DeskError = error
        raise ShowAgain(error, lambda: _show(firm_id, {f"reason_{member_id}": kept})) from error
    flash(gettext("{name} no longer acts for the firm and was told why.", name=name), "success")
    return redirect(url_for("firm_register.show", firm_id=firm_id) if is_left else url_for("firm_register.list_"))


def _show(firm_id: int, problems: dict[str, DeskError] | None = None) -> str:
    firm = register.get_firm(session(), firm_id)
    kept = {name: getattr(firm, name) or "" for name in FIELDS}
    typed: Any = request.form if problems and "name" in request.form else kept
    return render_template(
        "firm_register/show.html", firm=firm, members=list_members(session(), firm_id), typed=typed, most=NAME_MAX,
        reason_max=REASON_MAX, errors={field: say_error(error) for field, error in (problems or {}).items()})
