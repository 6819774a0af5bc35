"""Webs, workers and the database are killed in the middle of their work; nothing is lost, doubled or stuck."""

import heapq
import itertools
import os
import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import arrivals
from engine.records import DoneAct, ItemState, TrailStep, WorkItem
from engine.versions import Shelf
from helpdesk.audit import AuditEntry
from helpdesk.conversation import Message
from helpdesk.database import Database
from helpdesk.migrations import upgrade
from helpdesk.outbox import CLAIMED_FOR, Letter, State
from helpdesk.settings import Settings
from helpdesk.tickets import Ticket
from mailroom.delivery import deliver_due, open_post
from sla.alarms import Alarm
from tests.desk import Desk, prepare
from tests.kill.cluster import Cluster, own_cluster
from tests.kill.fleet import Fleet
from tests.kill.ledger import find_disorder
from tests.kill.people import Done, People
from tests.kill.short import publish_short

pytestmark = [pytest.mark.xdist_group("kill"), pytest.mark.crash]
OPERATIONS = int(os.environ.get("CHAOS_OPERATIONS", "1000"))
KILLS = int(os.environ.get("CHAOS_KILLS", "60"))
THREADS = 6
QUIET_SECONDS = 120  # a busy machine; an idle one needs ten
Matter = tuple[float, int, Iterator[float]]
# boundary event → what it leads to → the letter this sends
RINGS = {"remind_due": ("remind", "reminder"), "ask_due": ("ask_again", "waiting_for_form"),
         "too_late": ("note_late", None)}


