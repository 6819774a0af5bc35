"""The people: clients and agents who send real forms, and send them again until they are answered."""

import http.client
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine.records import WorkItem
from helpdesk.people.accounts import Membership, Person, Team, add_person
from helpdesk.people.signin import SignedIn, hash_token, sign_in
from tests.desk import INCIDENT, Desk
from tests.kill.fleet import Fleet
from tests.kill.short import PLACE
from web.edge import SESSION_COOKIE
from web.forms import ACT_FIELD

INCIDENT_PLACE = "/catalogue/portal/error"
CLIENTS, AGENTS = 40, 2
ANSWERS_LOST = 0.05
NO_DATABASE = 503  # the page that keeps what was typed and lets it be sent again
PATIENCE = 90.0  # seconds until a form that is never answered counts as stuck


@dataclass(frozen=True)
class Browser:
    """Somebody who is signed in."""

    person_id: int
    token: str
    csrf_token: str


@dataclass
class Done:
    """What the people were told is done: the truth that the tables are compared with."""

    acts: dict[str, str] = field(default_factory=dict)  # key of the act → number of the ticket
    numbers: dict[str, str] = field(default_factory=dict)  # subject → number
    holders: dict[int, int] = field(default_factory=dict)  # step → who has taken it
    steps: list[int] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    too_late: int = 0
    sent_again: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def operations(self) -> int:
        return len(self.acts) + len(self.holders)


class People:
    """Plays matters of clients; a matter is a generator that gives the seconds until its next act."""

    def __init__(self, desk: Desk, fleet: Fleet, now: datetime) -> None:
        self.desk, self.fleet = desk, fleet
        self.done = Done()
        self._lock = Lock()
        self.clients, self.agents = desk.ask(lambda session: _admit(session, now))

    def matter(self, place: int) -> Iterator[float]:
        """One client's matter: an incident or a short one, handled at once, late or never."""
        chance = random.Random(place)
        client, agent = self.clients[place % CLIENTS], chance.choice(self.agents)
        is_short = chance.random() < 0.7
        number = self._register(client, place, is_short, chance)
        element_id = "handle" if is_short else "recognise"
        yield 0
        if chance.random() < 0.8:
            self._claim(agent, number, element_id, chance)
            yield 0
            self._reply(client, f"/requests/{number}/reply", number, f"od klienta {place}", chance)
            yield 0
            self._reply(agent, f"/tickets/{number}/say", number, f"do klienta {place}", chance)
            yield 0
        pace = chance.random()
        if is_short and pace < 0.2:
            return  # nobody finishes it: every timer rings
        yield 0 if not is_short or pace < 0.5 else chance.uniform(1.5, 5.5)
        words = {"word": "gotowe"} if is_short else {
            "decision": "solve", "solution": "Proszę odświeżyć stronę.", "priority": "normal"}
        self._finish(agent, number, element_id, f"/tickets/{number}", words, chance)
        yield 0 if chance.random() < 0.7 else chance.uniform(1.5, 4)
        words = {"word": "tak"} if is_short else {"verdict": "accepted"}
        self._finish(client, number, "confirm" if is_short else "accept_solution", f"/requests/{number}", words, chance)

    def _register(self, client: Browser, place: int, is_short: bool, chance: random.Random) -> str:
        subject, path = f"sprawa {place}", PLACE if is_short else INCIDENT_PLACE
        words = {"subject": subject} if is_short else {**INCIDENT, "subject": subject}
        self._send(client, path, words, chance)
        key = f"{place}-submit"
        status, where = self._send(client, f"{path}/summary", {ACT_FIELD: key}, chance)
        if status != 302 or "/done/" not in where:
            raise AssertionError(f"{key}: {status} {where}")
        number = where.rpartition("/")[2]
        with self._lock:
            self.done.acts[f"{client.person_id}:{key}"] = number
            self.done.numbers[subject] = number
        return number

    def _claim(self, agent: Browser, number: str, element_id: str, chance: random.Random) -> None:
        item = self._find(number, element_id)
        if item is None:
            return
        status, where = self._send(agent, f"/tickets/{number}/steps/{item.id}/claim", {}, chance)
        if self._is_done(status, where, element_id):
            self.done.holders[item.id] = agent.person_id

    def _reply(self, browser: Browser, path: str, number: str, body: str, chance: random.Random) -> None:
        key = body.replace(" ", "-")
        status, where = self._send(browser, path, {"body": body, ACT_FIELD: key}, chance)
        if self._is_done(status, where, "reply"):
            with self._lock:
                self.done.acts[f"{browser.person_id}:{key}"] = number
                self.done.replies.append(body)

    def _finish(self, browser: Browser, number: str, element_id: str, page: str, words: dict[str, str],
                chance: random.Random) -> None:
        item = self._find(number, element_id)
        if item is None:
            return
        key = f"{item.id}-finish"
        status, where = self._send(browser, f"{page}/steps/{item.id}", {**words, ACT_FIELD: key}, chance)
        if self._is_done(status, where, element_id):
            with self._lock:
                self.done.acts[f"{browser.person_id}:{key}"] = number
                self.done.steps.append(item.id)

    def _find(self, number: str, element_id: str) -> WorkItem | None:
        """The open step, unless a timer has taken it away."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return next((one for one in self.desk.open_items(number) if one.element_id == element_id), None)
            except OperationalError:  # the database was killed
                assert time.monotonic() < end, "the database does not come back"
                time.sleep(0.1)

    def _is_done(self, status: int, where: str, element_id: str) -> bool:
        """Whether the answer says that it is done; only the step with an end may say that it is too late."""
        is_too_late = status in {409, 422} and element_id == "handle"
        with self._lock:
            self.done.too_late += is_too_late
            if status != 302 and not is_too_late:
                self.done.wrong.append(f"{element_id}: {status} {where}")
        return status == 302

    def _send(self, browser: Browser, path: str, words: dict[str, object] | dict[str, str],
              chance: random.Random) -> tuple[int, str]:
        """Send a form until it is answered, to whichever web answers; some answers get lost on their way."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                is_lost = chance.random() < ANSWERS_LOST
                status, where = _post(self.fleet.a_port(chance), browser, path, words, is_lost=is_lost)
                if status != NO_DATABASE:
                    return status, where
                raise ConnectionResetError(where)
            except (OSError, http.client.HTTPException):
                assert time.monotonic() < end, f"nobody answers {path}"
                with self._lock:
                    self.done.sent_again += 1
                time.sleep(chance.uniform(0, 0.1))


