"""Pages without a browser: the test client of the application on a desk of the test's own."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from helpdesk.people.accounts import find_person
from helpdesk.people.signin import sign_in
from helpdesk.settings import Settings
from tests.desk import Desk
from web.app import create_app
from web.edge import SESSION_COOKIE
from web.edge import Desk as WebDesk

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Browser:
    """A person's browser: follows redirects, carries the form token."""

    client: FlaskClient

    def get(self, path: str, status: int = 200) -> str:
        response = self.client.get(path, follow_redirects=True)
        assert response.status_code == status, (path, response.status_code, response.text[:600])
        return response.text

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 200, *, follow: bool = True) -> str:
        return self.send(path, data, status, follow=follow).text

    def send(self, path: str, data: dict[str, Any] | None = None, status: int = 200, *,
             follow: bool = True) -> TestResponse:
        form = {"csrf_token": self.token(), **(data or {})}
        response = self.client.post(path, data=form, follow_redirects=follow, content_type="multipart/form-data")
        assert response.status_code == status, (path, response.status_code, response.text[:1500])
        return response

    def token(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/account", follow_redirects=True).text)
        assert found is not None
        return found.group(1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"), secret="x" * 40, requests_per_hour=50)


class Compiled(BytecodeCache):
    """Templates compiled once for all the applications of a run."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Templates and addresses: to compile them is most of the work of making an application."""
    builders: dict[object, Callable[..., Any]] = {}
    compile_anew = Rule._compile_builder

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        kinds = [(name, type(one)) for name, one in rule._converters.items()]
        key = json.dumps([rule.rule, rule._trace, rule.defaults, kinds, append_unknown], default=repr)
        if key not in builders:
            builders[key] = compile_anew(rule, append_unknown)
        return builders[key]

    Flask.jinja_options = {"bytecode_cache": Compiled()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_builder)
        yield
    Flask.jinja_options = {}


@pytest.fixture
def app(desk: Desk, settings: Settings) -> Flask:
    app = create_app(WebDesk(settings, desk.database, clock=lambda: desk.now, hasher=CHEAP))
    app.testing = False
    return app


@pytest.fixture
def browse(app: Flask, desk: Desk) -> Callable[..., Browser]:
    """A browser signed in as a member of the cast, or as nobody."""
    return opener(app, desk)


def opener(app: Flask, desk: Desk) -> Callable[..., Browser]:
    def open_(key: str | None = None, language: str = "en") -> Browser:
        client = app.test_client()
        client.set_cookie("okienko_language", language)
        if key is not None:
            with desk.session() as session:
                person = find_person(session, f"{key}@example.com")
                assert person is not None
                token = sign_in(session, person, lasts=timedelta(hours=8), now=desk.now)
            client.set_cookie(SESSION_COOKIE, token)
        return Browser(client)
    return open_


__all__ = ["Browser", "replace"]
