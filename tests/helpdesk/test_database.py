"""The database: nothing is lost between two writers, and moments are always in UTC."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from helpdesk import outbox
from helpdesk.audit import AuditEntry, record
from helpdesk.database import Database, is_lost_race
from helpdesk.outbox import Letter
from helpdesk.tickets import Ticket, TicketCounter, lock_ticket, next_number
from tests.desk import MONDAY, Desk

WARSAW = timezone(timedelta(hours=1))


def together(*acts: Callable[[], object]) -> None:
    """Do the acts in threads, all at once."""
    threads = [Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_no_update_is_lost_between_writers(desk: Desk) -> None:
    desk.submit()
    with desk.session() as session:
        before = session.get_one(TicketCounter, 1).last

    def count() -> None:
        for _ in range(10):
            desk.database.run(next_number)

    together(*[count] * 4)

    with desk.session() as session:
        assert session.get_one(TicketCounter, 1).last == before + 40


def test_two_who_read_the_same_ticket_do_not_overwrite_each_other(desk: Desk) -> None:
    ticket_id = desk.ticket(desk.submit()).id
    both_read = Barrier(2, timeout=5)
    tries: list[int] = []

    def append(word: str) -> None:
        def act(session: Session) -> None:
            ticket = session.get_one(Ticket, ticket_id)
            tries.append(1)
            if len(tries) <= 2:
                both_read.wait()
            ticket.solution += word

        desk.database.run(act)

    together(lambda: append("a"), lambda: append("b"))

    assert sorted(desk.ask(lambda session: session.get_one(Ticket, ticket_id)).solution) == ["a", "b"]
    assert len(tries) == 3


def test_a_writer_on_sqlite_takes_the_lock_with_its_first_write(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.sqlite")
    seen: list[bool] = []

    def in_transaction(session: Session) -> bool:
        raw = session.connection().connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        return raw.in_transaction

    with database.transaction() as session:
        session.execute(text("SELECT 1"))
        seen.append(in_transaction(session))
        session.execute(text("CREATE TABLE a (b INTEGER)"))
        seen.append(in_transaction(session))
    with database.transaction() as session:
        facts = [session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
    database.engine.dispose()

    assert seen == [False, True]
    assert facts == ["wal", 2, 1]


def test_what_raises_is_rolled_back_as_a_whole(desk: Desk) -> None:
    number = desk.submit()

    def act(session: Session) -> None:
        ticket = lock_ticket(session, desk.ticket(number).id, now=desk.now)
        outbox.queue(session, to=ticket.client, text="reply", now=desk.now, ticket_id=ticket.id)
        record(session, "lost", by=None, now=desk.now, ticket_id=ticket.id)
        session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        desk.database.run(act)

    assert "reply" not in desk.letters(number) and "lost" not in desk.acts(number)


def test_a_lost_race_is_tried_again_and_anything_else_is_not(desk: Desk) -> None:
    calls: list[int] = []

    def wrong(_: Session) -> None:
        calls.append(1)
        raise ValueError

    with pytest.raises(ValueError):
        desk.database.run(wrong)

    assert calls == [1]
    assert not is_lost_race(ValueError()) and not is_lost_race(OperationalError("x", {}, Exception("locked")))


def test_a_reference_to_nothing_is_refused(desk: Desk) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"), desk.session() as session:
        session.add(AuditEntry(act="nothing", at=desk.now, ticket_id=999_999, details={}, place=1, digest=""))


@pytest.mark.parametrize("moment", [MONDAY, MONDAY.astimezone(WARSAW), datetime(2026, 10, 25, 0, 59, 59, 999999, UTC)])
def test_a_moment_comes_back_as_the_same_moment_in_utc(desk: Desk, moment: datetime) -> None:
    with desk.session() as session:
        record(session, "moment", by=None, now=moment)

    found = desk.ask(lambda session: session.scalars(select(AuditEntry.at).where(AuditEntry.act == "moment")).one())
    assert found == moment and found.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(desk: Desk) -> None:
    with pytest.raises(StatementError, match="without a time zone"), desk.session() as session:
        record(session, "moment", by=None, now=datetime(2026, 11, 16, 8))  # noqa: DTZ001


def test_an_error_of_the_database_does_not_tell_what_people_wrote(desk: Desk) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key") as failed, desk.session() as session:
        session.add(Letter(person_id=999_999, text="secret words", facts={}, queued_at=desk.now, try_at=desk.now))

    assert "secret words" not in str(failed.value)
