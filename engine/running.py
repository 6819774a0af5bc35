"""What every act on a running ticket reads and writes, in statements that are built once.

Building a statement and tracking an object cost several times what the database itself does for one row
(docs/performance.md), and these few statements are done by every act of every ticket. Everything else is read and
written through ordinary objects.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from engine.records import Instance, ItemState, WorkItem
from helpdesk.database import Key
from helpdesk.statements.prepared import Prepared, columns_of, objects
from helpdesk.tickets import Ticket, TicketTeam, lock_found, locking

_INSTANCE = cast(Table, Instance.__table__)
_TEAM = cast(Table, TicketTeam.__table__)
_LOCK_OF_ITEM = locking(Ticket.id == select(WorkItem.ticket_id).where(
    WorkItem.id == bindparam("item_id")).scalar_subquery())
_RUNNING = Prepared(
    select(*columns_of(Instance, WorkItem)).select_from(Instance)
    .outerjoin(WorkItem, and_(WorkItem.instance_id == Instance.id, or_(
        WorkItem.state == ItemState.OPEN.value, WorkItem.id == bindparam("item_id", type_=Key))))
    .where(Instance.ticket_id == bindparam("ticket_id")).order_by(WorkItem.id))
_KEEP = Prepared(update(_INSTANCE).where(_INSTANCE.c.id == bindparam("row")).values(
    {name: bindparam(name) for name in ("state", "variables")}))
_REMEMBER_TEAM = Prepared(insert(_TEAM).from_select(["ticket_id", "team_id"], select(
    bindparam("to_ticket", type_=Key), bindparam("to_team", type_=Key)).where(~exists().where(
        _TEAM.c.ticket_id == bindparam("to_ticket", type_=Key), _TEAM.c.team_id == bindparam("to_team", type_=Key)))))


@dataclass(frozen=True)
class Running:
    """A ticket's instance and its open steps."""

    instance: Instance
    items: list[WorkItem]

    def item(self, item_id: int) -> WorkItem:
        """The step that was asked for, open or not."""
        return next(item for item in self.items if item.id == item_id)


def lock_ticket_of(session: Session, item_id: int, *, now: datetime) -> Ticket:
    """The ticket of a step for an act; see `lock_ticket`. Raises NotFound."""
    return lock_found(session, _LOCK_OF_ITEM, {"item_id": item_id}, now=now)


def read_running(session: Session, ticket: Ticket, item_id: int | None = None) -> Running:
    """What runs on a locked ticket; with the step that is asked for, even if it is over."""
    found = [objects(session, row, Instance, WorkItem, anew=True)
             for row in _RUNNING.read(session, {"ticket_id": ticket.id, "item_id": item_id})]
    assert found, "every ticket has an instance"
    return Running(found[0][0], [item for _, item in found if item is not None])


def keep_instance(session: Session, instance: Instance, *, state: bytes, variables: Mapping[str, Any]) -> None:
    """Write what the instance has become."""
    _KEEP.send(session, {"row": instance.id, "state": state, "variables": variables})


def remember_team(session: Session, ticket_id: int, team_id: int) -> None:
    """Let the members of a team see the ticket from now on, unless they do already."""
    _REMEMBER_TEAM.send(session, {"to_ticket": ticket_id, "to_team": team_id})
