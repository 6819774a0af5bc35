"""What the tests of accounts do: open browsers, read letters, follow their links."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.audit import AuditEntry
from helpdesk.outbox import Letter
from helpdesk.people.signin import set_password
from helpdesk.settings import Settings
from mailroom.letters import compose
from tests.desk import Desk
from tests.web.conftest import CHEAP

PASSWORD = "correct horse battery staple"
OTHER = "a quite different sentence"


@dataclass
class Visitor:
    """A browser that sends forms as people do: it opens the page first."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def press(self, path: str, at: str | None = None, **form: str) -> TestResponse:
        """Send a form; at: the page it stands on, if that is not its own address."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(at or path).text)
        assert found is not None, path
        return self.client.post(path, data={"csrf_token": found[1], **form})

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        return self.press("/sign-in", email=email, password=password)

    @property
    def is_in(self) -> bool:
        return self.client.get("/account").status_code == 200


@dataclass
class Post:
    """The letters of the desk."""

    desk: Desk
    settings: Settings

    def texts(self, to: str) -> list[str]:
        """Keys of the letters to an address, in order."""
        return self.desk.ask(lambda session: [
            letter.text for letter in session.scalars(select(Letter).order_by(Letter.id))
            if (letter.address or (letter.person.email if letter.person else "")) == to])

    def link(self, text: str) -> str:
        """The path of the link in the newest letter with this text."""
        with self.desk.session() as session:
            letter = session.scalars(select(Letter).where(Letter.text == text).order_by(Letter.id.desc())).first()
            assert letter is not None, text
            said = compose(session, letter, self.settings).text
        found = re.search(re.escape(self.settings.address) + r"(/\S+)", said)
        assert found is not None
        return found[1]


@pytest.fixture
def visit(app: Flask) -> Callable[[], Visitor]:
    def open_() -> Visitor:
        client = app.test_client()
        client.set_cookie("okienko_language", "en")
        return Visitor(client)
    return open_


@pytest.fixture
def post(desk: Desk, settings: Settings) -> Post:
    return Post(desk, settings)


@pytest.fixture
def clara(desk: Desk, visit: Callable[[], Visitor]) -> Visitor:
    """Clara, who has a password, signed in."""
    give_password(desk, "clara")
    visitor = visit()
    visitor.sign_in("clara@example.com")
    return visitor


def give_password(desk: Desk, key: str) -> None:
    with desk.session() as session:
        set_password(session, desk.person(session, key), PASSWORD, hasher=CHEAP, by=None, now=desk.now)


def acts(desk: Desk) -> list[str]:
    """What the audit of the desk says, in order."""
    return desk.ask(lambda session: list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id))))
