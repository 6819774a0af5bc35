"""Full-text search of tickets: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL, kept by the same transaction.

Words are folded (lower case, without diacritics), and words of letters alone are cut after eight: it is a plain stem,
so that “zgłoszenie” also finds “zgłoszenia”, and it lets FTS5 answer the beginning of a word from an index. Of one or
two letters a whole word is looked for, of more its beginning.
"""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, any_, bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from helpdesk.prepared import Prepared
from helpdesk.tickets import Ticket
from helpdesk.words import fold

STEM = 8
PREFIX_MIN = 3
MOST_WORDS = 200  # of one ticket
MOST_ASKED = 8
# A word that every ticket has is not followed through all of them: the newest ones are looked through.
MOST_MATCHES = 1_000
_WORD = re.compile(r"\w+")

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


def look_for(session: Session, words: Collection[str]) -> dict[str, Any]:
    """What a statement with `matching` is run with: every word has to be there, or one that begins so.

    words: as `words_of` gives them, at least one.
    """
    if session.get_bind().dialect.name == "sqlite":
        asked = " ".join(f'"{word}"{"*" if _is_prefix(word) else ""}' for word in words)
        return {"asked": asked, "most_matches": MOST_MATCHES}
    facts = {"asked": " & ".join(f"'{word}'{':*' if _is_prefix(word) else ''}" for word in words),
             "most_matches": MOST_MATCHES, "window": SAMPLE}
    connection = session.connection()
    sample = list(connection.execute(_NEWEST, facts).scalars())
    statement = _FEW if len(sample) < COMMON else _NEWEST
    return {"matches": list(connection.execute(statement, facts | {"window": WINDOW}).scalars())}


def _stem(word: str) -> str:
    return word[:STEM] if word.isalpha() else word[:60]


def _is_prefix(word: str) -> bool:
    """Whether it may go on: a stem of full length is looked for as it is."""
    return len(word) >= PREFIX_MIN and not (len(word) == STEM and word.isalpha())
