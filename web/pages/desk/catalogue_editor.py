"""The catalogue's editor, for the administrator: areas, services and classifications, one by one or from a file."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine.clients.request_types import list_request_types
from helpdesk.catalogue import editor, list_areas, write_catalogue
from helpdesk.catalogue.audience import ROLES, Audience, BadAudience, Kind, firm_numbers, parse_audience
from helpdesk.catalogue.files import FILE_MAX
from helpdesk.catalogue.records import Area, Classification, Service
from helpdesk.errors import DeskError, NotFound
from helpdesk.languages import _
from helpdesk.people.policy import Act
from web.edge import Page, allow, now, person, row_id, session
from web.forms import or_again
from web.language import gettext, say_error

pages = Blueprint("catalogue_editor", __name__)

ROLE_NAMES = {"staff": _("Everybody who works here"), "agent": _("Members of teams"), "lead": _("Team leads"),
              "manager": _("Managers"), "owner": _("Process owners"), "administrator": _("Administrators")}
assert ROLE_NAMES.keys() == ROLES.keys()


@pages.get("/catalogue-editor")
@allow(Act.ADMINISTER)
def show() -> Page:
    """The whole catalogue, hidden entries too."""
    return _list_page()


@pages.route("/catalogue-editor/<kind>/new", methods=["GET", "POST"])
@allow(Act.ADMINISTER)
def add(kind: str) -> Page:
    """A new entry in an area or a service, which `in` names."""
    if kind not in editor.KINDS:
        raise NotFound()
    parent = _parent(kind)

    def act() -> Page:
        added = editor.add(session(), kind, _typed(), parent=parent, request_types=_request_types(), by=person(),
                           now=now())
        flash(gettext("“{name}” was added.", name=added.name_pl), "success")
        return redirect(_place_of(added))

    page = _form_of(kind, None, parent.id if parent else None)
    return page(None) if request.method == "GET" else or_again(act, page)


@pages.route("/catalogue-editor/<kind>/<int:entry_id>", methods=["GET", "POST"])
@allow(Act.ADMINISTER)
def change(kind: str, entry_id: int) -> Page:
    """One entry: its words, who sees it, whether it is hidden."""
    entry = editor.get_entry(session(), kind, entry_id)

    def act() -> Page:
        editor.change(session(), entry, _typed(), state=request.form.get("state", ""), request_types=_request_types(),
                      by=person(), now=now())
        flash(gettext("“{name}” was saved.", name=entry.name_pl), "success")
        return redirect(_place_of(entry))

    page = _form_of(kind, entry_id, None)
    return page(None) if request.method == "GET" else or_again(act, page)


@pages.post("/catalogue-editor/<kind>/<int:entry_id>/move")
@allow(Act.ADMINISTER)
def move(kind: str, entry_id: int) -> Page:
    """One place up or down."""
    entry = editor.get_entry(session(), kind, entry_id)
    editor.move(session(), entry, up=request.form.get("where") != "down", by=person(), now=now())
    return redirect(_place_of(entry))


@pages.get("/catalogue-editor/catalogue.toml")
@allow(Act.ADMINISTER)
def export() -> Page:
    """The whole catalogue as a file."""
    return Response(write_catalogue(session()), mimetype="application/toml",
                    headers={"Content-Disposition": "attachment; filename=catalogue.toml"})


@pages.post("/catalogue-editor/load")
@allow(Act.ADMINISTER)
def load() -> Page:
    """Add and update what a file lists."""
    sent = request.files.get("file")
    # One byte more than is allowed tells that it is too large.
    data = sent.stream.read(FILE_MAX + 1) if sent is not None else b""

    def act() -> Page:
        counts = editor.load(session(), data, request_types=_request_types(), by=person(), now=now())
        flash(gettext("The file was read. Areas: {area}, services: {service}, classifications: {classification}.",
                      **counts), "success")
        return redirect(url_for("catalogue_editor.show"))

    return or_again(act, lambda error: _list_page(error))


def _list_page(error: DeskError | None = None) -> str:
    names = {version.content.key: version for version in list_request_types(session())}
    return render_template("catalogue_editor/list.html", areas=list_areas(session()), request_types=names,
                           error=say_error(error) if error else None, audience=_say_audience)


def _form_of(kind: str, entry_id: int | None, parent_id: int | None) -> Callable[[DeskError | None], str]:
    """The page of an entry, filled with what it says or, after an error, with what was typed."""
    def page(error: DeskError | None) -> str:
        entry = editor.get_entry(session(), kind, entry_id) if entry_id is not None else None
        said = {field: getattr(entry, field, "") or "" for field in editor.FIELDS} if entry else {}
        values = _typed() if request.method == "POST" else said
        is_old = isinstance(error, editor.EntryChanged)
        problems = {field: say_error(one) for field, one in getattr(error, "problems", {}).items()}
        return render_template(
            "catalogue_editor/entry.html", kind=kind, entry=entry, values=values, problems=problems,
            error=say_error(error) if error is not None and not problems else None,
            parent=editor.get_entry(session(), _outer(kind), parent_id) if parent_id is not None else None,
            audience=_read_audience(values.get("audience", "")), typed_audience=request.form,
            limits=editor.TEXTS, role_names=ROLE_NAMES, request_types=list_request_types(session()),
            areas=list_areas(session()), current=said if is_old else None,
            state=request.form.get("state", "") if problems else editor.state_of(entry) if entry else "")
    return page


def _typed() -> dict[str, str]:
    """The fields of the form; who sees it is one line of three of them."""
    fields = {field: request.form.get(field, "") for field in (*editor.FIELDS, "key")}
    kind = request.form.get("audience_kind", "")
    names = (list(firm_numbers(request.form.get("firms", ""))) if kind == Kind.FIRMS.value
             else request.form.getlist("role") if kind == Kind.ROLES.value else [])
    return fields | {"audience": f"{kind}: {', '.join(names)}" if kind in {"firms", "roles"} else kind}


def _read_audience(text: str) -> Audience:
    """The audience of a form, also of one that names nobody yet."""
    try:
        return parse_audience(text)
    except BadAudience:
        word = text.partition(":")[0]
        return Audience(Kind(word) if word in set(Kind) else Kind.EVERYONE)


def _say_audience(entry: Area | Service | Classification) -> str:
    """Who sees an entry, in words; nothing when everyone does."""
    audience = parse_audience(entry.audience)
    if audience.kind is Kind.FIRMS:
        return gettext("firms: {names}", names=", ".join(audience.names))
    if audience.kind is Kind.ROLES:
        return ", ".join(gettext(ROLE_NAMES[name]) for name in audience.names)
    return gettext("signed in") if audience.kind is Kind.SIGNED_IN else ""


def _request_types() -> set[str]:
    return {version.content.key for version in list_request_types(session())}


def _outer(kind: str) -> str:
    return {"service": "area", "classification": "service"}[kind]


def _parent(kind: str) -> Any:
    if kind == "area":
        return None
    return editor.get_entry(session(), _outer(kind), row_id(request.args.get("in")) or 0)


def _place_of(entry: Area | Service | Classification) -> str:
    """The list, at the entry."""
    return url_for("catalogue_editor.show", _anchor=f"{entry.__tablename__}-{entry.id}")
