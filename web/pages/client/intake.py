"""The start form, everything once more before it is sent, and the number."""

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from engine import requests
from engine.acts import find_done, read_answers, start_context
from engine.outages.joining import join_new
from engine.tickets import open_ticket
from engine.versions import LoadedVersion, current_version
from forms.answers import Filled
from helpdesk.catalogue import Classification
from helpdesk.catalogue.offers import get_offered
from helpdesk.errors import DeskError
from helpdesk.people.policy import Act
from helpdesk.tickets import Channel
from web.channels import client_served, viewer
from web.edge import Page, allow, desk, now, person, row_id, session
from web.forms import act_id, changed_list, draft_at, go_on, keep, kept_by_field, kept_files, shown, try_to, typed
from web.language import language, say_error

pages = Blueprint("intake", __name__)


@pages.route("/catalogue/<service_key>/<key>", methods=["GET", "POST"])
@allow(Act.SUBMIT)
def form(service_key: str, key: str) -> Page:
    """The form of a request; what is typed and attached is kept until it is sent."""
    where = get_offered(session(), service_key, key, viewer())
    if request.method == "GET":
        return _form_page(where, None, None)
    place = _place(where)
    problems = keep(place)

    def check() -> Page:
        if problems:
            raise problems[0]
        if listed := changed_list():
            return go_on(_address("intake.form", where), listed)
        if request.form.get("next") == "files":
            return redirect(_address("intake.form", where))
        _read(where)
        return redirect(_address("intake.summary", where))

    return try_to(check, lambda error, filled: _form_page(_again(service_key, key), error, filled))  # type: ignore[no-any-return]


@pages.route("/catalogue/<service_key>/<key>/summary", methods=["GET", "POST"])
@allow(Act.SUBMIT)
def summary(service_key: str, key: str) -> Page:
    """Everything once more before it is sent."""
    where = get_offered(session(), service_key, key, viewer())
    # The draft is read first: the act that has used it up has then also been written, and is found.
    draft = draft_at(_place(where))
    if draft is None:
        done = find_done(session(), act_id()) if request.method == "POST" else None
        if done is not None:
            # Sent twice: the first time used up the draft, and its answer may never have arrived.
            return redirect(url_for("intake.done", number=done["number"]))
        return redirect(_address("intake.form", where))
    if request.method == "GET":
        return _summary_page(where)

    def send() -> Page:
        client = client_served()
        number = requests.submit(
            session(), where, dict(draft.typed), client=client or person(), by=person(), now=now(),
            channel=Channel.PHONE if client else Channel.PORTAL, draft=draft, limits=desk().settings.limits,
            most_per_hour=desk().settings.requests_per_hour, key=act_id())
        join_new(session(), number, row_id(request.form.get("known")), by=person(), now=now())
        return redirect(url_for("intake.done", number=number))

    return try_to(send, lambda error, filled: _form_page(_again(service_key, key), error, filled))  # type: ignore[no-any-return]


@pages.get("/catalogue/done/<number>")
@allow(Act.SUBMIT)
def done(number: str) -> Page:
    """The number of the new request."""
    ticket = open_ticket(session(), number, by=person())
    return render_template("intake/done.html", ticket=ticket)


def _form_page(where: Classification, error: DeskError | None, filled: Filled | None) -> str:
    version = current_version(session(), where.request_type)
    sheet = version.start_sheet
    place = _place(where)
    return render_template(
        "intake/form.html", where=where, version=version, client=client_served(),
        filled=filled or (shown(sheet, place, start_context(version)) if sheet else None),
        error=say_error(error) if error else None, kept_files=kept_by_field(place),
        action=_address("intake.form", where), limits=desk().settings.limits)


def _summary_page(where: Classification) -> Page:
    version = current_version(session(), where.request_type)
    try:
        answers = _read(where, version)
    except DeskError:
        return redirect(_address("intake.form", where))
    names = {str(one.id): one.name for one in kept_files(_place(where))}
    told = version.start_sheet.describe(answers, language(), file_names=names) if version.start_sheet else []
    return render_template("intake/summary.html", where=where, told=told, client=client_served(),
                           act_id=secrets.token_urlsafe(16), action=_address("intake.summary", where),
                           change_href=_address("intake.form", where), version=version)


def _read(where: Classification, version: LoadedVersion | None = None) -> dict[str, Any]:
    version = version or current_version(session(), where.request_type)
    return read_answers(session(), version.start_sheet, _draft_words(where), language=language(),
                        draft=draft_at(_place(where)), context=start_context(version))


def _draft_words(where: Classification) -> dict[str, list[str]]:
    draft = draft_at(_place(where))
    return dict(draft.typed) if draft else dict(typed())


def _place(where: Classification) -> str:
    client = row_id(request.values.get("client"))
    return f"start:{where.id}" + (f":{client}" if client is not None else "")


def _address(endpoint: str, where: Classification) -> str:
    client = request.values.get("client") or None
    return url_for(endpoint, service_key=where.service.key, key=where.key, client=client)


def _again(service_key: str, key: str) -> Classification:
    return get_offered(session(), service_key, key, viewer())
