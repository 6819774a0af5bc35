"""Work: what the worker does between pages: alarms, calls of other systems, letters, and forgetting old traces."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from engine.acts import forget_done
from engine.outside.addresses import Addresses, read_addresses
from engine.outside.calling import call_due
from engine.ticker import beat, fire_due, forget_heartbeats
from helpdesk.database import Database
from helpdesk.files import Storage, clean
from helpdesk.people.signin import forget_old
from helpdesk.settings import Settings
from mailroom.delivery import deliver_due, open_post
from sla.alarms import oldest_overdue
from sla.scheduler import start_ticking

log = structlog.get_logger()
CLEAN_EVERY = 3600.0


def start_working(database: Database, settings: Settings, *, in_background: bool) -> None:
    """Start the rounds of a worker; blocks unless `in_background`. Raises BadAddress."""
    addresses = read_addresses(settings.systems)
    start_ticking({
        "alarms": (_round(lambda now: _ring(database, now)), settings.tick_seconds),
        "calls": (_round(lambda now: _call(database, addresses, now)), settings.tick_seconds),
        "letters": (_round(lambda now: _deliver(database, settings, now)), settings.tick_seconds),
        "cleaning": (_round(lambda now: _clean(database, settings, now)), CLEAN_EVERY),
    }, in_background=in_background)


def _ring(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        oldest = oldest_overdue(session, now=now)
    beat(database, f"{socket.gethostname()}:{os.getpid()}", now=now, lateness=now - oldest if oldest else timedelta(0))
    fire_due(database, now=now)


def _call(database: Database, addresses: Addresses, now: datetime) -> None:
    call_due(database, addresses, now=now)


def _deliver(database: Database, settings: Settings, now: datetime) -> None:
    while deliver_due(database, open_post(settings), settings, now=now):
        pass


def _clean(database: Database, settings: Settings, now: datetime) -> None:
    with database.transaction() as session:
        clean(session, Storage(settings.data_folder / "files"), now=now)
        forget_heartbeats(session, now=now)
        forget_done(session, now=now)
        forget_old(session, now=now)


def _round(do: Callable[[datetime], None]) -> Callable[[], None]:
    """A round that outlives any error: the next tick tries again."""
    def run() -> None:
        try:
            do(datetime.now(UTC))
        except Exception as error:
            log.error("round_failed", error=type(error).__name__, exc_info=error)
    return run
