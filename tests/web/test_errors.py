"""Errors: one plain sentence in the reader's language, what was kept, what to do; never what is inside."""

import ast
import gc
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
import forms
import helpdesk
import mailroom
import sla
import web
from engine.records import Incident
from helpdesk.database import Database
from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.languages import translations
from helpdesk.people.signin import TooManyTries
from helpdesk.settings import Settings
from tests.desk import DELETION, INCIDENT, Desk
from tests.engine.altered import publish_altered
from tests.engine.test_use_cases import BAD_TIME, UNWRITTEN
from tests.web.conftest import Browser
from web.app import create_app
from web.edge import SESSION_COOKIE
from web.edge import Desk as WebDesk
from web.errors import HTTP_TEXTS, STATUS

INSIDE = ("Traceback", "werkzeug", "sqlalchemy", "psycopg", ".py", "line ", "SELECT")
FORM = "/catalogue/portal/error"


def modules() -> Iterator[ModuleType]:
    for package in (engine, forms, helpdesk, mailroom, sla, web):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations.versions" not in found.name and not found.name.endswith(".env"):
                yield importlib.import_module(found.name)


def errors() -> list[type[DeskError]]:
    """Every error of the desk."""
    list(modules())
    found: list[type[DeskError]] = []
    waiting = DeskError.__subclasses__()
    while waiting:
        error = waiting.pop()
        if error not in found and not error.__module__.startswith("tests"):
            found.append(error)
            waiting += error.__subclasses__()
    return sorted(found, key=lambda error: (error.__module__, error.__name__))


ERRORS = errors()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_says_one_sentence(error: type[DeskError]) -> None:
    assert error.__doc__ is not None and error.__doc__.strip()
    assert "__doc__" in error.__dict__, "the sentence of the family would be said instead"
    sentence = error.__doc__.strip()
    assert "\n" not in sentence, "only the first line is shown"
    assert sentence[0].isupper() or sentence[0] in "{“", sentence
    assert sentence[-1] in ".}?", sentence
    for _, name, spec, conversion in Formatter().parse(sentence):
        assert name is None or (re.fullmatch(r"[a-z_]+", name) and not spec and not conversion), sentence


def raised_with() -> dict[object, list[set[str]]]:
    """The names of the facts in every place where our packages raise an error, by the error."""
    found: dict[object, list[set[str]]] = {}
    for module in modules():
        if module.__file__ is None:
            continue
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                facts = {one.arg or "**" for one in node.exc.keywords}
                found.setdefault(getattr(module, node.exc.func.id, None), []).append(facts)
    return found


def test_every_place_in_a_sentence_has_its_fact_wherever_it_is_raised() -> None:
    wanting = []
    places = raised_with()
    for error in ERRORS:
        wanted = {name for _, name, _, _ in Formatter().parse(error.__doc__ or "") if name}
        if error.__init__ is not DeskError.__init__:
            continue  # it gathers its facts itself
        wanting += [(error.__name__, wanted - facts) for facts in places.get(error, [])
                    if "**" not in facts and wanted - facts]

    assert wanting == []
    assert sum(len(places.get(error, [])) for error in ERRORS) > 50


def test_a_fact_is_never_taken_for_a_place_of_the_sentence() -> None:
    class Named(DeskError):
        """{name} is not here."""

    assert str(Named(name="{0.__class__} {secret}")) == "{0.__class__} {secret} is not here."
    assert Named(name="Clara").sentence(lambda text: text.replace("is not here", "nie ma")) == "Clara nie ma."


def test_every_status_has_its_words() -> None:
    assert set(STATUS.values()) <= set(HTTP_TEXTS)
    polish = translations("pl")
    for title, advice in HTTP_TEXTS.values():
        assert title != advice
        assert isinstance(polish.gettext(title), str) and isinstance(polish.gettext(advice), str)


@pytest.fixture
def broken_app(app: Flask) -> Flask:
    """The application with pages that fail."""
    def fail(error: Exception) -> Callable[[], str]:
        def view() -> str:
            raise error
        return view

    for name, error in {"crash": RuntimeError("hasło: tajne"), "hidden": NotFound(), "forbidden": NotAllowed(),
                        "hasty": TooManyTries(minutes=15)}.items():
        app.add_url_rule(f"/{name}", name, fail(error))
    return app


