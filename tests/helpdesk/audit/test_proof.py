"""The proof: whatever is changed in the audit log behind the desk's back is found, and where."""

import random
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.engine import Connection

from helpdesk import audit
from helpdesk.audit import AuditEntry
from helpdesk.audit.chain import NOTHING, entry_digest
from helpdesk.audit.proof import Broken, find_seal, prove, prove_on
from helpdesk.audit.seals import AuditSeal, seal
from helpdesk.database import Database
from helpdesk.people.signin import sign_in
from helpdesk.tickets import Ticket
from tests.desk import Desk

LEAST_A_TICKET = 4


@pytest.fixture
def numbers(desk: Desk) -> list[str]:
    """Three tickets with some history each, sealed twice, and a little that is not sealed yet."""
    numbers = [desk.submit(by=by) for by in ("clara", "colin", "clara")]
    for number in numbers:
        desk.later(minutes=5)
        desk.claim(number)
    assert seal_all(desk) > 0
    for number in numbers:
        desk.reply(number, "Czy jest już coś nowego?", by="amir")
    seal_all(desk)
    for number in numbers:
        desk.note(number, "Dzwoniłem.")
    return numbers


def seal_all(desk: Desk, most: int = 500) -> int:
    sealed = 0
    while found := desk.database.run(lambda session: seal(session, now=desk.now, most=most)):
        sealed += found
    return sealed


@contextmanager
def tampering(desk: Desk) -> Iterator[Connection]:
    """A connection of somebody who has the database in their hands, foreign keys or not; nothing stays."""
    with desk.database.engine.connect() as connection:
        if desk.database.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection
        connection.rollback()
        connection.detach()


def tamper(connection: Connection, *statements: str) -> None:
    for statement in statements:
        assert connection.execute(text(statement)).rowcount > 0, statement


def chain_anew(connection: Connection, ticket_id: int) -> None:
    """Count a ticket's chain over again, head included, as somebody would who knows how."""
    head, place = NOTHING, 0
    rows = connection.execute(select(AuditEntry.__table__).where(AuditEntry.ticket_id == ticket_id)
                              .order_by(AuditEntry.place)).all()
    for place, row in enumerate(rows, 1):
        head = entry_digest(head, ticket_id=ticket_id, place=place, at=row.at, act=row.act, by_id=row.by_id,
                            details=row.details)
        connection.execute(AuditEntry.__table__.update().where(AuditEntry.id == row.id)
                           .values(place=place, digest=head))
    connection.execute(Ticket.__table__.update().where(Ticket.id == ticket_id)
                       .values(audit_head=head, audit_count=place))


def test_an_honest_log_is_unbroken(desk: Desk, numbers: list[str]) -> None:
    proof = prove(desk.database)

    assert proof.tickets == len(numbers) and proof.entries >= LEAST_A_TICKET * len(numbers)
    assert proof.desk_entries >= len(("person_added", "process_published"))
    assert (proof.seals, proof.unsealed) == (2, len(numbers))
    assert proof.last_seal == find_seal(desk.database, 2)


def test_the_log_of_one_ticket_is_proved_alone(desk: Desk, numbers: list[str]) -> None:
    first, second = (len(desk.acts(number)) for number in numbers[:2])
    assert prove(desk.database, number=numbers[0]).entries == first

    with tampering(desk) as connection:
        tamper(connection, "UPDATE audit_entry SET act = 'noted' "
                           f"WHERE ticket_id = {desk.ticket(numbers[0]).id} AND place = 1")

        assert prove_on(connection, number=numbers[1]).entries == second
        with pytest.raises(Broken, match=numbers[0]):
            prove_on(connection, number=numbers[0])


