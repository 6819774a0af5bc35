"""Access by the table of rules: every route, everybody, each state of a ticket, and rights withdrawn meanwhile.

What is expected is computed from the policy and the relation, never written here.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from engine import staff
from helpdesk.people.accounts import Person, Role
from helpdesk.people.policy import ON_TICKETS, Act
from helpdesk.people.signin import sign_out_everywhere
from helpdesk.tickets import Ticket
from tests.desk import Desk
from tests.web.conftest import Browser
from tests.web.test_access import ALLOWED, ENDING, MISSING, PEOPLE, World, address, outcome, routes, send, world

__all__ = ["world"]
Browse = Callable[..., Browser]
Key = str | None
# Who may do what is decided in the program; the database has no part in it.
pytestmark = pytest.mark.one_database


def deviations(app: Flask, world: World, browser: Browser, key: Key, *, acts: frozenset[Act] | None = None,
               expect: Callable[[str, str], str] = lambda _endpoint, wanted: wanted) -> dict[str, tuple[str, str]]:
    """Every route that answers otherwise than the table says, for somebody with an open browser."""
    wrong = {}
    for method in ("GET", "POST"):
        csrf = browser.token() if method == "POST" else ""
        for rule, act in routes(app, method):
            if (acts is not None and act not in acts) or rule.endpoint in ENDING:
                continue
            path = address(app, rule, world.arguments)
            wanted = expect(rule.endpoint, world.expected(rule.endpoint, act, key))
            found = outcome(*send(browser, method, path, csrf))
            if rule.endpoint == "requests.answer" and wanted == ALLOWED:
                found = ALLOWED  # the step is the team's: even its client is refused; the rule itself let them in
            if found != wanted:
                wrong[f"{method} {path}"] = (found, wanted)
    return wrong


@pytest.mark.parametrize("state", ["closed", "withdrawn", "cancelled by a lead"])
def test_what_has_ended_is_open_to_the_same_people_as_before(app: Flask, desk: Desk, world: World, browse: Browse,
                                                              state: str) -> None:
    if state == "closed":
        desk.complete(world.number, decision="refuse", refusal_reason="etoll", priority="low",
                      explanation="Sprawami e-TOLL zajmuje się osobny Help Desk.")
    elif state == "withdrawn":
        desk.withdraw(world.number)
    else:
        browse("lena").post(f"/incidents/{world.number}/cancel", {"reason": "Sprawa jest nieaktualna."})
    assert desk.ticket(world.number).is_ended

    wrong = {(key, route): what for key in PEOPLE
             for route, what in deviations(app, world, browse(key), key, acts=ON_TICKETS).items()}

    assert wrong == {}


def test_a_ticket_that_was_never_there_is_nobodys(app: Flask, desk: Desk, world: World, browse: Browse) -> None:
    nowhere = replace(world, arguments={**world.arguments, "number": "ZGL9999999"})
    wrong = {}
    for key in PEOPLE:
        if key is None:
            continue
        found = deviations(app, nowhere, browse(key), key, acts=ON_TICKETS - {Act.REPLY, Act.SEE_TICKET},
                           expect=lambda _endpoint, _wanted: MISSING)
        wrong |= {(key, route): what for route, what in found.items()}

    assert wrong == {}


def leave_team(desk: Desk, person: Person) -> None:
    person.memberships = []


def lose_lead(desk: Desk, person: Person) -> None:
    for place in person.memberships:
        place.is_lead = False


def lose_roles(desk: Desk, person: Person) -> None:
    person.roles = []


WITHDRAWN: dict[str, Callable[[Desk, Person], None]] = {
    "taken out of the team": leave_team, "leads no more": lose_lead, "role taken": lose_roles}


@pytest.mark.parametrize(("what", "key"), [
    ("taken out of the team", "amir"), ("taken out of the team", "lena"), ("leads no more", "lena"),
    ("role taken", "marek"), ("role taken", "oskar"), ("role taken", "ada")])
def test_a_right_that_was_withdrawn_is_gone_in_the_browser_that_was_open(
        app: Flask, desk: Desk, world: World, browse: Browse, what: str, key: str) -> None:
    if key == "ada":
        with desk.session() as session:  # somebody must remain
            desk.person(session, "oskar").roles = [Role.ADMINISTRATOR.value]
    browser = browse(key)
    assert browser.get("/account")
    before = {act for act in Act if desk.ask(lambda session, act=act: _may(desk, session, world, key, act))}
    with desk.session() as session:
        WITHDRAWN[what](desk, desk.person(session, key))
    after = {act for act in Act if desk.ask(lambda session, act=act: _may(desk, session, world, key, act))}
    assert after < before

    def expect(endpoint: str, wanted: str) -> str:
        # A remark is its author's, and theirs who may answer it.
        return MISSING if endpoint == "remarks.show" and Act.ANSWER_REMARKS not in after else wanted

    assert deviations(app, world, browser, key, expect=expect) == {}


@pytest.mark.parametrize("how", ["disabled", "signed out elsewhere", "another password"])
@pytest.mark.parametrize("key", ["clara", "lena", "oskar"])
def test_whose_session_was_ended_is_nobody_in_the_browser_that_was_open(
        app: Flask, desk: Desk, world: World, browse: Browse, how: str, key: str) -> None:
    browser = browse(key)
    browser.get("/account")
    with desk.session() as session:
        person, ada = desk.person(session, key), desk.person(session, "ada")
        if how == "disabled":
            staff.close_account(session, person, by=ada, now=desk.now)
        elif how == "another password":
            from tests.web.conftest import CHEAP
            staff.set_password(session, person, "zupełnie inne hasło", hasher=CHEAP, by=ada, now=desk.now)
        else:
            sign_out_everywhere(session, person)
        session.flush()

    for rule, act in routes(app, "GET"):
        path = address(app, rule, world.arguments)
        assert outcome(*send(browser, "GET", path, "")) == world.expected(rule.endpoint, act, None), path
    for rule, _act in routes(app, "POST"):
        answer = browser.client.post(address(app, rule, world.arguments), data={"csrf_token": "x"})
        # Its token went with the session; a program shows another proof, which this is not.
        by_program = getattr(app.view_functions[rule.endpoint], "from_outside", False)
        assert answer.status_code in ((401, 404) if by_program else (400,)), rule.rule


# --- ids in the query and in the body

def test_an_id_in_the_query_opens_nothing(desk: Desk, world: World, browse: Browse) -> None:
    other = desk.submit(by="colin")
    foreign = desk.item(other).id
    colin_id = desk.ask(lambda session: desk.person(session, "colin").id)

    as_client = browse("clara").get(f"/catalogue/portal/error?client={colin_id}", status=403)
    own = browse("clara").get(f"/requests/{world.number}?step={foreign}")
    agents = browse("amir").get(f"/tickets/{world.number}?step={foreign}")

    assert "Colin Baran" not in as_client + own + agents
    assert f"/steps/{foreign}" not in own + agents
    for path in ("/incidents?which=open&team=first_line", "/team-work?team=first_line", "/worklist?tab=every"):
        assert other not in browse("otto").client.get(path).text


def test_an_id_in_the_body_changes_nothing_that_is_not_ones_own(desk: Desk, world: World, browse: Browse) -> None:
    own = desk.submit(by="colin")
    beth, item = desk.ask(lambda session: desk.person(session, "beth").id), desk.item(own).id
    before = desk.ask(lambda session: [(one.id, one.revision) for one in session.scalars(
        select(Ticket).order_by(Ticket.id))])

    browse("otto").send("/team-work/assign", {"item": str(item), "to": str(beth)}, status=404)
    browse("otto").send("/team-work/assign", {"one": str(item), f"to_{item}": str(beth)}, status=404)
    browse("lena").send(f"/tickets/{world.number}/steps/{item}/assign", {"to": str(beth)}, status=404)
    browse("clara").send(f"/requests/{world.number}/steps/{item}", {"verdict": "accepted"}, status=404)

    assert desk.ask(lambda session: [(one.id, one.revision) for one in session.scalars(
        select(Ticket).order_by(Ticket.id))]) == before


def _may(desk: Desk, session: object, world: World, key: str, act: Act) -> bool:
    from sqlalchemy.orm import Session

    from engine.tickets import teams_of_ticket
    from helpdesk.people.policy import may
    assert isinstance(session, Session)
    ticket = session.scalars(select(Ticket).where(Ticket.number == world.number)).one()
    return may(desk.person(session, key), act, ticket, teams_of_ticket(session, ticket))
