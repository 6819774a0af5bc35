"""The small log, replayed once on each database for all tests that only look."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from replay_logs import SMALL, write
from sqlalchemy import create_engine, text

from engine.replay import Outcome, replay
from engine.versions import Shelf
from helpdesk.database import Database
from tests.postgres import database_url


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(tmp_path / "small.xes.gz", SMALL)


@pytest.fixture(scope="module")
def replayed(kind: str, request: pytest.FixtureRequest,
             tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Outcome]]:
    folder = tmp_path_factory.mktemp("replayed")
    log = write(folder / "small.xes.gz", SMALL)
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("prepared_sqlite"), folder / "desk.sqlite")
        database = Database(f"sqlite:///{folder / 'desk.sqlite'}", info={"shelf": Shelf()})
        yield database, replay(database, log)
        database.engine.dispose()
        return
    name = f"replayed_{uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{request.getfixturevalue("prepared_postgresql")}"')
    database = Database(database_url(name), info={"shelf": Shelf()})
    yield database, replay(database, log)
    database.engine.dispose()
    _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def outcome(replayed: tuple[Database, Outcome]) -> Outcome:
    return replayed[1]


@pytest.fixture
def played(replayed: tuple[Database, Outcome]) -> Database:
    """The database after the replay: look, and roll back what you change."""
    return replayed[0]


def _on_server(statement: str) -> None:
    engine = create_engine(database_url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
