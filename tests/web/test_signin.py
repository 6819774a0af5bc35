"""Signing in: passwords, sessions, the brake on guessing, and the language of the page."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from helpdesk.people.accounts import Person, find_person, set_disabled
from helpdesk.people.signin import SignedIn, set_password, sign_out_everywhere
from helpdesk.settings import Settings
from tests.desk import Desk
from tests.web.conftest import CHEAP, Browser
from web.app import create_app
from web.edge import SESSION_COOKIE, VISIT_COOKIE
from web.edge import Desk as WebDesk

# Pages: what they ask of the database is tested on both below them.
pytestmark = pytest.mark.one_database

PASSWORD = "correct horse battery staple"
OTHER = "a quite different sentence"


@pytest.fixture
def clara(desk: Desk) -> int:
    """Clara's id; she has a password."""
    with desk.session() as session:
        person = desk.person(session, "clara")
        set_password(session, person, PASSWORD, hasher=CHEAP, by=None, now=desk.now)
        return person.id


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("okienko_language", "en")
    return client


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def sign_in(client: FlaskClient, email: str = "clara@example.com", password: str = PASSWORD,
            **extra: str) -> TestResponse:
    page = client.get("/sign-in").text
    return client.post("/sign-in", data={"csrf_token": token(page), "email": email, "password": password, **extra})


def sessions(desk: Desk) -> int:
    return desk.ask(lambda session: session.scalar(select(func.count(SignedIn.id))) or 0)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_passwords_are_kept_as_argon2_hashes(desk: Desk, clara: int) -> None:
    hashed = desk.ask(lambda session: session.get_one(Person, clara).password_hash)

    assert hashed.startswith("$argon2id$") and PASSWORD not in hashed


def test_the_right_password_opens_a_session_kept_as_a_hash(desk: Desk, clara: int, visitor: FlaskClient) -> None:
    answer = sign_in(visitor, " Clara@Example.com ")

    assert answer.status_code == 302
    cookie = visitor.get_cookie(SESSION_COOKIE)
    assert cookie is not None and len(cookie.value) >= 43
    assert is_in(visitor)
    stored = desk.ask(lambda session: session.scalars(select(SignedIn)).one())
    assert cookie.value not in (stored.token_hash, stored.csrf_token)


@pytest.mark.parametrize(("address", "is_secure"), [
    ("http://127.0.0.1:8080", False), ("https://x.example.gov.pl", True)])
def test_cookies_are_closed_to_scripts_and_other_sites(
        desk: Desk, clara: int, settings: Settings, address: str, is_secure: bool) -> None:
    app = create_app(WebDesk(replace(settings, address=address), desk.database, clock=lambda: desk.now, hasher=CHEAP))
    client = app.test_client()
    page = client.get("/sign-in", base_url=address)
    answer = client.post("/sign-in", base_url=address, data={
        "csrf_token": token(page.text), "email": "clara@example.com", "password": PASSWORD})

    for header in [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]:
        assert "HttpOnly" in header and "SameSite=Lax" in header and "Path=/" in header
        assert ("Secure" in header) is is_secure
    assert any(header.startswith(SESSION_COOKIE) for header in answer.headers.getlist("Set-Cookie"))
    assert ("Strict-Transport-Security" in answer.headers) is is_secure


def test_the_session_changes_at_every_sign_in(desk: Desk, clara: int, visitor: FlaskClient) -> None:
    visitor.set_cookie(SESSION_COOKIE, "chosen-by-somebody-else")
    sign_in(visitor)
    first = visitor.get_cookie(SESSION_COOKIE)
    visit = visitor.get_cookie(VISIT_COOKIE)
    page = visitor.get("/account").text
    visitor.post("/sign-in", data={"csrf_token": token(page), "email": "clara@example.com", "password": PASSWORD})
    second = visitor.get_cookie(SESSION_COOKIE)

    assert first is not None and second is not None and visit is not None
    assert len({"chosen-by-somebody-else", first.value, second.value}) == 3
    assert token(visitor.get("/account").text) not in (visit.value, token(page))
    assert sessions(desk) == 1


