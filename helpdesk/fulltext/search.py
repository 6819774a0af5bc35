"""Full-text search of tickets: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL, kept by the same transaction.

A ticket's words are written down as they stand, folded (lower case, without diacritics); words of letters alone are cut
after eight. It costs the start of a request next to nothing. Inflection is the matter of who looks: every form of what
is asked is looked for, and the beginning as it was typed (docs/decisions tell why). Names such as ZC415 are found
written together or apart.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, any_, bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from helpdesk.fulltext.words import fold, forms_of, is_said
from helpdesk.statements.prepared import Prepared
from helpdesk.tickets import Ticket

STEM = 8
PREFIX_MIN = 3
MOST_WORDS = 200  # of one ticket
MOST_ASKED = 8
# A word that every ticket has is not followed through all of them: the newest ones are looked through.
MOST_MATCHES = 1_000
TYPED_MAX, MOST_FORMS = 300, 60
_WORD = re.compile(r"\w+")
# A name written apart, “ZC-415”, “ZC 415”: it is looked for as one, and in its parts.
_JOINED = re.compile(r"\b([^\W\d_]{1,5})[-/ .]([0-9]{2,})\b")
_PARTS = re.compile(r"([^\W\d_]+)(\d+)")
# The ways of one word, the first of them as it was typed; a way of several words needs them all.
Asked = tuple[tuple[str, ...], ...]

_ADD = {
    "sqlite": Prepared(text("INSERT INTO ticket_search (rowid, words) VALUES (:ticket_id, :words)")),
    "postgresql": Prepared(text(
        "INSERT INTO ticket_search (ticket_id, words) VALUES (:ticket_id, array_to_tsvector(:words))"))}
_MATCHES = text("SELECT rowid AS ticket_id FROM ticket_search WHERE ticket_search MATCH :asked "
                "ORDER BY rowid DESC LIMIT :most_matches")
# PostgreSQL's index cannot give the newest first. How common the words are among the newest tickets decides whether the
# newest are looked through until there are enough, or the index gives them all and they are few. The planner is left no
# choice: it knows nothing of the words once the statement is prepared.
_NEWEST = text("SELECT ticket_id FROM (SELECT ticket_id, words FROM ticket_search ORDER BY ticket_id DESC "
               "LIMIT :window) AS newest WHERE words @@ CAST(:asked AS tsquery) LIMIT :most_matches")
_FEW = text("WITH found AS MATERIALIZED (SELECT ticket_id FROM ticket_search WHERE words @@ CAST(:asked AS tsquery)) "
            "SELECT ticket_id FROM found ORDER BY ticket_id DESC LIMIT :most_matches")
_HAS = {
    "sqlite": text("SELECT rowid AS ticket_id FROM ticket_search "
                   "WHERE rowid = ticket.id AND ticket_search MATCH :asked"),
    "postgresql": text("SELECT ticket_id FROM ticket_search WHERE ticket_search.ticket_id = ticket.id "
                       "AND words @@ CAST(:asked AS tsquery)")}
SAMPLE, COMMON, WINDOW = 1_000, 20, 50_000


def words_of(said: str, *, most: int = MOST_ASKED) -> list[str]:
    """The words of a text as they are indexed, each once, in their order."""
    return list(dict.fromkeys(_stem(word) for word in _WORD.findall(fold(said.replace("\x00", " ")))))[:most]


def index_ticket(session: Session, ticket_id: int, said: str) -> None:
    """Let the new ticket be found by the words of `said`."""
    name = session.get_bind().dialect.name
    words = words_of(said, most=MOST_WORDS)
    _ADD[name].send(session, {
        "ticket_id": ticket_id, "words": words if name == "postgresql" else " ".join(words)})


def matching(dialect: str) -> ColumnElement[bool]:
    """Whether a ticket is among the newest that `look_for` finds, no more than MOST_MATCHES."""
    if dialect == "postgresql":
        return Ticket.id == any_(bindparam("matches", type_=ARRAY(BigInteger)))
    found = _MATCHES.bindparams(bindparam("asked", type_=String()), bindparam("most_matches", type_=BigInteger()))
    matches = found.columns(column("ticket_id", BigInteger)).subquery("matches")
    return Ticket.id.in_(Select(matches.c.ticket_id))


def has_words(dialect: str) -> ColumnElement[bool]:
    """Whether a ticket has what `expression_of` asks: looked up ticket by ticket, for lists that are short themselves.

    Unlike `matching` it finds what is old as well.
    """
    words = _HAS[dialect].bindparams(bindparam("asked", type_=String()))
    return words.columns(column("ticket_id", BigInteger)).exists()


def expression_of(session: Session, asked: Collection[Asked]) -> str:
    """What is looked for in the language of the database; asked: as `asked_of` gives it, at least one."""
    if session.get_bind().dialect.name == "sqlite":
        return _expression(asked, '"{}"', '"{}"*', " AND ", " OR ")
    return _expression(asked, "'{}'", "'{}':*", " & ", " | ")


def look_for(session: Session, asked: Collection[Asked]) -> dict[str, Any]:
    """What a statement with `matching` is run with: a ticket has to have one of the ways of each word.

    asked: as `asked_of` gives them, at least one.
    """
    facts = {"asked": expression_of(session, asked), "most_matches": MOST_MATCHES}
    if session.get_bind().dialect.name == "sqlite":
        return facts
    facts["window"] = SAMPLE
    connection = session.connection()
    sample = list(connection.execute(_NEWEST, facts).scalars())
    statement = _FEW if len(sample) < COMMON else _NEWEST
    return {"matches": list(connection.execute(statement, facts | {"window": WINDOW}).scalars())}


def asked_of(typed: str) -> list[Asked]:
    """What is looked for of a text: for every word that says something the ways in which a ticket may have it."""
    typed = typed[:TYPED_MAX].replace("\x00", " ")
    wholes = list(dict.fromkeys(_JOINED.findall(typed)))
    found = list(dict.fromkeys(_WORD.findall(_JOINED.sub(" ", typed))))
    said = [word for word in found if is_said(word, language="pl")] or ([] if wholes else found)
    return [_ways(word) for word in [*("".join(parts) for parts in wholes), *said][:MOST_ASKED]]


def _ways(word: str) -> Asked:
    """The word as it was typed, or something that begins so; its other forms; the parts of a name, apart."""
    first = fold(word)
    ways: dict[tuple[str, ...], None] = {(_stem(first),): None}
    ways.update(dict.fromkeys((_stem(form),) for form in forms_of(word)[:MOST_FORMS]))
    parts = _PARTS.fullmatch(first)
    if parts is not None:
        ways[parts.groups()] = None
    return tuple(ways)


def _expression(asked: Iterable[Asked], whole: str, begun: str, both: str, either: str) -> str:
    """The ways in the language of the database."""
    def told(way: tuple[str, ...], is_first: bool) -> str:
        return both.join((begun if is_first and _is_prefix(stem) else whole).format(stem) for stem in way)

    return both.join("(" + either.join(f"({told(way, not place)})" for place, way in enumerate(ways)) + ")"
                     for ways in asked)


def _stem(word: str) -> str:
    return word[:STEM] if word.isalpha() else word[:60]


def _is_prefix(word: str) -> bool:
    """Whether it may go on: a stem of full length is looked for as it is."""
    return len(word) >= PREFIX_MIN and not (len(word) == STEM and word.isalpha())
