"""The desk that the measurements fill is whole: what is copied refers only to what is there."""

import pytest

from helpdesk.database import Database
from tests.bench.filling import STAGES, fill

pytestmark = pytest.mark.one_database


def test_every_copied_row_refers_to_a_row_that_is_there(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.filling.THICK", 150)
    stages = fill(database, 300, clients=30)
    assert sum(stages.values()) == 300
    assert {"closed", "refused"} < set(stages) <= {"closed", "refused", *STAGES}
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM ticket").scalar_one() == 300 + len(STAGES) + 2
        assert not connection.exec_driver_sql("PRAGMA foreign_key_check").all()
