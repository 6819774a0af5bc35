"""The cast of a replay: the log's people under invented names and addresses, which never lead anywhere."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.replay.log import Log
from helpdesk.people.accounts import Membership, Person, Team, add_person, find_person

DOMAIN = "replay.example.com"
_VALUE = re.compile(r"value (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One person of the log."""

    email: str
    name: str


@dataclass(frozen=True)
class Cast:
    """Everybody, by what the log calls them."""

    agents: Mapping[str, Part]
    clients: Mapping[str, Part]

    @classmethod
    def of(cls, log: Log) -> "Cast":
        return cls(_parts("agent", (event.by for event in log.events)),
                   _parts("client", (case.opening.customer for case in log.cases)))


def add_cast(session: Session, cast: Cast, *, team: str, now: datetime) -> dict[str, Person]:
    """The people by address: accounts of everybody, with the agents in the team."""
    team_id = session.scalars(select(Team.id).where(Team.key == team)).one()
    people: dict[str, Person] = {}
    for part in (*cast.agents.values(), *cast.clients.values()):
        people[part.email] = find_person(session, part.email) or add_person(
            session, email=part.email, name=part.name, now=now)
    for part in cast.agents.values():
        person = people[part.email]
        if team_id not in person.team_ids:
            person.memberships.append(Membership(team_id=team_id, is_lead=False))
    session.flush()
    return people


def _parts(role: str, names: Iterable[str]) -> dict[str, Part]:
    """Agent 5 is the log's “Value 5”; anybody else gets their own name without spaces, or a number."""
    found: dict[str, Part] = {}
    taken: set[str] = set()
    for name in names:
        if name not in found:
            key = _free(_key(name), taken)
            taken.add(key)
            found[name] = Part(f"{role}-{key}@{DOMAIN}", f"{role.capitalize()} {key}")
    return found


def _key(name: str) -> str:
    value = _VALUE.fullmatch(name)
    if value is not None:
        return value[1][:9]
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30] or "x"


def _free(key: str, taken: set[str]) -> str:
    if key not in taken:
        return key
    return next(f"{key}-{number}" for number in range(2, len(taken) + 3) if f"{key}-{number}" not in taken)
