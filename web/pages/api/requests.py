"""The interface for programs: registering a request, and seeing where one stands.

A program proves who it acts for by a token in the Authorization header. Cookies are not looked at here, so no other
site can make a browser send anything, and there is no form whose token could be checked.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import IO, Any

from flask import Blueprint, g, jsonify, request, url_for

from engine.acts import Typed, find_done
from engine.clients import requests
from engine.overview.progress import progress_of
from engine.tickets import open_ticket
from engine.versions import current_version
from forms.components import Kind, questions
from forms.sheet import Sheet
from helpdesk.catalogue.audience import Viewer
from helpdesk.catalogue.offers import get_offered
from helpdesk.conversation import list_messages
from helpdesk.errors import NotFound
from helpdesk.files import Draft, add_file, keep_draft
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act
from helpdesk.people.signin import check_tries, count_try
from helpdesk.people.tokens import Scope, find_token
from helpdesk.tickets import Channel, Ticket, get_ticket
from web.edge import Page, allow, desk, now, separately, session
from web.programs.openapi import DESCRIPTION
from web.programs.problems import BadBody, NoToken, TokenTooWeak, UnknownFields, asked_language

pages = Blueprint("api", __name__, url_prefix="/api")
MINUTE, TEN_MINUTES = timedelta(minutes=1), timedelta(minutes=10)
MOST_A_MINUTE, MOST_WRONG = 60, 30
KEY_MAX = 50
MULTIPART, REQUEST_PART, PART_MAX = "multipart/form-data", "request", 1_000_000


@pages.get("/openapi.json")
@allow(Act.VISIT, from_outside=True)
def describe() -> Page:
    """What programs may ask here, as OpenAPI describes it."""
    return jsonify({**DESCRIPTION, "servers": [{"url": desk().settings.address}]})


@pages.post("/requests")
@allow(Act.VISIT, from_outside=True)
def submit() -> Page:
    """Register a request; what it lacks is asked of its client afterwards."""
    who = _recognise(Scope.WRITE)
    body = _body()
    key = _key(who)
    done = find_done(session(), key)
    if done is None:
        where = get_offered(session(), _text(body, "service"), _text(body, "classification"), Viewer(None, who))
        sheet = current_version(session(), where.request_type).start_sheet
        typed = _typed(sheet, body.get("answers") or {})
        draft = _keep_files(who, sheet, [*_encoded(body.get("files") or []), *_attached()], key)
        number = requests.submit(
            session(), where, typed, client=who, by=who, now=now(), channel=Channel.API, draft=draft,
            limits=desk().settings.limits, most_per_hour=desk().settings.requests_per_hour, key=key,
            language=asked_language())
    else:
        number = str(done["number"])
    response = jsonify(_tell(get_ticket(session(), number), who))
    response.status_code = 201 if done is None else 200
    response.headers["Location"] = url_for("api.show", number=number)
    return response


@pages.get("/requests/<number>")
@allow(Act.VISIT, from_outside=True)
def show(number: str) -> Page:
    """Where one of the person's own requests stands."""
    who = _recognise(Scope.READ)
    ticket = open_ticket(session(), number, by=who)
    if ticket.client_id != who.id:
        raise NotFound()
    return jsonify(_tell(ticket, who))


