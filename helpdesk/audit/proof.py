"""The proof: the whole audit log is read once and counted over again; the first place that does not fit is named."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.engine import Connection

from helpdesk.audit import DESK, SEALS, AuditEntry, DeskChain
from helpdesk.audit.chain import NOTHING, entry_digest, seal_digest
from helpdesk.audit.seals import DESK_ID, AuditSeal
from helpdesk.database import Database
from helpdesk.errors import DeskError
from helpdesk.tickets import Ticket

READ_AT_ONCE = 1000


class Broken(DeskError):
    """The audit log is broken at {where}: {what}"""


@dataclass
class Proof:
    """What was found right: how much there is, how much of it no seal holds yet, and the last seal."""

    tickets: int = 0
    entries: int = 0
    desk_entries: int = 0
    unsealed: int = 0
    seals: int = 0
    last_seal: str = NOTHING
    sealed_at: datetime | None = None


def prove(database: Database, *, number: str | None = None) -> Proof:
    """Count the audit log over again: all of it, or one ticket's chain and what the seals say of it.

    Rows are read in a stream, and all at one moment, so that people may work meanwhile. Raises Broken.
    """
    with _one_moment(database) as connection:
        return prove_on(connection, number=number)


def prove_on(connection: Connection, *, number: str | None = None) -> Proof:
    """The same, as one open transaction sees the log."""
    proof = Proof()
    ticket_id = _ticket_id(connection, number) if number is not None else None
    with ExitStack() as opened:
        log = _Log(connection, opened)
        _prove_tickets(log, proof, ticket_id)
        if ticket_id is None:
            _prove_desk(log, proof)
        _prove_seals(log, proof, ticket_id)
    return proof


def find_seal(database: Database, number: int) -> str | None:
    """The digest of a seal, to be compared with the one in a log that was kept elsewhere."""
    with database.engine.connect() as connection:
        return connection.scalar(select(AuditSeal.digest).where(AuditSeal.number == number))


@dataclass
class _Log:
    """The log as it is read: every stream that was opened is closed in the end, also when a place is broken."""

    connection: Connection
    opened: ExitStack

    def read(self, query: Select[Any]) -> Iterator[Row[Any]]:
        reading = self.connection.execution_options(yield_per=READ_AT_ONCE).execute(query)
        self.opened.callback(reading.close)
        return iter(reading)


@contextmanager
def _one_moment(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as connection:
        if database.is_sqlite:
            # Reads are outside a transaction there, each at its own moment.
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
        connection.rollback()


def _ticket_id(connection: Connection, number: str) -> int:
    found = connection.scalar(select(Ticket.id).where(Ticket.number == number))
    if found is None:
        raise Broken(where=number, what="There is no such ticket.")
    return found


def _prove_tickets(log: _Log, proof: Proof, ticket_id: int | None) -> None:
    """Every ticket with its chain, side by side in the order of their ids."""
    columns: tuple[Any, ...] = (Ticket.id, Ticket.number, Ticket.audit_head, Ticket.audit_count, Ticket.audit_sealed)
    heads = select(*columns)
    entries = _entries().where(AuditEntry.ticket_id.is_not(None))
    if ticket_id is not None:
        heads, entries = heads.where(Ticket.id == ticket_id), entries.where(AuditEntry.ticket_id == ticket_id)
    chains = groupby(log.read(entries.order_by(AuditEntry.ticket_id, AuditEntry.place)),
                     key=lambda row: row.ticket_id)
    chain = next(chains, None)
    for head in log.read(heads.order_by(Ticket.id)):
        if chain is not None and chain[0] < head.id:
            break
        rows: Iterable[Row[Any]] = ()
        if chain is not None and chain[0] == head.id:
            rows = chain[1]
        proof.entries += _prove_chain(rows, where=f"ticket {head.number}", head=head)
        proof.tickets += 1
        proof.unsealed += max(head.audit_count - head.audit_sealed, 0)
        if rows:
            chain = next(chains, None)
    if chain is not None:
        raise Broken(where=f"ticket with id {chain[0]}", what="there are entries, but the ticket is not there.")


def _prove_desk(log: _Log, proof: Proof) -> None:
    head = log.connection.execute(select(DeskChain).where(DeskChain.key == DESK)).one_or_none()
    rows = log.read(_entries().where(AuditEntry.ticket_id.is_(None)).order_by(AuditEntry.place))
    proof.desk_entries = _prove_chain(rows, where="the desk", head=head)
    proof.unsealed += max(head.audit_count - head.audit_sealed, 0) if head else 0


def _prove_chain(rows: Iterable[Row[Any]], *, where: str, head: Row[Any] | None) -> int:
    """How many entries one chain has; each must follow from the one before, and the last must be the head."""
    previous, place = NOTHING, 0
    for row in rows:
        place += 1
        if row.place != place:
            what = "is not there." if row.place > place else "is there twice."
            raise Broken(where=where, what=f"entry {place if row.place > place else row.place} {what}")
        counted = entry_digest(previous, ticket_id=row.ticket_id, place=place, at=row.at, act=row.act,
                               by_id=row.by_id, details=row.details)
        if counted != row.digest:
            raise Broken(where=where, what=f"entry {place} ({row.act}) or its digest was changed.")
        previous = counted
    count, last = (head.audit_count, head.audit_head) if head else (0, NOTHING)
    if place < count:
        raise Broken(where=where, what=f"entry {place + 1} and all after it are not there; there were {count}.")
    if place > count or previous != last:
        raise Broken(where=where, what=f"the head says {count} entries and another digest than entry {place} has.")
    return place


def _prove_seals(log: _Log, proof: Proof, ticket_id: int | None) -> None:
    previous = NOTHING
    for row in log.read(select(AuditSeal).order_by(AuditSeal.number)):
        proof.seals += 1
        where = f"seal {proof.seals}"
        if row.number != proof.seals:
            raise Broken(where=where, what="it is not there.")
        if row.digest != seal_digest(previous, number=row.number, at=row.at, heads=row.heads):
            raise Broken(where=where, what="the seal or its digest was changed.")
        _prove_heads(log.connection, row.heads, ticket_id, where=where)
        previous, proof.last_seal, proof.sealed_at = row.digest, row.digest, row.at
    head = log.connection.execute(select(DeskChain).where(DeskChain.key == SEALS)).one_or_none()
    if ((head.audit_count, head.audit_head) if head else (0, NOTHING)) != (proof.seals, previous):
        raise Broken(where=f"seal {proof.seals + 1}", what="it is not there, or there are others at the end.")


def _prove_heads(connection: Connection, heads: list[Any], ticket_id: int | None, *, where: str) -> None:
    """What a seal holds must be in the chains: the entry at that place with that digest."""
    wanted = {(chain, count): digest for chain, count, digest in heads if ticket_id in (None, chain)}
    on_tickets = [key for key in wanted if key[0] != DESK_ID]
    found = {(row.ticket_id, row.place): row.digest for row in connection.execute(
        select(AuditEntry.ticket_id, AuditEntry.place, AuditEntry.digest).where(
            tuple_(AuditEntry.ticket_id, AuditEntry.place).in_(on_tickets)))} if on_tickets else {}
    for chain, count in wanted:
        if chain == DESK_ID:
            found[chain, count] = connection.scalar(select(AuditEntry.digest).where(
                AuditEntry.ticket_id.is_(None), AuditEntry.place == count)) or NOTHING
    for (chain, count), digest in wanted.items():
        if found.get((chain, count)) != digest:
            name = "the desk" if chain == DESK_ID else f"the ticket with id {chain}"
            raise Broken(where=where, what=f"entry {count} of {name} is not the one that was sealed.")


def _entries() -> Select[Any]:
    return select(AuditEntry.ticket_id, AuditEntry.place, AuditEntry.at, AuditEntry.act, AuditEntry.by_id,
                  AuditEntry.details, AuditEntry.digest)
