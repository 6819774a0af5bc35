"""Signing in through a provider: a real one, in a process of its own, and what must not be believed of it."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.audit import AuditEntry
from helpdesk.outbox import Letter
from helpdesk.people.accounts import find_person
from helpdesk.people.identities import Identity
from helpdesk.people.signin import set_password
from helpdesk.settings import Settings
from tests.desk import Desk
from tests.web.conftest import CHEAP
from web.app import create_app
from web.edge import Desk as WebDesk
from web.providers.directory import BadProvider, read_providers

pytestmark = pytest.mark.one_database

ADDRESS = "http://localhost:8080"
BACK = f"{ADDRESS}/sign-in/with/node/back"
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The issuer of a running provider."""
    node = shutil.which("node")
    if node is None:
        sentence = "There is no Node here, so signing in through a provider was not tested."
        if os.environ.get("OKIENKO_BROWSER_MUST_RUN") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    program = Path(__file__).with_name("provider.mjs")
    with subprocess.Popen([node, str(program), BACK], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True) as process:
        assert process.stdout is not None
        found = next((line.strip() for line in process.stdout if line.startswith("http://")), "")
        assert found, "the provider did not start"
        yield found
        process.terminate()


@dataclass
class Visitor:
    """A browser of ours, and the same browser at the provider."""

    client: FlaskClient
    there: requests.Session

    def go(self, path: str = "/sign-in/with/node") -> str:
        """Begin here; gives where the provider is to be asked."""
        answer = self.client.get(path)
        assert answer.status_code == 302, answer.text[:800]
        return answer.headers["Location"]

    def sign_in_there(self, address: str, who: str) -> str:
        """Walk through the provider's own pages; gives the path at which the browser comes back to us."""
        answer = self.there.get(address, allow_redirects=False)
        for _step in range(12):
            if answer.is_redirect:
                address = urljoin(address, answer.headers["Location"])
                if address.startswith(ADDRESS):
                    return address.removeprefix(ADDRESS)
                answer = self.there.get(address, allow_redirects=False)
                continue
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert form and prompt, (answer.status_code, answer.text[:500])
            address = urljoin(address, form[1])
            answer = self.there.post(address, {"prompt": prompt[1], "login": who, "password": "x"},
                                     allow_redirects=False)
        raise AssertionError("the provider never sent the browser back")

    def come_back(self, who: str, start: str = "/sign-in/with/node") -> TestResponse:
        return self.client.get(self.sign_in_there(self.go(start), who))

    def press(self, path: str, **form: str) -> TestResponse:
        page = self.client.get(path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        return self.client.post(path, data={"csrf_token": token[1], **form})

    def is_in(self) -> bool:
        return self.client.get("/account").status_code == 200

    def sign_in_here(self, email: str) -> None:
        self.press("/sign-in", email=email, password=PASSWORD)
        assert self.is_in()


def with_parameter(address: str, **changed: str) -> str:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return urlunsplit(parts._replace(query=urlencode(query)))


@pytest.fixture
def arrive(desk: Desk, settings: Settings, issuer: str, tmp_path: Path,
           monkeypatch: pytest.MonkeyPatch) -> Callable[[], Visitor]:
    """Opens browsers at a desk that knows the provider; its clock is the provider's."""
    monkeypatch.setenv("LOGIN_SECRET", "a secret of the tests")
    path = tmp_path / "providers.toml"
    path.write_text(f"""[node]
issuer = "{issuer}"
client_id = "okienko"
secret_env = "LOGIN_SECRET"
name.pl = "Węzeł logowania"
name.en = "Login node"
""", encoding="utf-8")
    desk.now = datetime.now(UTC)
    app = create_app(WebDesk(replace(settings, address=ADDRESS, providers=str(path)), desk.database,
                             clock=lambda: desk.now, hasher=CHEAP))

    def open_() -> Visitor:
        client = app.test_client()
        client.set_cookie("okienko_language", "en")
        return Visitor(client, requests.Session())
    return open_


def letters(desk: Desk, email: str) -> list[str]:
    return desk.ask(lambda session: [letter.text for letter in session.scalars(select(Letter).order_by(Letter.id))
                                     if letter.person and letter.person.email == email])


def acts(desk: Desk) -> set[str]:
    return desk.ask(lambda session: set(session.scalars(select(AuditEntry.act))))


def test_a_newcomer_gets_an_account_once_they_agree_and_is_known_the_next_time(
        desk: Desk, arrive: Callable[[], Visitor]) -> None:
    ewa = arrive()
    assert "Login node" in ewa.client.get("/sign-in").text

    answer = ewa.come_back("ewa")
    assert answer.headers["Location"] == "/sign-in/new" and not ewa.is_in()
    assert ewa.press("/sign-in/new", name="Ewa Nowak").status_code == 422
    assert ewa.press("/sign-in/new", name="Ewa Nowak", language="pl", agrees="1").status_code == 302
    assert ewa.is_in()

    again = arrive()
    assert again.come_back("ewa", "/sign-in/with/node?next=/requests").headers["Location"] == "/requests"
    assert again.is_in()
    with desk.session() as session:
        person = find_person(session, "ewa@example.com")
        assert person is not None and person.password_hash == "" and person.rules_agreed_at == desk.now
    assert letters(desk, "ewa@example.com") == ["account_made"]
    assert {"identity_linked", "person_added", "signed_in"} <= acts(desk)


def test_a_known_address_is_never_given_away_but_can_be_linked(desk: Desk, arrive: Callable[[], Visitor]) -> None:
    with desk.session() as session:
        set_password(session, desk.person(session, "clara"), PASSWORD, hasher=CHEAP, by=None, now=desk.now)
    clara = arrive()

    refused = clara.come_back("clara")
    assert refused.status_code == 403 and "There is an account with your address" in refused.text
    assert not clara.is_in()

    clara.sign_in_here("clara@example.com")
    back = clara.come_back("clara", "/account/sign-ins/with/node")
    assert back.headers["Location"] == "/account/sign-ins/add"
    with desk.session() as session:
        assert session.scalars(select(Identity)).all() == []
    assert clara.press("/account/sign-ins/add").status_code == 302
    assert "Login node" in clara.client.get("/account").text

    elsewhere = arrive()
    assert elsewhere.come_back("clara").status_code == 302 and elsewhere.is_in()
    assert "identity_linked" in letters(desk, "clara@example.com")

    with desk.session() as session:
        identity_id = session.scalars(select(Identity.id)).one()
    token = re.search(r'name="csrf_token" value="([^"]+)"', clara.client.get("/account").text)
    assert token is not None
    clara.client.post(f"/account/sign-ins/{identity_id}/remove", data={"csrf_token": token[1]})
    assert arrive().come_back("clara").status_code == 403
    assert {"identity_unlinked"} <= acts(desk) and "identity_unlinked" in letters(desk, "clara@example.com")


def test_what_belongs_to_one_account_cannot_be_linked_to_another(desk: Desk, arrive: Callable[[], Visitor]) -> None:
    with desk.session() as session:
        set_password(session, desk.person(session, "colin"), PASSWORD, hasher=CHEAP, by=None, now=desk.now)
    ewa = arrive()
    ewa.come_back("ewa")
    ewa.press("/sign-in/new", name="Ewa Nowak", agrees="1")
    colin = arrive()
    colin.sign_in_here("colin@example.com")

    colin.come_back("ewa", "/account/sign-ins/with/node")
    answer = colin.press("/account/sign-ins/add")

    assert answer.status_code == 409 and "belongs to another account" in answer.text


def test_an_address_that_the_provider_has_not_checked_makes_no_account(
        desk: Desk, arrive: Callable[[], Visitor]) -> None:
    visitor = arrive()

    answer = visitor.come_back("unproved")

    assert answer.status_code == 403 and "does not say that your e-mail address is confirmed" in answer.text
    assert visitor.client.get("/sign-in/new").status_code == 404
    with desk.session() as session:
        assert find_person(session, "unproved@example.com") is None


def test_a_wrong_nonce_a_wrong_state_and_an_answer_that_comes_twice_are_refused(
        desk: Desk, arrive: Callable[[], Visitor]) -> None:
    visitor = arrive()

    # 1 the answer to somebody else's question
    path = visitor.sign_in_there(with_parameter(visitor.go(), nonce="a-nonce-of-somebody-else"), "ewa")
    assert visitor.client.get(path).status_code == 422
    # 2 an answer that this browser has not asked for
    path = visitor.sign_in_there(visitor.go(), "ewa")
    assert visitor.client.get(with_parameter(path, state="made-up")).status_code == 422
    assert arrive().client.get(path).status_code == 422
    # 3 the same answer again: first without what was kept of the question, then with it
    path = visitor.sign_in_there(visitor.go(), "ewa")
    kept = visitor.client.get_cookie("okienko_flash")
    assert kept is not None
    assert visitor.client.get(path).headers["Location"] == "/sign-in/new"
    assert visitor.client.get(path).status_code == 422
    visitor.client.set_cookie("okienko_flash", kept.value)
    assert visitor.client.get(path).status_code == 422
    # 4 too late
    path = visitor.sign_in_there(visitor.go(), "ewa")
    desk.later(minutes=11)
    answer = visitor.client.get(path)
    assert answer.status_code == 422 and "start again from the sign-in page" in answer.text
    assert not visitor.is_in()


def test_who_stops_there_or_finds_the_provider_away_gets_a_page(
        desk: Desk, settings: Settings, arrive: Callable[[], Visitor], tmp_path: Path) -> None:
    visitor = arrive()
    state = parse_qs(urlsplit(visitor.go()).query)["state"][0]
    stopped = visitor.client.get(f"/sign-in/with/node/back?error=access_denied&state={state}")
    assert stopped.status_code == 422 and "was stopped" in stopped.text

    path = tmp_path / "away.toml"
    path.write_text('[away]\nissuer = "http://127.0.0.1:9"\nclient_id = "x"\nname.pl = "Nikt"\nname.en = "Nobody"\n',
                    encoding="utf-8")
    app = create_app(WebDesk(replace(settings, providers=str(path)), desk.database, clock=lambda: desk.now))
    away = app.test_client().get("/sign-in/with/away", headers={"Accept-Language": "en"})
    assert away.status_code == 422 and "Nobody does not answer" in away.text
    assert app.test_client().get("/sign-in/with/nowhere").status_code == 404


@pytest.mark.parametrize("content", [
    "x = 1", "[A]", '[a]\nissuer = "https://a.example"',
    '[a]\nissuer = "http://a.example"\nclient_id = "x"\nname.pl = "A"\nname.en = "A"',
    '[a]\nissuer = "https://a.example"\nclient_id = "x"\nname.pl = "A"\nname.en = "A"\nsecret_env = "NOT_THERE"',
    '[a]\nissuer = "https://a.example"\nclient_id = "x"\nname.pl = "A"\nname.en = "A"\nscope = "email"',
    '[a]\nissuer = "https://a.example"\nclient_id = "x"\nname.pl = "A"\nname.en = "A"\nsecret = "x"'])
def test_a_provider_that_cannot_be_used_stops_the_start(tmp_path: Path, content: str) -> None:
    path = tmp_path / "providers.toml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(BadProvider):
        read_providers(str(path), {})
