"""A desk for tests: a real database, the cast, and a clock that moves only when told."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import steps, talk, ticker
from engine.acts import Typed
from engine.clients import requests
from engine.outside.addresses import Address
from engine.outside.answering import Reply
from engine.outside.calling import call_due
from engine.outside.client import CallFailed
from engine.packages import read_built_in
from engine.records import Answer, Incident, Instance, ItemState, TrailStep, WorkItem
from engine.versions import Shelf, publish_package
from helpdesk.audit import AuditEntry
from helpdesk.catalogue import Classification, Service, load_catalogue
from helpdesk.conversation import Message
from helpdesk.database import Database
from helpdesk.outbox import Letter, State
from helpdesk.people.accounts import Membership, Person, Role, Team, add_person
from helpdesk.tickets import Ticket, lock_ticket
from sla.alarms import Alarm
from sla.promises import Clock
from tests.audited import BY_HAND
from web.standin.systems import Systems

Found = TypeVar("Found")
# A Monday in a week without holidays, 9:00 in Warsaw.
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
CAST = {
    "clara": ("Clara Wójcik", [], {}), "colin": ("Colin Baran", [], {}),
    "amir": ("Amir Nowak", [], {"first_line": False}), "beth": ("Beth Kowalska", [], {"second_line": False}),
    "lena": ("Lena Zielińska", [], {"first_line": True}), "oskar": ("Oskar Lis", [Role.OWNER], {}),
    "ada": ("Ada Mazur", [Role.ADMINISTRATOR], {}), "marek": ("Marek Król", [Role.MANAGER], {}),
}
# Request types whose classification is called like them.
OTHERS = ("account_unlock", "login_change", "one_time_password", "customs_certificate",
          "pesel_exists", "accessibility_request", "emergency_consent")
CATALOGUE: dict[str, Any] = {
    "areas": [{"key": "client_zone", "name": {"pl": "Strefa klienta", "en": "Client zone"}}],
    "services": [{
        "key": "portal", "area": "client_zone", "name": {"pl": "Portal", "en": "Portal"}, "keywords": ["logowanie"],
        "classifications": [
            {"key": "error", "name": {"pl": "Błąd portalu", "en": "Portal error"}, "request_type": "incident"},
            {"key": "delete_account", "name": {"pl": "Usuń swoje konto", "en": "Delete your account"},
             "request_type": "account_deletion"},
            {"key": "log", "name": {"pl": "Zgłoszenie", "en": "Ticket"}, "request_type": "ticket"},
            *({"key": key, "name": {"pl": key, "en": key}, "request_type": key} for key in OTHERS)]}],
}
INCIDENT: dict[str, object] = {
    "subject": "Portal nie przyjmuje zgłoszenia", "system": "ais_import", "environment": "production",
    "failed_channel": "portal", "what_happened": "Po wysłaniu zgłoszenia widzę pustą stronę zamiast potwierdzenia.",
    "happened_at": "2026-11-16T08:30",
}
DELETION: dict[str, object] = {"login": "clara@example.com", "scope": "basic", "understood": True}


def prepare(database: Database, now: datetime = MONDAY) -> None:
    """Publish the built-in processes, load the small catalogue and add the cast."""
    with database.transaction() as session:
        publish_package(session, read_built_in(), by=None, now=now)
        load_catalogue(session, CATALOGUE)
        teams = {team.key: team.id for team in session.scalars(select(Team))}
        for key, (name, roles, places) in CAST.items():
            person = add_person(session, email=f"{key}@example.com", name=name, now=now,
                                roles=[role.value for role in roles])
            person.memberships = [Membership(team_id=teams[team], is_lead=leads) for team, leads in places.items()]
        session.flush()


class Desk:
    """What a test does at the desk, each act in a transaction of its own with everything loaded anew."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = MONDAY
        self.systems = Systems()

    # --- time

    def later(self, **span: float) -> None:
        """Let time pass without anybody looking at the alarms."""
        self.now += timedelta(**span)

    def tick(self) -> int:
        return ticker.fire_due(self.database, now=self.now)

    def call(self) -> int:
        """One round of the worker's calls, answered by the stand-in without a socket."""
        addresses = {key: Address(key) for key in ("directory", "monitoring")}
        return call_due(self.database, addresses, now=self.now, ask=self._ask)

    def _ask(self, address: Address, operation: str, payload: Mapping[str, Any], *, key: str) -> Reply:
        order = self.systems.take_order(address.base, operation, payload)
        if order is not None and order.kind != "refuse":
            raise CallFailed(reason=order.kind)
        return Reply(refusal=order.code) if order else self.systems.answer(address.base, operation, payload, key=key)

    def wait(self, **span: float) -> None:
        """Let time pass and the alarms ring as they fall due."""
        end = self.now + timedelta(**span)
        while (due := self.ask(lambda session: session.scalar(
                select(Alarm.try_at).where(Alarm.fired_at.is_(None)).order_by(Alarm.try_at).limit(1)))) and due <= end:
            self.now = max(self.now, due)
            self.tick()
        self.now = end

    # --- asking

    def ask(self, question: Callable[[Session], Found]) -> Found:
        with self.database.transaction() as session:
            return question(session)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.database.transaction() as session:
            yield session

    def person(self, session: Session, key: str) -> Person:
        found = session.scalar(select(Person).where(Person.email == f"{key}@example.com"))
        assert found is not None, key
        return found

    def ticket(self, number: str) -> Ticket:
        return self.ask(lambda session: session.scalars(select(Ticket).where(Ticket.number == number)).one())

    def instance(self, number: str) -> Instance:
        return self.ask(lambda session: session.scalars(
            select(Instance).join(Ticket).where(Ticket.number == number)).one())

    def rows(self, kind: type[Found], number: str) -> list[Found]:
        """Every row of a kind that belongs to the ticket, in order."""
        return self.ask(lambda session: list(session.scalars(
            select(kind).where(kind.ticket_id == self.ticket(number).id).order_by(kind.id))))  # type: ignore[attr-defined]

    def open_items(self, number: str) -> list[WorkItem]:
        return [item for item in self.rows(WorkItem, number) if item.state == ItemState.OPEN.value]

    def item(self, number: str, element_id: str | None = None) -> WorkItem:
        """The one open step, or the one of an element."""
        found = [item for item in self.open_items(number) if element_id in (None, item.element_id)]
        assert len(found) == 1, [item.element_id for item in self.open_items(number)]
        return found[0]

    def letters(self, number: str, to: str | None = None) -> list[str]:
        """Keys of the letters queued about the ticket, perhaps only those to one person; not notices alone."""
        return [letter.text for letter in self.rows(Letter, number) if letter.state != State.UNWANTED.value
                if to is None or (letter.person and letter.person.email == f"{to}@example.com" and not letter.address)]

    def letters_to(self, number: str, address: str) -> list[str]:
        """Keys of the letters queued about the ticket to an address that an answer named."""
        return [letter.text for letter in self.rows(Letter, number) if letter.address == address]

    def messages(self, number: str) -> list[tuple[str, str]]:
        return [(message.kind, message.body) for message in self.rows(Message, number)]

    def acts(self, number: str) -> list[str]:
        return [entry.act for entry in self.rows(AuditEntry, number)]

    def trail(self, number: str) -> list[tuple[str, str]]:
        return [(step.what, step.element_id) for step in self.rows(TrailStep, number)]

    def answers(self, number: str) -> list[Answer]:
        return self.rows(Answer, number)

    def alarms(self, number: str) -> list[Alarm]:
        return [alarm for alarm in self.rows(Alarm, number) if alarm.fired_at is None]

    def incidents(self, number: str) -> list[Incident]:
        return self.rows(Incident, number)

    def clock(self, number: str, key: str = "solution") -> Any:
        """The reading of a clock now."""
        def read(session: Session) -> Any:
            ticket_id = session.scalars(select(Ticket.id).where(Ticket.number == number)).one()
            clock = session.scalars(select(Clock).where(Clock.ticket_id == ticket_id, Clock.key == key)
                                    .order_by(Clock.id.desc())).first()
            assert clock is not None, key
            return clock.reading(Shelf().calendars, self.now)
        return self.ask(read)

    # --- acting

    def submit(self, answers: dict[str, object] | None = None, *, by: str = "clara", client: str | None = None,
               about: str = "error", **extra: Any) -> str:
        def act(session: Session) -> str:
            where = session.scalars(select(Classification).join(Service).where(Classification.key == about)).one()
            return requests.submit(
                session, where, Typed.of(**(INCIDENT if answers is None else answers)), by=self.person(session, by),
                client=self.person(session, client or by), now=self.now, **extra)
        return self.database.run(act)

    def claim(self, number: str, *, by: str = "amir") -> None:
        item_id = self.item(number).id
        self.database.run(lambda session: steps.claim(session, item_id, by=self.person(session, by), now=self.now))

    def release(self, number: str, *, by: str = "amir") -> None:
        item_id = self.item(number).id
        self.database.run(lambda session: steps.release(session, item_id, by=self.person(session, by), now=self.now))

    def assign(self, number: str, *, to: str, by: str = "lena") -> None:
        item_id = self.item(number).id
        self.database.run(lambda session: steps.assign(
            session, item_id, to=self.person(session, to), by=self.person(session, by), now=self.now))

    def complete(self, number: str, element_id: str | None = None, *, by: str = "amir", key: str | None = None,
                 **answers: object) -> None:
        item_id = self.item(number, element_id).id
        self.finish(item_id, by=by, key=key, **answers)

    def finish(self, item_id: int, *, by: str, key: str | None = None, **answers: object) -> None:
        self.database.run(lambda session: steps.complete(
            session, item_id, Typed.of(**answers), by=self.person(session, by), now=self.now, key=key))

    def reply(self, number: str, body: str, *, by: str = "clara", key: str | None = None) -> None:
        ticket_id = self.ticket(number).id
        self.database.run(lambda session: talk.reply(
            session, ticket_id, body, by=self.person(session, by), now=self.now, key=key))

    def note(self, number: str, body: str, *, by: str = "amir") -> None:
        ticket_id = self.ticket(number).id
        self.database.run(lambda session: talk.note(
            session, ticket_id, body, by=self.person(session, by), now=self.now))

    def withdraw(self, number: str, *, by: str = "clara", reason: str = "") -> None:
        ticket_id = self.ticket(number).id
        self.database.run(lambda session: requests.withdraw(
            session, ticket_id, reason=reason, by=self.person(session, by), now=self.now))

    def act_on(self, number: str, change: Callable[[Session, Ticket], None]) -> None:
        """Change a locked ticket by hand."""
        def act(session: Session) -> None:
            session.info[BY_HAND] = True
            change(session, lock_ticket(session, self.ticket(number).id, now=self.now))
        self.database.run(act)
