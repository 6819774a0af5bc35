"""The desk of every test, on both databases: a prepared one is copied, never emptied."""

import gc
import os
import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import create_engine, select, text

from engine.records import ProcessVersion
from engine.versions import Shelf
from helpdesk.database import Database
from helpdesk.migrations import upgrade
from tests import audited, bans
from tests.desk import Desk, prepare
from tests.postgres import database_url
from web.journal import keep_journal

KINDS = ("sqlite", "postgresql")
# What other work on the machine does to the clock is no fault of the code.
hypothesis.settings.register_profile("desk", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("desk")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        is_once = metafunc.definition.get_closest_marker("one_database") is not None
        metafunc.parametrize("kind", KINDS[:1] if is_once else KINDS, scope="session")


def pytest_collection_finish() -> None:
    """What is there by now stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def _no_code_from_data() -> Iterator[None]:
    with bans.no_code_from_data():
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_socket_outside() -> Iterator[None]:
    with bans.no_socket_outside():
        yield


@pytest.fixture(scope="session", autouse=True)
def _acts_are_watched() -> Iterator[None]:
    with audited.every_act():
        yield


@pytest.fixture(autouse=True)
def _every_act_was_audited() -> Iterator[None]:
    """Fails a test in which a ticket was changed without an entry in the audit log."""
    yield
    seen = audited.unaudited[:]
    audited.unaudited.clear()
    assert not seen, f"changed without an audit entry: {seen}"


@pytest.fixture(autouse=True)
def _nothing_was_banned() -> Iterator[None]:
    """Fails a test that broke a ban, even where the error was caught."""
    yield
    seen = bans.violations[:]
    bans.violations.clear()
    assert not seen, seen


class Known:
    """What every copy of a prepared database would otherwise work out anew: parsed versions and compiled statements."""

    def __init__(self, prepared: Database) -> None:
        self.dialect = prepared.engine.dialect
        self.statements: dict[object, object] = {}
        self.shelf = Shelf()
        with prepared.transaction() as session:
            for version in session.scalars(select(ProcessVersion.id)):
                self.shelf.take(session, version)

    def open(self, url: str) -> Database:
        shelf = Shelf()
        shelf._versions.update(self.shelf._versions)
        database = Database(url, info={"shelf": shelf})
        database.engine.dialect = self.dialect  # a part of the key under which a statement is kept
        database.engine.update_execution_options(compiled_cache=self.statements)
        return database


known: dict[str, Known] = {}  # of each kind, once it is prepared


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "desk.sqlite"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    prepare(database)
    known["sqlite"] = Known(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.engine.dispose()
    return path


@pytest.fixture(scope="session")
def supply(prepared_postgresql: str) -> Iterator["Supply"]:
    supply = Supply(prepared_postgresql)
    yield supply
    supply.close()


class Supply:
    """Copies of the prepared PostgreSQL database, made before a test wants one and dropped after it has gone on."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.work = ThreadPoolExecutor(max_workers=1)
        self.engine = create_engine(database_url("postgres"), isolation_level="AUTOCOMMIT")
        self.ready = deque([self.work.submit(self._copy) for _ in range(2)])

    def take(self) -> str:
        self.ready.append(self.work.submit(self._copy))
        return self.ready.popleft().result()

    def give_back(self, name: str) -> None:
        self.work.submit(self._do, f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        for copy in self.ready:
            self.give_back(copy.result())
        self.work.shutdown()
        self.engine.dispose()

    def _copy(self) -> str:
        name = f"test_{uuid4().hex[:12]}"
        # Copied page by page: a copy of the files would wait for a checkpoint.
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        return name

    def _do(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def prepared_postgresql() -> Iterator[str]:
    """The name of a template database on the test server."""
    name = f"prepared_{uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}"')
    database = Database(database_url(name))
    upgrade(database)
    prepare(database)
    known["postgresql"] = Known(database)
    database.engine.dispose()
    yield name
    _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A prepared database of this test's own."""
    if kind == "sqlite":
        path = tmp_path / "desk.sqlite"
        shutil.copy(request.getfixturevalue("prepared_sqlite"), path)
        database = known[kind].open(f"sqlite:///{path}")
        yield database
        database.engine.dispose()
        return
    supply: Supply = request.getfixturevalue("supply")
    name = supply.take()
    database = known[kind].open(database_url(name))
    yield database
    database.engine.dispose()
    supply.give_back(name)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def _on_server(statement: str) -> None:
    engine = create_engine(database_url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


keep_journal()
os.environ.setdefault("TZ", "Pacific/Auckland")  # nothing may depend on the machine's zone
if os.access("/dev/shm", os.W_OK):  # the databases of tests need not reach a disk
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/dev/shm")
