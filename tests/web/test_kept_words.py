"""No time-out loses text: whatever happened to the session, the server or the database, the words come back."""

import gc
import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.people.signin import sign_in
from helpdesk.settings import Settings
from tests.desk import INCIDENT, Desk
from tests.web.conftest import CHEAP, Browser, opener
from web.app import create_app
from web.edge import SESSION_COOKIE
from web.edge import Desk as WebDesk

pytestmark = pytest.mark.one_database
WORDS = "Zgłoszenie odrzucono z kodem <12>.\nPo odświeżeniu strona nadal jest pusta."
INTAKE = {**{key: str(value) for key, value in INCIDENT.items()}, "what_happened": WORDS}


class Place:
    """A form that somebody fills in for a while. where: its address; form: what is typed; lands: what is there then."""

    def __init__(self, who: str, where: str, form: dict[str, str], lands: Callable[[Desk, str], str]) -> None:
        self.who, self.where, self.form, self.lands = who, where, form, lands


def said(desk: Desk, number: str) -> str:
    return " ".join(text for _, text in desk.messages(number))


PLACES = {
    "start form": Place("clara", "/catalogue/portal/error", INTAKE,
                        lambda desk, number: "/catalogue/portal/error/summary"),
    "reply": Place("clara", "/requests/{number}/reply", {"body": WORDS, "act_id": "once"},
                   lambda desk, number: "/requests/{number}"),
    "remark": Place("clara", "/remarks", {"kind": "remark", "body": WORDS}, lambda desk, number: "/remarks"),
    "agent's step": Place("amir", "/tickets/{number}/steps/{item}", {
        "decision": "solve", "solution": WORDS, "priority": "normal"}, lambda desk, number: "/tickets/{number}"),
    "note": Place("amir", "/tickets/{number}/say", {"body": WORDS, "as": "note", "act_id": "one"},
                  lambda desk, number: "/tickets/{number}"),
}


def enter(client: FlaskClient, desk: Desk, key: str) -> None:
    with desk.session() as session:
        client.set_cookie(SESSION_COOKIE, sign_in(
            session, desk.person(session, key), lasts=timedelta(hours=8), now=desk.now))


def stays_too_long(client: FlaskClient, desk: Desk, key: str) -> None:
    desk.later(hours=13)


def signs_out_in_another_tab(client: FlaskClient, desk: Desk, key: str) -> None:
    client.post("/sign-out", data={"csrf_token": Browser(client).token()})


def signs_in_anew_in_another_tab(client: FlaskClient, desk: Desk, key: str) -> None:
    enter(client, desk, key)


HAPPENS = [stays_too_long, signs_out_in_another_tab, signs_in_anew_in_another_tab]


def fields(page: str) -> dict[str, str]:
    """What the page's own form would send."""
    form = page.split("<main", 1)[1]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    shown = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S)
    return {name: html.unescape(value) for name, value in hidden + shown}


