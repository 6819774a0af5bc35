"""Programs: tokens that people make and revoke, requests registered and read, problems that say what is wrong."""

import json
import re
import shlex
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from helpdesk.files import StoredFile, list_ticket_files
from helpdesk.people.tokens import AccessToken, Scope, make_token
from helpdesk.storage import Scanned
from helpdesk.storage.scanner import Scanner
from tests.desk import INCIDENT, Desk
from tests.helpdesk.storage.test_scanner import HARMFUL, Talk
from tests.web.conftest import Browser
from web.programs.openapi import DESCRIPTION

File = tuple[str, str, bytes]
BYTES = {"answer.xml": b"<a>12</a>", "screen.png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 40}
GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
ANSWERS = {key: str(value) for key, value in INCIDENT.items()}
NEW = {"service": "portal", "classification": "error", "answers": ANSWERS}


@pytest.fixture
def token(desk: Desk) -> Callable[..., str]:
    def make(key: str = "clara", scope: Scope = Scope.WRITE) -> str:
        return desk.database.run(lambda session: make_token(
            session, desk.person(session, key), name="Program", scope=scope, days=30, now=desk.now))
    return make


@pytest.fixture
def call(app: Flask) -> Callable[..., TestResponse]:
    def ask(method: str, path: str, token: str = "", body: Any = None, *, files: Sequence[File] = (),
            request_part: Any = None, **headers: str) -> TestResponse:
        given = {"Accept-Language": "en", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if token:
            given["Authorization"] = f"Bearer {token}"
        if request_part is not None:
            parts = MultiDict([("request", request_part)])
            for field, name, content in files:
                parts.add(field, (BytesIO(content), name))
            return app.test_client().open(path, method=method, data=parts, headers=given)
        return app.test_client().open(path, method=method, json=body, headers=given)
    return ask


def test_a_program_registers_a_request_once_and_reads_where_it_stands(
        desk: Desk, token: Callable[..., str], call: Callable[..., TestResponse]) -> None:
    text = token()
    assert call("POST", "/api/requests", text, NEW, Idempotency_Key="x" * 51).status_code >= 400  # never cut

    made = call("POST", "/api/requests", text, NEW, Idempotency_Key="line-1")
    again = call("POST", "/api/requests", text, NEW, Idempotency_Key="line-1")

    assert (made.status_code, again.status_code) == (201, 200), made.text
    number = made.json["number"]
    assert again.json["number"] == number and made.headers["Location"] == f"/api/requests/{number}"
    assert (desk.ticket(number).channel, desk.ticket(number).status) == ("api", "registered")
    desk.complete(number, "recognise", decision="solve", solution="Gotowe.", priority="normal")
    read = call("GET", f"/api/requests/{number}", text).json
    assert (read["status"], read["solution"], read["waits_for_you"]) == ("solved", "Gotowe.", True)
    assert [one["text"] for one in read["messages"]] == ["Gotowe."]
    assert {one["state"] for one in read["steps"]} >= {"done", "now"}


def test_what_is_lacking_is_asked_later_and_what_is_wrong_is_refused_by_field(
        desk: Desk, token: Callable[..., str], call: Callable[..., TestResponse]) -> None:
    text = token()

    some = call("POST", "/api/requests", text, NEW | {"answers": {"subject": "Brakuje reszty"}})
    wrong = call("POST", "/api/requests", text, NEW | {"answers": ANSWERS | {"mrn": "26PL"}})
    unknown = call("POST", "/api/requests", text, NEW | {"answers": ANSWERS | {"colour": "red"}})

    assert some.status_code == 201 and some.json["is_complete"] is False
    assert desk.item(some.json["number"]).completes_start
    assert wrong.status_code == 422 and wrong.mimetype == "application/problem+json"
    assert [one["field"] for one in wrong.json["errors"]] == ["mrn"]
    assert [one["field"] for one in unknown.json["errors"]] == ["colour"]
    assert not wrong.json["errors"][0]["message"].startswith("MRN ma 18")  # though Clara's account speaks Polish
    polish = call("POST", "/api/requests", text, NEW | {"answers": ANSWERS | {"mrn": "26PL"}}, Accept_Language="pl")
    assert polish.json["errors"][0]["message"].startswith("MRN ma 18")
    assert polish.headers["Content-Language"] == "pl"


@pytest.mark.parametrize("body", [None, [], "x", {"service": "portal"}, NEW | {"service": 5}, NEW | {"answers": [1]},
                                  NEW | {"files": "x"}, NEW | {"files": [{"field": "subject", "name": "a.txt"}]},
                                  NEW | {"files": [{"field": "attachments", "name": "a.txt", "content": "%%"}]}])
def test_a_body_that_cannot_be_read_is_told_as_a_problem(
        token: Callable[..., str], call: Callable[..., TestResponse], body: Any) -> None:
    answer = call("POST", "/api/requests", token(), body)

    assert answer.status_code == 422 and answer.json["status"] == 422 and answer.json["detail"]


def test_only_a_living_token_of_the_right_kind_opens_anything(
        desk: Desk, browse: Callable[..., Browser], token: Callable[..., str],
        call: Callable[..., TestResponse]) -> None:
    number, reader = desk.submit(), token(scope=Scope.READ)

    # A signed-in browser is nobody here: its cookie is not looked at.
    assert browse("clara").client.get(f"/api/requests/{number}").status_code == 401
    assert call("GET", f"/api/requests/{number}").headers["WWW-Authenticate"].startswith("Bearer")
    assert call("GET", f"/api/requests/{number}", reader).status_code == 200
    assert call("POST", "/api/requests", reader, NEW).status_code == 403
    assert call("GET", f"/api/requests/{number}", token("colin")).status_code == 404
    assert call("GET", f"/api/requests/{number}", token("amir")).status_code == 404
    desk.later(days=31)
    assert call("GET", f"/api/requests/{number}", reader).status_code == 401


def test_calls_are_counted(desk: Desk, token: Callable[..., str], call: Callable[..., TestResponse]) -> None:
    text = token()

    codes = [call("GET", "/api/requests/ZGL0000000", text).status_code for _ in range(3)]
    guesses = [call("GET", "/api/requests/ZGL0000000", f"okn_{n}").status_code for n in range(31)]

    assert codes == [404] * 3
    assert guesses == [401] * 30 + [429]


def test_a_person_makes_a_token_sees_it_once_and_revokes_it(
        desk: Desk, browse: Callable[..., Browser], call: Callable[..., TestResponse]) -> None:
    clara, number = browse("clara"), desk.submit()
    assert "What is the program called?" in clara.post("/account/programs", {"name": " "}, status=422)

    page = clara.post("/account/programs", {"name": "Księgowość", "scope": "read", "days": "90"})
    found = re.search(r'<code class="token">(okn_[^<]+)</code>', page)
    assert found is not None
    assert found.group(1) not in clara.get("/account/programs")
    stored = desk.ask(lambda session: session.scalars(select(AccessToken)).one())
    assert found.group(1) not in repr(vars(stored))
    assert call("GET", f"/api/requests/{number}", found.group(1)).status_code == 200
    assert "never used" not in clara.get("/account/programs")

    browse("colin").post(f"/account/programs/{stored.id}/revoke", status=404)
    clara.post(f"/account/programs/{stored.id}/revoke")
    assert call("GET", f"/api/requests/{number}", found.group(1)).status_code == 401


def test_the_description_names_every_route_and_no_other(app: Flask, call: Callable[..., TestResponse]) -> None:
    routes = {(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
              for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")
              for method in rule.methods or () if method in {"GET", "POST", "PUT", "PATCH", "DELETE"}}

    assert routes == {(path, method) for path, one in DESCRIPTION["paths"].items() for method in one}
    assert call("GET", "/api/openapi.json").json["openapi"] == "3.1.0"


def names_of_files(desk: Desk, number: str) -> list[str]:
    return desk.ask(lambda session: [one.name for one in list_ticket_files(
        session, desk.ticket(number).id, with_internal=False)])


def test_files_beside_the_request_come_in_the_same_call_and_only_once(
        desk: Desk, token: Callable[..., str], call: Callable[..., TestResponse]) -> None:
    text, files = token(), [("attachments", name, content) for name, content in BYTES.items()]

    made = call("POST", "/api/requests", text, request_part=json.dumps(NEW), files=files, Idempotency_Key="line-9")
    again = call("POST", "/api/requests", text, request_part=json.dumps(NEW), files=files, Idempotency_Key="line-9")
    as_file = call("POST", "/api/requests", text, request_part=(BytesIO(json.dumps(NEW).encode()), "request.json"))

    assert (made.status_code, again.status_code, as_file.status_code) == (201, 200, 201), made.text + as_file.text
    assert made.json["number"] == again.json["number"]
    assert names_of_files(desk, made.json["number"]) == list(BYTES)
    assert desk.ask(lambda session: len(session.scalars(select(StoredFile)).all())) == 2
    assert desk.answers(made.json["number"])[0].content["attachments"] != []


@pytest.mark.one_database
@pytest.mark.parametrize(("files", "says"), [
    ([("attachments", "program.exe", b"MZ")], "Files of this kind"),
    ([("attachments", "screen.png", b"no picture")], "is not what its name says"),
    ([("attachments", "big.txt", b"x" * (10 * 1024 * 1024 + 1))], "larger than 10 MB"),
    ([("attachments", f"{number}.txt", b"x") for number in range(11)], "At most 10 files"),
    ([("attachments", "harmful.txt", HARMFUL)], "the virus scanner found"),
    ([("subject", "answer.xml", b"<a/>")], "cannot be read at: subject"),
])
def test_files_of_programs_have_the_limits_of_the_pages_and_their_scanner(
        app: Flask, desk: Desk, token: Callable[..., str], call: Callable[..., TestResponse], files: list[File],
        says: str) -> None:
    scanner = Talk(lambda data: b"stream: Eicar FOUND\0" if HARMFUL in data else b"stream: OK\0")
    shared = app.extensions["desk"]
    shared.storage = Scanned(shared.storage, Scanner.at(scanner.address))

    answer = call("POST", "/api/requests", token(), request_part=json.dumps(NEW),
                  files=[("attachments", "fine.txt", b"fine"), *files])
    scanner.close()

    told = answer.json["detail"]
    assert answer.status_code == 422 and says in told, answer.text
    assert "kept" not in told and ("Nothing was saved" in told or files[0][0] == "subject")
    assert desk.ask(lambda session: session.scalars(select(StoredFile)).all()) == []


@pytest.mark.one_database
@pytest.mark.parametrize("part", ["", "no JSON", "[]", "x" * 999_999])
def test_a_part_that_is_no_request_is_told_as_a_problem(
        token: Callable[..., str], call: Callable[..., TestResponse], part: str) -> None:
    assert call("POST", "/api/requests", token(), request_part=part).status_code == 422


def test_the_commands_of_the_guide_do_what_it_says(
        desk: Desk, token: Callable[..., str], call: Callable[..., TestResponse]) -> None:
    facts = {"DESK": "", "TOKEN": token(), "NUMBER": desk.submit()}
    answers = [_run(command, facts, call) for command in re.findall(r"```sh\n(curl .*?)```", GUIDE.read_text(), re.S)]

    assert [answer.status_code for answer in answers] == [201, 201, 200], [answer.text for answer in answers]
    assert [answer.json["is_complete"] for answer in answers[:2]] == [True, False]
    assert names_of_files(desk, answers[1].json["number"]) == ["answer.xml", "screen.png"]


def _run(command: str, facts: dict[str, str], call: Callable[..., TestResponse]) -> TestResponse:
    for name, value in facts.items():
        command = command.replace(f"${name}", value)
    words = shlex.split(command.replace("\\\n", " "))[1:]
    path = next(word for word in words if word.startswith("/api/"))
    after = {flag: [words[place + 1] for place, word in enumerate(words) if word == flag]
             for flag in ("-X", "-H", "-d", "-F")}
    headers = dict(header.split(": ", 1) for header in after["-H"])
    text = headers.pop("Authorization").removeprefix("Bearer ")
    if after["-F"]:
        parts = [part.split("=", 1) for part in after["-F"]]
        return call("POST", path, text, files=[(name, value[1:], BYTES[value[1:]]) for name, value in parts
                                               if value.startswith("@")],
                    request_part=dict(parts)["request"].removesuffix(";type=application/json"), **headers)
    body = json.loads(after["-d"][0]) if after["-d"] else None
    headers.pop("Content-Type", None)
    return call((after["-X"] or ["GET"])[0], path, text, body, **headers)
