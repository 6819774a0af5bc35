"""Access: every route is tried by everybody. The routes are read from the application, so a new one is tried too."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import case, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from engine import ticker
from engine.outages.records import Suspicion
from engine.records import ProcessVersion, WorkItem
from engine.tickets import teams_of_ticket
from helpdesk.announcements.writing import publish
from helpdesk.catalogue import Service, get_service
from helpdesk.database import Record
from helpdesk.files import StoredFile, keep_draft
from helpdesk.outbox import Letter
from helpdesk.people import firms
from helpdesk.people.accounts import Membership, Person, Team, add_person
from helpdesk.people.firms import invitations, register
from helpdesk.people.identities import Identity
from helpdesk.people.passkeys import Passkey
from helpdesk.people.policy import ON_TICKETS, RULES, Act, Relation, relations
from helpdesk.people.signin import SignedIn
from helpdesk.people.tokens import AccessToken, Scope, make_token
from helpdesk.ratings.records import Rating
from helpdesk.ratings.remarks import RemarkKind, make
from helpdesk.tickets import Ticket
from tests.desk import CAST, Desk
from tests.helpdesk.announcements.writing import do, drafted
from tests.library import shelve
from tests.web.conftest import Browser
from web.app import create_app
from web.check import check_routes
from web.edge import Desk as WebDesk
from web.edge import NoRule, demand_rules, own_path

# They end the session with which they are sent.
ENDING = {"signin.sign_out", "sessions.end", "sessions.end_all", "password.change", "account.take_back"}
# Who may do what is decided in the program; the database has no part in it.
pytestmark = pytest.mark.one_database
# Otto leads the other team; Kasia may see what is requested for Clara's firm; nobody is not signed in.
PEOPLE = [*CAST, "otto", "kasia", None]
HOLDER = "amir"
# Enough for every form to reach its use case, where the rule is enforced.
PAYLOAD = {"to": "3", "item": "1", "body": "Dzień dobry", "as": "note"}
ALLOWED, SIGN_IN, FORBIDDEN, MISSING = "allowed", "sign in", "forbidden", "missing"
# Routes whose object decides more narrowly than their rule, or otherwise than by a ticket: who gets in.
BY_OBJECT: dict[str, set[str]] = {
    "letters.show": {"clara"}, "letters.download": {"clara"}, "notices.open": {"clara"}, "notices.mark": {"clara"},
    "sessions.end": {"clara"}, "passkeys.show": {"clara"}, "passkeys.remove": {"clara"},
    "drafts.throw_away_": {"clara"}, "programs.revoke": {"clara"},
    "firms.show": {"clara"}, "firms.change": {"clara"}, "firms.remove": {"clara", "kasia"},
    "firms.rename": {"clara"}, "firms.invite": {"clara"}, "firms.take_back": {"clara"}, "invitations.answer": {"otto"},
    "results.called": {"lena", "marek", "oskar"},
    "oidc.remove": {"clara"},
    "remarks.show": {"clara", "lena", "marek", "otto"},
}
# Routes of everybody that show a ticket: what decides beside their own rule.
ALSO: dict[str, Act] = {"article_editor.from_ticket": Act.SEE_INSIDE, "intake.done": Act.SEE_TICKET}
EXCEPTIONS: dict[tuple[str, str | None], str] = {
    **{("signin.demo", key): MISSING for key in PEOPLE},
    # Whoever has the letter may object; its code is in nobody's hand here.
    **{(f"objections.{act}", key): MISSING for act in ("show", "object") for key in PEOPLE},
    **{(f"answers.{act}", key): MISSING for act in ("show", "give") for key in PEOPLE},
    **{(f"notices.{act}", key): MISSING for act in ("stop", "stop_now") for key in PEOPLE},
    # Whoever has the address of somebody's calendar may read it; its code is in nobody's hand here.
    **{("status.calendar_mine", key): MISSING for key in PEOPLE},
    # So do those who confirm an account or an address, or set a new password, by the link of a letter.
    **{(endpoint, key): MISSING for key in PEOPLE for endpoint in (
        "register.confirm", "password.new", "account.confirm_address", "account.stop_address",
        "invitations.show")},
    # This desk knows no providers of sign-ins, and nobody has come back from one.
    **{(endpoint, key): MISSING for key in PEOPLE for endpoint in ("oidc.start", "oidc.back", "oidc.newcomer")},
    **{(endpoint, key): MISSING if key else SIGN_IN for key in PEOPLE for endpoint in ("oidc.start_link", "oidc.link")},
    # Nobody here has made a first step of signing in, nor has a passkey to answer with.
    **{(endpoint, key): SIGN_IN for key in PEOPLE for endpoint in (
        "factors.ask", "passkeys.second_step", "passkeys.sign_in")},
    # Whoever did not write a draft neither takes it back nor gives it up, unless they are editors.
    **{(f"articles.{act}", key): FORBIDDEN for act in ("send_back", "drop") for key in ("beth", "lena", "otto")},
    # The team's work is theirs to see, but this step is not theirs to give.
    ("lead.assign", "marek"): FORBIDDEN, ("lead.assign", "otto"): MISSING,
}
# What the policy must come to for the routes that matter most, written by hand.
BY_HAND: dict[tuple[str, str], set[str | None]] = {
    ("GET", "requests.show"): {"clara", "kasia", "amir", "lena", "marek"},
    ("POST", "requests.reply"): {"clara", "amir", "lena"},
    ("POST", "requests.answer"): {"clara"},
    ("POST", "requests.withdraw"): {"clara"},
    ("GET", "files.download"): {"clara", "kasia", "amir", "lena", "marek"},
    ("GET", "tickets.show"): {"amir", "lena", "marek"},
    ("POST", "tickets.complete"): {"amir", "lena"},
    ("POST", "tickets.claim"): {"amir", "lena"},
    ("POST", "tickets.assign"): {"lena"},
    ("GET", "incidents.show"): {"lena", "oskar"}, ("POST", "incidents.cancel"): {"lena", "oskar"},
    ("GET", "incidents.list_"): {"lena", "oskar", "otto"},
    ("GET", "surveys.show"): {"lena", "marek", "oskar", "otto"}, ("POST", "surveys.save"): {"oskar"},
    ("GET", "worklist.show"): {"amir", "beth", "lena", "marek", "otto"},
    ("GET", "lead.show"): {"lena", "marek", "otto"},
    ("GET", "people.list_"): {"ada"}, ("GET", "people.show"): {"ada"}, ("POST", "people.add"): {"ada"},
    ("POST", "people.change_places"): {"ada"}, ("POST", "people.close"): {"ada"}, ("POST", "people.open_"): {"ada"},
    ("POST", "people.set_password"): {"ada"}, ("POST", "people.remove_second_step"): {"ada"},
    ("POST", "people.teams"): {"ada"}, ("POST", "people.team"): {"ada"},
    ("GET", "firm_register.list_"): {"ada"}, ("GET", "firm_register.show"): {"ada"},
    ("POST", "firm_register.confirm"): {"ada"}, ("POST", "firm_register.refuse"): {"ada"},
    ("POST", "firm_register.correct"): {"ada"}, ("POST", "firms.invite"): {"clara"},
    ("POST", "letters.again"): {"ada"},
    ("GET", "catalogue_editor.show"): {"ada"}, ("GET", "catalogue_editor.export"): {"ada"},
    ("POST", "catalogue_editor.change"): {"ada"}, ("POST", "catalogue_editor.load"): {"ada"},
    ("GET", "status.show"): set(PEOPLE), ("GET", "status.show_one"): set(PEOPLE),
    ("GET", "consents.list_"): {"amir", "beth", "lena", "marek", "otto"},
    ("GET", "our_consents.list_"): {key for key in PEOPLE if key},
    ("GET", "announcements.show"): {"amir", "beth", "lena", "marek", "otto"},
    ("POST", "announcements.publish"): {"lena", "marek", "otto"},
    ("POST", "announcements.end"): {"lena", "marek", "otto"},
    ("POST", "outages.join_one"): {"clara", "amir", "lena"}, ("POST", "outages.leave"): {"amir", "lena"},
    ("GET", "knowledge.show"): set(PEOPLE), ("POST", "knowledge.helped"): set(PEOPLE),
    ("GET", "articles.show"): {"amir", "beth", "lena", "oskar", "otto"}, ("POST", "articles.publish"): {"oskar"},
    ("GET", "article_gaps.show"): {"oskar"}, ("POST", "article_editor.from_ticket"): {"amir", "lena"},
    ("GET", "signin.sign_in"): set(PEOPLE), ("GET", "health.show"): set(PEOPLE),
}


@dataclass
class World:
    """A ticket of Clara's, held by Amir of the first line, with a file and a letter; and what its addresses need."""

    desk: Desk
    number: str
    arguments: dict[str, object]

    def expected(self, endpoint: str, act: Act, key: str | None) -> str:
        """What the table of rules says about this person and this ticket."""
        if (endpoint, key) in EXCEPTIONS:
            return EXCEPTIONS[endpoint, key]
        if key is None:
            return ALLOWED if Relation.ANYBODY in RULES[act] else SIGN_IN
        if endpoint == "tickets.release" and key != HOLDER:
            act = Act.ASSIGN  # who holds a step gives it back; another's step is given back by a lead
        with self.desk.session() as session:
            person, ticket = self.desk.person(session, key), self.desk.ticket(self.number)
            teams = teams_of_ticket(session, ticket)
            found = relations(person, ticket if act in ON_TICKETS else None, teams)
            if not RULES[act] & found:
                may_see = act in ON_TICKETS and RULES[Act.SEE_TICKET] & relations(person, ticket, teams)
                return FORBIDDEN if act not in ON_TICKETS or may_see else MISSING
            if endpoint in ALSO and not RULES[ALSO[endpoint]] & relations(person, ticket, teams):
                return MISSING
        return ALLOWED if endpoint not in BY_OBJECT or key in BY_OBJECT[endpoint] else MISSING


