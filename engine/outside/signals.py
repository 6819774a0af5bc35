"""Signals: what one ticket's process throws is heard by every other that waits for it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from engine.diagrams.reports import Thrown, Wait
from engine.outside.events import EventKind, SignalWait, queue_signal


class Subscriptions:
    """The signals one instance waits for: the rows are made equal to them."""

    def __init__(self) -> None:
        self.before: frozenset[str] = frozenset()

    def match(self, session: Session, ticket_id: int, waits: Iterable[Wait]) -> None:
        wanted = signal_names(waits)
        gone, new = self.before - wanted, wanted - self.before
        if gone:
            session.execute(delete(SignalWait).where(SignalWait.ticket_id == ticket_id, SignalWait.name.in_(gone)))
        if new:
            session.execute(insert(SignalWait), [{"ticket_id": ticket_id, "name": name} for name in sorted(new)])
        self.before = wanted


def signal_names(waits: Iterable[Wait]) -> frozenset[str]:
    """The names of the signals among what an instance waits for."""
    return frozenset(wait.name for wait in waits if wait.kind == EventKind.SIGNAL.value)


def send_thrown(session: Session, thrown: Iterable[Thrown], *, ticket_id: int, now: datetime) -> None:
    """Send the signals that a step has thrown to the other tickets; each name once for a step."""
    for name in sorted({one.name for one in thrown if one.kind == EventKind.SIGNAL.value}):
        queue_signal(session, name, sender_id=ticket_id, now=now)
