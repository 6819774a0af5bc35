"""Demonstration desks, played once for all tests: the whole one in winter, one without the crowd in summer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from engine.demo.play import play
from engine.packages import read_built_in
from engine.versions import Shelf, publish_package
from helpdesk.database import Database
from helpdesk.migrations import upgrade
from helpdesk.storage import Folder

Row = TypeVar("Row")
WINTER = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)
# A Monday in summer time whose quarter holds the change of clocks, Easter and the long weekend of May.
SUMMER = datetime(2026, 5, 4, 8, 45, tzinfo=UTC)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Played:
    """A desk after the demo was played."""

    database: Database
    now: datetime
    storage: Folder | None = None
    is_whole: bool = False
    shares: list[float] = field(default_factory=list)

    def rows(self, kind: type[Row]) -> list[Row]:
        with self.database.transaction() as session:
            return list(session.scalars(select(kind).order_by(kind.id)))  # type: ignore[attr-defined]

    def play(self) -> "Played":
        play(self.database, now=self.now, hasher=CHEAP, progress=self.shares.append, storage=self.storage,
             is_whole=self.is_whole)
        return self


def published(path: Path) -> Database:
    """A fresh database with the built-in processes and nobody in it."""
    database = Database(f"sqlite:///{path}", info={"shelf": Shelf()})
    upgrade(database)
    with database.transaction() as session:
        publish_package(session, read_built_in(), by=None, now=SUMMER - timedelta(days=200))
    return database


@pytest.fixture(scope="session")
def winter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("winter")
    played = Played(published(folder / "desk.sqlite"), WINTER, Folder(folder / "files"), is_whole=True).play()
    yield played
    played.database.engine.dispose()


@pytest.fixture(scope="session")
def summer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    played = Played(published(tmp_path_factory.mktemp("summer") / "desk.sqlite"), SUMMER).play()
    yield played
    played.database.engine.dispose()


@pytest.fixture(params=["winter", "summer"])
def played(request: pytest.FixtureRequest) -> Played:
    desk = request.getfixturevalue(request.param)
    assert isinstance(desk, Played)
    return desk
