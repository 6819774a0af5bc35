"""Counting what an act says to the database."""

from collections.abc import Callable

import pytest
from sqlalchemy import event

from tests.desk import Desk


@pytest.fixture
def count_statements(desk: Desk) -> Callable[[Callable[[], object]], list[str]]:
    """The statements that an act makes, in order."""
    def count(act: Callable[[], object]) -> list[str]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(" ".join(statement.split()))

        event.listen(desk.database.engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(desk.database.engine, "before_cursor_execute", note)
        return seen
    return count
