"""People, teams and roles, for the administrator."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import staff
from helpdesk.errors import DeskError
from helpdesk.languages import LANGUAGES, _
from helpdesk.people.accounts import (
    LISTED_MOST,
    Role,
    get_person,
    get_team,
    list_people,
    list_teams,
)
from helpdesk.people.policy import Act
from web.edge import Page, allow, desk, now, person, session
from web.forms import or_again
from web.language import gettext, ngettext, say_error

pages = Blueprint("people", __name__)
PAGE = 50
# What the list shows: kind → what is asked of the accounts.
KINDS: dict[str, dict[str, bool]] = {
    "staff": {"is_staff": True, "is_disabled": False}, "clients": {"is_staff": False, "is_disabled": False},
    "closed": {"is_disabled": True}, "all": {},
}
# Without the letters and digits that people mix up when they read them aloud.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"

ROLES = (
    (Role.ADMINISTRATOR, _("Administrator"), _("People, teams and roles.")),
    (Role.MANAGER, _("Manager"), _("Sees the work of all teams and is told about long delays.")),
    (Role.EDITOR, _("Editor"), _("Reviews and publishes articles of the knowledge base, also those of agents.")),
    (Role.OWNER, _("Process owner"), _("Draws and publishes processes. Sees no people, roles or secrets.")),
)


@pages.get("/people")
@allow(Act.ADMINISTER)
def list_() -> Page:
    """Everybody with an account; `q` looks for name, address or firm."""
    wanted = request.args.get("q", "").strip()
    kind = request.args.get("kind", "all" if wanted else "staff")
    kind = kind if kind in KINDS else "all"
    found = list_people(session(), text=wanted, **KINDS[kind])
    number = min(max(1, request.args.get("page", 1, type=int)), max(1, -(-len(found) // PAGE)))
    return render_template(
        "people/list.html", people=found[(number - 1) * PAGE:number * PAGE], count=len(found), wanted=wanted, kind=kind,
        is_cut=len(found) == LISTED_MOST, roles={role.value: name for role, name, about in ROLES},
        page={"number": number, "pages": max(1, -(-len(found) // PAGE))},
        page_address=lambda page: url_for("people.list_", q=wanted or None, kind=kind, page=page))


@pages.route("/people/new", methods=["GET", "POST"])
@allow(Act.ADMINISTER)
def add() -> Page:
    """A new account."""
    def form(error: DeskError | None = None) -> str:
        return render_template("people/add.html", error=say_error(error) if error else None, typed=request.form)

    def act() -> Page:
        chosen = request.form.get("language", "")
        added = staff.add_person(
            session(), email=request.form.get("email", ""), name=request.form.get("name", ""), by=person(), now=now(),
            phone=_short("phone", 40), firm=_short("firm", 200),
            language=chosen if chosen in LANGUAGES else desk().settings.language)
        flash(gettext("The account was added. Set a password and give it to {name}.", name=added.name), "success")
        return redirect(url_for("people.show", person_id=added.id))

    return form() if request.method == "GET" else or_again(act, form)


@pages.get("/people/<int:person_id>")
@allow(Act.ADMINISTER)
def show(person_id: int) -> Page:
    """One person: roles, teams, account."""
    return _person_page(person_id)


@pages.post("/people/<int:person_id>/places")
@allow(Act.ADMINISTER)
def change_places(person_id: int) -> Page:
    """Give the person exactly the chosen roles and teams."""
    def act() -> Page:
        roles = [role for role in Role if role.value in request.form.getlist("role")]
        chosen = {team.id: request.form.get(f"team_{team.id}", "") for team in list_teams(session())}
        back = staff.change_places(
            session(), get_person(session(), person_id), roles=roles, by=person(), now=now(),
            teams={team_id: place == "lead" for team_id, place in chosen.items() if place in {"member", "lead"}})
        flash(gettext("Roles and teams were saved."), "success")
        _tell_handed_back(back)
        return redirect(url_for("people.show", person_id=person_id))

    return or_again(act, lambda error: _person_page(person_id, error))


@pages.post("/people/<int:person_id>/close")
@allow(Act.ADMINISTER)
def close(person_id: int) -> Page:
    """Close the account: nobody signs in with it any more, and every session ends now."""
    def act() -> Page:
        back = staff.close_account(session(), get_person(session(), person_id), by=person(), now=now())
        flash(gettext("The account was closed and signed out everywhere."), "success")
        _tell_handed_back(back)
        return redirect(url_for("people.show", person_id=person_id))

    return or_again(act, lambda error: _person_page(person_id, error))


@pages.post("/people/<int:person_id>/open")
@allow(Act.ADMINISTER)
def open_(person_id: int) -> Page:
    """Open a closed account again."""
    staff.open_account(session(), get_person(session(), person_id), by=person(), now=now())
    flash(gettext("The account is open again."), "success")
    return redirect(url_for("people.show", person_id=person_id))


@pages.post("/people/<int:person_id>/password")
@allow(Act.ADMINISTER)
def set_password(person_id: int) -> Page:
    """Set the typed password, or a made-up one that is shown this once."""
    chosen = get_person(session(), person_id)
    typed = request.form.get("password", "")
    is_generated = request.form.get("how") != "typed"
    password = _readable_password() if is_generated else typed

    def act() -> Page:
        staff.set_password(session(), chosen, password, hasher=desk().hasher, by=person(), now=now())
        if is_generated and chosen.id != person().id:
            return _person_page(person_id, password=password)
        flash(gettext("The password was set. Every sign-in of the account has ended."), "success")
        return redirect(url_for("people.show", person_id=person_id))

    if is_generated and chosen.id == person().id:
        return redirect(url_for("password.change"))
    return or_again(act, lambda error: _person_page(person_id, error))


@pages.post("/people/<int:person_id>/second-step")
@allow(Act.ADMINISTER)
def remove_second_step(person_id: int) -> Page:
    """Take off a second step that the person has lost."""
    def act() -> Page:
        staff.remove_second_step(session(), get_person(session(), person_id), by=person(), now=now())
        flash(gettext("The second step was removed. The person was told, and every sign-in of the account has ended."),
              "success")
        return redirect(url_for("people.show", person_id=person_id))

    return or_again(act, lambda error: _person_page(person_id, error))


@pages.route("/people/teams", methods=["GET", "POST"])
@allow(Act.ADMINISTER)
def teams() -> Page:
    """The teams, and adding one."""
    def page(error: DeskError | None = None) -> str:
        return render_template("people/teams.html", teams=list_teams(session()),
                               error=say_error(error) if error else None, typed=request.form if error else {})

    def act() -> Page:
        staff.add_team(session(), key=request.form.get("key", "").strip(), name_pl=request.form.get("name_pl", ""),
                       name_en=request.form.get("name_en", ""), by=person(), now=now())
        flash(gettext("The team was added. Its members are chosen on the pages of the people."), "success")
        return redirect(url_for("people.teams"))

    return page() if request.method == "GET" else or_again(act, page)


@pages.route("/people/teams/<int:team_id>", methods=["GET", "POST"])
@allow(Act.ADMINISTER)
def team(team_id: int) -> Page:
    """Other names for a team; the key stays."""
    def page(error: DeskError | None = None) -> str:
        return render_template("people/team.html", team=get_team(session(), team_id),
                               error=say_error(error) if error else None, typed=request.form if error else {})

    def act() -> Page:
        staff.rename_team(session(), get_team(session(), team_id), name_pl=request.form.get("name_pl", ""),
                          name_en=request.form.get("name_en", ""), by=person(), now=now())
        flash(gettext("The names were saved."), "success")
        return redirect(url_for("people.teams"))

    return page() if request.method == "GET" else or_again(act, page)


def _person_page(person_id: int, error: DeskError | None = None, password: str | None = None) -> str:
    chosen = get_person(session(), person_id)
    places = {place.team_id: "lead" if place.is_lead else "member" for place in chosen.memberships}
    return render_template("people/show.html", chosen=chosen, teams=list_teams(session()), places=places, roles=ROLES,
                           error=say_error(error) if error else None, password=password)


def _tell_handed_back(count: int) -> None:
    if count:
        flash(ngettext("{number} step went back to its team.", "{number} steps went back to their teams.", count)
              .format(number=count), "info")


def _short(field: str, most: int) -> str:
    return " ".join(request.form.get(field, "").replace("\x00", "").split())[:most]


def _readable_password() -> str:
    return "-".join("".join(secrets.choice(READABLE) for _letter in range(5)) for _group in range(4))
