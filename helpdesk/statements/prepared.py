"""Statements that every act sends, compiled once, and the objects of their rows.

What SQLAlchemy does around a statement costs several times what the database does for one row
(docs/performance.md): it looks the compiled text up, arranges the values, and its loading and its unit of work ask
every object what has changed. The few statements of every act go without that, through the same connection and the
same events; everything else is read and written as usual.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Insert, Table, Update, bindparam, insert, inspect, update
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from helpdesk.database import Record, UtcMoment

Some = TypeVar("Some", bound=Record)
CONNECTION = "connection"
Converter = Callable[[Any], Any] | None


# Who wants to know what `put` and `write` have written: the events of a flush do not tell it.
WATCHERS: list[Callable[[Session, Record, Collection[str]], None]] = []


class _Text:
    """One statement as one kind of database gets it: its text, and how values go in and come back."""

    def __init__(self, statement: Any, dialect: Dialect, columns: Sequence[str] | None) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=dialect, column_keys=columns))
        self.text = str(compiled)
        self.known = compiled.params
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        names = compiled.positiontup if compiled.positiontup is not None else list(binds)
        self.ways: list[tuple[str, Converter]] = [(name, _way_in(binds[name].type, dialect)) for name in names]
        self.is_positional = compiled.positional
        self.back: list[tuple[int, Callable[[Any], Any]]] = []
        for place, column in enumerate(getattr(statement, "exported_columns", ())):
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                self.back.append((place, convert))

    def all_values(self, many: Sequence[Mapping[str, Any]]) -> list[Any]:
        try:
            return [self._values(facts) for facts in many]
        except ValueError as error:
            raise StatementError(str(error), self.text, None, error, hide_parameters=True) from error

    def _values(self, facts: Mapping[str, Any]) -> Any:
        all_ = {**self.known, **facts}
        if self.is_positional:
            return tuple([all_[name] if convert is None else convert(all_[name]) for name, convert in self.ways])
        return {name: all_[name] if convert is None else convert(all_[name]) for name, convert in self.ways}

    def row(self, raw: Sequence[Any]) -> tuple[Any, ...]:
        if not self.back:
            return tuple(raw)
        told = list(raw)
        for place, convert in self.back:
            told[place] = convert(told[place])
        return tuple(told)


class Prepared:
    """A statement that is compiled once for each kind of database."""

    def __init__(self, statement: Any, columns: Sequence[str] | None = None) -> None:
        """columns: those that an insertion names."""
        self._statement, self._columns = statement, columns
        self._texts: dict[str, _Text] = {}

    def send(self, session: Session, *many: Mapping[str, Any]) -> int:
        """Send the statement, once or with many sets of values; gives how many rows it touched."""
        connection = _connection_of(session)
        text = self._text(connection.dialect)
        return cast(int, _sent(connection, text.text, text.all_values(many), lambda cursor: cursor.rowcount))

    def read(self, session: Session, facts: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows that the statement finds, or gives back."""
        connection = _connection_of(session)
        text = self._text(connection.dialect)
        return [text.row(row) for row in _sent(
            connection, text.text, text.all_values((facts,)), lambda cursor: cursor.fetchall())]

    def _text(self, dialect: Dialect) -> _Text:
        found = self._texts.get(dialect.name)
        if found is None:
            found = self._texts[dialect.name] = _Text(self._statement, dialect, self._columns)
        return found


def _connection_of(session: Session) -> Connection:
    """The connection of the session's transaction, which the session would look up anew for each statement."""
    transaction = session.get_transaction()
    known: tuple[object, Connection] | None = session.info.get(CONNECTION)
    if known is None or known[0] is not transaction or not known[1].in_transaction():
        known = session.info[CONNECTION] = (transaction, session.connection())
    return known[1]


def _way_in(kind: TypeEngine[Any], dialect: Dialect) -> Converter:
    """How a value of this type is handed to the driver; the moment of an act goes into nearly every row of it."""
    convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(maxsize=256)(convert) if convert is not None and isinstance(kind, UtcMoment) else convert


def _sent(connection: Connection, text: str, values: list[Any], take: Callable[[Any], Any]) -> Any:
    """What `take` finds at the driver's cursor, with the events and the errors of SQLAlchemy around it.

    `Connection.exec_driver_sql` would describe the columns of every result anew, which takes longer than reading them.
    """
    many = len(values) > 1
    given: Any = values if many else values[0]
    cursor = connection.connection.cursor()
    try:
        for tell in connection.dispatch.before_cursor_execute:
            text, given = tell(connection, cursor, text, given, None, many)
        (cursor.executemany if many else cursor.execute)(text, given)
        return take(cursor)
    except Exception as error:
        dialect = connection.dialect
        driver = cast(Any, dialect).dbapi
        if not isinstance(error, driver.Error):
            raise
        is_cut = dialect.is_disconnect(cast(Any, error), cast(Any, connection.connection), cursor)
        if is_cut:
            connection.invalidate(error)
        raise DBAPIError.instance(text, None, error, driver.Error, hide_parameters=True, connection_invalidated=is_cut,
                                  dialect=dialect) from error
    finally:
        cursor.close()


