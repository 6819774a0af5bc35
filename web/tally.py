"""The tally: what is only counted and by nobody's name, kept in this process and written once a minute at most.

A page that is only read writes nothing, and a thousand readings of an article are one statement.
"""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from helpdesk.knowledge.articles import Article
from helpdesk.knowledge.gaps import note_misses, words_kept

EVERY = timedelta(minutes=1)
log = structlog.get_logger()
# So many different things are remembered; more in one minute are no readers.
MOST = 500
Kept = TypeVar("Kept")


@dataclass
class Tally:
    """Readings of articles and searches without a hit since the last time they were written."""

    readings: Counter[int] = field(default_factory=Counter)
    misses: Counter[tuple[str, str]] = field(default_factory=Counter)
    since: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, article_id: int, *, now: datetime) -> None:
        """Somebody opened an article."""
        with self.lock:
            self._add(self.readings, article_id, now)

    def miss(self, typed: str, language: str, *, now: datetime) -> None:
        """Somebody looked for words that no article has."""
        words = words_kept(typed)
        if words:
            with self.lock:
                self._add(self.misses, (words, language), now)

    def write(self, run: Callable[[Callable[[Session], None]], None], *, now: datetime) -> None:
        """Write what was counted, if it is time to."""
        with self.lock:
            if self.since is None or now - self.since < EVERY:
                return
            readings, misses = dict(self.readings), dict(self.misses)
            self.readings.clear()
            self.misses.clear()
            self.since = None
        try:
            run(lambda session: _put(session, readings, misses, now=now))
        except SQLAlchemyError as error:
            # The page that was asked for is whole; a minute of counting is not worth it.
            log.warning("tally_lost", error=type(error).__name__)

    def _add(self, counter: "Counter[Kept]", key: Kept, now: datetime) -> None:
        if key in counter or len(counter) < MOST:
            counter[key] += 1
            self.since = self.since or now


def _put(session: Session, readings: dict[int, int], misses: dict[tuple[str, str], int], *, now: datetime) -> None:
    for article_id, number in sorted(readings.items()):
        session.execute(update(Article).where(Article.id == article_id).values(
            readings=Article.readings + number).execution_options(synchronize_session=False))
    if misses:
        note_misses(session, misses, now=now)
