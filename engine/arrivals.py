"""Arrivals: a request comes to a team for the first time, and its members are told, until one has taken it.

One statement finds everybody who has to be told, with what they want to be told; their notices go into the same
insertion as the other letters of the act, so a team of forty costs no more statements than a team of one.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, exists, select, update
from sqlalchemy.orm import Session

from engine.records import WorkItem
from helpdesk import outbox
from helpdesk.database import Key
from helpdesk.outbox import Letter
from helpdesk.people.accounts import Membership, Person
from helpdesk.statements.prepared import Prepared
from helpdesk.tickets import Ticket

TEXT = "new_in_team"
# So many teams are asked for at once; a step for more teams in one act is hardly ever drawn.
TEAMS_AT_ONCE = 4
_PERSON, _PLACE, _ITEM = (cast(Table, kind.__table__) for kind in (Person, Membership, WorkItem))
_MEMBERS = Prepared(
    select(_PERSON.c.id, _PERSON.c.notices).join(_PLACE, _PLACE.c.person_id == _PERSON.c.id)
    .where(_PLACE.c.team_id.in_([bindparam(f"team_{number}", type_=Key) for number in range(TEAMS_AT_ONCE)]),
           _PERSON.c.is_disabled.is_(False), _PERSON.c.id.not_in([bindparam("by_id", type_=Key),
                                                                  bindparam("client_id", type_=Key)]),
           ~exists().where(_ITEM.c.ticket_id == bindparam("ticket_id", type_=Key),
                           _ITEM.c.team_id == _PLACE.c.team_id, _ITEM.c.id < bindparam("before_id", type_=Key)))
    .order_by(_PERSON.c.id))


def tell_teams(session: Session, ticket: Ticket, items: Collection[WorkItem], *, by: Person | None,
               now: datetime) -> None:
    """Tell the members of teams whose first step of the ticket is among the new ones; not who has just acted.

    items: the new steps of teams that had no open one.
    """
    if not items:
        return
    before_id = min(item.id for item in items)
    people = {row[0]: row[1] for teams in _chunks(sorted({item.team_id for item in items if item.team_id is not None}))
              for row in _MEMBERS.read(session, {
                  **{f"team_{number}": teams[min(number, len(teams) - 1)] for number in range(TEAMS_AT_ONCE)},
                  "by_id": by.id if by is not None else 0, "client_id": ticket.client_id, "ticket_id": ticket.id,
                  "before_id": before_id})}
    outbox.queue_to_many(session, people, text=TEXT, now=now, ticket_id=ticket.id)


def settle(session: Session, item: WorkItem, *, now: datetime) -> None:
    """Somebody has taken the step: their team need not look at the request because it is new any more."""
    members = select(_PLACE.c.person_id).where(_PLACE.c.team_id == item.team_id)
    session.execute(update(Letter).where(
        Letter.ticket_id == item.ticket_id, Letter.text == TEXT, Letter.in_page.is_(True), Letter.read_at.is_(None),
        Letter.person_id.in_(members)).values(read_at=now).execution_options(synchronize_session=False))


def _chunks(ids: list[Any]) -> Iterator[list[Any]]:
    return (ids[start:start + TEAMS_AT_ONCE] for start in range(0, len(ids), TEAMS_AT_ONCE))
