"""Passkeys in a real browser with a virtual authenticator: adding one, the second step, and signing in by it alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect
from sqlalchemy import delete, select

from helpdesk.outbox import Letter
from helpdesk.people.factors import RecoveryCode
from helpdesk.people.passkeys import Passkey, Place
from helpdesk.people.signin import set_password
from tests.browser.served import CHEAP, Served, Visitor, visitor
from web.edge import desk as web_desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
PASSWORD = "correct horse battery staple"
KEY = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
       "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}


@pytest.fixture
def local(counter: Served) -> Iterator[Served]:
    """The small desk by a name: passkeys belong to a host name, never to an address of numbers."""
    address = counter.address.replace("127.0.0.1", "localhost")
    with counter.app.app_context():
        web = web_desk()
    before, web.place = web.place, Place(address, web.vault)
    with counter.desk.session() as session:
        set_password(session, counter.desk.person(session, "colin"), PASSWORD, hasher=CHEAP, by=None,
                     now=counter.desk.now)
    yield replace(counter, address=address)
    web.place = before
    with counter.desk.session() as session:
        colin = counter.desk.person(session, "colin")
        colin.second_step_at, colin.password_hash = None, ""
        for kind in (Passkey, RecoveryCode):
            session.execute(delete(kind).where(kind.person_id == colin.id))


@pytest.fixture
def open_browser(chromium: Browser, local: Served) -> Iterator[Callable[..., tuple[Visitor, CDPSession]]]:
    opened: list[Visitor] = []

    def open_(key: str | None = None) -> tuple[Visitor, CDPSession]:
        opened.append(visitor(chromium, local, key, "en"))
        devtools = opened[-1].context.new_cdp_session(opened[-1].page)
        devtools.send("WebAuthn.enable")
        return opened[-1], devtools

    yield open_
    for one in opened:
        one.page.wait_for_load_state()
    complaints = [complaint for one in opened for complaint in one.complaints]
    for one in opened:
        one.context.close()
    assert not complaints, complaints


def plug_in(devtools: CDPSession, credential: dict[str, Any] | None = None, **wishes: object) -> str:
    """A key at this browser, perhaps with a credential that was made at another."""
    found = str(devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEY, **wishes}})["authenticatorId"])
    if credential is not None:
        devtools.send("WebAuthn.addCredential", {"authenticatorId": found, "credential": credential})
    return found


def add_passkey(colin: Visitor, name: str) -> None:
    colin.go("/account/second-step/passkeys/new")
    colin.page.locator("#name").fill(name)
    colin.press("Make the passkey")
    expect(colin.page.locator("#codes")).to_be_visible()


def test_a_passkey_is_added_and_opens_the_door_in_both_ways(
        open_browser: Callable[..., tuple[Visitor, CDPSession]], local: Served) -> None:
    colin, devtools = open_browser("colin")
    key = plug_in(devtools)
    add_passkey(colin, "My telephone")
    assert len(re.findall(r"\w{4}-\w{4}-\w{4}", colin.text())) == 10
    credential = devtools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"][0]
    colin.go("/account/second-step")
    assert "My telephone" in colin.text()

    # 1 the second step
    at_home, devtools = open_browser()
    plug_in(devtools, credential)
    at_home.go("/sign-in")
    at_home.page.locator("#email").fill("colin@example.com")
    at_home.page.locator("#password").fill(PASSWORD)
    at_home.press("Sign in")
    at_home.press("Use a passkey")
    expect(at_home.page.locator(".site-header__person")).to_contain_text("Colin")

    # 2 alone, without a password; the counter of the key has grown meanwhile
    with local.desk.session() as session:
        used = session.scalars(select(Passkey)).one().sign_count
    abroad, devtools = open_browser()
    plug_in(devtools, {**credential, "signCount": used + 1})
    abroad.go("/sign-in")
    abroad.press("Sign in with a passkey")
    expect(abroad.page.locator(".site-header__person")).to_contain_text("Colin")

    # 3 a copy of the key, whose counter has stayed behind
    copy, devtools = open_browser()
    plug_in(devtools, {**credential, "signCount": 0})
    copy.go("/sign-in")
    copy.press("Sign in with a passkey")
    expect(copy.page.locator(".notice")).to_contain_text("The passkey was not accepted")
    assert copy.page.locator(".site-header__person").count() == 0
    with local.desk.session() as session:
        sent = [letter.text for letter in session.scalars(select(Letter).order_by(Letter.id))
                if letter.person and letter.person.email == "colin@example.com"]
    assert sent[-2:] == ["passkey_added", "recovery_codes_made"]


def test_an_answer_counts_once_for_one_browser_and_not_for_long(
        open_browser: Callable[..., tuple[Visitor, CDPSession]], local: Served) -> None:
    colin, devtools = open_browser("colin")
    key = plug_in(devtools)
    add_passkey(colin, "My telephone")
    credential = devtools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"][0]

    thief, devtools = open_browser()
    plug_in(devtools, credential)
    thief.go("/sign-in")
    thief.page.evaluate("HTMLFormElement.prototype.submit = function () {}")
    thief.press("Sign in with a passkey")
    answer = thief.page.locator("form[data-passkey] input[name=answer]")
    expect(answer).not_to_have_value("")
    said = answer.input_value()
    other = local.app.test_client()

    def send(client: Any, csrf: str) -> str:
        return str(client.post("/sign-in/passkey", data={"csrf_token": csrf, "answer": said}).headers["Location"])

    csrf = re.search(r'name="csrf_token" value="([^"]+)"', other.get("/sign-in").text)
    assert csrf is not None
    assert send(other, csrf[1]).startswith("/sign-in")
    cookies = {one["name"]: one["value"] for one in thief.context.cookies()}
    same = local.app.test_client()
    same.set_cookie("okienko_visit", cookies["okienko_visit"])
    local.desk.now += timedelta(minutes=11)
    assert send(same, cookies["okienko_visit"]).startswith("/sign-in")
    local.desk.now -= timedelta(minutes=11)
    assert send(same, cookies["okienko_visit"]) == "/"
    same.delete_cookie("okienko_session")
    assert send(same, cookies["okienko_visit"]).startswith("/sign-in")


def test_without_script_the_page_says_what_to_do_instead(chromium: Browser, local: Served) -> None:
    colin = visitor(chromium, local, "colin", "en", scripts=False)
    colin.go("/account/second-step/passkeys/new")
    assert "Passkeys need JavaScript" in colin.text()
    colin.go("/sign-in")
    assert not colin.page.get_by_role("button", name="Sign in with a passkey").is_visible()
    colin.context.close()