@pytest.fixture
def world(desk: Desk, browse: Callable[..., Browser]) -> World:
    return build_world(desk, browse)


def build_world(desk: Desk, browse: Callable[..., Browser]) -> World:
    """One of everything that an address may name."""
    ticker.beat(desk.database, "a worker", now=desk.now)
    rated = desk.item(desk.submit(by="colin"))
    number = desk.submit()
    desk.claim(number)
    announcement_id = drafted(desk)
    do(desk, "lena", lambda session, lena: publish(session, announcement_id, by=lena, now=desk.now, is_urgent=True))
    browse("clara").post(f"/requests/{number}/reply", {"body": "Z plikiem", "attachments": (BytesIO(b"tak"), "a.txt")})
    shelf = shelve(desk, with_draft=True)
    with desk.session() as session:
        team = session.scalars(select(Team).where(Team.key == "second_line")).one()
        otto = add_person(session, email="otto@example.com", name="Otto", now=desk.now)
        otto.memberships = [Membership(team_id=team.id, is_lead=True)]
        passkey = Passkey(person_id=desk.person(session, "clara").id, name="Telefon", credential_id="c2lnaHQ",
                          public_key="x", added_at=desk.now)
        identity = Identity(person_id=passkey.person_id, issuer="https://login.example.gov.pl", subject="1",
                            linked_at=desk.now)
        session.add_all([passkey, identity])
        session.flush()
        arguments: dict[str, object] = {
            **_firm(session, desk, number), "passkey_id": passkey.id, "identity_id": identity.id, "provider": "nowhere",
            "signed_in_id": session.scalars(select(SignedIn.id).join(Person).where(
                Person.email == "clara@example.com")).first(),
            "number": number, "of": "incident", "item_id": desk.item(number).id, "team_id": team.id,
            "person_id": desk.person(session, "colin").id, "rating_id": add_rating(session, rated, now=desk.now),
            "remark_id": make(session, kind=RemarkKind.WISH, body="Więcej!", by=desk.person(session, "clara"),
                              now=desk.now).id,
            "file_id": session.scalars(select(StoredFile.id)).one(),
            "letter_id": session.scalars(select(Letter.id).where(
                Letter.text == "registered", Letter.ticket_id == desk.ticket(number).id)).one(),
            "version_id": session.scalars(select(ProcessVersion.id).limit(1)).one(),
            "kind": "area", "entry_id": get_service(session, "portal").area_id,
            "announcement_id": announcement_id, "year": 2026, "serial": 1, "suspicion_id": _suspicion(session, desk),
            "token_id": _token(session, desk),
            "draft_id": keep_draft(session, desk.person(session, "clara").id, "start:1", {"subject": ["x"]},
                                   now=desk.now).id,
            **shelf, "ending": "csv", "service_key": "portal", "key": "error", "code": "en",
            "filename": "dist/manifest.json"}
    return World(desk, number, arguments)


