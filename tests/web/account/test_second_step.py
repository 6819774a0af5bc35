"""The second step: codes of an app, recovery codes, sessions, and what an administrator can do about lost ones."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pyotp
import pytest
from sqlalchemy import select

from helpdesk.people.authenticators import Authenticator
from helpdesk.people.factors import RecoveryCode
from helpdesk.people.signin import SignedIn
from helpdesk.settings import Settings
from helpdesk.vault import CannotOpen, Vault
from tests.desk import Desk
from tests.web.account.conftest import OTHER, PASSWORD, Post, Visitor, acts, give_password
from tests.web.conftest import CHEAP, Browser
from web.app import create_app
from web.edge import Desk as WebDesk

pytestmark = pytest.mark.one_database
Visit = Callable[[], Visitor]
CODE = r"<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>"
AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0":
        "Edge on Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1":
        "Safari on iPhone",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0": "Firefox on Linux",
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36":
        "Chrome on Android",
    "curl/8.0 <script>alert(1)</script>": "A browser that does not say its name",
}


class App:
    """An app on a telephone."""

    def __init__(self, desk: Desk, key: str) -> None:
        self.desk, self.totp = desk, pyotp.TOTP(key.replace(" ", ""))

    def code(self, *, later: int = 0) -> str:
        return self.totp.at(int(self.desk.now.timestamp()) + later)


def set_up(desk: Desk, visitor: Visitor) -> tuple[App, list[str]]:
    """Set up an app; gives it and the recovery codes."""
    visitor.press("/account/second-step/app", at="/account/second-step")
    page = visitor.get("/account/second-step/app/confirm").text
    key = re.search(r'app-key">([A-Z2-7 ]+)<', page)
    assert key is not None and "data:image/svg+xml" in page
    app = App(desk, key[1])
    assert visitor.press("/account/second-step/app/confirm", code="000000").status_code == 422
    done = visitor.press("/account/second-step/app/confirm", code=app.code())
    assert done.status_code == 200
    return app, re.findall(CODE, unescape(done.text))


def first_step(visit: Visit, email: str = "clara@example.com", password: str = PASSWORD) -> Visitor:
    visitor = visit()
    answer = visitor.sign_in(email, password)
    assert answer.headers["Location"].startswith("/sign-in/second-step")
    assert not visitor.is_in
    return visitor


def second_step(visitor: Visitor, code: str) -> int:
    return visitor.press("/sign-in/second-step", code=code).status_code


def test_signing_in_takes_a_code_that_counts_once(desk: Desk, clara: Visitor, visit: Visit, post: Post) -> None:
    app, _codes = set_up(desk, clara)
    # The code with which it was set up is used up.
    assert second_step(first_step(visit), app.code()) == 422
    desk.later(seconds=30)
    code = app.code()
    one, two = first_step(visit), first_step(visit)

    assert second_step(one, f"{code[:3]} {code[3:]}") == 302 and one.is_in
    assert second_step(two, code) == 422 and not two.is_in

    assert visit().get("/sign-in/second-step").headers["Location"].startswith("/sign-in?")
    assert post.texts("clara@example.com")[:2] == ["authenticator_added", "recovery_codes_made"]
    assert {"authenticator_added", "second_step_asked", "second_step_failed"} <= set(acts(desk))


@pytest.mark.parametrize(("later", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_the_clock_of_the_telephone_may_be_half_a_minute_off(
        desk: Desk, clara: Visitor, visit: Visit, later: int, is_right: bool) -> None:
    app, _codes = set_up(desk, clara)
    desk.later(minutes=5)

    assert (second_step(first_step(visit), app.code(later=later)) == 302) is is_right


def test_an_older_code_than_the_one_used_last_counts_no_more(desk: Desk, clara: Visitor, visit: Visit) -> None:
    app, _codes = set_up(desk, clara)
    desk.later(minutes=5)
    assert second_step(first_step(visit), app.code(later=30)) == 302

    assert second_step(first_step(visit), app.code()) == 422


def test_a_recovery_code_lets_in_once(desk: Desk, clara: Visitor, visit: Visit, post: Post) -> None:
    _app, codes = set_up(desk, clara)
    assert len(set(codes)) == 10
    stored = desk.ask(lambda session: [row.mark for row in session.scalars(select(RecoveryCode))])
    assert not any(code.replace("-", "") in mark for code in codes for mark in stored)

    assert second_step(first_step(visit), codes[3].upper()) == 302
    assert second_step(first_step(visit), codes[3]) == 422
    assert second_step(first_step(visit), codes[4].replace("-", " ")) == 302
    assert "8 unused codes" in clara.get("/account/second-step").text
    assert "recovery_code_used" in post.texts("clara@example.com")

    page = clara.press("/account/second-step/codes", at="/account/second-step").text
    assert second_step(first_step(visit), codes[0]) == 422
    assert second_step(first_step(visit), re.findall(CODE, page)[0]) == 302


def test_guessing_codes_is_braked_and_the_first_step_does_not_last(desk: Desk, clara: Visitor, visit: Visit) -> None:
    app, _codes = set_up(desk, clara)
    visitor = first_step(visit)
    assert [second_step(visitor, f"00000{number}") for number in range(6)] == [422] * 5 + [429]
    desk.later(minutes=16)

    answer = visitor.get("/sign-in/second-step")
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in?")
    assert second_step(first_step(visit), app.code()) == 302


def test_a_new_password_by_a_letter_does_not_get_round_the_second_step(
        desk: Desk, clara: Visitor, visit: Visit, post: Post) -> None:
    set_up(desk, clara)
    halfway, visitor = first_step(visit), visit()
    visitor.press("/password/forgotten", email="clara@example.com")
    visitor.press(post.link("password_reset"), new_password=OTHER)

    assert halfway.get("/sign-in/second-step").status_code == 302
    first_step(visit, password=OTHER)


def test_an_app_is_removed_and_the_codes_go_with_it(desk: Desk, clara: Visitor, visit: Visit, post: Post) -> None:
    set_up(desk, clara)
    clara.press("/account/second-step/app/remove", at="/account/second-step")

    visitor = visit()
    assert visitor.sign_in("clara@example.com").status_code == 302 and visitor.is_in
    assert desk.ask(lambda session: session.scalars(select(RecoveryCode)).all()) == []
    assert post.texts("clara@example.com")[-1] == "authenticator_removed" and "authenticator_removed" in acts(desk)


def test_a_form_that_comes_late_goes_on_at_its_page_once_one_has_shown_who_one_is(desk: Desk, clara: Visitor) -> None:
    desk.later(minutes=11)
    late = clara.press("/account/second-step/app", at="/account/second-step")
    assert late.headers["Location"] == "/account/prove?next=/account/second-step"

    shown = clara.press("/account/prove", password=PASSWORD, next="/account/second-step")

    assert clara.get(shown.headers["Location"]).status_code == 200
    assert clara.press("/account/second-step/app", at="/account/second-step").status_code == 302


def test_a_copy_of_the_database_makes_no_codes(desk: Desk, clara: Visitor, settings: Settings) -> None:
    app, _codes = set_up(desk, clara)
    locked, person_id = desk.ask(lambda session: session.execute(
        select(Authenticator.secret, Authenticator.person_id)).one())

    assert app.totp.secret not in locked
    assert Vault(settings.secret).open(locked, purpose=f"authenticator {person_id}") == app.totp.secret
    for secret, of in ((settings.secret, person_id + 1), ("y" * 40, person_id)):
        with pytest.raises(CannotOpen):
            Vault(secret).open(locked, purpose=f"authenticator {of}")


def test_an_administrator_removes_a_lost_second_step(
        desk: Desk, clara: Visitor, visit: Visit, post: Post, browse: Callable[..., Browser]) -> None:
    set_up(desk, clara)
    with desk.session() as session:
        person_id = desk.person(session, "clara").id
    browse("amir").post(f"/people/{person_id}/second-step", status=403)

    page = browse("ada").post(f"/people/{person_id}/second-step")

    assert "The second step was removed" in page and not clara.is_in
    assert visit().sign_in("clara@example.com").headers["Location"] == "/"
    assert post.texts("clara@example.com")[-1] == "second_step_removed" and "second_step_removed" in acts(desk)
    browse("ada").post(f"/people/{person_id}/second-step", status=422)


def test_a_desk_may_demand_it_of_its_staff(desk: Desk, settings: Settings) -> None:
    give_password(desk, "amir")
    give_password(desk, "clara")
    app = create_app(WebDesk(replace(settings, staff_second_step=True), desk.database, clock=lambda: desk.now,
                             hasher=CHEAP))

    def visit() -> Visitor:
        client = app.test_client()
        client.set_cookie("okienko_language", "en")
        return Visitor(client)

    amir, clara = visit(), visit()
    amir.sign_in("amir@example.com")
    clara.sign_in("clara@example.com")
    assert clara.get("/requests").status_code == 200
    assert amir.get("/worklist").headers["Location"] == "/account/second-step"
    assert "demands a second step" in amir.get("/account/second-step").text

    set_up(desk, amir)

    assert amir.get("/worklist").status_code == 200
    assert amir.press("/account/second-step/app/remove", at="/account/second-step").status_code == 422
    assert amir.get("/worklist").status_code == 200


# --- where one is signed in

def test_browsers_are_named_and_signed_out_one_by_one_or_all(
        desk: Desk, clara: Visitor, visit: Visit) -> None:
    others = []
    for agent in AGENTS:
        desk.later(minutes=1)
        visitor = visit()
        visitor.client.environ_base["HTTP_USER_AGENT"] = agent
        visitor.sign_in("clara@example.com")
        others.append(visitor)
    page = clara.get("/account/sessions").text
    assert all(name in page for name in AGENTS.values()) and "<script>alert" not in page and "this one" in page

    with desk.session() as session:
        newest = session.scalars(select(SignedIn.id).order_by(SignedIn.id.desc())).first()
    clara.press(f"/account/sessions/{newest}/end", at="/account/sessions")
    assert [visitor.is_in for visitor in others] == [True] * 4 + [False] and clara.is_in

    clara.press("/account/sessions/end", at="/account/sessions")
    assert not clara.is_in and not any(visitor.is_in for visitor in others)
    assert {"session_ended", "signed_out_everywhere"} <= set(acts(desk))


@pytest.mark.parametrize(("address", "said"), [
    ("http://127.0.0.1:8080", "Start the desk with OKIENKO_ADDRESS=http://localhost:8080"),
    ("http://[::1]:8080", "Start the desk with OKIENKO_ADDRESS=http://localhost:8080"),
    ("http://10.1.2.3", "Ask the administrator"), ("http://localhost:8080", ""), ("http://pomoc.example.gov.pl", "")])
def test_where_browsers_make_no_passkeys_the_pages_say_what_to_do(
        desk: Desk, settings: Settings, address: str, said: str) -> None:
    app = create_app(WebDesk(replace(settings, address=address), desk.database, clock=lambda: desk.now, hasher=CHEAP))
    give_password(desk, "clara")
    client = app.test_client()
    client.set_cookie("okienko_language", "en")
    visitor = Visitor(client)
    assert ("Sign in with a passkey" in visitor.get("/sign-in").text) is not bool(said)
    visitor.sign_in("clara@example.com")

    shown, form = visitor.get("/account/second-step").text, visitor.get("/account/second-step/passkeys/new").text

    for page in (shown, form):
        assert ("Passkeys do not work at this address" in page) is bool(said) and said in page
    assert ("Make the passkey" in form) is not bool(said)
