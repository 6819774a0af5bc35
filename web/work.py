"""Work: what the worker does between pages: alarms, calls of other systems, letters, and forgetting old traces."""

import os
import socket
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import structlog

from engine.acts import forget_done
from engine.outages import detection, ending
from engine.outside import delivering, events
from engine.outside.addresses import Addresses, read_addresses
from engine.outside.calling import call_due
from engine.ticker import beat, fire_due, forget_heartbeats
from helpdesk.announcements.mailing import mail_due
from helpdesk.audit.seals import seal
from helpdesk.database import Database
from helpdesk.files import clean
from helpdesk.knowledge.votes import forget_votes
from helpdesk.knowledge.writing.reminders import remind
from helpdesk.people import proofs, registration
from helpdesk.people.signin import forget_old
from helpdesk.ratings.invitations import invite_due
from helpdesk.settings import Settings
from helpdesk.storage.choice import open_storage
from mailroom.delivery import deliver_due, open_post
from sla.alarms import oldest_overdue
from sla.scheduler import start_ticking

log = structlog.get_logger()
CLEAN_EVERY, SEAL_EVERY = 3600.0, 300.0


class Round(StrEnum):
    """What a worker can be kept for."""

    ALARMS = "alarms"
    CALLS = "calls"
    ANNOUNCEMENTS = "announcements"
    EVENTS = "events"
    LETTERS = "letters"
    SURVEYS = "surveys"
    SEALS = "seals"
    CLEANING = "cleaning"


def start_working(database: Database, settings: Settings, *, in_background: bool,
                  only: Collection[Round] = tuple(Round), stand_in: Addresses | None = None) -> None:
    """Start the rounds of a worker, or only some of them; blocks unless `in_background`. Raises BadAddress.

    stand_in: where the systems are of which the administrator has said nothing.
    """
    addresses = {**(stand_in or {}), **read_addresses(settings.systems)}
    rounds: dict[Round, tuple[Callable[[datetime], None], float]] = {
        Round.ALARMS: (lambda now: _ring(database, now), settings.tick_seconds),
        Round.CALLS: (lambda now: _call(database, addresses, now), settings.tick_seconds),
        Round.ANNOUNCEMENTS: (lambda now: _announce(database, settings, now), settings.tick_seconds),
        Round.EVENTS: (lambda now: _bring(database, now), settings.tick_seconds),
        Round.LETTERS: (lambda now: _deliver(database, settings, now), settings.tick_seconds),
        Round.SURVEYS: (lambda now: _invite(database, settings, now), settings.tick_seconds),
        Round.SEALS: (lambda now: _seal(database, now), SEAL_EVERY),
        Round.CLEANING: (lambda now: _clean(database, settings, now), CLEAN_EVERY),
    }
    start_ticking({one.value: (_round(rounds[one][0]), rounds[one][1]) for one in Round if one in only},
                  in_background=in_background)


def _ring(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        oldest = oldest_overdue(session, now=now)
    beat(database, f"{socket.gethostname()}:{os.getpid()}", now=now, lateness=now - oldest if oldest else timedelta(0))
    fire_due(database, now=now)


def _call(database: Database, addresses: Addresses, now: datetime) -> None:
    call_due(database, addresses, now=now)


def _announce(database: Database, settings: Settings, now: datetime) -> None:
    """What time does to announcements, the letters about them, and many reports that look like a failure."""
    ending.look(database, now=now)
    database.run(lambda session: ending.catch_up(session, now=now))
    mail_due(database, now=now)
    database.run(lambda session: detection.notice(session, now=now, threshold=detection.Threshold.of(settings)))


def _bring(database: Database, now: datetime) -> None:
    delivering.deliver_due(database, now=now)


def _deliver(database: Database, settings: Settings, now: datetime) -> None:
    while deliver_due(database, open_post(settings), settings, now=now):
        pass


def _invite(database: Database, settings: Settings, now: datetime) -> None:
    while database.run(lambda session: invite_due(session, every=timedelta(days=settings.rating_days), now=now)):
        pass


def _seal(database: Database, now: datetime) -> None:
    while database.run(lambda session: seal(session, now=now)):
        pass


def _clean(database: Database, settings: Settings, now: datetime) -> None:
    with database.transaction() as session:
        forget_heartbeats(session, now=now)
        forget_done(session, now=now)
        events.forget(session, now=now)
        forget_old(session, now=now)
        proofs.forget(session, now=now)
        registration.forget(session, now=now)
        forget_votes(session, now=now)
        remind(session, now=now)
    # A store that does not answer keeps nobody else waiting: few files at a time, behind all the rest.
    storage = open_storage(settings)
    while database.run(lambda session: clean(session, storage, now=now)):
        pass


def _round(do: Callable[[datetime], None]) -> Callable[[], None]:
    """A round that outlives any error: the next tick tries again."""
    def run() -> None:
        try:
            do(datetime.now(UTC))
        except Exception as error:
            log.error("round_failed", error=type(error).__name__, exc_info=error)
    return run
