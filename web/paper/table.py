"""The history of requests as a table: CSV for a spreadsheet, JSON for a program, in pieces and never all at once."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.overview.history import MOST_EXPORTED, Wish, export
from helpdesk.database import Database
from helpdesk.languages import _, translations
from helpdesk.people.accounts import get_person
from helpdesk.tickets import Ticket
from web.paper.content import STATUSES
from web.paper.spreadsheet import TYPE, lines
from web.showing.telling import OUTCOME_NAMES

KINDS = {"csv": TYPE, "json": "application/json"}

HEADINGS = {
    "number": _("Number"), "subject": _("Subject"), "service": _("Service"), "about": _("About"),
    "status": _("Status"), "outcome": _("Outcome"), "registered": _("Registered"), "due": _("Due"),
    "solved": _("Solved"), "closed": _("Closed"), "changed": _("Last changed")}


def pieces(kind: str, wish: Wish, person_id: int, *, database: Database, language: str) -> Iterator[str]:
    """The text of the table, piece by piece, each read in a transaction of its own; MOST_EXPORTED rows at most.

    It is made while it is sent, when the request that asked for it is over: so nothing here asks the request.
    """
    rows = _rows(wish, person_id, database, language)
    return lines(_told(rows, language), language) if kind == "csv" else _as_json(rows)


def _rows(wish: Wish, person_id: int, database: Database, language: str) -> Iterator[Mapping[str, Any]]:
    sent, place = 0, ""
    while sent < MOST_EXPORTED:
        rows, after = database.run(_reader(replace(wish, place=place), person_id, language))
        yield from rows[:MOST_EXPORTED - sent]
        sent += len(rows)
        if after is None:
            return
        place = after


def _reader(wish: Wish, person_id: int,
            language: str) -> Callable[[Session], tuple[list[dict[str, Any]], str | None]]:
    def read(session: Session) -> tuple[list[dict[str, Any]], str | None]:
        tickets, after = export(session, wish, by=get_person(session, person_id))
        return [_row(ticket, language) for ticket in tickets], after
    return read


def _row(ticket: Ticket, language: str) -> dict[str, Any]:
    place = ticket.classification
    return {
        "number": ticket.number, "subject": ticket.subject, "service": place.service.name(language) if place else "",
        "about": place.name(language) if place else "", "status": ticket.status, "outcome": ticket.outcome,
        "registered": ticket.opened_at, "due": ticket.due_at, "solved": ticket.solved_at, "closed": ticket.closed_at,
        "changed": ticket.changed_at}


def _told(rows: Iterator[Mapping[str, Any]], language: str) -> Iterator[Sequence[Any]]:
    """The headings and the rows, in words."""
    gettext = translations(language).gettext
    yield [gettext(heading) for heading in HEADINGS.values()]
    for row in rows:
        status, outcome = STATUSES[row["status"]], OUTCOME_NAMES.get(row["outcome"], row["outcome"])
        told = {**row, "status": gettext(status), "outcome": gettext(outcome) if outcome else ""}
        yield [told[key] for key in HEADINGS]


def _as_json(rows: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    """A list of objects with the keys of HEADINGS; moments in UTC."""
    before = "["
    for row in rows:
        plain = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
        yield before + json.dumps(plain, ensure_ascii=False)
        before = ",\n"
    yield "]" if before != "[" else "[]"
