"""Rows that are only ever added, such as letters and entries of the audit, without an object for each.

An object of the session costs about three times what its row costs (docs/performance.md), and no act reads again what
it has added like this. Rows wait until the next flush and are then written together, one statement for each table.
"""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from helpdesk.database import WAITING_ROWS, Record
from helpdesk.statements.prepared import Prepared, default_of


def add(session: Session, kind: type[Record], /, **values: Any) -> None:
    """Add a row with the next flush."""
    add_all(session, kind, (values,))


def add_all(session: Session, kind: type[Record], /, many: Iterable[dict[str, Any]]) -> None:
    """Add rows with the next flush; all rows of one table name the same columns."""
    waiting = session.info.setdefault(WAITING_ROWS, {})
    for values in many:
        waiting.setdefault(_insertion(kind, tuple(values)), []).append(_whole(kind, values))


def add_now(session: Session, kind: type[Record], /, **values: Any) -> int:
    """Add a row at once; gives its id."""
    key = _insertion(kind, tuple(values), gives_id=True).read(session, _whole(kind, values))[0][0]
    assert isinstance(key, int)
    return key


@cache
def _insertion(kind: type[Record], names: tuple[str, ...], *, gives_id: bool = False) -> Prepared:
    table = cast(Table, kind.__table__)
    statement = insert(table).returning(table.c.id) if gives_id else insert(table)
    return Prepared(statement, [*names, *(name for name in _defaults(kind) if name not in names)])


def _whole(kind: type[Record], values: dict[str, Any]) -> dict[str, Any]:
    """The values with the defaults of the columns that they do not name."""
    return {name: make() for name, make in _defaults(kind).items() if name not in values} | values


@cache
def _defaults(kind: type[Record]) -> dict[str, Callable[[], Any]]:
    """What a column holds when nobody says it, by name."""
    return {column.key: partial(default_of, column)
            for column in cast(Table, kind.__table__).columns if column.default is not None}