CHANGES = {
    "the act": "UPDATE audit_entry SET act = 'noted' WHERE {second}",
    "the moment": "UPDATE audit_entry SET at = '2026-11-16 08:00:01.000000' WHERE {second}",
    "the person": "UPDATE audit_entry SET by_id = by_id + 1 WHERE {second}",
    "nobody instead of the person": "UPDATE audit_entry SET by_id = NULL WHERE {second}",
    "the details": "UPDATE audit_entry SET details = '{{}}' WHERE {second}",
    "the digest": "UPDATE audit_entry SET digest = '1:00' WHERE {second}",
    "an entry of the desk": "UPDATE audit_entry SET act = 'signed_in' WHERE ticket_id IS NULL AND place = 2",
    "an entry removed": "DELETE FROM audit_entry WHERE {second}",
    "an entry of the desk removed": "DELETE FROM audit_entry WHERE ticket_id IS NULL AND place = 2",
    "the tail cut off": "DELETE FROM audit_entry WHERE ticket_id = {ticket} AND place >= 4",
    "the desk's tail cut off": "DELETE FROM audit_entry WHERE ticket_id IS NULL AND place >= 3",
    "everything of a ticket removed": "DELETE FROM audit_entry WHERE ticket_id = {ticket}",
    "the head": "UPDATE ticket SET audit_head = '1:00' WHERE id = {ticket}",
    "the count": "UPDATE ticket SET audit_count = audit_count - 1 WHERE id = {ticket}",
    "the desk's head": "UPDATE audit_chain SET audit_head = '1:00' WHERE key = 'desk'",
    "the desk's head removed": "DELETE FROM audit_chain WHERE key = 'desk'",
    "a ticket removed, its entries left": "DELETE FROM ticket WHERE id = {ticket}",
    "an entry given to another ticket": "UPDATE audit_entry SET ticket_id = {other}, place = 90 WHERE {second}",
    "an entry of a ticket given to the desk": "UPDATE audit_entry SET ticket_id = NULL, place = 90 WHERE {second}",
    "the heads in a seal": "UPDATE audit_seal SET heads = '[]' WHERE number = 1",
    "the moment of a seal": "UPDATE audit_seal SET at = '2026-01-01 08:00:00.000000' WHERE number = 1",
    "the digest of a seal": "UPDATE audit_seal SET digest = '1:00' WHERE number = 2",
    "the first seal removed": "DELETE FROM audit_seal WHERE number = 1",
    "the last seal removed": "DELETE FROM audit_seal WHERE number = 2",
    "every seal removed": "DELETE FROM audit_seal",
    "the head of the seals": "UPDATE audit_chain SET audit_count = 1 WHERE key = 'seals'",
}


def test_a_change_behind_the_desks_back_is_found(desk: Desk, numbers: list[str]) -> None:
    ticket, other = (desk.ticket(number).id for number in numbers[:2])
    missed = []
    for what, statement in CHANGES.items():
        with tampering(desk) as connection:
            tamper(connection, statement.format(ticket=ticket, other=other,
                                                second=f"ticket_id = {ticket} AND place = 2"))
            try:
                prove_on(connection)
                missed.append(what)
            except Broken:
                connection.rollback()

    assert missed == []
    assert prove(desk.database).tickets == len(numbers)


def test_the_first_broken_place_is_named(desk: Desk, numbers: list[str]) -> None:
    with tampering(desk) as connection:
        for ticket_id in [desk.ticket(number).id for number in numbers[1:]]:
            tamper(connection, f"UPDATE audit_entry SET act = 'x' WHERE ticket_id = {ticket_id} AND place = 2")

        with pytest.raises(Broken) as broken:
            prove_on(connection)

    assert str(broken.value) == (
        f"The audit log is broken at ticket {numbers[1]}: entry 2 (x) or its digest was changed.")


def test_two_entries_that_changed_places_are_found(desk: Desk, numbers: list[str]) -> None:
    where = f"WHERE ticket_id = {desk.ticket(numbers[0]).id} AND place ="

    with tampering(desk) as connection:
        tamper(connection, f"UPDATE audit_entry SET place = 90 {where} 2",
               f"UPDATE audit_entry SET place = 2 {where} 3", f"UPDATE audit_entry SET place = 3 {where} 90")

        with pytest.raises(Broken, match="entry 2"):
            prove_on(connection)


def test_two_entries_swapped_between_tickets_are_found(desk: Desk, numbers: list[str]) -> None:
    first, second = (desk.ticket(number).id for number in numbers[:2])
    move = "UPDATE audit_entry SET ticket_id ="

    with tampering(desk) as connection:
        tamper(connection, f"{move} {second}, place = 90 WHERE ticket_id = {first} AND place = 1",
               f"{move} {first} WHERE ticket_id = {second} AND place = 1",
               f"{move} {second}, place = 1 WHERE ticket_id = {second} AND place = 90")

        with pytest.raises(Broken, match=numbers[0]):
            prove_on(connection)


def test_an_entry_put_in_is_found(desk: Desk, numbers: list[str]) -> None:
    ticket = desk.ticket(numbers[0])

    with tampering(desk) as connection:
        connection.execute(insert(AuditEntry).values(
            at=desk.now, act="closed", by_id=None, ticket_id=ticket.id, details={}, place=ticket.audit_count + 1,
            digest=entry_digest(ticket.audit_head, ticket_id=ticket.id, place=ticket.audit_count + 1, at=desk.now,
                                act="closed", by_id=None, details={})))

        with pytest.raises(Broken, match="the head says"):
            prove_on(connection)