def _recognise(scope: Scope) -> Person:
    """Whose program it is. Raises NoToken, TokenTooWeak, TooManyTries."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        raise NoToken()
    host = f"api:{request.remote_addr}"
    check_tries(session(), host, most=MOST_WRONG, within=TEN_MINUTES, now=now())
    token = find_token(session(), text.strip(), now=now())
    if token is None:
        moment = now()
        # In a transaction of its own: this one is rolled back.
        separately(lambda own: count_try(own, host, now=moment))
        raise NoToken()
    check_tries(session(), f"token:{token.id}", most=MOST_A_MINUTE, within=MINUTE, now=now())
    count_try(session(), f"token:{token.id}", now=now())
    if not token.may(scope):
        raise TokenTooWeak()
    g.person = token.person
    return token.person


def _body() -> Mapping[str, Any]:
    """What is asked: the body itself, or the part `request` of one that carries files beside it."""
    body = _part(REQUEST_PART) if request.mimetype == MULTIPART else request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadBody(reason="JSON")
    if not isinstance(body.get("answers") or {}, dict):
        raise BadBody(reason="answers")
    return body


def _part(name: str) -> Any:
    # Some programs name a file for every part that is not plain text.
    sent = request.files.get(name)
    if sent is not None:
        sent.stream.seek(0)
    text = sent.stream.read(PART_MAX + 1) if sent is not None else request.form.get(name, "").encode()
    try:
        return json.loads(text) if len(text) <= PART_MAX else None
    except ValueError:
        return None


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value or "\x00" in value:
        raise BadBody(reason=name)
    return value


def _key(who: Person) -> str | None:
    given = request.headers.get("Idempotency-Key", "")
    if len(given) > KEY_MAX:
        # Cut, two keys could become one, and the second request would be lost.
        raise BadBody(reason="Idempotency-Key")
    return f"api:{who.id}:{given}" if given else None


def _typed(sheet: Sheet | None, answers: Mapping[str, Any]) -> Typed:
    """The answers as a page would send them. Raises UnknownFields for what the form does not ask."""
    typed = Typed.of(**answers)
    asked = {question.name for question in sheet.questions if question.kind is not Kind.FILES} if sheet else set()
    lists = {part.name: {question.name for question in questions(part.parts)} for part in sheet.lists} if sheet else {}
    unknown = [name for name in typed if name not in asked and not _is_in_list(name, lists)]
    if unknown:
        raise UnknownFields(fields=unknown[:20], names=", ".join(unknown[:20]))
    return Typed({name: [text.replace("\x00", "") for text in texts] for name, texts in typed.items()})


def _is_in_list(name: str, lists: Mapping[str, set[str]]) -> bool:
    return any(name == one or (name.startswith(f"{one}.") and name[len(one) + 1:].partition(".")[2] in fields)
               for one, fields in lists.items())


@dataclass(frozen=True)
class _Sent:
    """One file of a call. at: what it is called when something is wrong with it."""

    field: object
    name: object
    content: IO[bytes]
    at: str


def _encoded(files: Any) -> Iterator[_Sent]:
    """The files in a JSON body. Raises BadBody."""
    if not isinstance(files, list):
        raise BadBody(reason="files")
    for place, one in enumerate(files):
        at = f"files[{place}]"
        if not isinstance(one, dict):
            raise BadBody(reason=at)
        try:
            data = base64.b64decode(str(one.get("content", "")), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadBody(reason=f"{at}.content") from error
        yield _Sent(one.get("field"), one.get("name"), BytesIO(data), at)


def _attached() -> Iterator[_Sent]:
    """The files beside the request in a body of several parts, each called as its field."""
    for field, upload in request.files.items(multi=True):
        if field != REQUEST_PART:
            # A lost race has read it once already.
            upload.stream.seek(0)
            yield _Sent(field, upload.filename, upload.stream, field)


def _keep_files(who: Person, sheet: Sheet | None, files: Sequence[_Sent], key: str | None) -> Draft | None:
    """The files as a draft of this act. Raises BadBody and what `add_file` raises."""
    if not files:
        return None
    asked = {question.name for question in sheet.questions if question.kind is Kind.FILES} if sheet else set()
    draft = keep_draft(session(), who.id, f"api:{key or now().isoformat()}"[:80], {}, now=now())
    for one in files:
        if not isinstance(one.field, str) or one.field not in asked or not isinstance(one.name, str) or not one.name:
            raise BadBody(reason=one.at)
        add_file(session(), desk().storage, one.content, name=one.name, by_id=who.id, draft_id=draft.id,
                 limits=desk().settings.limits, now=now(), field=one.field)
    return draft


def _tell(ticket: Ticket, who: Person) -> dict[str, Any]:
    """What a program is told of a request: what its owner sees on the page."""
    progress = progress_of(session(), ticket)
    waiting = [item for item in progress.items if item.is_open and item.is_for_client]
    return {
        "number": ticket.number, "subject": ticket.subject, "status": ticket.status, "outcome": ticket.outcome or None,
        "opened_at": ticket.opened_at.isoformat(), "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
        "solution": ticket.solution or None, "waits_for_you": bool(waiting),
        "is_complete": not any(item.completes_start for item in waiting),
        "page": desk().settings.address + url_for("requests.show", number=ticket.number),
        "steps": [{"name": step.name, "state": step.state, "at": step.at.isoformat() if step.at else None}
                  for step in progress.path(asked_language())],
        "messages": [{"kind": message.kind, "text": message.body, "at": message.said_at.isoformat(),
                      "is_yours": message.author_id == who.id}
                     for message in list_messages(session(), ticket.id, with_notes=False)],
    }