@pytest.mark.parametrize(("path", "method", "status"), [
    ("/nowhere", "get", 404), ("/hidden", "get", 404), ("/forbidden", "get", 403), ("/hasty", "get", 429),
    ("/crash", "get", 500), ("/health", "post", 405), ("/catalogue", "delete", 405), ("/sign-in", "post", 400),
])
@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_error_page_is_a_whole_page_without_what_is_inside(
        broken_app: Flask, path: str, method: str, status: int, language: str) -> None:
    client = broken_app.test_client()
    client.set_cookie("okienko_language", language)

    response = getattr(client, method)(path)

    assert response.status_code == status
    assert f'<html lang="{language}"' in response.text
    title, advice = HTTP_TEXTS[status]
    said = translations(language).gettext
    assert said(title) in response.text and said(advice) in response.text
    assert "tajne" not in response.text and not [word for word in INSIDE if word in response.text]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_the_sentence_names_its_facts(broken_app: Flask) -> None:
    client = broken_app.test_client()
    client.set_cookie("okienko_language", "en")

    assert "Try again in 15 minutes." in client.get("/hasty").text


def test_an_address_is_shown_as_text(app: Flask) -> None:
    page = app.test_client().get("/<script>alert(1)</script>?q=<img src=x onerror=y>")

    assert page.status_code == 404
    assert "<script>alert" not in page.text and "<img src=x" not in page.text


@pytest.fixture
def small_app(desk: Desk, settings: Settings) -> Flask:
    """The pages with the smallest limits: two files of a megabyte."""
    from dataclasses import replace
    app = create_app(WebDesk(replace(settings, file_number=1, file_megabytes=1), desk.database, clock=lambda: desk.now))
    app.testing = False
    return app


# The parser leaves the spooled file of a refused upload to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("content", [
    {"attachments": b"x" * 2_200_000}, {"what_happened": "ą" * 600_000},
    {f"field_{number}": "x" for number in range(2_100)},
])
def test_too_much_at_once_is_a_page_that_says_so(small_app: Flask, content: dict[str, object]) -> None:
    client = small_app.test_client()
    client.set_cookie("okienko_language", "en")

    files = {key: (BytesIO(value), "duzy.txt") if isinstance(value, bytes) else value for key, value in content.items()}
    response = client.post(FORM, data=files, content_type="multipart/form-data")

    assert response.status_code == 413
    assert "That is too much at once" in response.text and "kept" in response.text
    response.close()
    gc.collect()


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/desk.sqlite",
                                 "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2"])
@pytest.mark.parametrize("token", [None, "a token of better times"])
@pytest.mark.parametrize(("path", "status"), [("/letters", 503), ("/nowhere", 404), ("/requests/ZGL2400001", 503)])
def test_without_a_database_there_is_still_a_page(
        tmp_path: Path, url: str, token: str | None, path: str, status: int) -> None:
    app = create_app(WebDesk(Settings(data=str(tmp_path), secret="x" * 40, language="en"), Database(url)))
    client = app.test_client()
    if token:
        client.set_cookie(SESSION_COOKIE, token)

    response = client.get(path)

    if token is None and status == 503:
        assert response.status_code == 302  # to sign in: nobody was asked for yet
        return
    assert response.status_code == status
    assert HTTP_TEXTS[status][0] in response.text
    assert not [word for word in INSIDE if word in response.text]


@pytest.mark.parametrize(("language", "said"), [("pl", "Popraw"), ("en", "Correct")])
def test_what_is_wrong_in_a_form_is_said_in_the_readers_language(
        browse: Callable[..., Browser], language: str, said: str) -> None:
    page = browse("clara", language).post(FORM, {**INCIDENT, "subject": "", "happened_at": "wczoraj"}, status=422)

    other = {"pl": "This field", "en": "Podaj"}[language]
    assert f'lang="{language}"' in page
    assert other not in page
    assert str(INCIDENT["what_happened"]) in page


# --- a step that fails


