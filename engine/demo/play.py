"""Fills an empty desk: a quarter of work, made through the use cases by one clock that never goes back."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from engine.demo import firms
from engine.demo.announcing import announce
from engine.demo.content import (
    CastMember,
    Facts,
    cast,
    password_of,
    read_announcements,
    read_catalogue,
    read_people,
    read_stories,
)
from engine.demo.crowd.stories import crowd
from engine.demo.opinions import keep_questions, opinions
from engine.demo.plots import start
from engine.demo.reading import readers
from engine.demo.scene import Scene
from engine.demo.tale import Moments, Tale
from helpdesk import interests
from helpdesk.catalogue import Service, load_catalogue
from helpdesk.database import Database
from helpdesk.knowledge.writing import shipped
from helpdesk.notices.inbox import mark_older_read
from helpdesk.people.accounts import Membership, Person, Team, add_person, get_person
from helpdesk.people.signin import set_password
from helpdesk.storage import Storage

__all__ = ["CastMember", "cast", "is_empty", "play"]

# The desk was set up before the first story.
SET_UP_BEFORE = timedelta(days=100)
# The people of the demo look at their notices every other day.
READ_WITHIN = timedelta(days=2)


def is_empty(database: Database) -> bool:
    """Whether nobody has an account yet."""
    with database.transaction() as session:
        return not session.scalar(select(exists().where(Person.id.is_not(None))))


def play(database: Database, *, now: datetime, hasher: PasswordHasher, progress: Callable[[float], None],
         storage: Storage | None = None, is_whole: bool = True) -> None:
    """Play every story up to `now`; the processes must be published and the desk empty.

    progress: told the share that is done, from 0 to 1. storage: where attached files go; without it there are none.
    is_whole: with the crowd's stories too; without them it is done in a third of the time.
    """
    began = now - SET_UP_BEFORE
    with database.transaction() as session:
        load_catalogue(session, read_catalogue())
        shipped.load(session, shipped.built_in(), now=began)
        people = _add_people(session, read_people(), hasher, now=began)
        keep_questions(session, by=get_person(session, people["oskar"]), now=began)
    scene = Scene(database, people, start=began, end=now, storage=storage)
    firms.found(scene)
    # (moment, order, tale's moments): order keeps stories of one moment in the order they are written.
    queue: list[tuple[datetime, int, Moments]] = []
    # A form that demands a file cannot be sent without one.
    told = [*read_stories(), *(crowd() if is_whole else ())]
    stories = [facts for facts in told if storage is not None or "paper" not in facts]
    for order, facts in enumerate(stories):
        moments = start(Tale(scene, facts))
        queue.append((next(moments), order, moments))
    for moments in (*opinions(scene), *firms.lately(scene)):
        queue.append((next(moments), len(queue), moments))
    for order, facts in enumerate(read_announcements(), start=len(queue)):
        moments = announce(scene, facts)
        queue.append((next(moments), order, moments))
    moments = readers(scene)
    queue.append((next(moments), len(queue), moments))
    heapq.heapify(queue)
    while queue and queue[0][0] <= now:
        moment, order, moments = heapq.heappop(queue)
        scene.move_to(moment)
        following = next(moments, None)
        if following is not None:
            heapq.heappush(queue, (following, order, moments))
        progress((moment - began) / SET_UP_BEFORE)
    scene.move_to(now)
    with database.transaction() as session:
        mark_older_read(session, than=now - READ_WITHIN)
    progress(1.0)


def _add_people(session: Session, people: list[Facts], hasher: PasswordHasher, *, now: datetime) -> dict[str, int]:
    """Everybody's id by key; only the cast has passwords."""
    teams = {team.key: team.id for team in session.scalars(select(Team))}
    ids = {}
    for facts in people:
        person = add_person(session, email=facts["email"], name=facts["name"], now=now, phone=facts["phone"],
                            language=facts["language"], firm=facts["firm"], nip=facts["nip"],
                            roles=sorted(facts["roles"]))
        person.memberships = [Membership(team_id=teams[key], is_lead=key in facts["leads"]) for key in facts["teams"]]
        password = password_of(facts["key"])
        if password is not None:
            set_password(session, person, password, hasher=hasher, by=None, now=now)
        ids[facts["key"]] = person.id
        if facts.get("services"):
            chosen = session.scalars(select(Service.id).where(Service.key.in_(facts["services"])))
            interests.choose(session, person, chosen, now=now)
    session.flush()
    return ids
