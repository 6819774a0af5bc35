"""The scene: the desk's database, its people and one clock that moves from act to act."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from engine import ticker
from engine.demo import directory
from engine.outside.calling import call_due
from engine.outside.delivering import deliver_due
from helpdesk import outbox
from helpdesk.database import Database
from helpdesk.people.accounts import Person, get_person
from helpdesk.ratings.invitations import invite_due
from helpdesk.storage import Storage
from sla.alarms import next_due

Done = TypeVar("Done")
# How long a letter waits before it leaves, and how long before the present the last one has left.
DELIVERED_AFTER = timedelta(minutes=1)
STILL_WAITING = timedelta(hours=1)
LETTERS_A_ROUND = 50
RATED_EVERY = timedelta(days=30)


class Scene:
    """Where the stories are played. `now` only moves forward; alarms and letters keep up with it."""

    def __init__(self, database: Database, people: dict[str, int], *, start: datetime, end: datetime,
                 storage: Storage | None) -> None:
        self.database, self.storage = database, storage
        self.now, self.end = start, end
        self._people = people
        # For which firms somebody acts, by their key.
        self.firms: dict[str, list[int]] = {}
        self._due: datetime | None = None
        self._letters_since: datetime | None = None

    def act(self, act: Callable[[Session], Done]) -> Done:
        """What `act` gives, in one transaction at the present moment."""
        def look_afterwards(session: Session) -> Done:
            done = act(session)
            self._look(session)
            return done
        return self.database.run(look_afterwards)

    def ask_directory(self) -> None:
        """Let the directory of accounts answer whatever it is asked now."""
        while call_due(self.database, directory.ADDRESSES, now=self.now, ask=directory.ask):
            pass
        self.database.run(self._look)

    def bring(self) -> None:
        """Bring messages and signals to the tickets they are for."""
        deliver_due(self.database, now=self.now)
        self.database.run(self._look)

    def person(self, session: Session, key: str) -> Person:
        return get_person(session, self._people[key])

    def move_to(self, moment: datetime) -> None:
        """Let time pass: letters leave and alarms ring, each when it is due."""
        while self._due is not None and self._due <= moment:
            self._deliver_until(self._due)
            self.now = max(self.now, self._due)
            ticker.fire_due(self.database, now=self.now)
            self.ask_directory()
        self._deliver_until(moment)
        self.now = max(self.now, moment)

    def _look(self, session: Session) -> None:
        """See when the next alarm rings and since when letters wait."""
        session.flush()
        self._due = next_due(session)
        self._letters_since = outbox.oldest_waiting(session)

    def _deliver_until(self, moment: datetime) -> None:
        if self._letters_since is None:
            return
        at = min(self._letters_since + DELIVERED_AFTER, self.end - STILL_WAITING)
        if self._letters_since <= at <= moment:
            self.act(lambda session: invite_due(session, every=RATED_EVERY, now=at))
            self.act(lambda session: _deliver(session, at))


def _deliver(session: Session, at: datetime) -> None:
    """Send what waits: the letters of the past have long been read, so nothing really leaves."""
    while letters := outbox.claim(session, now=at, most=LETTERS_A_ROUND):
        for letter in letters:
            outbox.mark_sent(session, letter.id, now=at)
