"""The start form, everything once more before it is sent, and the number."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from engine.acts import find_done, read_some_answers, start_context
from engine.clients import requests
from engine.clients.intake import has_begun
from engine.outages.joining import join_new
from engine.overview.progress import coming_after_start
from engine.tickets import open_ticket
from engine.versions import LoadedVersion, current_version
from forms.answers import Filled
from forms.components import Kind, Question
from forms.display import field_id
from forms.link import read_link
from forms.sheet import Sheet
from helpdesk.catalogue import Classification
from helpdesk.catalogue.offers import get_offered
from helpdesk.errors import DeskError, NotFound
from helpdesk.files import Draft
from helpdesk.people.accounts import Person
from helpdesk.people.firms import FirmMember, list_firms
from helpdesk.people.policy import Act
from helpdesk.tickets import Channel
from web import begun
from web.channels import (
    CHANNEL_FIELD,
    FIRM_FIELD,
    RECEIVED_FIELD,
    SERVED,
    acting_firm,
    channel_of,
    client_served,
    received_on,
    viewer,
)
from web.edge import Page, allow, desk, now, person, row_id, session, to_sign_in
from web.forms import (
    act_id,
    begin_anew,
    changed_list,
    draft_at,
    go_on,
    keep,
    keep_quietly,
    kept_by_field,
    kept_files,
    leave_unfinished,
    shown,
    tell_overtaken,
    tell_sections,
    try_to,
    typed,
)
from web.language import language, say_error
from web.showing import reading
from web.showing.announcing import known_troubles
from web.showing.promises import told_promises

pages = Blueprint("intake", __name__)
OURS = {"client", "channel", "q", "next"}
# Requests that may say before sending that they are part of a known failure; a consent is answered with it anyway.
MAY_BE_PART = frozenset({"incident", "ticket"})


@pages.route("/catalogue/<service_key>/<key>", methods=["GET", "POST"])
@allow(Act.FILL_IN)
def form(service_key: str, key: str) -> Page:
    """The form of a request; what is typed and attached is kept until it is sent."""
    where = _find(service_key, key)
    if where is None:
        return to_sign_in()
    if request.method == "GET":
        return _form_page(where, None, None)
    place, wanted, here = _place(where), request.form.get("next", ""), _address("intake.form", where)
    if wanted in {"anew", "saved"}:
        return _choose(place, here, is_anew=wanted == "anew")
    if wanted == "quietly":
        return keep_quietly(place)
    tell_overtaken(place)
    problems = keep(place)

    def check() -> Page:
        if problems:
            raise problems[0]
        if listed := changed_list():
            return go_on(here, listed)
        if wanted == "files":
            return redirect(here)
        if wanted == "later":
            return leave_unfinished()
        _read(where)
        return redirect(_address("intake.summary", where))

    return try_to(check, lambda error, filled: _form_page(_again(service_key, key), error, filled))  # type: ignore[no-any-return]


@pages.route("/catalogue/<service_key>/<key>/summary", methods=["GET", "POST"])
@allow(Act.FILL_IN)
def summary(service_key: str, key: str) -> Page:
    """Everything once more before it is sent; whoever is not signed in signs in now."""
    where = _find(service_key, key)
    if where is None:
        return to_sign_in()
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
    if g.person is None:
        return redirect(url_for("signin.sign_in", next=_address("intake.summary", where)))
    return try_to(lambda: _send(where, draft),  # type: ignore[no-any-return]
                  lambda error, filled: _form_page(_again(service_key, key), error, filled))


@pages.get("/catalogue/done/<number>")
@allow(Act.SUBMIT)
def done(number: str) -> Page:
    """The number of the new request."""
    ticket = open_ticket(session(), number, by=person())
    return render_template("intake/done.html", ticket=ticket,
                           promises=told_promises([ticket.request_type]).get(ticket.request_type, []))


def _find(service_key: str, key: str) -> Classification | None:
    """What is to be filled in; None if one has to sign in to know. Raises NotFound."""
    if g.person is not None:
        return get_offered(session(), service_key, key, viewer())
    if request.values.get("client"):
        return None
    try:
        return get_offered(session(), service_key, key, viewer())
    except NotFound:
        # Nobody is told without signing in what there is for those who do.
        return None


def _choose(place: str, here: str, *, is_anew: bool) -> Page:
    """Go on with one's saved form, or with what a link says or was begun before signing in."""
    if is_anew and g.person is not None:
        begin_anew(place)
    if g.person is not None:
        begun.drop(place)
    return redirect(here)


def _send(where: Classification, draft: Draft) -> Page:
    client, words = client_served(), dict(draft.typed)
    channel = channel_of(client, words)
    number = requests.submit(
        session(), where, words, client=client or person(), by=person(), now=now(), channel=channel, draft=draft,
        received_on=received_on(channel, words), limits=desk().settings.limits,
        most_per_hour=desk().settings.requests_per_hour, key=act_id(), firm_id=acting_firm(words),
        language=language())
    known = row_id(request.form.get("known"))
    if known is not None and has_begun(session(), number):
        join_new(session(), number, known, by=person(), now=now())
    return redirect(url_for("intake.done", number=number))


