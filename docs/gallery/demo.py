"""The demo desk of the pictures: the same on every run."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Select, select

from engine import steps
from engine.demo.play import play
from engine.packages import read_built_in
from engine.records import ItemState, WorkItem
from engine.versions import Shelf, publish_package
from helpdesk.database import Database
from helpdesk.migrations import upgrade
from helpdesk.people.accounts import Person, Team
from helpdesk.storage import Folder
from tests.browser.served import CHEAP, Served, served
from tests.desk import Desk

# A Monday, 9:40 in Warsaw.
NOW = datetime(2026, 11, 16, 8, 40, tzinfo=UTC)
ADDRESS = "https://pomoc.example.gov.pl"
TAKEN = 5  # steps that Amir takes before he is looked at


@contextmanager
def demo_desk(folder: Path) -> Iterator[Served]:
    """The whole demo desk at a free port, until the block ends."""
    database = Database(f"sqlite:///{folder / 'okienko.sqlite'}", info={"shelf": Shelf()})
    upgrade(database)
    with database.transaction() as session:
        publish_package(session, read_built_in(), by=None, now=NOW)
    play(database, now=NOW, hasher=CHEAP, progress=lambda share: None, storage=Folder(folder / "files"))
    with database.transaction() as session:
        amir = session.scalars(select(Person).where(Person.email.startswith("amir@"))).one()
        for item_id in list(session.scalars(_to_take().limit(TAKEN))):
            steps.claim(session, item_id, by=amir, now=NOW)
    desk = Desk(database)
    desk.now = NOW
    with served(database, folder, desk, demo=True, address=ADDRESS) as running:
        yield running
    database.engine.dispose()


def _to_take() -> Select[int]:
    """What nobody in Amir's team has taken yet, the most urgent first."""
    return select(WorkItem.id).join(WorkItem.team).where(
        Team.key == "first_line", WorkItem.holder_id.is_(None), WorkItem.state == ItemState.OPEN.value,
        WorkItem.due_at > NOW).order_by(WorkItem.due_at)
