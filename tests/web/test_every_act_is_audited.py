"""Every route that changes something leaves a row in the audit log; a new route has to be told here."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.acts import note_incident
from engine.diagrams.errors import EngineError
from engine.outages.joining import join
from engine.outages.records import Suspicion
from engine.records import WorkItem
from helpdesk.announcements import course, writing
from helpdesk.announcements.kinds import Kind
from helpdesk.audit import AuditEntry
from helpdesk.audit.proof import prove
from helpdesk.catalogue import Service, get_service
from helpdesk.catalogue.editor import state_of
from helpdesk.files import Draft
from helpdesk.outbox import Letter, State
from helpdesk.people import firms
from helpdesk.people.accounts import Team, find_person
from helpdesk.people.firms import invitations, register
from helpdesk.people.signin import list_signed_in
from helpdesk.people.tokens import AccessToken, Scope, make_token
from helpdesk.ratings import remarks
from tests.desk import INCIDENT, Desk
from tests.helpdesk.announcements.writing import do, drafted, published, read
from tests.library import Library
from tests.web.conftest import Browser
from tests.web.test_access import add_rating, routes
from tests.web.test_announcement_pages import FORM
from web.pages.client.notices import HOURLY

Browse = Callable[..., Browser]
HOUR = timedelta(hours=1)
NEWS = {"text_pl": "Trwa naprawa.", "text_en": "It is being repaired."}
WHY = {"reason": "Uzgodnione z kierownikiem."}
# Routes that change nothing but a draft, and those whose act is tried with its own preparations elsewhere; there the
# watch over all sessions (tests/audited.py) sees that it is audited.
NOT_HERE = {
    "intake.form": "keeps a draft", "api.submit": "its own tests", "complaints.form": "keeps a draft",
    "signin.demo": "only at a demo desk; signs in as signin.sign_in does", "complaints.summary": "its own tests",
    "objections.object": "its own tests",
    # Each needs a letter, a first step or a key; tests/web/account looks at what they leave in the audit.
    **dict.fromkeys((
        "register.confirm", "password.new", "account.confirm_address", "account.stop_address", "sessions.prove",
        "factors.ask", "factors.confirm_app", "factors.remove_app", "factors.make_codes", "passkeys.add",
        "passkeys.show", "passkeys.remove", "passkeys.sign_in", "passkeys.second_step", "oidc.newcomer", "oidc.link",
        "oidc.remove"), "tests/web/account"),
    "knowledge.suggestions": "changes nothing", "article_editor.preview": "changes nothing",
    "knowledge.helped": "a vote, which is nobody's", "knowledge.solved": "a vote, and a draft put away",
    "article_editor.from_ticket": "its own tests",
    **dict.fromkeys(("notices.mark", "notices.open", "notices.read_all"), "says only what was read"),
    **dict.fromkeys(("answers.give", "notices.stop_now", "ratings.change"), "its own tests"),
}


class Deeds:
    """What is done at each route, by whom, so that it succeeds."""

    def __init__(self, desk: Desk, browse: Browse) -> None:
        self.desk, self.browse = desk, browse
        self.number = desk.submit()
        self.team_id = desk.ask(lambda session: session.scalars(select(Team.id).order_by(Team.id)).first())

    def person_id(self, key: str) -> int:
        found = self.desk.ask(lambda session: find_person(session, f"{key}@example.com"))
        assert found is not None
        return found.id

    def service(self) -> str:
        service_id = self.desk.ask(lambda session: get_service(session, "portal").id)
        return f"/catalogue-editor/service/{service_id}"

    def state(self) -> str:
        return self.desk.ask(lambda session: state_of(get_service(session, "portal")))

    def item(self, number: str | None = None) -> int:
        return self.desk.item(number or self.number).id

    def step(self, what: str, number: str | None = None) -> str:
        number = number or self.number
        return f"/tickets/{number}/steps/{self.item(number)}{what}"

    def broken(self) -> str:
        number = self.desk.submit()
        note_incident(self.desk.database, ticket_id=self.desk.ticket(number).id, act="alarm", now=self.desk.now,
                      error=EngineError(element_id="publish_solution_first", reason="nobody answers"))
        return number

    def asked(self) -> str:
        self.desk.complete(self.number, decision="ask", question="Jaki numer?", priority="normal")
        return f"/requests/{self.number}/steps/{self.item()}"

    def failed_letter(self) -> int:
        with self.desk.session() as session:
            session.execute(update(Letter).values(state=State.FAILED.value))
            return int(session.scalars(select(Letter.id)).first() or 0)

    def drafted(self) -> str:
        self.browse("clara").post("/catalogue/portal/error", {key: str(value) for key, value in INCIDENT.items()})
        return "/catalogue/portal/error/summary"

    def withdrawn(self) -> str:
        number = self.desk.submit()
        self.desk.withdraw(number)
        return number

    def address_asked(self, key: str) -> str:
        self.browse(key).post("/account/address", {"email": f"{key}.nowy@example.com"})
        return "/account/address/take-back"

    def session_of(self, key: str) -> str:
        self.browse(key)
        with self.desk.session() as session:
            found = list_signed_in(session, self.desk.person(session, key), now=self.desk.now)
        return f"/account/sessions/{found[0].id}/end"

    def joining(self, key: str) -> int:
        """The place of somebody who asks to be let in at Clara's firm."""
        def ask(session: Session) -> int:
            self.firm(session)
            return firms.add(session, self.desk.person(session, key), name="Dwór", basis="Pracownik",
                             numbers={"eori": "PL526025027400000"}, now=self.desk.now).id
        return self.desk.database.run(ask)

    def firm(self, session: Session) -> int:
        """Clara's firm, confirmed."""
        clara = self.desk.person(session, "clara")
        if not firms.list_firms(session, clara):
            founder = firms.add(session, clara, name="Dwór", numbers={"eori": "PL526025027400000"}, basis="Prezes",
                                now=self.desk.now)
            register.confirm(session, founder, by=self.desk.person(session, "ada"), now=self.desk.now)
        return firms.list_firms(session, clara)[0].firm_id

    def of_firm(self, act: str) -> str:
        return f"/account/firms/{self.desk.database.run(self.firm)}/{act}"

    def invited(self, key: str) -> int:
        """An invitation that waits for somebody."""
        return self.desk.database.run(lambda session: invitations.invite(
            session, self.firm(session), email=self.desk.person(session, key).email, sees_all=True,
            by=self.desk.person(session, "clara"), now=self.desk.now).id)

    def remark(self) -> str:
        made = self.desk.database.run(lambda session: remarks.make(
            session, kind=remarks.RemarkKind.WISH, body="Więcej!", by=self.desk.person(session, "clara"),
            now=self.desk.now).id)
        return f"/remarks/{made}"

    def rated(self) -> int:
        item_id = self.item(self.desk.submit())
        return self.desk.database.run(lambda session: add_rating(
            session, session.get_one(WorkItem, item_id), now=self.desk.now))

    def with_second_step(self, key: str) -> str:
        with self.desk.session() as session:
            self.desk.person(session, key).second_step_at = self.desk.now
        return f"/people/{self.person_id(key)}"

    def token(self) -> int:
        def make(session: Session) -> int:
            clara = self.desk.person(session, "clara")
            make_token(session, clara, name="P", scope=Scope.READ, days=30, now=self.desk.now)
            return session.scalars(select(AccessToken.id).order_by(AccessToken.id.desc())).first() or 0

        return self.desk.database.run(make)

    def draft(self) -> int:
        self.drafted()
        return self.desk.ask(lambda session: session.scalars(select(Draft.id)).one())

    def target(self, number: str) -> str:
        token = self.desk.item(number).token
        return f"{token} specialist_work"

    def announcement(self, act: str) -> tuple[str, str, dict[str, Any]]:
        """An announcement in the state that the act needs, and who does it."""
        desk = self.desk
        if act == "new":
            return "amir", "/announcements/new", {**FORM}
        if act == "settle":
            with desk.session() as session:
                portal = session.scalars(select(Service.id)).first()
                found = Suspicion(service_id=portal, reports=9, noticed_at=desk.now)
                session.add(found)
                session.flush()
                return "lena", f"/announcements/suspicions/{found.id}/settle", {}
        planned = {"kind": Kind.PLANNED_BREAK, "starts_at": desk.now + HOUR, "expected_end_at": desk.now + 2 * HOUR}
        if act in ("edit", "approve", "discard"):
            one = drafted(desk)
        elif act in ("publish", "confirm"):
            one = drafted(desk)
            if act == "confirm":
                do(desk, "lena", lambda session, lena: writing.publish(
                    session, one, by=lena, now=desk.now, is_urgent=True))
        else:
            one = published(desk, **(planned if act == "call_off" else {}))
        if act == "archive":
            do(desk, "lena", lambda session, lena: course.end(session, one, by=lena, now=desk.now, **NEWS))
        who = {"edit": "amir", "discard": "amir", "confirm": "marek"}.get(act, "lena")
        form = {"edit": {**FORM, "edition": "1"}, "approve": {"edition": "1"}, "publish": {"urgent": "1"},
                "prolong": {"until": "2026-12-01T10:00", **NEWS}}.get(act, NEWS)
        return who, f"/announcements/{one}/{act.replace('_', '-')}", form

    def outage(self, act: str) -> tuple[str, str, dict[str, Any]]:
        """A failure, and a request that joins it or leaves it."""
        one, number = published(self.desk), self.desk.submit()
        ticket_id = self.desk.ticket(number).id
        if act == "join_many":
            return "lena", f"/announcements/{one}/join", {"ticket": str(ticket_id)}
        if act == "join_one":
            return "amir", f"/tickets/{number}/outage", {"announcement": str(one)}
        do(self.desk, "lena", lambda session, lena: join(session, ticket_id, one, by=lena, now=self.desk.now))
        return "lena", f"/tickets/{number}/outage/leave", {}

    def watched(self) -> str:
        year, number = (lambda one: (one.year, one.serial))(read(self.desk, published(self.desk)))
        return f"/status/{year}/{number}/watch"

    def of(self, endpoint: str) -> tuple[str, str, dict[str, Any]]:
        """Who sends what where."""
        if endpoint.startswith(("articles.", "article_")):
            return Library(self.desk).deed(endpoint)
        person = f"/people/{self.person_id('colin')}"
        team = self.team_id
        if endpoint.startswith("incidents."):
            number, act = self.broken(), endpoint.removeprefix("incidents.")
            forms: dict[str, dict[str, Any]] = {
                "change": {"variable": "incident_report.system", "value": ""},
                "skip": {"what": "publish_solution_first"}, "move": {"what": self.target(number)}}
            return "lena", f"/incidents/{number}/{act}", WHY | forms.get(act, {})
        for blueprint, deed in (("announcements.", self.announcement), ("outages.", self.outage)):
            if endpoint.startswith(blueprint):
                return deed(endpoint.removeprefix(blueprint))
        return {
            "status.renew_calendar": lambda: ("clara", "/status/calendars/renew", {}),
            "status.watch": lambda: ("clara", self.watched(), {}),
            "signin.sign_in": lambda: (None, "/sign-in", {"email": "x@example.com", "password": "zupełnie złe hasło"}),
            "signin.sign_out": lambda: ("amir", "/sign-out", {}),
            "catalogue_editor.add": lambda: (
                "ada", "/catalogue-editor/area/new", {"name_pl": "Cło", "name_en": "Duty"}),
            "catalogue_editor.change": lambda: (
                "ada", self.service(), {"name_pl": "Portal", "name_en": "Portal", "state": self.state()}),
            "catalogue_editor.move": lambda: ("ada", f"{self.service()}/move", {"where": "up"}),
            "catalogue_editor.load": lambda: ("ada", "/catalogue-editor/load", {"file": (BytesIO(b"areas = []"), "x")}),
            "services.save": lambda: ("clara", "/my-services", {"service": "1"}),
            "services.later": lambda: ("clara", "/my-services/later", {}),
            "services.follow": lambda: ("clara", "/my-services/portal/follow", {}),
            "services.unfollow": lambda: ("clara", "/my-services/portal/unfollow", {}),
            "register.ask": lambda: (None, "/register", {
                "name": "Ewa Nowa", "email": "ewa@example.com", "password": "pięć małych żółwi", "agrees": "1"}),
            "password.forgotten": lambda: (None, "/password/forgotten", {"email": "clara@example.com"}),
            "password.change": lambda: ("beth", "/account/password", {"new_password": "siedem dużych słoni"}),
            "account.facts": lambda: ("clara", "/account/facts", {"name": "Clara Wójcik", "language": "en"}),
            "account.address": lambda: ("clara", "/account/address", {"email": "clara.nowa@example.com"}),
            "account.take_back": lambda: ("marek", self.address_asked("marek"), {}),
            "sessions.end": lambda: ("clara", self.session_of("clara"), {}),
            "sessions.end_all": lambda: ("clara", "/account/sessions/end", {}),
            "firms.list_": lambda: ("beth", "/account/firms", {"name": "Lipowy", "nip": "526-025-02-74",
                                                               "basis": "Prezes"}),
            "firms.rename": lambda: ("clara", self.of_firm("name"), {"name": "Dwór S.A."}),
            "firms.invite": lambda: ("clara", self.of_firm("invitations"), {"email": "nowa@example.com"}),
            "firms.take_back": lambda: ("clara", self.of_firm(f"invitations/{self.invited('lena')}/take-back"), {}),
            "invitations.answer": lambda: ("beth", f"/account/firms/invitations/{self.invited('beth')}", {}),
            "firm_register.correct": lambda: ("ada", f"/firms/{self.desk.database.run(self.firm)}",
                                              {"name": "Dwór", "nip": "1234563218", "eori": "PL526025027400000"}),
            "firm_register.confirm": lambda: ("ada", f"/firms/people/{self.joining('oskar')}/confirm", {}),
            "firm_register.refuse": lambda: ("ada", f"/firms/people/{self.joining('marek')}/refuse", WHY),
            "firms.change": lambda: ("clara", f"/account/firms/members/{self.joining('colin')}", {}),
            "firms.remove": lambda: ("clara", f"/account/firms/members/{self.joining('amir')}/remove", {}),
            "own_data.show": lambda: ("clara", "/account/data", {}),
            "factors.begin_app": lambda: ("clara", "/account/second-step/app", {}),
            "people.remove_second_step": lambda: ("ada", f"{self.with_second_step('colin')}/second-step", {}),
            "intake.summary": lambda: ("clara", self.drafted(), {}),
            "programs.add": lambda: ("clara", "/account/programs", {"name": "Program"}),
            "programs.revoke": lambda: ("clara", f"/account/programs/{self.token()}/revoke", {}),
            "drafts.throw_away_": lambda: ("clara", f"/drafts/{self.draft()}/throw-away", {}),
            "requests.reply": lambda: ("clara", f"/requests/{self.number}/reply", {"body": "Dzień dobry"}),
            "requests.answer": lambda: ("clara", self.asked(), {"answer": "Numer 1234."}),
            "requests.withdraw": lambda: ("clara", f"/requests/{self.desk.submit()}/withdraw", {}),
            "returns.form": lambda: ("clara", f"/requests/{self.withdrawn()}/again", INCIDENT),
            "tickets.claim": lambda: ("amir", self.step("/claim", self.desk.submit()), {}),
            "tickets.release": lambda: ("lena", self.step("/release"), {}),
            "tickets.assign": lambda: ("lena", self.step("/assign"), {"to": str(self.person_id("amir"))}),
            "tickets.say": lambda: ("amir", f"/tickets/{self.number}/say", {"body": "Notatka", "as": "note"}),
            "tickets.complete": lambda: ("amir", self.step("", self.desk.submit()), {
                "decision": "solve", "solution": "Proszę wyczyścić pamięć przeglądarki.", "priority": "normal"}),
            "lead.assign": lambda: ("lena", "/team-work/assign", {
                "item": str(self.item(self.desk.submit())), "to": str(self.person_id("amir"))}),
            "phone.add_client": lambda: ("amir", "/phone", {"name": "Nowy Klient", "email": "nowy@example.com"}),
            "people.add": lambda: ("ada", "/people/new", {"name": "Ewa Nowa", "email": "ewa@example.com"}),
            "people.change_places": lambda: ("ada", f"{person}/places", {f"team_{team}": "member"}),
            "people.close": lambda: ("ada", f"{person}/close", {}),
            "people.open_": lambda: ("ada", f"{person}/open", {}),
            "people.set_password": lambda: ("ada", f"{person}/password", {}),
            "people.teams": lambda: ("ada", "/people/teams", {"key": "third", "name_pl": "Trzeci", "name_en": "Third"}),
            "people.team": lambda: ("ada", f"/people/teams/{team}", {"name_pl": "Pierwsza", "name_en": "First"}),
            "notices.choices": lambda: ("clara", "/account/notices", {"digest": HOURLY}),
            "ratings.refuse": lambda: ("colin", "/ratings/refuse", {}),
            "results.called": lambda: ("lena", f"/results/{self.rated()}/called", {"note": "Wyjaśnione."}),
            "surveys.save": lambda: ("oskar", "/surveys/incident", {}),
            "surveys.drop": lambda: ("oskar", "/surveys/incident/drop", {}),
            "remarks.list_": lambda: ("clara", "/remarks", {"kind": "remark", "body": "Dobrze działa."}),
            "remarks.answer": lambda: ("lena", f"{self.remark()}/answer", {"body": "Dziękujemy."}),
            "remarks.close": lambda: ("lena", f"{self.remark()}/close", {}),
            "letters.again": lambda: ("ada", f"/letters/{self.failed_letter()}/again", {}),
        }[endpoint]()


def test_every_route_that_changes_something_leaves_a_row(app: Flask, desk: Desk, browse: Browse) -> None:
    endpoints = {rule.endpoint for rule, _act in routes(app, "POST")}
    assert NOT_HERE.keys() <= endpoints
    deeds = Deeds(desk, browse)
    silent = []

    for endpoint in sorted(endpoints - NOT_HERE.keys()):
        who, path, form = deeds.of(endpoint)
        browser = browse(who)
        browser.token()
        before = rows(desk)
        answer = browser.client.post(path, data={"csrf_token": browser.token(), **form})
        if answer.status_code >= 400 and endpoint != "signin.sign_in":
            pytest.fail(f"{endpoint} answered {answer.status_code}: {answer.text[:300]}")
        if rows(desk) == before:
            silent.append(endpoint)

    assert silent == []
    proof = prove(desk.database)
    assert proof.entries + proof.desk_entries > len(endpoints)


def rows(desk: Desk) -> int:
    return desk.ask(lambda session: session.scalar(select(func.count(AuditEntry.id))) or 0)
