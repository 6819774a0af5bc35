"""Databases for the bench: one of each kind, made anew and thrown away."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text

from engine.versions import Shelf
from helpdesk.database import Database
from helpdesk.migrations import upgrade
from tests.desk import prepare
from tests.postgres import database_url

KINDS = ("sqlite", "postgresql")


@contextmanager
def new_database(kind: str) -> Iterator[Database]:
    """A prepared database of that kind, gone afterwards."""
    with _place(kind) as url:
        database = Database(url, info={"shelf": Shelf()})
        upgrade(database)
        prepare(database)
        yield database
        database.engine.dispose()


@contextmanager
def _place(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        folder = Path(tempfile.mkdtemp(prefix="okienko-bench-"))
        try:
            yield f"sqlite:///{folder / 'desk.sqlite'}"
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    name = f"bench_{uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}"')
    try:
        yield database_url(name)
    finally:
        _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    engine = create_engine(database_url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def analyse(database: Database) -> None:
    """What a running database does from time to time: it tidies, and PostgreSQL learns what its tables hold."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql("VACUUM ANALYZE")