def test_signing_out_ends_the_session_on_the_server(app: Flask, desk: Desk, clara: int, visitor: FlaskClient) -> None:
    sign_in(visitor)
    cookie = visitor.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    visitor.post("/sign-out", data={"csrf_token": token(visitor.get("/account").text)})

    thief = app.test_client()
    thief.set_cookie(SESSION_COOKIE, cookie.value)
    assert not is_in(thief) and not is_in(visitor)


def test_signing_out_ends_no_other_session(app: Flask, desk: Desk, clara: int, visitor: FlaskClient) -> None:
    telephone = app.test_client()
    sign_in(visitor)
    sign_in(telephone)
    visitor.post("/sign-out", data={"csrf_token": token(visitor.get("/account").text)})

    assert is_in(telephone)


def test_changing_the_password_ends_every_other_session(
        app: Flask, desk: Desk, clara: int, visitor: FlaskClient) -> None:
    telephone = app.test_client()
    sign_in(telephone)
    sign_in(visitor)
    answer = visitor.post("/account/password", data={
        "csrf_token": token(visitor.get("/account").text), "old_password": PASSWORD, "new_password": OTHER})

    assert answer.status_code == 302
    assert is_in(visitor) and not is_in(telephone)
    assert sign_in(visitor).status_code == 422
    assert sign_in(visitor, password=OTHER).status_code == 302


@pytest.mark.parametrize(("old", "new", "sentence"), [
    ("wrong wrong wrong", OTHER, "present password is not right"), (PASSWORD, "short", "from 12 to 200 characters"),
    (PASSWORD, "x" * 201, "from 12 to 200 characters")])
def test_a_password_that_cannot_be_changed_says_why_on_the_form(
        desk: Desk, clara: int, visitor: FlaskClient, old: str, new: str, sentence: str) -> None:
    sign_in(visitor)

    answer = visitor.post("/account/password", data={
        "csrf_token": token(visitor.get("/account").text), "old_password": old, "new_password": new})

    assert answer.status_code == 422 and sentence in answer.text and 'id="old_password"' in answer.text
    assert is_in(visitor)


def test_guessing_the_present_password_is_braked_too(desk: Desk, clara: int, visitor: FlaskClient) -> None:
    sign_in(visitor)
    csrf = token(visitor.get("/account").text)
    codes = [visitor.post("/account/password", data={"csrf_token": csrf, "old_password": f"guess {number}",
                                                     "new_password": OTHER}).status_code for number in range(6)]

    assert codes == [422] * 5 + [429]


def test_a_closed_account_is_out_at_once_and_cannot_come_back(desk: Desk, clara: int, visitor: FlaskClient) -> None:
    sign_in(visitor)
    with desk.session() as session:
        set_disabled(session, session.get_one(Person, clara), True, by=desk.person(session, "ada"), now=desk.now)

    assert not is_in(visitor)
    answer = sign_in(visitor)
    assert answer.status_code == 422 and "The address or the password is not right." in answer.text


def test_signing_out_everywhere_ends_every_session(app: Flask, desk: Desk, clara: int, visitor: FlaskClient) -> None:
    sign_in(visitor)
    with desk.session() as session:
        sign_out_everywhere(session, session.get_one(Person, clara))

    assert not is_in(visitor)


def test_a_session_ends_without_use_and_lives_on_with_it(desk: Desk, clara: int, visitor: FlaskClient) -> None:
    sign_in(visitor)
    for _ in range(3):
        desk.later(hours=11)
        assert is_in(visitor)

    desk.later(hours=12, minutes=1)
    assert not is_in(visitor)


# --- guessing

