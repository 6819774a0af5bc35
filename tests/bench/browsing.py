"""People of the bench in front of the pages, without a server between."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from helpdesk.database import Database
from helpdesk.people.accounts import find_person
from helpdesk.people.signin import find_signed_in, sign_in
from helpdesk.settings import Settings
from tests.bench.load import Asked
from tests.desk import MONDAY
from web.app import create_app
from web.edge import SESSION_COOKIE
from web.edge import Desk as WebDesk

MANY = 1_000_000


def settings_for(folder: Path, url: str = "") -> Settings:
    return Settings(data=str(folder), secret="x" * 40, requests_per_hour=MANY, database=url, tick_seconds=1)


def open_app(database: Database, folder: Path) -> Flask:
    return create_app(WebDesk(settings_for(folder), database, clock=lambda: MONDAY))


def signed_in(database: Database, email: str) -> tuple[str, str]:
    """The cookie and the form token of somebody who has just signed in."""
    with database.transaction() as session:
        person = find_person(session, email)
        assert person is not None, email
        token = sign_in(session, person, lasts=timedelta(days=365), now=MONDAY)
        session.flush()
        found = find_signed_in(session, token, now=MONDAY)
        assert found is not None
        return token, found.csrf_token


class Visitor:
    """A signed-in browser."""

    def __init__(self, app: Flask, database: Database, email: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.token, self.form_token = signed_in(database, email)
        self.client.set_cookie(SESSION_COOKIE, self.token)

    def get(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return response.text

    def send(self, asked: Asked) -> str:
        """What another browser would send."""
        self.client.set_cookie(SESSION_COOKIE, asked.token)
        return self.post(asked.path, **(asked.form or {}))

    def post(self, path: str, **form: Any) -> str:
        """Where it leads; words of farewell are not collected, for nobody opens the next page."""
        response = self.client.post(path, data={"csrf_token": self.form_token, **form})
        assert response.status_code == 302, (path, response.status_code, response.text[:2000])
        self.client.delete_cookie("okienko_flash")
        return response.location