def columns_of(*kinds: type[Record]) -> list[Any]:
    """The columns of records in the order in which `objects` takes their values, each under a name of its own."""
    return [column.label(f"{kind.__tablename__}_{column.key}") for kind in kinds
            for column in cast(Table, kind.__table__).columns]


def objects(session: Session, row: Sequence[Any], *kinds: type[Record], anew: bool = False) -> list[Any]:
    """The objects of a row that was read with `columns_of` the same records; None where an outer join found none.

    anew: what the session knows already takes the values of the row.
    """
    told, place = [], 0
    for kind in kinds:
        _, names, key = _shape(kind)
        width = len(names)
        told.append(found(session, kind, row[place:place + width], anew=anew) if row[place + key] is not None else None)
        place += width
    return told


def found(session: Session, kind: type[Some], values: Sequence[Any], *, anew: bool = False) -> Some:
    """The session's object of a row that was just read: every column, in the order of the table."""
    mapper, names, key = _shape(kind)
    identity = mapper.identity_key_from_primary_key((values[key],))
    known = session.identity_map.get(identity)
    if known is not None:
        if anew:
            for name, value in zip(names, values, strict=True):
                set_committed_value(known, name, value)
        return cast(Some, known)
    new = mapper.class_manager.new_instance()
    new.__dict__.update(zip(names, values, strict=True))
    # What the session's own loading does; `Session.add` would walk through every relationship.
    state = cast(Any, inspect(new))
    state.key, state.session_id = identity, session.hash_key
    session.identity_map.add(state)
    return cast(Some, new)


def put(session: Session, kind: type[Some], /, **values: Any) -> Some:
    """Write a new row at once; gives its object, which the session knows from now on."""
    _, names, _ = _shape(kind)
    whole = {name: values[name] if name in values else default_of(kind.__table__.columns[name])
             for name in names if name != "id"}
    whole["id"] = _insertion(kind).read(session, whole)[0][0]
    new = found(session, kind, [whole[name] for name in names])
    for tell in WATCHERS:
        tell(session, new, names)
    return new


def write(session: Session, changed: Record) -> None:
    """Write what has changed of an object at once, instead of with the next flush.

    Raises StaleDataError, as a flush does, when somebody else has changed a row with a revision.
    """
    state = cast(Any, inspect(changed))
    mapper = state.mapper
    names = tuple(sorted(name for name in state.committed_state if name in mapper.local_table.columns))
    if not names:
        return
    revision = mapper.version_id_col
    facts = {name: state.dict[name] for name in names} | {"row": state.dict["id"]}
    if revision is not None:
        facts["revision_before"] = state.dict[revision.key]
        facts[revision.key] = state.dict[revision.key] = facts["revision_before"] + 1
    if _change(type(changed), names).send(session, facts) != 1:
        raise StaleDataError(f"{mapper.local_table.name} was changed by somebody else")
    for tell in WATCHERS:
        tell(session, changed, names)
    # What is written is no change any more, so that the next flush finds nothing to do.
    state._commit_all(state.dict, session.identity_map)


@cache
def _shape(kind: type[Record]) -> tuple[Any, list[str], int]:
    """Its mapper, the names of its columns, and which of them is the key."""
    mapper = cast(Any, inspect(kind))
    names = [column.key for column in mapper.local_table.columns]
    return mapper, names, names.index("id")


def default_of(column: Any) -> Any:
    """What a column holds when nobody says it."""
    default = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


@cache
def _insertion(kind: type[Record]) -> Prepared:
    table = cast(Table, kind.__table__)
    statement: Insert = insert(table).returning(table.c.id)
    return Prepared(statement, [column.key for column in table.columns if column.key != "id"])


@cache
def _change(kind: type[Record], names: tuple[str, ...]) -> Prepared:
    table = cast(Table, kind.__table__)
    statement: Update = update(table).where(table.c.id == bindparam("row"))
    revision = cast(Any, inspect(kind)).version_id_col
    if revision is not None:
        statement = statement.where(revision == bindparam("revision_before"))
        names = (*names, revision.key)
    return Prepared(statement.values({name: bindparam(name) for name in names}))
