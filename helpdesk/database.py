"""The database: one base for all records, UTC moments, and one transaction for one outside event."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar, TypeVar

from sqlalchemy import JSON, BigInteger, DateTime, Engine, Integer, MetaData, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError, TimeoutError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

Result = TypeVar("Result")

TRIES = 6
LOCK_FIRST = 3
FIRST_PAUSE = 0.01  # seconds, twice as long at every further try
BUSY_TIMEOUT_MS = 15_000
CONNECT_TIMEOUT_S = 10
LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
# SQLite: locked, or a unique row is there already. PostgreSQL: the same, a deadlock, a transaction out of order.
LOST_RACES = LOCKED | {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
                       "23505", "55P03", "40P01", "40001"}
WAITING_ROWS = "waiting_rows"
# What the database says when it is away, full or overloaded; anything else it says is about what it was asked.
OUT_OF_REACH = (OperationalError, InterfaceError, TimeoutError)
READING = ("SELECT", "PRAGMA", "EXPLAIN", "WITH", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")

# SQLite counts rows only in INTEGER keys; PostgreSQL gets 64 bits.
Key = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


class UtcMoment(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both sides."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Record(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    })
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcMoment(), dict[str, Any]: Json, list[str]: Json, list[Any]: Json, int: Key,
    }


def open_engine(url: str, *, is_draft: bool = False) -> Engine:
    """An engine for `url`; on SQLite with WAL, full sync, foreign keys and late immediate write transactions.

    is_draft: a database that is thrown away if the power fails, so that its commits need not reach the disk.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", partial(_prepare_sqlite, sync="OFF" if is_draft else "FULL"))
        event.listen(engine, "before_cursor_execute", _begin_immediate_before_writing)
        return engine
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=8, max_overflow=8,
                         connect_args={"connect_timeout": CONNECT_TIMEOUT_S})


class DeskSession(Session):
    """A session that also writes, when it flushes, the rows added without objects (helpdesk/statements/rows.py)."""

    def flush(self, objects: Any = None) -> None:
        super().flush(objects)
        waiting = self.info.get(WAITING_ROWS)
        if waiting:
            for insertion, many in waiting.items():
                insertion.send(self, *many)
            waiting.clear()


class Database:
    """One database and the way into it."""

    def __init__(self, url: str, *, info: dict[str, Any] | None = None, is_draft: bool = False) -> None:
        """info: what every session carries along, such as the shelf of process versions. is_draft: see open_engine."""
        self.url = url
        self.engine = open_engine(url, is_draft=is_draft)
        self.info = info if info is not None else {}
        self._sessions = sessionmaker(self.engine, class_=DeskSession, expire_on_commit=False, autoflush=False,
                                      info=self.info)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it raises."""
        session = self._sessions()
        try:
            yield session
            session.flush()
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def run(self, act: Callable[[Session], Result]) -> Result:
        """What `act` gives, in one transaction; tried again when another writer was first.

        Who has lost often locks SQLite before reading, so that nobody can be faster for ever.
        """
        for tried in range(TRIES):
            try:
                with self.transaction() as session:
                    if tried >= LOCK_FIRST and self.is_sqlite:
                        session.connection().exec_driver_sql("BEGIN IMMEDIATE")
                    return act(session)
            except Exception as error:
                if tried + 1 == TRIES or not is_lost_race(error):
                    raise
            # Those who lost together must not come back together.
            time.sleep(random.uniform(0, FIRST_PAUSE * 2 ** tried))  # noqa: S311
        raise AssertionError("the last try gives or raises")


def is_lost_race(error: BaseException | None) -> bool:
    """Whether another writer was first, so that the whole act may be tried again.

    True for a row changed or removed since it was read, for a unique row that somebody else has just added (the next
    try finds it), and for a lock that could not be had. An act may have wrapped the error: its causes count too.
    """
    while error is not None:
        if isinstance(error, StaleDataError) or (isinstance(error, DBAPIError) and _code(error) in LOST_RACES):
            return True
        error = error.__cause__
    return False


def find_database_error(error: BaseException | None) -> SQLAlchemyError | None:
    """The database's error among an error and its causes, if there is one."""
    while error is not None and not isinstance(error, SQLAlchemyError):
        error = error.__cause__
    return error


def is_out_of_reach(error: BaseException | None) -> bool:
    """Whether the database is away, full or overloaded: nobody's mistake, and nothing about one ticket."""
    while error is not None:
        if isinstance(error, OUT_OF_REACH):
            return True
        error = error.__cause__
    return False


def _code(error: DBAPIError) -> object:
    """The database's own code of the error: its words depend on the server's language."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None:
        return getattr(error.orig, "sqlstate", None)
    return code & 0xFF if code & 0xFF in LOCKED else code


def _prepare_sqlite(connection: sqlite3.Connection, _record: object, *, sync: str) -> None:
    # The driver must not begin transactions by itself: reads stay outside, writers begin immediate.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", f"synchronous={sync}", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate_before_writing(
    connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool,
) -> None:
    raw: sqlite3.Connection = connection.connection.dbapi_connection
    if not raw.in_transaction and not statement.lstrip()[:10].upper().startswith(READING):
        cursor.execute("BEGIN IMMEDIATE")