def _firm(session: Session, desk: Desk, number: str) -> dict[str, object]:
    """The firm that Clara manages and for which her request is, and the place of Kasia there."""
    clara = desk.person(session, "clara")
    kasia = add_person(session, email="kasia@example.com", name="Kasia", now=desk.now)
    lipowy = partial(firms.add, name="Lipowy Dwór", numbers={"nip": "5260250274"}, basis="Prezes", now=desk.now)
    founder = lipowy(session, clara)
    firm = founder.firm
    register.confirm(session, founder, by=desk.person(session, "ada"), now=desk.now)
    invitation = invitations.invite(session, firm.id, email="otto@example.com", sees_all=False, by=clara,
                                    now=desk.now)
    place = lipowy(session, kasia)
    firms.accept(session, place, by=clara, now=desk.now)
    firms.change(session, place, is_manager=False, sees_all=True, by=clara, now=desk.now)
    session.execute(update(Ticket).where(Ticket.number == number).values(firm_id=firm.id))
    return {"firm_id": firm.id, "member_id": place.id, "proof_id": invitation.id}


def _suspicion(session: Session, desk: Desk) -> int:
    """Many reports that nobody has looked at."""
    found = Suspicion(service_id=session.scalars(select(Service.id)).first(), reports=12, noticed_at=desk.now)
    session.add(found)
    session.flush()
    return found.id