@pytest.mark.parametrize("how", ["changed", "cut off"])
def test_a_chain_counted_anew_after_a_change_does_not_fit_its_seal(desk: Desk, numbers: list[str], how: str) -> None:
    ticket_id = desk.ticket(numbers[0]).id
    where = f"WHERE ticket_id = {ticket_id} AND place"
    changes = {"changed": f"UPDATE audit_entry SET by_id = NULL {where} = 2",
               "cut off": f"DELETE FROM audit_entry {where} >= 2"}

    with tampering(desk) as connection:
        tamper(connection, changes[how])
        chain_anew(connection, ticket_id)

        for number in (None, numbers[0]):
            with pytest.raises(Broken, match="not the one that was sealed"):
                prove_on(connection, number=number)


def test_a_ticket_removed_with_its_whole_chain_is_missed_by_the_seal(desk: Desk, numbers: list[str]) -> None:
    ticket_id = desk.ticket(numbers[0]).id

    with tampering(desk) as connection:
        tamper(connection, f"DELETE FROM audit_entry WHERE ticket_id = {ticket_id}",
               f"DELETE FROM ticket WHERE id = {ticket_id}")

        with pytest.raises(Broken, match=r"seal 1: .*not the one that was sealed"):
            prove_on(connection)


def test_seals_hold_so_many_chains_and_no_chain_is_left_out(desk: Desk) -> None:
    for _ in range(3):
        desk.submit()

    assert seal_all(desk, most=2) == 4  # three tickets and the desk
    assert seal_all(desk) == 0
    heads = desk.ask(lambda session: list(session.scalars(select(AuditSeal.heads).order_by(AuditSeal.number))))
    assert [len(one) for one in heads] == [2, 2]
    assert prove(desk.database).unsealed == 0


def test_what_failed_and_what_was_tried_again_later_is_in_the_chain(desk: Desk) -> None:
    number = desk.submit()
    desk.wait(hours=30)

    assert "threshold_passed" in desk.acts(number)
    assert prove(desk.database).entries >= len(desk.acts(number))


def test_acts_of_many_at_once_make_one_chain_each(desk: Desk) -> None:
    numbers = [desk.submit() for _ in range(2)]

    def work(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(6):
            desk.note(chance.choice(numbers), "Zapisane.")
            desk.database.run(lambda session: sign_in(
                session, desk.person(session, "amir"), lasts=timedelta(hours=1), now=desk.now))
            desk.database.run(lambda session: seal(session, now=desk.now))

    threads = [Thread(target=work, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(desk.acts(number).count("noted") for number in numbers) == 18
    proof = prove(desk.database)
    assert proof.entries == sum(len(desk.acts(number)) for number in numbers)


def test_an_act_writes_nothing_more_for_its_chain_than_the_entry(
        desk: Desk, count_statements: Callable[[Callable[[], object]], list[str]]) -> None:
    number = desk.submit()

    statements = count_statements(lambda: desk.claim(number))

    assert len([one for one in statements if "audit_entry" in one]) == 1
    assert len([one for one in statements if one.startswith("UPDATE ticket ")]) == 1
    assert not [one for one in statements if "audit_chain" in one]


def test_a_long_log_is_read_in_a_stream(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number = desk.submit()
    lengthen(desk.database, number, by=5000)
    monkeypatch.setattr("helpdesk.audit.proof.READ_AT_ONCE", 100)
    prove(desk.database, number=desk.submit())  # what is loaded once is loaded
    tracemalloc.start()
    try:
        proof = prove(desk.database)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert proof.entries > 5000
    assert peak < 1_500_000  # all rows at once are more than four times as much


def lengthen(database: Database, number: str, *, by: int) -> None:
    with database.transaction() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        head, rows, last = ticket.audit_head, [], ticket.audit_count + by
        for place in range(ticket.audit_count + 1, last + 1):
            facts = {"ticket_id": ticket.id, "at": ticket.opened_at, "act": "noted", "by_id": None, "details": {}}
            head = entry_digest(head, place=place, **facts)  # type: ignore[arg-type]
            rows.append({**facts, "place": place, "digest": head})
        session.execute(insert(AuditEntry), rows)
        ticket.audit_head, ticket.audit_count = head, last


def test_an_act_that_names_no_ids_is_refused_before_it_is_written(desk: Desk) -> None:
    number = desk.submit()

    with pytest.raises(ValueError, match="ids and short words"):
        desk.act_on(number, lambda session, ticket: audit.record(
            session, "noted", by=None, now=desk.now, ticket_id=ticket.id, said="Jan Kowalski, tel. 600 100 200"))