def _form_page(where: Classification, error: DeskError | None, filled: Filled | None) -> str:
    version = current_version(session(), where.request_type)
    sheet, place, client = version.start_sheet, _place(where), client_served()
    draft = draft_at(place)
    linked = read_link(sheet, _of_link(), language(), context=start_context(version)) if sheet else {}
    if sheet is not None and filled is None:
        known = sheet.read(linked, language(), start_context(version), may_lack=True).answers if linked else {}
        known = {**sheet.known_answers(_facts_of(client or g.person), service=where.service.key), **known}
        filled = shown(sheet, place, start_context(version), known)
    words, beside = draft.typed if draft else {}, _begun_beside(place)
    return render_template(
        "intake/form.html", where=where, version=version, client=client, filled=filled, error_field=_field(error),
        error=say_error(error) if error else None, kept_files=kept_by_field(place), draft=draft,
        linked=beside or (linked if draft and draft.typed else {}), is_begun=bool(beside),
        action=_address("intake.form", where), firms=_firms(client), firm_field=FIRM_FIELD,
        acting_firm=acting_firm(words), channel=channel_of(client, words), channels=SERVED, channel_field=CHANNEL_FIELD,
        received_field=RECEIVED_FIELD, received=(words.get(RECEIVED_FIELD) or [""])[0],
        suggested=reading.suggested(reading.told_words(words.values()), where), limits=desk().settings.limits)


def _firms(client: Person | None) -> list[FirmMember]:
    who = client or g.person
    return list_firms(session(), who, only_active=True) if who is not None else []


def _facts_of(client: Person | None) -> dict[str, str]:
    """What the account says already and need not be typed again, by the purpose that questions state."""
    if client is None:
        return {}
    given, _, family = client.name.rpartition(" ")
    return {"name": client.name, "given-name": given, "family-name": family if given else "", "email": client.email,
            "tel": client.phone, "organization": client.firm}


def _begun_beside(place: str) -> dict[str, list[str]]:
    """What was begun before signing in, where the person had an unfinished form of their own already."""
    found = begun.find(place) if g.person is not None else None
    return found.typed if found else {}


def _field(error: DeskError | None) -> str:
    return str(error.facts.get("field", "")) if error is not None else ""


def _of_link() -> dict[str, list[str]]:
    """What the link to this page says about the form."""
    return {name: [value.replace("\x00", "") for value in request.args.getlist(name)]
            for name in request.args if name not in OURS} if request.method == "GET" else {}


def _summary_page(where: Classification) -> Page:
    version = current_version(session(), where.request_type)
    try:
        answers, lacking = _read(where, version)
    except DeskError:
        return redirect(_address("intake.form", where))
    if _begun_beside(_place(where)):
        return redirect(_address("intake.form", where))
    address, sheet, draft = _address("intake.form", where), version.start_sheet, draft_at(_place(where))
    chosen = acting_firm(draft.typed) if draft else None
    firms = _firms(client_served()) if chosen is not None else []
    return render_template(
        "intake/summary.html", firm=next((one for one in firms if one.firm_id == chosen), None),
        where=where, client=client_served(), version=version, action=_address(
            "intake.summary", where), act_id=secrets.token_urlsafe(16), change_href=address,
        sections=tell_sections(sheet, answers, kept_files(_place(where))) if sheet else [],
        lacking=[sheet.label_of(name, language()) for name in lacking] if sheet else [],
        coming=coming_after_start(version, language()),
        suggested=reading.suggested(reading.told_words(draft.typed.values() if draft else ()), where),
        promises=told_promises([where.request_type]).get(where.request_type, []),
        files_at=_where_files_go(sheet, _place(where)),
        sign_in_href=url_for("signin.sign_in", next=_address("intake.summary", where)),
        known=known_troubles([where.service_id]) if where.request_type in MAY_BE_PART else [])


def _read(where: Classification, version: LoadedVersion | None = None) -> tuple[dict[str, Any], Sequence[str]]:
    """The answers that may be sent, and what they lack; a client's own form lacks nothing."""
    version = version or current_version(session(), where.request_type)
    draft = draft_at(_place(where))
    words = dict(draft.typed) if draft else dict(typed())
    channel = channel_of(client_served(), words)
    received_on(channel, words)
    if g.person is None and (some := _read_but_files(version, words)) is not None:
        return some
    return read_some_answers(session(), version.start_sheet, words, language=language(), draft=draft,
                             context=start_context(version), may_lack=channel is not Channel.PORTAL)


def _read_but_files(version: LoadedVersion, words: Mapping[str, list[str]]) -> tuple[dict[str, Any], list[str]] | None:
    """The answers of somebody not signed in, who adds files afterwards; None if anything else is lacking."""
    sheet = version.start_sheet
    if sheet is None:
        return None
    answers, lacking = read_some_answers(session(), sheet, words, language=language(), context=start_context(version),
                                         may_lack=True)
    return (answers, []) if set(lacking) <= {one.name for one in _file_questions(sheet)} else None


def _where_files_go(sheet: Sheet | None, place: str) -> str:
    """The field to which files can still be added, if the form asks for any and there are none."""
    asked = _file_questions(sheet)
    return field_id(asked[0].name) if asked and not kept_files(place) else ""


def _file_questions(sheet: Sheet | None) -> list[Question]:
    return [one for one in sheet.questions if one.kind is Kind.FILES] if sheet else []


def _place(where: Classification) -> str:
    client = row_id(request.values.get("client"))
    return f"start:{where.id}" + (f":{client}" if client is not None else "")


def _address(endpoint: str, where: Classification) -> str:
    client = request.values.get("client") or None
    return url_for(endpoint, service_key=where.service.key, key=where.key, client=client)


def _again(service_key: str, key: str) -> Classification:
    return get_offered(session(), service_key, key, viewer())