def test_a_failed_step_keeps_the_words_and_shows_the_lead_where(
        browse: Callable[..., Browser], desk: Desk) -> None:
    publish_altered(desk, "account_deletion", UNWRITTEN)
    number = desk.submit(DELETION, about="delete_account")
    item = desk.item(number)
    amir, lena = browse("amir"), browse("lena")

    page = amir.post(f"/tickets/{number}/steps/{item.id}",
                     {"decision": "refuse", "explanation": "Konto ma otwarte sprawy."}, status=422)

    assert "The step could not be finished and nothing was changed." in page
    assert "Konto ma otwarte sprawy." in page
    incident, = desk.incidents(number)
    assert (incident.element_id, incident.tries) == ("publish_refusal_request", 1)
    assert desk.item(number).id == item.id and desk.messages(number) == []
    shown = lena.get(f"/tickets/{number}")
    assert "The process stopped here" in shown and "Publish the explanation" in shown
    assert "Try again" in shown.partition("</main>")[0] and "deletion_check.note" not in shown
    assert "deletion_check.note" in lena.get(f"/incidents/{number}")

    amir.post(f"/tickets/{number}/steps/{item.id}", {"decision": "delete"})
    assert "The process stopped here" not in lena.get(f"/tickets/{number}")
    assert desk.item(number).element_id == "deactivate_account"


def test_a_client_is_not_told_what_is_inside(browse: Callable[..., Browser], desk: Desk) -> None:
    publish_altered(desk, "account_deletion", BAD_TIME)
    clara = browse("clara")
    form = "/catalogue/portal/delete_account"
    clara.post(form, {**DELETION, "understood": "true", "reason": "Nie korzystam."})
    act_id = re.search(r'name="act_id" value="([^"]+)"', clara.get(f"{form}/summary"))
    assert act_id is not None

    page = clara.post(f"{form}/summary", {"act_id": act_id[1]}, status=422)

    assert "The request could not be registered and nothing was changed." in page
    assert "start_basic_clock" not in page
    assert "Nie korzystam." in page
    with desk.session() as session:
        assert session.scalars(select(Incident)).all() == []


def test_an_outage_in_the_middle_of_a_step_is_no_incident(
        browse: Callable[..., Browser], desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError
    number = desk.submit()
    amir, item = browse("amir"), desk.item(number)

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("INSERT INTO message", {}, Exception("server closed the connection unexpectedly"))

    monkeypatch.setattr("engine.stage.say", gone)
    page = amir.post(f"/tickets/{number}/steps/{item.id}",
                     {"decision": "solve", "solution": "Odśwież <stronę>.\nI jeszcze raz.", "priority": "normal"},
                     status=503)
    monkeypatch.undo()

    assert "cannot reach its records" in page and "INSERT" not in page
    assert "Odśwież &lt;stronę&gt;." in page and 'name="decision" value="solve"' in page
    assert desk.incidents(number) == []
    assert desk.item(number).id == item.id


def test_what_was_typed_before_an_outage_is_sent_again_with_one_button(
        app: Flask, browse: Callable[..., Browser], desk: Desk) -> None:
    number = desk.submit()
    clara = browse("clara")
    body, token = "Nadal widzę pustą stronę.\nTakże dziś, po odświeżeniu.", clara.token()
    engine = desk.database.engine
    elsewhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")

    app.extensions["desk"].database = elsewhere
    away = clara.client.post(f"/requests/{number}/reply", data={"csrf_token": token, "body": body, "act_id": "once"})
    app.extensions["desk"].database = desk.database
    assert engine is desk.database.engine

    assert away.status_code == 503 and body in away.text.replace("\r", "")
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', away.text.split("<main")[1]))
    assert desk.messages(number) == []
    clara.client.post(f"/requests/{number}/reply", data={**kept, "body": body})
    assert [text for _, text in desk.messages(number)] == [body]


def test_a_password_is_never_written_back(app: Flask) -> None:
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    app.extensions["desk"].database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")

    page = client.post("/sign-in", data={"email": "clara@example.com", "password": "bardzo tajne hasło 1",
                                         "csrf_token": token[1]})

    assert page.status_code == 503
    assert "tajne" not in page.text and "<textarea" not in page.text


def test_the_same_act_wins_when_it_lost_a_race_in_the_middle_of_a_step(
        desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.orm.exc import StaleDataError

    import engine.stage
    number = desk.submit()
    say, calls = engine.stage.say, []

    def late(session: Session, *arguments: object, **facts: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise StaleDataError("somebody else was first")
        return say(session, *arguments, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr("engine.stage.say", late)
    desk.complete(number, "recognise", decision="solve", solution="Odśwież.", priority="normal")

    assert calls == [1, 1]
    assert desk.messages(number) == [("solution", "Odśwież.")]
