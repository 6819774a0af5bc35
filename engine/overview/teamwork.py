"""Team work: what the open steps of teams look like to their lead; a few statements, no instance is loaded."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from engine import steps
from engine.overview.orders import IS_UNDER_WAY
from engine.records import ItemState, WorkItem
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person, Team, list_members, list_teams, name_order
from helpdesk.people.policy import Relation, relations
from helpdesk.tickets import Status, Ticket, TicketTeam

HOUR = timedelta(hours=1)
AT_RISK_WITHIN = timedelta(days=1)


class AlreadyTheirs(DeskError):
    """{name} has this step already."""


@dataclass
class Load:
    """What waits for one person, or for a team as long as nobody took it."""

    person: Person | None = None
    is_lead: bool = False
    has_left: bool = False
    open: int = 0
    late: int = 0
    oldest_at: datetime | None = None


@dataclass
class TeamLoad:
    """A team with the load of each member; `unclaimed` is what nobody took."""

    team: Team
    members: list[Load] = field(default_factory=list)
    unclaimed: Load = field(default_factory=Load)

    @property
    def open(self) -> int:
        return self.unclaimed.open + sum(one.open for one in self.members)

    @property
    def late(self) -> int:
        return self.unclaimed.late + sum(one.late for one in self.members)


@dataclass(frozen=True)
class Totals:
    """The open steps of the teams by urgency, and the tickets that wait for their client."""

    open: int = 0
    unclaimed: int = 0
    late: int = 0
    within_hour: int = 0
    today: int = 0
    waiting_for_client: int = 0


@dataclass(frozen=True)
class Items:
    """The first steps of a list, and how many there are altogether."""

    shown: Sequence[WorkItem]
    count: int


def teams_seen_by(session: Session, person: Person) -> list[Team]:
    """The teams whose work the person oversees: all of them for a manager, else those they lead."""
    teams = list_teams(session)
    if Relation.MANAGER in relations(person):
        return teams
    return [team for team in teams if team.id in person.led_team_ids]


def read_totals(session: Session, team_ids: Collection[int], *, now: datetime, today_ends: datetime) -> Totals:
    """The numbers of the tiles. today_ends: the next midnight of the office."""
    late = WorkItem.due_at < now
    row = session.execute(_open_items(
        team_ids, func.count(), _count(WorkItem.holder_id.is_(None)), _count(late),
        _count(and_(WorkItem.due_at >= now, WorkItem.due_at <= now + HOUR)),
        _count(and_(WorkItem.due_at >= now, WorkItem.due_at < today_ends)))).one()
    waiting = session.scalar(
        select(func.count(Ticket.id.distinct())).join(TicketTeam, TicketTeam.ticket_id == Ticket.id).where(
            TicketTeam.team_id.in_(list(team_ids)), Ticket.status == Status.WAITING_FOR_CLIENT.value))
    return Totals(*(int(number or 0) for number in (*row, waiting)))


def read_loads(session: Session, teams: Sequence[Team], *, now: datetime) -> list[TeamLoad]:
    """Every team with its members, the busiest first; people who hold a step without being a member come last."""
    ids = [team.id for team in teams]
    members = list_members(session, ids, with_places=True)
    found = {team.id: TeamLoad(team) for team in teams}
    by_place: dict[tuple[int, int | None], Load] = {(team.id, None): found[team.id].unclaimed for team in teams}
    for person in members:
        for place in person.memberships:
            if place.team_id in found:
                load = Load(person, is_lead=place.is_lead)
                by_place[place.team_id, person.id] = load
                found[place.team_id].members.append(load)
    rows = session.execute(_open_items(
        ids, WorkItem.team_id, WorkItem.holder_id, func.count(), _count(WorkItem.due_at < now),
        func.min(WorkItem.opened_at)).group_by(WorkItem.team_id, WorkItem.holder_id)).all()
    others = _people(session, {row[1] for row in rows if row[1] and (row[0], row[1]) not in by_place})
    for team_id, holder_id, count, late, oldest_at in rows:
        load = by_place.get((team_id, holder_id)) or Load(others[holder_id], has_left=True)
        if load.has_left:
            found[team_id].members.append(load)
        load.open, load.late, load.oldest_at = count, int(late or 0), oldest_at
    for team_load in found.values():
        team_load.members.sort(key=lambda one: (-one.open, name_order(one.person.name if one.person else "")))
    return list(found.values())


def list_at_risk(session: Session, team_ids: Collection[int], *, now: datetime, most: int) -> Items:
    """Steps that are late, then those due within a day: the most urgent first."""
    return _listed(session, team_ids, WorkItem.due_at <= now + AT_RISK_WITHIN, most)


def list_unclaimed(session: Session, team_ids: Collection[int], *, most: int) -> Items:
    """Steps that nobody has taken: the most urgent first, those without a due moment last and by age."""
    return _listed(session, team_ids, WorkItem.holder_id.is_(None), most)


def hand_over(session: Session, item_id: int, *, to: Person, by: Person, now: datetime) -> WorkItem:
    """A lead gives a step to a member of its team, unless they have it. Raises what `steps.assign` raises."""
    item = steps.get_item(session, item_id)
    if item.is_open and item.holder_id == to.id and item.team_id in by.led_team_ids:
        raise AlreadyTheirs(name=to.name)
    return steps.assign(session, item_id, to=to, by=by, now=now)


def _listed(session: Session, team_ids: Collection[int], condition: ColumnElement[bool], most: int) -> Items:
    count = session.scalar(_open_items(team_ids, func.count()).where(condition)) or 0
    query = (select(WorkItem).join(WorkItem.ticket)
             .options(contains_eager(WorkItem.ticket).joinedload(Ticket.client).lazyload(Person.memberships),
                      joinedload(WorkItem.team), joinedload(WorkItem.holder).lazyload(Person.memberships))
             .where(*_are_open(team_ids), condition)
             .order_by(WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.opened_at, WorkItem.id).limit(most))
    return Items(list(session.scalars(query)) if count else [], count)


def _open_items(team_ids: Collection[int], *columns: Any) -> Select[Any]:
    return select(*columns).select_from(WorkItem).join(WorkItem.ticket).where(*_are_open(team_ids))


def _are_open(team_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    # A closed ticket may keep a step open for a client who comes back; it is nobody's work.
    return WorkItem.team_id.in_(list(team_ids)), WorkItem.state == ItemState.OPEN.value, IS_UNDER_WAY


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _people(session: Session, ids: Collection[int]) -> dict[int, Person]:
    if not ids:
        return {}
    return {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(ids)))}