class Load:
    """Threads that play matters until enough acts were acknowledged."""

    def __init__(self, people: People) -> None:
        self.people = people
        self._waiting: list[Matter] = []
        self._places = itertools.count()
        self._lock = threading.Lock()
        self._is_over = False
        self._threads = [threading.Thread(target=self._play) for _ in range(THREADS)]

    def run(self, fleet: Fleet) -> None:
        """Kill one process after every so many acts."""
        chance = random.Random(4)
        for thread in self._threads:
            thread.start()
        try:
            for kill in range(1, KILLS + 1):
                self._wait_for(kill * OPERATIONS // KILLS)
                fleet.kill_one(chance)
        finally:
            self._is_over = True
            for thread in self._threads:
                thread.join()

    def _wait_for(self, acts: int) -> None:
        while self.people.done.operations < acts and not self.people.done.wrong:
            assert any(thread.is_alive() for thread in self._threads), "every client has given up"
            time.sleep(0.005)

    def _play(self) -> None:
        while not self._is_over:
            place, matter = self._next()
            try:
                pause = next(matter, None)
            except Exception as error:
                self.people.done.wrong.append(f"matter {place}: {error!r}")
                return
            if pause is not None:
                with self._lock:
                    heapq.heappush(self._waiting, (time.monotonic() + pause, place, matter))

    def _next(self) -> tuple[int, Iterator[float]]:
        with self._lock:
            if self._waiting and self._waiting[0][0] <= time.monotonic():
                _, place, matter = heapq.heappop(self._waiting)
                return place, matter
            place = next(self._places)
        return place, self.people.matter(place)


@dataclass(frozen=True)
class Scene:
    """A database with the small catalogue and the short process; its server, where it has one."""

    database: Database
    cluster: Cluster | None


@pytest.fixture
def scene(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    if kind == "sqlite":
        path = tmp_path / "desk.sqlite"
        shutil.copy(request.getfixturevalue("prepared_sqlite"), path)
        yield from _opened(f"sqlite:///{path}", None)
        return
    with own_cluster() as cluster:
        url = cluster.url.render_as_string(hide_password=False)
        fresh = Database(url)
        upgrade(fresh)
        prepare(fresh)
        fresh.engine.dispose()
        yield from _opened(url, cluster)


def _opened(url: str, cluster: Cluster | None) -> Iterator[Scene]:
    database = Database(url, info={"shelf": Shelf()})
    with database.transaction() as session:
        publish_short(session, datetime.now(UTC))
    yield Scene(database, cluster)
    database.engine.dispose()


def test_whatever_is_killed_nothing_is_lost_doubled_or_stuck(scene: Scene, tmp_path: Path) -> None:
    database, cluster = scene.database, scene.cluster
    desk = Desk(database)
    folder = tmp_path / "data"
    folder.mkdir()
    fleet = Fleet(database.url, folder, cluster)
    try:
        people = People(desk, fleet, datetime.now(UTC))
        began = time.monotonic()
        Load(people).run(fleet)
        took = time.monotonic() - began
        wait_until_quiet(desk, fleet)
    finally:
        fleet.close()
    redelivered = deliver_what_the_dead_had_claimed(database, folder)
    done = people.done

    assert not done.wrong, "\n".join(done.wrong[:5]) + fleet.words()
    assert fleet.kills.total() == KILLS and min(fleet.kills.values()) >= KILLS // 20
    assert set(fleet.kills) == {"web", "work", "post"} | ({"database"} if cluster else set())
    print(f"\n{done.operations} operations in {took:.0f} s, {len(done.numbers)} requests, kills {dict(fleet.kills)}, "
          f"{done.sent_again} sent again, {done.too_late} too late, {redelivered} letters redelivered, "
          f"alarms {desk.ask(lateness)}", end=" ")
    assert desk.ask(lambda session: what_was_lost_or_doubled(session, done)) == []
    assert desk.ask(what_rang_wrongly) == []
    assert desk.ask(lambda session: what_letters_miss(session, folder / "letters")) == []
    assert desk.ask(lambda session: find_disorder(session, now=datetime.now(UTC))) == []
    assert cluster is None or cluster.count_deadlocks() == 0
    assert cluster or fleet.ended_by_themselves == 0


def wait_until_quiet(desk: Desk, fleet: Fleet) -> None:
    """Until every alarm of the short matters has rung and no letter waits but those the dead had claimed."""
    end = time.monotonic() + QUIET_SECONDS
    while desk.ask(count_waiting):
        assert time.monotonic() < end, f"stuck: {desk.ask(count_waiting)}"
        fleet.revive()
        time.sleep(0.25)


def count_waiting(session: Session) -> int:
    now = datetime.now(UTC)
    alarms = session.scalar(select(func.count(Alarm.id)).where(
        Alarm.fired_at.is_(None), Alarm.due_at <= now + timedelta(seconds=30))) or 0
    letters = session.scalar(select(func.count(Letter.id)).where(
        Letter.state == State.WAITING.value, Letter.try_at <= now)) or 0
    return alarms + letters


def deliver_what_the_dead_had_claimed(database: Database, folder: Path) -> int:
    """As a worker does once the time of their claim is over."""
    settings = Settings(data=str(folder), address="http://127.0.0.1")
    later = datetime.now(UTC) + CLAIMED_FOR
    sent = 0
    while some := deliver_due(database, open_post(settings), settings, now=later):
        sent += some
    return sent


def lateness(session: Session) -> str:
    late = sorted((alarm.fired_at - alarm.due_at).total_seconds() for alarm in session.scalars(
        select(Alarm).where(Alarm.fired_at.is_not(None))) if alarm.fired_at is not None)
    return f"{len(late)}, late by {late[len(late) // 2]:.1f} s (half of them), {late[-1]:.1f} s (the worst)"


def what_was_lost_or_doubled(session: Session, done: Done) -> list[str]:
    """Compares the tables with what people were told."""
    found = []
    if dict(session.execute(select(Ticket.subject, Ticket.number)).all()) != done.numbers:
        found.append("the requests are not those that were acknowledged")
    if session.scalar(select(func.count(Ticket.id))) != len(done.numbers):
        found.append("there are more requests than were acknowledged")
    if set(session.scalars(select(DoneAct.key))) != set(done.acts):
        found.append("the acts done are not those that were acknowledged")
    steps = session.scalars(select(WorkItem.id).where(WorkItem.state == ItemState.DONE.value))
    if sorted(steps) != sorted(done.steps):
        found.append("the steps done are not those that were acknowledged")
    claimed = {(entry.ticket_id, entry.by_id, entry.details["element"]): entry for entry in session.scalars(
        select(AuditEntry).where(AuditEntry.act == "claimed"))}
    if len(claimed) != len(done.holders) or len(claimed) != session.scalar(
            select(func.count()).where(AuditEntry.act == "claimed")):
        found.append("a step was taken twice")
    if session.scalar(select(func.count()).where(AuditEntry.act == "completed")) != len(done.steps):
        found.append("a step was done twice")
    if session.scalar(select(func.count()).where(AuditEntry.act == "submitted")) != len(done.numbers):
        found.append("a request was registered twice")
    if sorted(session.scalars(select(Message.body).where(Message.kind == "reply"))) != sorted(done.replies):
        found.append("the replies are not those that were acknowledged")
    return found


def what_rang_wrongly(session: Session) -> list[str]:
    """Each timer rings once: one alarm, one entry, one way through the diagram, one letter."""
    found = []
    for event, (step, letter) in RINGS.items():
        counts = {
            "alarms": Counter(session.scalars(select(Alarm.ticket_id).where(
                Alarm.element_id == event, Alarm.fired_at.is_not(None)))),
            "entries": Counter(entry.ticket_id for entry in session.scalars(select(AuditEntry).where(
                AuditEntry.act == "timer_fired")) if entry.details["element"] == event),
            "ways": Counter(session.scalars(select(TrailStep.ticket_id).where(
                TrailStep.element_id == step, TrailStep.what == "left"))),
            "effects": Counter(session.scalars(select(Letter.ticket_id).where(Letter.text == letter) if letter else
                                               select(Message.ticket_id).where(Message.kind == "note"))),
        }
        if not counts["alarms"] or set(counts["alarms"].values()) != {1}:
            found.append(f"{event} rang {counts['alarms']}")
        found += [f"{event}: {name} differ" for name, count in counts.items() if count != counts["alarms"]]
    dropped = set(session.scalars(select(WorkItem.ticket_id).where(
        WorkItem.element_id == "handle", WorkItem.state == ItemState.DROPPED.value)))
    for text in ("reminder", "breach"):
        told = Counter(session.scalars(select(Letter.ticket_id).where(Letter.text == text)))
        if not dropped <= set(told) or set(told.values()) != {1}:
            found.append(f"{text} did not come exactly once")
    return found


def what_letters_miss(session: Session, folder: Path) -> list[str]:
    """Every letter left in exactly one message, and every message is a whole file.

    What is new in a team is told in the page and by no letter, unless somebody wishes so.
    """
    letters = list(session.scalars(select(Letter).where(Letter.text != arrivals.TEXT)))
    of_teams = set(session.scalars(select(Letter.state).where(Letter.text == arrivals.TEXT)))
    found = [f"letter {one.id} is {one.state}: {one.error}" for one in letters if one.state != State.SENT.value]
    found += [f"a notice of a team is {state}" for state in of_teams ^ {State.UNWANTED.value}]
    messages = {one.mail or f"letter-{one.id}" for one in letters}
    files = {path.name.partition("@")[0]: path for path in folder.glob("*.eml")}
    found += [f"{name} never left" for name in sorted(messages - set(files))]
    found += [f"{name} left, and no letter is in it" for name in sorted(set(files) - messages)]
    return found + [f"{name} is a piece" for name, path in files.items() if b"Message-ID" not in path.read_bytes()]
