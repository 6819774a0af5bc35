"""Health: whoever watches the desk is told which part does not work, and how late it is."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine.ticker import beat
from helpdesk import outbox
from helpdesk.database import Database
from helpdesk.settings import Settings
from tests.desk import Desk
from web.app import create_app
from web.edge import SESSION_COOKIE
from web.edge import Desk as WebDesk

GONE = ["sqlite:////no/such/folder/desk.sqlite", "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2"]


def ask(app: Flask) -> tuple[int, dict[str, Any]]:
    response = app.test_client().get("/health")
    return response.status_code, response.get_json()


def alive(desk: Desk, *, worker: str = "one", ago: timedelta = timedelta(0)) -> None:
    beat(desk.database, worker, now=desk.now - ago)


def wrong(parts: dict[str, Any]) -> set[str]:
    return {name for name, part in parts.items() if isinstance(part, dict) and not part["ok"]}


def test_a_living_desk_is_well(app: Flask, desk: Desk) -> None:
    alive(desk)

    status, parts = ask(app)

    assert (status, parts["ok"], wrong(parts)) == (200, True, set())
    assert parts["scheduler"] == {"ok": True, "last_beat_seconds": 0.0, "alarms_late_seconds": 0}
    assert parts["outbox"] == {"ok": True, "oldest_waiting_seconds": 0}


def test_a_desk_whose_scheduler_never_ran_is_not_well(app: Flask) -> None:
    status, parts = ask(app)

    assert (status, parts["ok"], wrong(parts)) == (503, False, {"scheduler"})
    assert parts["scheduler"]["last_beat_seconds"] is None


@pytest.mark.parametrize(("seconds", "status"), [(60, 200), (61, 503)])
def test_a_scheduler_that_stopped_is_told_after_a_minute(app: Flask, desk: Desk, seconds: int, status: int) -> None:
    alive(desk, ago=timedelta(seconds=seconds))

    assert ask(app)[0] == status


def test_one_living_worker_of_several_is_enough(app: Flask, desk: Desk) -> None:
    alive(desk, worker="dead", ago=timedelta(days=1))
    alive(desk, worker="living")

    assert ask(app)[0] == 200


@pytest.mark.parametrize(("seconds", "status"), [(300, 200), (301, 503)])
def test_late_alarms_are_told(app: Flask, desk: Desk, seconds: int, status: int) -> None:
    number = desk.submit()
    due = min(alarm.try_at for alarm in desk.alarms(number))
    with desk.session() as session:
        for letter in outbox.list_letters(session):
            outbox.mark_sent(session, letter.id, now=desk.now)
    desk.now = due + timedelta(seconds=seconds)
    alive(desk)

    answered, parts = ask(app)

    assert answered == status
    assert parts["scheduler"]["alarms_late_seconds"] == seconds
    assert wrong(parts) == (set() if status == 200 else {"scheduler"})


@pytest.mark.parametrize(("seconds", "status"), [(300, 200), (301, 503)])
def test_letters_nobody_delivers_are_told(app: Flask, desk: Desk, seconds: int, status: int) -> None:
    desk.submit()
    desk.later(seconds=seconds)
    alive(desk)

    answered, parts = ask(app)

    assert answered == status
    assert parts["outbox"]["oldest_waiting_seconds"] == seconds
    assert wrong(parts) == (set() if status == 200 else {"outbox"})


@pytest.mark.parametrize("url", GONE, ids=["sqlite", "postgresql"])
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_without_a_database_health_still_answers(tmp_path: Path, url: str, is_signed_in: bool) -> None:
    settings = Settings(data=str(tmp_path), secret="x" * 40)
    app = create_app(WebDesk(settings, Database(url)))
    client = app.test_client()
    if is_signed_in:
        client.set_cookie(SESSION_COOKIE, "a token of better times")

    response = client.get("/health")

    assert response.status_code == 503
    assert response.get_json() == {"ok": False, "database": {"ok": False}}


def test_health_tells_nothing_about_people_or_machines(app: Flask, desk: Desk) -> None:
    number = desk.submit()
    alive(desk, worker="web-7.internal:4711")

    text = app.test_client().get("/health").text

    assert number not in text and "internal" not in text and "clara" not in text
