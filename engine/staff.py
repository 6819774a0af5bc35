"""Staff: the administrator adds people, gives them places and roles, closes accounts, and names teams."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ItemState, WorkItem
from helpdesk import audit, outbox
from helpdesk.knowledge.writing import owners
from helpdesk.outbox import Letter
from helpdesk.people import accounts, factors, signin
from helpdesk.people.accounts import Person, Role, Team
from helpdesk.people.policy import Act, demand
from helpdesk.tickets import lock_ticket


def add_person(session: Session, *, email: str, name: str, by: Person, now: datetime, **facts: Any) -> Person:
    """A new account; it cannot be used until a password is set."""
    demand(by, Act.ADMINISTER)
    return accounts.add_person(session, email=email, name=name, by=by, now=now, **facts)


def change_places(session: Session, person: Person, *, roles: Iterable[Role], teams: Mapping[int, bool], by: Person,
                  now: datetime) -> int:
    """Give the person exactly these roles and team places (team id → is lead).

    Gives how many of their open steps went back to the teams they have left.
    """
    demand(by, Act.ADMINISTER)
    for team_id in teams:
        accounts.get_team(session, team_id)
    accounts.change_places(session, person, roles=roles, teams=dict(teams), by=by, now=now)
    owners.leave(session, person, by=by, now=now)
    return _hand_back(session, person, kept=teams, by=by, now=now)


def close_account(session: Session, person: Person, *, by: Person, now: datetime) -> int:
    """Nobody can sign in with the account any more, every session ends; how many steps went back to their teams."""
    demand(by, Act.ADMINISTER)
    accounts.set_disabled(session, person, True, by=by, now=now)
    signin.sign_out_everywhere(session, person)
    owners.leave(session, person, by=by, now=now)
    return _hand_back(session, person, kept=(), by=by, now=now)


def open_account(session: Session, person: Person, *, by: Person, now: datetime) -> None:
    """The account can be used again, with the password it had."""
    demand(by, Act.ADMINISTER)
    accounts.set_disabled(session, person, False, by=by, now=now)


def set_password(session: Session, person: Person, password: str, *, hasher: PasswordHasher, by: Person,
                 now: datetime) -> None:
    """Give the account another password; every session of the person ends."""
    demand(by, Act.ADMINISTER)
    signin.set_password(session, person, password, hasher=hasher, by=by, now=now)


def remove_second_step(session: Session, person: Person, *, by: Person, now: datetime) -> None:
    """Take a lost second step off an account; every session of the person ends and they are told."""
    demand(by, Act.ADMINISTER)
    factors.remove_all(session, person, by=by, now=now)


def add_team(session: Session, *, key: str, name_pl: str, name_en: str, by: Person, now: datetime) -> Team:
    """A new team, for the lane with this id in diagrams."""
    demand(by, Act.ADMINISTER)
    return accounts.add_team(session, key=key, name_pl=name_pl, name_en=name_en, by=by, now=now)


def rename_team(session: Session, team: Team, *, name_pl: str, name_en: str, by: Person, now: datetime) -> None:
    """Other names for the team; its key stays."""
    demand(by, Act.ADMINISTER)
    accounts.rename_team(session, team, name_pl=name_pl, name_en=name_en, by=by, now=now)


def send_again(session: Session, letter: Letter, *, by: Person, now: datetime) -> None:
    """Let a letter that failed all its tries be tried again."""
    demand(by, Act.ADMINISTER)
    if letter.ticket_id is not None:
        lock_ticket(session, letter.ticket_id, now=now)
    outbox.try_again(session, letter, now=now)
    audit.record(session, "letter_tried_again", by=by.id, now=now, ticket_id=letter.ticket_id, letter_id=letter.id)


def _hand_back(session: Session, person: Person, *, kept: Iterable[int], by: Person, now: datetime) -> int:
    """Give the person's open steps back to the teams they are no longer in, so that nothing waits for somebody gone."""
    held = session.execute(
        select(WorkItem.id, WorkItem.ticket_id).where(
            WorkItem.holder_id == person.id, WorkItem.state == ItemState.OPEN.value,
            WorkItem.team_id.is_not(None), WorkItem.team_id.not_in(list(kept)))
        .order_by(WorkItem.ticket_id, WorkItem.id)).all()
    for item_id, ticket_id in held:
        lock_ticket(session, ticket_id, now=now)
        item = session.get(WorkItem, item_id, populate_existing=True)
        if item is None or not item.is_open or item.holder_id != person.id:
            continue
        item.holder_id = None
        audit.record(session, "released", by=by.id, now=now, ticket_id=ticket_id, element=item.element_id)
        session.flush()
    return len(held)
