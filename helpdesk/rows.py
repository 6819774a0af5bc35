"""Rows that are only ever added, such as letters and entries of the audit, without an object for each.

An object of the session costs about three times what its row costs (docs/performance.md), and no act reads again what
it has added like this. Rows wait until the next flush and are then written together, one statement for each table.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Insert, insert
from sqlalchemy.orm import Session

from helpdesk.database import WAITING_ROWS, Record


def add(session: Session, kind: type[Record], /, **values: Any) -> None:
    """Add a row with the next flush."""
    add_all(session, kind, (values,))


def add_all(session: Session, kind: type[Record], /, many: Iterable[dict[str, Any]]) -> None:
    """Add rows with the next flush; all rows of one table name the same columns."""
    session.info.setdefault(WAITING_ROWS, {}).setdefault(_insertion(kind), []).extend(many)


def add_now(session: Session, kind: type[Record], /, **values: Any) -> int:
    """Add a row at once; gives its id."""
    key = session.connection().execute(_returning(kind), values).scalar_one()
    assert isinstance(key, int)
    return key


@cache
def _insertion(kind: type[Record]) -> Insert:
    return insert(kind.__table__)  # type: ignore[arg-type]


@cache
def _returning(kind: type[Record]) -> Insert:
    return insert(kind.__table__).returning(kind.__table__.c.id)  # type: ignore[arg-type]