def test_too_many_tries_make_even_the_right_password_wait(desk: Desk, clara: int, visitor: FlaskClient) -> None:
    codes = [sign_in(visitor, password=f"guess number {number}").status_code for number in range(5)]
    braked = sign_in(visitor)

    assert codes == [422] * 5
    assert braked.status_code == 429
    assert "There were too many attempts. Try again in 15 minutes." in braked.text
    desk.now += timedelta(minutes=16)
    assert sign_in(visitor).status_code == 302


def test_the_brake_is_for_the_address_however_it_is_written(desk: Desk, clara: int, visitor: FlaskClient) -> None:
    for spelling in ("clara@example.com", "CLARA@example.com", " clara@example.com", "Clara@Example.Com ",
                     "clara@EXAMPLE.com"):
        sign_in(visitor, spelling, "wrong wrong wrong")

    assert sign_in(visitor).status_code == 429
    with desk.session() as session:
        set_password(session, desk.person(session, "colin"), PASSWORD, hasher=CHEAP, by=None, now=desk.now)
    assert sign_in(visitor, "colin@example.com").status_code == 302


def test_one_host_cannot_try_many_addresses(desk: Desk, clara: int, visitor: FlaskClient) -> None:
    for number in range(50):
        sign_in(visitor, f"somebody{number}@example.com", "wrong wrong wrong")

    assert sign_in(visitor).status_code == 429


def test_known_and_unknown_addresses_get_the_same_answer(desk: Desk, clara: int, visitor: FlaskClient) -> None:
    answers = [sign_in(visitor, address, "wrong wrong wrong")
               for address in ("clara@example.com", "nobody@example.com", "colin@example.com")]
    random = r'nonce="[^"]+"|value="[^"]*@example.com"|data-options="[^"]*"'
    pages = {re.sub(random, "", answer.text) for answer in answers}

    assert {answer.status_code for answer in answers} == {422}
    assert len(pages) == 1
    for _ in range(4):
        assert sign_in(visitor, "nobody@example.com", "wrong wrong wrong").status_code == 422
    assert sign_in(visitor, "nobody@example.com", "wrong wrong wrong").status_code == 429


def test_an_unknown_address_costs_as_much_work_as_a_known_one(desk: Desk, clara: int, settings: Settings) -> None:
    verified: list[str] = []

    class Counting(type(CHEAP)):  # type: ignore[misc]
        def verify(self, hash: str, password: str) -> bool:
            verified.append(hash)
            return bool(super().verify(hash, password))

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    client = create_app(WebDesk(settings, desk.database, clock=lambda: desk.now, hasher=hasher)).test_client()
    for address in ("clara@example.com", "nobody@example.com", "colin@example.com"):
        sign_in(client, address, "wrong wrong wrong")

    assert len(verified) == 3
    assert len({hashed.split("$")[3] for hashed in verified}) == 1


@pytest.mark.parametrize("password", ["", " ", "x" * 100_000, "\x00", "ż" * 300])
def test_odd_passwords_are_only_wrong(desk: Desk, clara: int, visitor: FlaskClient, password: str) -> None:
    assert sign_in(visitor, password=password).status_code == 422


@pytest.mark.parametrize("address", ["", "\x00", "a\x00b@example.com", "x" * 5000, "'; DROP TABLE person; --", "%@%"])
def test_odd_addresses_are_only_unknown(desk: Desk, clara: int, visitor: FlaskClient, address: str) -> None:
    assert sign_in(visitor, address).status_code == 422


def test_an_account_without_a_password_lets_nobody_in(desk: Desk, visitor: FlaskClient) -> None:
    for password in ("", "anything at all"):
        assert sign_in(visitor, "colin@example.com", password).status_code == 422


def test_old_hashes_are_renewed_at_sign_in(desk: Desk, clara: int, settings: Settings) -> None:
    from argon2 import PasswordHasher
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    client = create_app(WebDesk(settings, desk.database, clock=lambda: desk.now, hasher=dearer)).test_client()

    assert sign_in(client).status_code == 302
    assert "m=16,t=2" in desk.ask(lambda session: session.get_one(Person, clara).password_hash)
    assert sign_in(client).status_code == 302


