"""The floor: a bare Flask view that reads and commits by hand the very rows that the desk reads and writes.

Which rows these are is taken down while the desk does each act; the view then sends the same statements through the
bare driver, with the ids of its own ticket. No engine, no ORM, no forms, no rights, no templates.
"""

import re
import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import local
from typing import Any

import psycopg
from flask import Flask, Response, redirect, request
from sqlalchemy import event, make_url, select

from engine.records import Instance, WorkItem
from engine.versions import Shelf
from helpdesk.database import Database, _prepare_sqlite
from helpdesk.files import Draft
from helpdesk.people.signin import SignedIn, hash_token
from helpdesk.tickets import NUMBER_PREFIX, Ticket
from sla.alarms import Alarm
from sla.promises import Clock
from tests.bench import acts
from tests.bench.browsing import Visitor, open_app
from tests.bench.load import Asked
from web.edge import SESSION_COOKIE

LARGE = 2**40  # tokens are random numbers above it
TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE) (\w+)")
LEARNT = {"ticket": "ticket_id", "instance": "instance_id", "clock": "clock_id", "draft": "draft_id"}


@dataclass(frozen=True)
class Fact:
    """A value that differs from one act to the next. place: which of several alarms."""

    name: str
    place: int = 0


@dataclass(frozen=True)
class Step:
    """One statement with the values it is sent with, once or many times."""

    statement: str
    is_many: bool
    values: list[Any]


class Floor:
    """The two acts as they were taken down, and a connection for each thread to play them on."""

    def __init__(self, url: str) -> None:
        self.url, self.is_sqlite, self.here = url, url.startswith("sqlite"), local()
        database = Database(url, info={"shelf": Shelf()})
        starts, tasks = [], []
        with tempfile.TemporaryDirectory() as folder:
            app = open_app(database, Path(folder))
            browser = Visitor(app, database, "amir@example.com")
            token, form_token = browser.token, browser.form_token
            for asked in acts.starts(database, 3):  # the first time fills what the desk keeps in memory
                draft = _draft(database)
                with _taken_down(database) as steps:
                    number = browser.send(asked).rsplit("/", 1)[1]
                starts.append((steps, draft | _facts(database, number, asked)))
                facts = _facts(database, number, acts.task(number, 0, token, form_token))
                asked = acts.task(number, facts["item_id"], token, form_token)
                facts = _facts(database, number, asked)
                with _taken_down(database) as steps:
                    browser.send(asked)
                tasks.append((steps, facts))
        database.engine.dispose()
        self.start, self.task = _plan(*starts[1:]), _plan(*tasks[1:])

    def play(self, plan: list[Step], facts: dict[str, Any]) -> dict[str, Any]:
        """Send every statement of an act and commit; what was found and made on the way."""
        connection = self._connection()
        cursor = connection.cursor()
        try:
            for step in plan:
                if self.is_sqlite and not connection.in_transaction and not step.statement.startswith("SELECT"):
                    cursor.execute("BEGIN IMMEDIATE")
                values = [_filled(one, facts) for one in step.values]
                if step.is_many:
                    cursor.executemany(step.statement, values)
                else:
                    cursor.execute(step.statement, values[0])
                    _learn(step.statement, cursor, facts)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        return facts

    def _connection(self) -> Any:
        if not hasattr(self.here, "connection"):
            if self.is_sqlite:
                self.here.connection = sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=15)
                _prepare_sqlite(self.here.connection, None, sync="FULL")
            else:
                self.here.connection = psycopg.connect(
                    make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False))
        return self.here.connection


def open_floor(url: str) -> Flask:
    """The floor as an application with the desk's two addresses."""
    floor = Floor(url)
    app = Flask("floor")

    def complete(number: str, item_id: int) -> Any:
        floor.play(floor.task, _known() | {"item_id": item_id, "number": number, "place": f"step:{item_id}"})
        return redirect(f"/tickets/{number}")

    def summary() -> Any:
        return redirect(f"/catalogue/done/{floor.play(floor.start, _known())['number']}")

    def _known() -> dict[str, Any]:
        return {"act_id": request.form["act_id"], "token_hash": hash_token(request.cookies[SESSION_COOKIE])}

    app.add_url_rule("/health", view_func=lambda: Response("ok"), endpoint="health")
    app.add_url_rule("/tickets/<number>/steps/<int:item_id>", view_func=complete, methods=["POST"])
    app.add_url_rule("/catalogue/portal/error/summary", view_func=summary, methods=["POST"])
    return app