@pytest.mark.parametrize("happens", HAPPENS, ids=[one.__name__ for one in HAPPENS])
@pytest.mark.parametrize("name", PLACES)
def test_words_outlast_the_session(browse: Callable[..., Browser], desk: Desk, name: str,
                                   happens: Callable[[FlaskClient, Desk, str], None]) -> None:
    place, number = PLACES[name], desk.submit()
    desk.claim(number)
    where = place.where.format(number=number, item=desk.item(number).id)
    browser = browse(place.who)
    client, form = browser.client, {"csrf_token": browser.token(), **place.form}

    # 1. the form comes too late: a sentence says so, and the words are there
    happens(client, desk, place.who)
    late = client.post(where, data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert late.status_code == 400 and "this page keeps it" in late.text
    assert fields(late.text).items() >= place.form.items()
    is_out = happens is not signs_in_anew_in_another_tab
    # The start form is for everyone: what is sent of it goes on without signing in.
    is_shut = is_out and name != "start form"
    assert ("You are not signed in any more" if is_shut else "since this form was opened") in late.text
    assert ("Sign in (opens a new tab)</a>" in late.text) == is_shut

    # 2. signed in again in another tab; the page is sent from where it is, twice at most
    if is_out:
        enter(client, desk, place.who)
    again = client.post(where, data=fields(late.text))
    if again.status_code == 400:
        again = client.post(where, data=fields(again.text))
    assert again.status_code == 302, again.text
    assert WORDS.splitlines()[1] in browser.get(place.lands(desk, number).format(number=number))


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                                     {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_what_another_site_sends_gets_no_button(browse: Callable[..., Browser], headers: dict[str, str]) -> None:
    answer = browse("clara").client.post("/remarks", data={"kind": "remark", "body": WORDS, "csrf_token": "made up"},
                                         headers=headers)

    assert answer.status_code == 400 and "Send again" not in answer.text and "kodem" not in answer.text


def test_a_restarted_server_takes_the_form_that_was_open(browse: Callable[..., Browser], desk: Desk,
                                                         settings: Settings) -> None:
    clara = browse("clara")
    token, cookie = clara.token(), clara.client.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    after = create_app(WebDesk(settings, desk.database, clock=lambda: desk.now, hasher=CHEAP)).test_client()
    after.set_cookie(SESSION_COOKIE, cookie.value)

    answer = after.post("/catalogue/portal/error", data={"csrf_token": token, **INTAKE})

    assert answer.location == "/catalogue/portal/error/summary"


def test_words_wait_on_the_page_while_the_database_is_busy(
        browse: Callable[..., Browser], desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clara, number = browse("clara"), desk.submit()
    form = {"csrf_token": clara.token(), "body": WORDS, "act_id": "once"}
    desk.database.engine.dispose()
    monkeypatch.setattr("helpdesk.database.BUSY_TIMEOUT_MS", 5)
    monkeypatch.setattr("helpdesk.database.FIRST_PAUSE", 0.0001)

    with desk.database.engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        busy = clara.client.post(f"/requests/{number}/reply", data=form)
        other.exec_driver_sql("ROLLBACK")

    assert busy.status_code == 503 and "this page keeps it" in busy.text
    clara.client.post(f"/requests/{number}/reply", data=fields(busy.text))
    assert said(desk, number) == WORDS


def test_words_are_shown_when_the_way_back_is_closed_and_when_we_failed(
        browse: Callable[..., Browser], desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    number = desk.submit()
    amir = browse("amir")
    with desk.session() as session:
        desk.person(session, "amir").memberships = []

    closed = amir.post(f"/tickets/{number}/say", {"body": WORDS, "as": "note"}, status=404)
    assert "copy what you need" in closed and "Send again" not in closed and fields(closed)["body"] == WORDS

    monkeypatch.setattr("engine.talk.reply", lambda *_, **__: 1 / 0)
    failed = browse("clara").post(f"/requests/{number}/reply", {"body": WORDS}, status=500)
    assert "Send again" in failed and fields(failed)["body"] == WORDS


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_files_that_are_too_large_together_cost_no_words(desk: Desk, settings: Settings) -> None:
    app = create_app(WebDesk(replace(settings, file_number=1, file_megabytes=1), desk.database, clock=lambda: desk.now))
    clara, path = opener(app, desk)("clara"), "/catalogue/portal/error"
    clara.post(path, {**INTAKE, "what_happened": "Pierwsze słowa.", "next": "later"})

    def send(**headers: str) -> tuple[int, str]:
        answer = clara.client.post(path, headers=headers, data={
            **INTAKE, "csrf_token": token, "attachments": (BytesIO(b"x" * 2_200_000), "a.txt")})
        return answer.status_code, answer.text

    token = clara.token()
    (status, page), (same, elsewhere) = send(), send(Origin="https://evil.example.com")
    summary = clara.post(path, fields(page))
    # The parser leaves the spooled file of a refused upload to the garbage collector.
    gc.collect()

    assert status == same == 413
    for said in ("none of them was taken", "One file may have up to 1 MB", "What you had saved before is kept",
                 f'href="{path}"', 'href="/drafts"', "Send without the files", html.escape(WORDS)):
        assert said in page, said
    assert html.escape(WORDS) not in elsewhere and "Send without the files" not in elsewhere
    assert "Check before you send" in summary and html.escape(WORDS) in summary
