"""The player: every event of a log becomes an act at the desk, through the use cases, at the log's own moments.

The simulated clock goes from event to event. Alarms that fall due between two events ring at their own moments, as
they would with a worker that is never late; an act at the very moment of an alarm comes first. After the last event
the clock stands, with the alarms of that moment rung.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import steps, ticker
from engine.acts import Typed
from engine.clients import requests
from engine.packages import read_built_in
from engine.replay.cast import Cast, add_cast
from engine.replay.log import Case, Event, Log, Reason, Unmapped
from engine.replay.stories import PROCESS, REFERENCE
from engine.versions import publish_package
from helpdesk.catalogue import get_classification, load_catalogue
from helpdesk.database import Database
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person
from helpdesk.tickets import AlreadyEnded, Channel, Ticket
from sla.alarms import next_due

TEAM = "first_line"
PLACE = "replay"
CATALOGUE = {
    "areas": [{"key": PLACE, "name": {"pl": "Odtworzony rejestr", "en": "Replayed log"}}],
    "services": [{
        "key": PLACE, "area": PLACE, "name": {"pl": "Serwis oprogramowania", "en": "Software service"},
        "classifications": [{"key": PLACE, "request_type": PROCESS,
                             "name": {"pl": "Zgłoszenie z rejestru", "en": "Ticket of a log"}}]}],
}

Progress = Callable[[int, int, datetime], None]


class NotEmpty(DeskError):
    """A log is replayed into a database without tickets, and this one has {count}. Name a new database."""


def refuse_used(database: Database) -> None:
    """Raise NotEmpty if there are tickets: the simulated clock would ring their alarms."""
    with database.transaction() as session:
        count = session.scalar(select(func.count()).select_from(Ticket)) or 0
    if count:
        raise NotEmpty(count=count)


def prepare_desk(database: Database, cast: Cast, *, now: datetime) -> dict[str, Person]:
    """Publish the ticket process and add its place in the catalogue and the people. Raises NotEmpty."""
    package = read_built_in()
    processes = tuple(one for one in package.processes if one.key == PROCESS)
    refuse_used(database)
    with database.transaction() as session:
        publish_package(session, replace(package, processes=processes), by=None, now=now)
        load_catalogue(session, CATALOGUE)
        return add_cast(session, cast, team=TEAM, now=now)


class Player:
    """Plays one log at one desk."""

    def __init__(self, database: Database, log: Log, cast: Cast, people: dict[str, Person]) -> None:
        self.database, self.log = database, log
        self.unmapped: list[Unmapped] = []
        self._agents = {name: people[part.email] for name, part in cast.agents.items()}
        self._clients = {name: people[part.email] for name, part in cast.clients.items()}
        self._cases = {case.name: case for case in log.cases}
        self._tickets: dict[str, int | DeskError] = {}
        self._now = log.began_at

    def play(self, progress: Progress) -> list[Unmapped]:
        """Play everything; gives the events the desk refused."""
        events = self.log.events
        for done, event in enumerate(events):
            self._ring(before=event.at)
            self._now = event.at
            self._do(event)
            progress(done + 1, len(events), event.at)
        self._ring(before=None)
        return self.unmapped

    def _do(self, event: Event) -> None:
        case = self._cases[event.case]
        if case.name not in self._tickets:
            self._tickets[case.name] = self._try(lambda session: self._submit(session, case))
        ticket = self._tickets[case.name]
        if isinstance(ticket, DeskError):
            self._set_aside(event, Reason.NOT_REGISTERED, ticket)
        elif not event.is_registration:
            done = self._try(lambda session: self._complete(session, ticket, event))
            if isinstance(done, DeskError):
                self._set_aside(event, Reason.REFUSED, done)

    def _try(self, act: Callable[[Session], int]) -> int | DeskError:
        """What the act gives, or why the desk refused it; nothing is left of a refused one."""
        try:
            return self.database.run(act)
        except DeskError as error:
            return error

    def _set_aside(self, event: Event, reason: Reason, error: DeskError) -> None:
        self.unmapped.append(Unmapped(event.case, event.number, event.name, reason, str(error)))

    def _submit(self, session: Session, case: Case) -> int:
        opening = case.opening
        client = session.get_one(Person, self._clients[opening.customer].id)
        by_phone = opening.is_registration
        typed = Typed.of(subject=f"{case.name}: {opening.product or opening.name}"[:requests.SUBJECT_MAX],
                         description=opening.name, product=opening.product[:100] or None, **{REFERENCE: case.name})
        number = requests.submit(
            session, get_classification(session, PLACE, PLACE), typed, client=client,
            by=self._agents[opening.by] if by_phone else client, now=opening.at,
            channel=Channel.PHONE if by_phone else Channel.PORTAL)
        return session.scalars(select(Ticket.id).where(Ticket.number == number)).one()

    def _complete(self, session: Session, ticket_id: int, event: Event) -> int:
        item = next((one for one in steps.list_open_items(session, ticket_id) if not one.is_for_client), None)
        if item is None:
            raise AlreadyEnded(number=event.case)
        typed = Typed.of(act=event.act, seriousness=event.seriousness)
        return steps.complete(session, item.id, typed, by=self._agents[event.by], now=event.at).id

    def _ring(self, *, before: datetime | None) -> None:
        """Fire what falls due before the moment; without one, everything up to the end of the log."""
        stuck: datetime | None = None
        while (due := self._next_due()) is not None and due != stuck:
            if due >= before if before is not None else due > self.log.ended_at:
                return
            self._now = max(self._now, due)
            if not ticker.fire_due(self.database, now=self._now):
                stuck = due  # nothing moved: another worker has that ticket, or its alarm failed and was put off

    def _next_due(self) -> datetime | None:
        with self.database.transaction() as session:
            return next_due(session)