def add_rating(session: Session, item: WorkItem, *, now: datetime) -> int:
    """A rating of the first line's work."""
    client_id = session.get_one(Ticket, item.ticket_id).client_id
    rating = Rating(ticket_id=item.ticket_id, item_id=item.id, person_id=client_id, team_id=item.team_id,
                    request_type="incident", opened_at=now, stars=1, given_at=now)
    session.add(rating)
    session.flush()
    return rating.id


def _token(session: Session, desk: Desk) -> int:
    make_token(session, desk.person(session, "clara"), name="Program", scope=Scope.READ, days=30, now=desk.now)
    return session.scalars(select(AccessToken.id)).one()


def routes(app: Flask, method: str) -> Iterator[tuple[Rule, Act]]:
    """The routes that take the method, each with the rule it names."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint != "static":
            yield rule, app.view_functions[rule.endpoint].act  # type: ignore[attr-defined]


def address(app: Flask, rule: Rule, arguments: dict[str, object]) -> str:
    unknown = set(rule.arguments) - set(arguments)
    assert not unknown, f"{rule.rule} has arguments this test knows nothing of: {unknown}"
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(
            rule.endpoint, {name: arguments[name] for name in rule.arguments}, rule.methods and min(rule.methods))
    return str(built)


def outcome(status: int, location: str) -> str:
    if status == 302 and location.startswith("/sign-in?"):
        return SIGN_IN
    return {403: FORBIDDEN, 404: MISSING}.get(status, ALLOWED)


def send(browser: Browser, method: str, path: str, csrf: str) -> tuple[int, str]:
    form = {"csrf_token": csrf, **PAYLOAD} if method == "POST" else None
    answer = browser.client.open(path, method=method, data=form)
    assert answer.status_code < 500, (method, path, answer.status_code, answer.text[:500])
    answer.close()
    return answer.status_code, answer.headers.get("Location", "")


def everything(connection: Connection, key: str | None = None) -> dict[str, tuple[int, int]]:
    """Every table, by how many rows it has and what they say.

    key: of a reader, to leave out whether they have read their own notices, the one thing that reading a page changes.
    """
    found = {}
    reader = connection.execute(select(Person.id).where(Person.email == f"{key}@example.com")).scalar()
    own = Letter.read_at if reader is None else case((Letter.person_id == reader, None), else_=Letter.read_at)
    for table in Record.metadata.sorted_tables:
        columns = [own if column is table.c.get("read_at") and table.name == "letter" else column
                   for column in table.columns]
        rows = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
        found[table.name] = (len(rows), hash(tuple(rows)))
    return found


def test_a_route_without_a_rule_stops_the_build_and_the_start(app: Flask) -> None:
    demand_rules(app)
    assert check_routes() == []

    bare = Flask("bare")
    bare.add_url_rule("/secret", "secret.show", lambda: "")

    with pytest.raises(NoRule, match=r"secret\.show"):
        demand_rules(bare)


def test_no_route_takes_other_methods_than_get_and_post(app: Flask) -> None:
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}

    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_the_rules_come_to_what_was_written_by_hand(app: Flask, world: World) -> None:
    wrong = {}
    for (method, endpoint), people in BY_HAND.items():
        act = next(act for rule, act in routes(app, method) if rule.endpoint == endpoint)
        found = {key for key in PEOPLE if world.expected(endpoint, act, key) == ALLOWED}
        if found != people:
            wrong[method, endpoint] = (found, people)

    assert wrong == {}


@pytest.mark.parametrize("key", PEOPLE)
def test_everybody_reads_what_is_theirs_and_changes_nothing_by_it(
        app: Flask, desk: Desk, world: World, browse: Callable[..., Browser], key: str | None) -> None:
    browser = browse(key)
    with desk.database.engine.connect() as connection:
        before = everything(connection, key)
    wrong = {}
    for rule, act in routes(app, "GET"):
        path = address(app, rule, world.arguments)
        found, wanted = outcome(*send(browser, "GET", path, "")), world.expected(rule.endpoint, act, key)
        if found != wanted:
            wrong[path] = (found, wanted)

    assert wrong == {}
    with desk.database.engine.connect() as connection:
        assert everything(connection, key) == before


@pytest.mark.parametrize("key", PEOPLE)
def test_everybody_does_what_is_theirs_to_do(
        app: Flask, desk: Desk, world: World, browse: Callable[..., Browser], key: str | None) -> None:
    wrong = {}
    browser = None
    for rule, act in routes(app, "POST"):
        if browser is None:
            browser = browse(key)
            csrf = browser.token()
        path = address(app, rule, world.arguments)
        wanted = world.expected(rule.endpoint, act, key)
        found = outcome(*send(browser, "POST", path, csrf))
        if rule.endpoint == "requests.answer" and wanted == ALLOWED:
            found = ALLOWED  # the open step is the team's: even its client is refused; the rule itself let them in
        if rule.endpoint == "intake.summary" and key is None:
            assert found == SIGN_IN  # anybody may fill in and see it once more; sending it asks who one is
            found = ALLOWED
        if rule.endpoint in ENDING:
            browser = None
        if found != wanted:
            wrong[path] = (found, wanted)

    assert wrong == {}


@pytest.mark.parametrize(("key", "given"), [
    ("clara", None), ("clara", ""), ("clara", "made-up"), ("clara", "somebody else's"), ("lena", "made-up"),
    ("ada", "somebody else's"), (None, None), (None, "made-up")])
def test_nothing_is_changed_without_the_token_of_the_form(
        app: Flask, desk: Desk, world: World, browse: Callable[..., Browser], key: str | None,
        given: str | None) -> None:
    browser = browse(key)
    browser.client.get("/sign-in")
    data = {} if given is None else {"csrf_token": browse("colin").token() if given == "somebody else's" else given}
    with desk.database.engine.connect() as connection:
        before = everything(connection)

    codes = {rule.endpoint: browser.client.post(address(app, rule, world.arguments), data=data).status_code
             for rule, _act in routes(app, "POST")}

    # What a program without cookies may send has its proof in the address; none is in this one.
    by_proof = {name for name, view in app.view_functions.items() if getattr(view, "from_outside", False)}
    # A program shows its token in a header; without one it is nobody.
    assert codes.pop("api.submit") == 401
    assert {name: code for name, code in codes.items() if code != 400} == dict.fromkeys(
        by_proof & codes.keys(), 404)
    with desk.database.engine.connect() as connection:
        assert everything(connection) == before


@pytest.mark.parametrize("key", ["clara", "lena", "ada"])
def test_what_does_not_exist_is_not_found(
        app: Flask, world: World, browse: Callable[..., Browser], key: str) -> None:
    browser = browse(key)
    csrf = browser.token()
    wrong = {}
    for method, number in (("GET", "987654"), ("POST", "987654"), ("GET", "9" * 30)):
        unknown = {name: number if isinstance(value, int) else "nothing_here"
                   for name, value in world.arguments.items()}
        for rule, act in routes(app, method):
            # Programs are asked for their token first (tests/web/test_api.py).
            if not rule.arguments or "code" in rule.arguments or rule.rule.startswith("/api/"):
                continue
            if not RULES[act] & _desk_relations(world.desk, key):
                continue
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).format(**unknown)
            status, _ = send(browser, method, path, csrf)
            if status != 404:
                wrong[method, path] = status

    assert wrong == {}


def test_the_clients_page_of_another_ticket_does_not_tell_whether_it_exists(
        world: World, browse: Callable[..., Browser]) -> None:
    colin = browse("colin")

    there, nowhere = (re.sub(r'nonce="[^"]+"|ZGL\d{7}', "", colin.get(f"/requests/{number}", status=404))
                      for number in (world.number, "ZGL9999999"))

    assert there == nowhere


def test_a_step_of_another_ticket_cannot_be_reached_through_ones_own(
        desk: Desk, world: World, browse: Callable[..., Browser]) -> None:
    own = desk.submit(by="colin")
    foreign = world.arguments["item_id"]

    browse("colin").send(f"/requests/{own}/steps/{foreign}", {"verdict": "accepted"}, status=404)

    assert desk.item(world.number).is_open


def test_rights_end_with_the_place_in_the_team(desk: Desk, world: World, browse: Callable[..., Browser]) -> None:
    amir = browse("amir")
    amir.get(f"/tickets/{world.number}")
    with desk.session() as session:
        desk.person(session, "amir").memberships = []

    amir.get(f"/tickets/{world.number}", status=404)
    amir.get(f"/files/{world.arguments['file_id']}", status=404)
    amir.get("/worklist", status=403)


def test_an_administrator_and_a_process_owner_see_no_ticket_by_their_role(
        world: World, browse: Callable[..., Browser]) -> None:
    for key in ("ada", "oskar"):
        for path in (f"/tickets/{world.number}", f"/requests/{world.number}", f"/files/{world.arguments['file_id']}"):
            browse(key).get(path, status=404)
    browse("oskar").get("/people", status=403)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example"])
def test_the_host_a_browser_claims_is_never_written_anywhere(
        app: Flask, world: World, browse: Callable[..., Browser], host: str) -> None:
    clara = browse("clara").client
    for path in ("/catalogue", f"/requests/{world.number}", f"/letters/{world.arguments['letter_id']}",
                 f"/letters/{world.arguments['letter_id']}.eml"):
        answer = clara.get(path, headers={"Host": host, "X-Forwarded-Host": host})
        assert host not in answer.text and host not in str(answer.headers)
    away = app.test_client().get("/requests?state=all", headers={"Host": host, "X-Forwarded-Host": host})
    assert away.headers["Location"] == "/sign-in?next=/requests?state%3Dall"


@pytest.mark.parametrize("target", [
    "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "\\/evil", "/a\nb", "", None,
    "/\t/evil.example", "evil.example", "///evil", "/\x00", "/\x85x"])
def test_only_own_paths_are_followed(target: str | None) -> None:
    assert own_path(target, "/own") == "/own"


def test_every_page_says_what_a_browser_may_do_with_it(
        app: Flask, world: World, browse: Callable[..., Browser]) -> None:
    for rule, _act in routes(app, "GET"):
        answer = browse("lena").client.get(address(app, rule, world.arguments))
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()
        assert answer.headers["Cache-Control"] == "no-store"


def test_no_page_of_the_desk_holds_a_script_or_style_of_its_own(
        app: Flask, world: World, browse: Callable[..., Browser]) -> None:
    for key in ("clara", "lena", "ada"):
        for rule, _act in routes(app, "GET"):
            answer = browse(key).client.get(address(app, rule, world.arguments))
            page = answer.get_data().decode(errors="replace")  # a picture is no text
            answer.close()
            assert not re.search(r'\sstyle="|\son[a-z]+="|<style', page), rule.rule


def test_a_demo_administrator_reads_every_letter_and_nobody_else_does(
        desk: Desk, world: World, settings: object) -> None:
    from dataclasses import replace

    from helpdesk.settings import Settings
    assert isinstance(settings, Settings)
    client = create_app(WebDesk(replace(settings, demo=True), desk.database, clock=lambda: desk.now)).test_client()
    statuses = {}
    for key in ("ada", "colin", "lena", "clara"):
        person_id = desk.ask(lambda session, key=key: desk.person(session, key).id)  # type: ignore[misc]
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
        assert found is not None
        client.post(f"/sign-in/demo/{person_id}", data={"csrf_token": found.group(1)})
        statuses[key] = client.get(f"/letters/{world.arguments['letter_id']}").status_code

    assert statuses == {"ada": 200, "colin": 404, "lena": 404, "clara": 200}


@pytest.mark.parametrize("language", ["pl", "en"])
def test_a_refusal_is_said_in_the_persons_own_language_without_any_cookie(
        desk: Desk, app: Flask, browse: Callable[..., Browser], language: str) -> None:
    with desk.session() as session:
        desk.person(session, "colin").language = language
    client = browse("colin").client
    client.delete_cookie("okienko_language")

    for path, status in (("/requests/ZGL9999999", 404), ("/people", 403), ("/no/such/page", 404)):
        answer = client.get(path)
        assert answer.status_code == status and f'lang="{language}"' in answer.text


def test_every_act_of_the_world_left_its_audit_row(desk: Desk, world: World) -> None:
    assert desk.acts(world.number) == ["submitted", "claimed", "replied"]
    assert len(desk.letters(world.number)) == 2


def _desk_relations(desk: Desk, key: str) -> frozenset[Relation]:
    """What somebody is, if a ticket were theirs: enough to get as far as looking for it."""
    with desk.session() as session:
        person = desk.person(session, key)
        return relations(person) | frozenset({Relation.CLIENT, Relation.MEMBER})