# --- forms, addresses, language

@pytest.mark.parametrize("given", [None, "", "made-up", "0" * 43])
def test_signing_in_needs_the_token_of_the_form(
        desk: Desk, clara: int, visitor: FlaskClient, given: str | None) -> None:
    visitor.get("/sign-in")
    data = {"email": "clara@example.com", "password": PASSWORD} | ({} if given is None else {"csrf_token": given})

    assert visitor.post("/sign-in", data=data).status_code == 400
    assert sessions(desk) == 0


def test_a_browser_without_cookies_cannot_send_an_empty_token(desk: Desk, clara: int, app: Flask) -> None:
    answer = app.test_client().post("/sign-in", data={
        "csrf_token": "", "email": "clara@example.com", "password": PASSWORD})

    assert answer.status_code == 400


@pytest.mark.parametrize(("back", "where"), [
    ("/requests?state=all", "/requests?state=all"), ("https://evil.example", "/"), ("//evil.example", "/"),
    ("/\\evil.example", "/"), ("\\\\evil.example", "/"), ("javascript:alert(1)", "/"), ("/\tevil", "/"), ("", "/"),
    ("http:///evil.example", "/"), ("/\r\nX: y", "/"), ("evil.example", "/")])
def test_after_signing_in_one_stays_on_this_site(
        desk: Desk, clara: int, visitor: FlaskClient, back: str, where: str) -> None:
    assert sign_in(visitor, next=back).headers["Location"] == where


def test_a_wrong_password_keeps_the_place_one_wanted_to_go_to(desk: Desk, clara: int, visitor: FlaskClient) -> None:
    page = visitor.get("/requests?state=all", follow_redirects=True).text
    assert 'value="/requests?state=all"' in page

    answer = sign_in(visitor, password="wrong wrong wrong", next="/requests?state=all")

    assert 'value="/requests?state=all"' in answer.text and 'value="clara@example.com"' in answer.text
    assert "wrong wrong wrong" not in answer.text


def test_the_language_is_chosen_in_the_browser_and_stays(app: Flask, desk: Desk) -> None:
    client = app.test_client()
    assert 'lang="en"' in client.get("/sign-in", headers={"Accept-Language": "en-GB"}).text
    assert 'lang="pl"' in client.get("/sign-in", headers={"Accept-Language": "de"}).text

    answer = client.get("/language/en?next=/accessibility")
    assert answer.headers["Location"] == "/accessibility"
    assert 'lang="en"' in client.get("/sign-in", headers={"Accept-Language": "pl"}).text
    assert client.get("/language/xx?next=//evil.example").headers["Location"] == "/"
    assert 'lang="en"' in client.get("/sign-in").text


def test_the_language_of_letters_is_the_persons_own(desk: Desk, browse: Callable[..., Browser]) -> None:
    clara = browse("clara")
    clara.post("/account/facts", {"name": "Clara", "language": "en"})
    clara.post("/account/facts", {"name": "Clara", "language": "<script>"})

    with desk.session() as session:
        person = find_person(session, "clara@example.com")
        assert person is not None and person.language == "en"


def test_the_one_click_door_exists_in_the_demo_only(
        desk: Desk, clara: int, settings: Settings, visitor: FlaskClient) -> None:
    csrf = token(visitor.get("/sign-in").text)
    assert visitor.post(f"/sign-in/demo/{clara}", data={"csrf_token": csrf}).status_code == 404
    assert sessions(desk) == 0 and "demo" not in visitor.get("/sign-in").text

    client = create_app(WebDesk(replace(settings, demo=True), desk.database, clock=lambda: desk.now)).test_client()
    csrf = token(client.get("/sign-in").text)
    assert client.post(f"/sign-in/demo/{clara}", data={"csrf_token": csrf}).status_code == 302
    csrf = token(client.get("/account").text)
    assert client.post("/sign-in/demo/999999", data={"csrf_token": csrf}).status_code == 404
    assert is_in(client)