def _post(port: int, browser: Browser, path: str, words: dict[str, object] | dict[str, str], *,
          is_lost: bool) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, urlencode({"csrf_token": browser.csrf_token, **words}), {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": f"{SESSION_COOKIE}={browser.token}"})
        if is_lost:
            raise ConnectionResetError("the answer was lost")
        response = connection.getresponse()
        body = response.read().decode()
        return response.status, response.getheader("Location") or body[body.find("<main"):][:600]
    finally:
        connection.close()


def _admit(session: Session, now: datetime) -> tuple[list[Browser], list[Browser]]:
    """Clients and agents, signed in so long ago that their first act has to note that they were seen."""
    team = session.scalars(select(Team).where(Team.key == "first_line")).one()
    people: list[Person] = []
    for place in range(CLIENTS + AGENTS):
        person = add_person(session, email=f"person{place}@example.com", name=f"Osoba {place}", now=now)
        if place >= CLIENTS:
            person.memberships = [Membership(team_id=team.id, is_lead=False)]
        people.append(person)
    session.flush()
    browsers = []
    for person in people:
        token = sign_in(session, person, lasts=timedelta(hours=8), now=now - timedelta(minutes=5))
        csrf_token = session.scalars(select(SignedIn.csrf_token).where(SignedIn.token_hash == hash_token(token))).one()
        browsers.append(Browser(person.id, token, csrf_token))
    return browsers[:CLIENTS], browsers[CLIENTS:]
