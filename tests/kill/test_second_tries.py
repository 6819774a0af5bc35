"""Second tries: forms sent twice, pages left open for a while, alarms that were missed, acts that lost a race."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from engine import stage as stages
from engine.clients.requests import withdraw
from engine.diagrams.errors import EngineError
from engine.stage import open_stage
from engine.ticker import fire_due
from helpdesk.database import Database, is_lost_race
from helpdesk.files import Draft, StoredFile
from helpdesk.tickets import Ticket
from tests.desk import INCIDENT, MONDAY, Desk
from tests.kill.short import publish_short
from tests.web.conftest import Browser, app, browse, settings

__all__ = ["app", "browse", "settings"]  # fixtures of the pages' tests
pytestmark = pytest.mark.xdist_group("kill")
FORM = "/catalogue/portal/error"


def test_a_form_sent_long_after_it_was_opened_is_taken_at_once(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    number = desk.submit()
    token = clara.token()
    desk.later(minutes=10)

    began = datetime.now(UTC)
    clara.client.post(f"/requests/{number}/reply", data={"csrf_token": token, "body": "Jeszcze coś."})

    assert desk.messages(number) == [("reply", "Jeszcze coś.")]
    assert datetime.now(UTC) - began < timedelta(seconds=10)  # a page that waits for itself gives up after 15


def test_a_session_lasts_as_long_as_it_is_used(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    for _ in range(6):
        desk.later(hours=7)
        assert "Clara" in clara.get("/account")
    desk.later(hours=13)
    assert "Sign in" in clara.get("/account")


def test_a_request_sent_twice_shows_the_same_number(browse: Callable[..., Browser]) -> None:
    clara = browse("clara")
    clara.post(FORM, dict(INCIDENT))
    act_id = re.search(r'name="act_id" value="([^"]+)"', clara.get(f"{FORM}/summary"))
    assert act_id is not None

    pages = [clara.post(f"{FORM}/summary", {"act_id": act_id.group(1)}) for _ in range(2)]

    numbers = [re.findall(r"ZGL\d{7}", page)[0] for page in pages]
    assert numbers[0] == numbers[1]


def test_a_reply_sent_twice_is_not_offered_again(browse: Callable[..., Browser], desk: Desk) -> None:
    clara, number = browse("clara"), desk.submit()

    for _ in range(2):
        clara.post(f"/requests/{number}/reply", {"body": "Jeszcze coś.", "act_id": "same"})

    assert desk.messages(number) == [("reply", "Jeszcze coś.")]
    assert desk.ask(lambda session: session.scalars(select(Draft)).all()) == []


def test_files_are_kept_once_when_the_act_has_to_be_tried_again(
        browse: Callable[..., Browser], desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clara, number = browse("clara"), desk.submit()
    lose = iter([True, True])
    commit = Session.commit

    def commit_or_lose(session: Session) -> None:
        if any(isinstance(one, Ticket) for one in session.identity_map.values()) and next(lose, False):
            raise StaleDataError("another writer was first")
        commit(session)
    monkeypatch.setattr(Session, "commit", commit_or_lose)

    clara.post(f"/requests/{number}/reply", {"body": "Zrzut.", "files": (BytesIO(b"%PDF-1.4 test"), "ekran.pdf")})

    assert desk.messages(number) == [("reply", "Zrzut.")]
    assert [one.name for one in desk.rows(StoredFile, number)] == ["ekran.pdf"]
    assert next(lose, None) is None


def test_a_withdrawn_ticket_is_no_failure_for_the_worker_that_was_about_to_ring(
        desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number = desk.submit()
    desk.later(hours=4)
    other = Database(desk.database.url, info=desk.database.info)

    def withdraw_first(session: Session, ticket: Ticket, **more: Any) -> Any:
        if ticket.number == number and more["by"] is None and desk.database.is_sqlite:
            other.run(lambda own: withdraw(own, ticket.id, reason="", by=desk.person(own, "clara"), now=desk.now))
        return open_stage(session, ticket, **more)
    monkeypatch.setattr("engine.ticker.open_stage", withdraw_first)

    desk.tick()

    other.engine.dispose()
    assert desk.incidents(number) == []
    assert desk.ticket(number).status == ("cancelled" if desk.database.is_sqlite else "registered")


def test_an_error_that_is_nobodys_fault_sets_one_ticket_aside_and_the_others_ring(
        desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [desk.submit() for _ in range(3)]
    poisoned = desk.ticket(numbers[0]).id
    desk.later(hours=4)

    class Poison(stages.Stage):
        def save(self) -> None:
            if self.ticket.id == poisoned:
                raise KeyError("a mistake in the program")
            super().save()
    monkeypatch.setattr(stages, "Stage", Poison)

    assert fire_due(desk.database, now=desk.now) == 2

    assert len(desk.incidents(numbers[0])) == 1
    assert [desk.letters(number).count("breach") for number in numbers] == [0, 1, 1]


def test_a_threshold_that_nothing_catches_does_not_hide_a_quieter_one(desk: Desk) -> None:
    desk.ask(lambda session: publish_short(session, MONDAY))
    number = desk.submit({"subject": "krótka"}, about="short")
    desk.later(seconds=4.9)  # the breach, which is caught, and half as much again, which is not

    desk.tick()

    assert desk.letters(number).count("breach") == 1


def test_a_lost_race_is_known_in_whatever_it_was_wrapped() -> None:
    wrapped = EngineError(element_id="solved", reason="")
    wrapped.__cause__ = StaleDataError("another writer was first")

    assert is_lost_race(wrapped)
    assert not is_lost_race(EngineError(element_id="solved", reason=""))


def test_a_lock_that_cannot_be_had_is_a_lost_race(database: Database) -> None:
    lock, at_once = ("BEGIN IMMEDIATE", "BEGIN IMMEDIATE") if database.is_sqlite else (
        "LOCK TABLE ticket", "LOCK TABLE ticket NOWAIT")
    with database.engine.connect() as one, database.engine.connect() as two:
        if database.is_sqlite:
            two.exec_driver_sql("PRAGMA busy_timeout = 0")
        one.exec_driver_sql(lock)

        with pytest.raises(OperationalError) as refused:
            two.exec_driver_sql(at_once)

        assert is_lost_race(refused.value)
        one.rollback()