@contextmanager
def _taken_down(database: Database) -> Iterator[list[Step]]:
    steps: list[Step] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, context: Any, is_many: bool) -> None:
        steps.append(Step(statement, is_many, list(values) if is_many else [values]))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield steps
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def _draft(database: Database) -> dict[str, Any]:
    """The draft that is sent next: they are sent in the order in which they were made."""
    with database.transaction() as session:
        return {"draft_id": session.scalars(select(Draft.id).order_by(Draft.id)).first()}


def _facts(database: Database, number: str, asked: Asked) -> dict[str, Any]:
    """What the act's statements may name of its ticket and of who sent it."""
    with database.transaction() as session:
        token_hash = hash_token(asked.token)
        person_id = session.scalars(select(SignedIn.person_id).where(SignedIn.token_hash == token_hash)).one()
        ticket_id = session.scalars(select(Ticket.id).where(Ticket.number == number)).one()
        item_id = session.scalars(select(WorkItem.id).where(WorkItem.ticket_id == ticket_id)
                                  .order_by(WorkItem.id.desc())).first()
        return {
            "token_hash": token_hash, **_of_person(person_id, (asked.form or {})["act_id"]),
            "number": number, "ticket_id": ticket_id, "item_id": item_id, "place": f"step:{item_id}",
            "instance_id": session.scalars(select(Instance.id).where(Instance.ticket_id == ticket_id)).one(),
            "clock_id": session.scalars(select(Clock.id).where(Clock.ticket_id == ticket_id)).first(),
            "alarms": list(session.scalars(select(Alarm.id).where(Alarm.ticket_id == ticket_id)))}


def _of_person(person_id: int, act_id: str) -> dict[str, Any]:
    return {"person_id": person_id, "key": f"{person_id}:{act_id}", "counted": f"submit:{person_id}"}


def _plan(first: tuple[list[Step], dict[str, Any]], second: tuple[list[Step], dict[str, Any]]) -> list[Step]:
    """The statements of an act; what was one fact of the first time and the same of the second is that fact."""
    (steps, facts), (others, other_facts) = first, second
    assert [step.statement for step in steps] == [step.statement for step in others], "the desk did two things"
    compare = partial(_compared, facts, other_facts)
    return [Step(step.statement, step.is_many, [
        {name: compare(value, other[name]) for name, value in one.items()} if isinstance(one, dict)
        else [compare(value, twin) for value, twin in zip(one, other, strict=True)]
        for one, other in zip(step.values, twin_step.values, strict=True)])
        for step, twin_step in zip(steps, others, strict=True)]


def _compared(facts: dict[str, Any], other_facts: dict[str, Any], value: Any, other: Any) -> Any:
    if value == other:
        return value
    for name, known in facts.items():
        if name != "alarms" and known == value and other_facts[name] == other:
            return Fact(name)
    for place, alarm in enumerate(facts.get("alarms", [])):
        if alarm == value and other_facts["alarms"][place] == other:
            return Fact("alarms", place)
    # A random token: another number does as well, and no two may be the same. The rest is of the ticket's own history.
    return Fact("token") if isinstance(value, int) and value > LARGE else value


def _filled(values: Any, facts: dict[str, Any]) -> Any:
    if isinstance(values, dict):
        return {name: _value(one, facts) for name, one in values.items()}
    return [_value(one, facts) for one in values]


def _value(value: Any, facts: dict[str, Any]) -> Any:
    if not isinstance(value, Fact):
        return value
    if value.name == "token":
        return secrets.randbits(62)
    return facts["alarms"][value.place] if value.name == "alarms" else facts[value.name]


def _learn(statement: str, cursor: Any, facts: dict[str, Any]) -> None:
    """Read the answer, and remember the ids that later statements need."""
    found = TABLE.search(statement)
    table = found[1] if found else ""
    rows = cursor.fetchall() if cursor.description else []
    if table == "signed_in":
        facts |= _of_person(rows[0][2], facts["act_id"])
    elif table == "ticket_counter":
        facts["number"] = f"{NUMBER_PREFIX}{rows[0][0]:07d}"
    elif table == "alarm" and statement.startswith("SELECT"):
        facts["alarms"] = [row[0] for row in rows]
    elif table in LEARNT and not statement.startswith("UPDATE"):
        new_id = rows[0][0] if rows else cursor.lastrowid if statement.startswith("INSERT") else None
        if new_id is not None:
            facts[LEARNT[table]] = new_id
