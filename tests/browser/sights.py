"""Every page there is, for the right person, in the states that look different."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, func, select

from engine.acts import note_incident
from engine.demo.content import cast
from engine.diagrams.errors import EngineError
from engine.records import ItemState, WorkItem
from helpdesk.announcements.kinds import FAILURES
from helpdesk.announcements.records import Announcement
from helpdesk.catalogue import Classification, Service
from helpdesk.fulltext.synonyms import SynonymGroup
from helpdesk.knowledge.articles import Article, ArticleVersion, Topic
from helpdesk.outbox import Letter
from helpdesk.people import addresses, authenticators, factors, firms, passwords, registration
from helpdesk.people.accounts import Person, Team
from helpdesk.people.firms import invitations, register
from helpdesk.people.passkeys import Passkey
from helpdesk.ratings.records import Rating
from helpdesk.ratings.remarks import Remark
from helpdesk.tickets import Ticket
from mailroom.replies import code_of, code_to_answer, code_to_stop
from tests.browser.served import Served, Visitor
from tests.desk import INCIDENT
from web.edge import desk as web_desk
from web.pages.account.oidc import PENDING
from web.providers.directory import Provider
from web.providers.exchange import Claims

Arguments = Mapping[str, Any]
Fact = TypeVar("Fact")
# Who has a second step; nobody else looks at the desk as them.
SECURED = "oskar"
# What is filled in before a summary.
SENT: Mapping[str, dict[str, object]] = {
    "intake.summary": INCIDENT,
    "complaints.summary": {"about": "does_not_work", "description": "Po odświeżeniu strona nadal jest pusta."},
}
PDF = {"name": "zrzut ekranu z bardzo długą nazwą.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}


class Found:
    """What the addresses of pages need, looked up at the demo desk."""

    def __init__(self, demo: Served) -> None:
        self.desk, self.app = demo.desk, demo.app
        self.emails = {member.email.split("@")[0]: member.email for member in cast()}
        self.form: dict[str, Any] = self._one(
            select(Classification).where(Classification.request_type == "incident"),
            lambda one: {"service_key": one.service.key, "key": one.key})

    def ticket(self, element_id: str) -> dict[str, Any]:
        """A ticket at whose element somebody is working, with its client and that step."""
        return self._one(
            select(WorkItem).where(WorkItem.element_id == element_id, WorkItem.state == ItemState.OPEN.value),
            lambda one: {"number": one.ticket.number, "client": one.ticket.client.email, "step": one.id})

    def ended(self, status: str) -> dict[str, Any]:
        """An incident about which there is nothing more to do."""
        open_ids = select(WorkItem.ticket_id).where(WorkItem.state == ItemState.OPEN.value)
        return self._one(select(Ticket).where(Ticket.status == status, Ticket.request_type == "incident",
                                              Ticket.id.not_in(open_ids)),
                         lambda one: {"number": one.number, "client": one.client.email})

    def refused(self, request_type: str) -> dict[str, Any]:
        """A request of this type with a refusal."""
        return self._one(select(Ticket).where(Ticket.request_type == request_type, Ticket.outcome == "refused"),
                         lambda one: {"number": one.number, "client": one.client.email})

    def complaint(self) -> dict[str, Any]:
        """A complaint that somebody made."""
        return self._one(select(Ticket).where(Ticket.request_type == "complaint"),
                         lambda one: {"number": one.number, "client": one.client.email})

    def broken(self) -> dict[str, Any]:
        """A ticket at whose first step the process stopped."""
        number = self.ticket("recognise")["number"]
        if not self.desk.incidents(number):
            for act in ("alarm", "complete"):
                note_incident(self.desk.database, ticket_id=self.desk.ticket(number).id, act=act, now=self.desk.now,
                              error=EngineError(element_id="publish_solution_first", reason="NoSuchText: solution"),
                              waits_for_person=act == "complete")
        return {"number": number}

    def stopped(self) -> dict[str, Any]:
        """The same as its client finds it."""
        return self._one(select(Ticket).where(Ticket.number == self.broken()["number"]),
                         lambda one: {"number": one.number, "client": one.client.email})

    def letter(self, to: str) -> int:
        return self._one(select(Letter).join(Person).where(Person.email == self.emails[to]), lambda one: int(one.id))

    def objection(self) -> dict[str, Any]:
        """The link in a letter that announces a change of login which can still be stopped."""
        with self.app.app_context():
            settings = web_desk().settings
        return self._one(select(Letter).where(Letter.text == "login_change_announced").order_by(Letter.id.desc()),
                         lambda one: {"letter_id": one.id, "code": code_of(one, settings)})

    def stoppable(self) -> dict[str, Any]:
        """The link in a letter that its reader can stop."""
        with self.app.app_context():
            settings = web_desk().settings
        return self._one(select(Letter).where(Letter.text == "registered").order_by(Letter.id.desc()),
                         lambda one: {"letter_id": one.id, "code": code_to_stop(one, settings)})

    def remark(self) -> dict[str, Any]:
        """A remark with an answer."""
        return self._one(select(Remark).where(Remark.state == "answered"),
                         lambda one: {"remark_id": one.id, "client": one.person.email})

    def rated(self, *, fresh: bool) -> dict[str, Any]:
        """A request that was rated just now, or long ago."""
        border = self.desk.now - timedelta(hours=12)
        if fresh and not self.desk.ask(lambda session: session.scalar(
                select(func.count(Rating.id)).where(Rating.given_at >= border))):
            item_id, client = self._one(
                select(WorkItem).where(WorkItem.element_id == "survey", WorkItem.state == ItemState.OPEN.value)
                .order_by(WorkItem.id.desc()), lambda one: (one.id, one.ticket.client.email))
            self.desk.finish(item_id, by=client.removesuffix("@example.com"), stars="4", remark="Szybko i na temat.")
        return self._one(select(Rating).where(Rating.given_at >= border if fresh else Rating.given_at < border)
                         .order_by(Rating.id.desc()),
                         lambda one: {"number": one.ticket.number, "client": one.person.email})

    def answerable(self, value: str) -> dict[str, Any]:
        """The link in a letter about a solution that its reader can accept."""
        with self.app.app_context():
            settings = web_desk().settings
        item_id, ticket_id = self._one(
            select(WorkItem).where(WorkItem.element_id == "accept_solution", WorkItem.state == ItemState.OPEN.value),
            lambda one: (one.id, one.ticket_id))
        return self._one(select(Letter).where(Letter.ticket_id == ticket_id, Letter.text == "solution"),
                         lambda one: {"letter_id": one.id, "item_id": item_id, "answer": value,
                                      "code": code_to_answer(one, item_id, settings)})

    def person(self, key: str) -> int:
        return self._one(select(Person).where(Person.email == self.emails[key]), lambda one: int(one.id))

    def topic(self) -> int:
        """A topic of the knowledge base."""
        return self._one(select(Topic).order_by(Topic.id), lambda one: int(one.id))

    def synonyms(self) -> int:
        """A group of words that mean the same."""
        return self._one(select(SynonymGroup), lambda one: int(one.id))

    def article(self, state: str) -> str:
        """The address of an article with a version in this state."""
        return self._one(select(Article).join(ArticleVersion, ArticleVersion.article_id == Article.id).where(
            ArticleVersion.state == state).order_by(Article.id), lambda one: str(one.slug))

    def firm(self) -> int:
        """A firm that Clara manages and somebody asks to join."""
        with self.desk.session() as session:
            clara, colin = (session.get_one(Person, self.person(key)) for key in ("clara", "colin"))
            numbers = {"nip": "5260250274"}
            if not firms.list_firms(session, clara):
                founder = firms.add(session, clara, name="Lipowy Dwór sp. z o.o.", numbers=numbers, basis="Prezeska",
                                    now=self.desk.now)
                register.confirm(session, founder, by=session.get_one(Person, self.person("ada")), now=self.desk.now)
                firms.add(session, colin, name="Lipowy Dwór", numbers=numbers, basis="Pracownik", now=self.desk.now)
            return firms.list_firms(session, clara)[0].firm_id

    def unconfirmed(self) -> int:
        """A firm that Colin has named and nobody has looked at."""
        with self.desk.session() as session:
            colin = session.get_one(Person, self.person("colin"))
            known = [one.firm_id for one in firms.list_firms(session, colin) if one.is_active]
            return known[0] if known else firms.add(
                session, colin, name="Baran Cargo sp. j.", numbers={"nip": "1234563218"}, now=self.desk.now,
                basis="Wspólnik, wpis w KRS").firm_id

    def invited(self) -> dict[str, Any]:
        """The link in a letter to somebody without an account whom Clara's firm invites."""
        firm_id = self.firm()
        with self.app.app_context():
            settings = web_desk().settings
        with self.desk.session() as session:
            if not invitations.list_invitations(session, firm_id, now=self.desk.now):
                invitations.invite(session, firm_id, email="ewa.nowa@example.com", sees_all=True, now=self.desk.now,
                                   by=session.get_one(Person, self.person("clara")))
        return self._one(select(Letter).where(Letter.text == "firm_invited_newcomer").order_by(Letter.id.desc()),
                         lambda one: {"letter_id": one.id, "code": code_of(one, settings)})

    def team(self) -> int:
        return self._one(select(Team), lambda one: int(one.id))

    def service(self) -> int:
        return self._one(select(Service), lambda one: int(one.id))

    def account_letter(self, text: str) -> dict[str, Any]:
        """The link in a letter about an account, which was asked for at the demo desk."""
        with self.app.app_context():
            web = web_desk()
        now, email = self.desk.now, self.emails["colin"]
        with self.desk.session() as session:
            colin = session.scalars(select(Person).where(Person.email == email)).one()
            if session.scalars(select(Letter).where(Letter.text == text)).first() is None:
                if text == "register_confirm":
                    registration.ask(session, email="ewa.nowa@example.com", name="Ewa Nowa", host="", language="pl",
                                     password="pięć małych żółwi", hasher=web.hasher, now=now)
                elif text == "password_reset":
                    passwords.ask_reset(session, email, host="", now=now)
                else:
                    addresses.ask(session, colin, "colin.nowy@example.com", now=now)
        return self._one(select(Letter).where(Letter.text == text).order_by(Letter.id.desc()),
                         lambda one: {"letter_id": one.id, "code": code_of(one, web.settings)})

    def secured(self) -> str:
        """The address of somebody who has an app, a passkey and recovery codes."""
        with self.app.app_context():
            vault = web_desk().vault
        email = self.emails[SECURED]
        with self.desk.session() as session:
            person = session.scalars(select(Person).where(Person.email == email)).one()
            if person.second_step_at is None:
                app = authenticators.begin(session, person, vault=vault, now=self.desk.now)
                app.confirmed_at = self.desk.now
                session.add(Passkey(person_id=person.id, name="Mój telefon", credential_id="c2lnaHQ", public_key="",
                                    added_at=self.desk.now))
                factors.note_added(session, person, now=self.desk.now)
                factors.make_codes(session, person, vault=vault, now=self.desk.now)
        return email

    def passkey(self) -> int:
        self.secured()
        return self._one(select(Passkey), lambda one: int(one.id))

    def with_app(self) -> str:
        """The address of somebody who has begun to set up an app."""
        with self.app.app_context():
            vault = web_desk().vault
        email = self.emails["beth"]
        with self.desk.session() as session:
            person = session.scalars(select(Person).where(Person.email == email)).one()
            authenticators.begin(session, person, vault=vault, now=self.desk.now)
        return email

    def idle(self) -> str:
        """The address of a client who has no open request."""
        busy = select(Ticket.client_id).where(Ticket.status.not_in(["closed", "cancelled"]))
        return self._one(select(Person).where(~Person.memberships.any(), func.json_array_length(Person.roles) == 0,
                                              Person.id.not_in(busy)), lambda one: str(one.email))

    def announcement(self) -> dict[str, Any]:
        """A failure that lasts."""
        return self._one(select(Announcement).where(Announcement.state == "published", Announcement.kind.in_(FAILURES)),
                         lambda one: {"year": one.year, "serial": one.serial})

    def announcement_id(self, state: str) -> int:
        return self._one(select(Announcement).where(Announcement.state == state), lambda one: int(one.id))

    def _one(self, question: Select[Any], tell: Callable[[Any], Fact]) -> Fact:
        return self.desk.ask(lambda session: tell(session.scalars(question.limit(1)).one()))


@dataclass(frozen=True)
class Sight:
    """One page in one state. who: a member of the cast, or a function that finds an address, or nobody."""

    name: str
    endpoint: str
    who: str | Callable[[Found], str] | None
    arguments: Callable[[Found], Arguments] = field(default=lambda found: {})
    prepare: Callable[[Visitor], None] | None = None
    status: int = 200
    language: str = "pl"


def request(name: str, found_by: Callable[[Found], Arguments], endpoint: str = "requests.show",
            prepare: Callable[[Visitor], None] | None = None, status: int = 200, language: str = "pl") -> Sight:
    """The page of a request as its client sees it."""
    return Sight(name, endpoint, lambda found: str(found_by(found)["client"]),
                 lambda found: {"number": found_by(found)["number"]}, prepare, status, language)


def at(element_id: str) -> Callable[[Found], Arguments]:
    return lambda found: found.ticket(element_id)


def ended(status: str) -> Callable[[Found], Arguments]:
    return lambda found: found.ended(status)


def inside(element_id: str, *, with_form: bool = False) -> Callable[[Found], Arguments]:
    """The staff's page of a ticket at this element, perhaps with the form of the step open."""
    def arguments(found: Found) -> Arguments:
        ticket = found.ticket(element_id)
        return {"number": ticket["number"], **({"step": ticket["step"]} if with_form else {})}
    return arguments


def send_with_an_error(visitor: Visitor) -> None:
    visitor.fill({**INCIDENT, "what_happened": "x"})
    visitor.page.locator("input[type=file]").set_input_files(PDF)  # type: ignore[arg-type]
    visitor.press("Continue")
    visitor.page.locator(".error-summary").wait_for()


def begin(visitor: Visitor) -> None:
    """Fill in a form before signing in, and go on to that."""
    visitor.fill(INCIDENT)
    visitor.press("Save and finish later")


def send_nothing(visitor: Visitor) -> None:
    visitor.click(visitor.page.locator("main form.form button[type=submit]:not([aria-hidden])").first)


def send_cleared(visitor: Visitor) -> None:
    """A form that was filled in, with its texts taken out again."""
    for box in visitor.page.locator("main form.form :is(input[type=text], textarea):visible").all():
        box.fill("")
    visitor.press("Send the request")


def send_repair_without_reason(visitor: Visitor) -> None:
    """A correction whose reason is too short."""
    visitor.page.locator("#change textarea").fill("ok")
    visitor.click(visitor.page.locator("#change button"))


def send_question_without_words(visitor: Visitor) -> None:
    """A question of which only the Polish words are there."""
    visitor.click(visitor.page.locator("button[value=add]"))
    visitor.page.locator("#label_pl-0").fill("Czy zdążyliśmy?")
    visitor.click(visitor.page.locator("main form.form button.button[value=save]"))


def try_questions_out(visitor: Visitor) -> None:
    """What a client would see."""
    visitor.click(visitor.page.locator("button[value=preview]"))


def send_announcement_at_two(visitor: Visitor) -> None:
    """A break that begins in the hour that exists twice, without a title."""
    visitor.page.locator("#starts_at").fill("2026-10-25T02:30")
    visitor.page.locator("#title_pl").fill("")
    visitor.page.locator("#title_en").fill("")
    visitor.click(visitor.page.locator("main form.announcing button[type=submit]"))


def send_step_empty(visitor: Visitor) -> None:
    visitor.press("Finish the step")


def type_nonsense(visitor: Visitor) -> None:
    visitor.page.locator("#email").evaluate("one => { one.type = 'text'; one.value = 'bez małpy'; }")
    visitor.press("Send the link")


def send_passwords(visitor: Visitor) -> None:
    visitor.page.locator("#old_password").fill("zupełnie inne hasło")
    visitor.page.locator("#new_password").fill("x")
    visitor.press("Change the password")


def register_badly(visitor: Visitor) -> None:
    """Nothing is right."""
    for control in ("name", "email", "password", "agrees"):
        visitor.page.locator(f"#{control}").evaluate("one => { one.required = false; }")
    visitor.page.locator("#password").fill("za krótkie")
    visitor.press("Make the account")


def begin_app(visitor: Visitor) -> None:
    visitor.press("Set up an app")


def type_code(visitor: Visitor) -> None:
    visitor.page.locator("#code").fill("12 34 56")
    visitor.press("Switch it on")


def make_codes(visitor: Visitor) -> None:
    visitor.press("Make new recovery codes")


def come_from_provider(path: str) -> Callable[[Visitor], None]:
    """The browser as a provider of sign-ins has sent it back."""
    def come(visitor: Visitor) -> None:
        app = visitor.served.app
        with app.app_context():
            web = web_desk()
        web.providers = {"node": Provider("node", "https://login.example.gov.pl", "x", "Węzeł logowania", "Login node")}
        claims = Claims("https://login.example.gov.pl", "1", "ewa.nowa@example.com", True, "Ewa Nowa", "pl")
        kept = {PENDING: {"claims": asdict(claims), "provider": "node", "at": int(web.clock().timestamp()),
                          "path": path}}
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        visitor.context.add_cookies([{"name": "okienko_flash", "value": signer.dumps(kept),
                                      "url": visitor.served.address}])
        visitor.go(path)
    return come


def make_first_step(visitor: Visitor) -> None:
    visitor.page.locator("#email").fill(next(one.email for one in cast() if one.email.startswith(f"{SECURED}@")))
    visitor.page.locator("#password").fill(f"{SECURED}-okienko-demo")
    visitor.press("Sign in")


def go_to_summary(visitor: Visitor, endpoint: str) -> None:
    visitor.fill(SENT[endpoint])
    visitor.press("Continue")


def begin_quiet_hours(visitor: Visitor) -> None:
    visitor.page.locator("#quiet_from").select_option("22")
    visitor.press("Save")


def say_no(visitor: Visitor) -> None:
    """An article did not help."""
    visitor.click(visitor.page.locator("button[value=no]"))


def form(found: Found) -> Arguments:
    return found.form


CLIENT_SIGHTS = (
    Sight("knowledge base", "knowledge.list_", None),
    Sight("knowledge base, found", "knowledge.list_", "clara", lambda found: {"q": "hasła"}),
    Sight("knowledge base, nothing found", "knowledge.list_", None, lambda found: {"q": "żyrafa"}, language="en"),
    Sight("topic", "knowledge.topic", None, lambda found: {"topic_key": "account"}),
    Sight("article", "knowledge.show", "clara", lambda found: {"slug": "change-password"}),
    Sight("article, English", "knowledge.show", None, lambda found: {"slug": "change-password"}, language="en"),
    Sight("article that did not help", "knowledge.show", None, lambda found: {"slug": "upp-upo-upd"}, say_no),
    Sight("sign in", "signin.sign_in", None),
    Sight("sign in, English", "signin.sign_in", None, language="en"),
    Sight("accessibility", "about.accessibility", None),
    Sight("privacy", "about.privacy", None),
    Sight("my data", "own_data.show", "clara"),
    Sight("my firms", "firms.list_", "clara"),
    Sight("people of a firm", "firms.show", "clara", lambda found: {"firm_id": found.firm()}, language="en"),
    Sight("firm not confirmed", "firms.show", "colin", lambda found: {"firm_id": found.unconfirmed()}),
    Sight("invitation to a firm", "invitations.show", None, lambda found: found.invited()),
    Sight("deleting my account", "own_data.delete", "clara", language="en"),
    Sight("start, nobody signed in", "home.show", None),
    Sight("start, nobody signed in, English", "home.show", None, language="en"),
    Sight("start", "home.show", "clara"),
    Sight("start of staff", "home.start", "amir", language="en"),
    Sight("my services", "services.choose", "clara"),
    Sight("catalogue, nobody signed in", "catalogue.show", None),
    Sight("catalogue with hits", "catalogue.show", "clara", lambda found: {"q": "certyfikat podpis"}),
    Sight("account", "account.show", "clara"),
    Sight("account of somebody with a second step", "account.show", lambda found: found.secured()),
    Sight("my name and telephone", "account.facts", "clara"),
    Sight("another address", "account.address", "clara"),
    Sight("address not right", "account.address", "clara", prepare=type_nonsense, status=422),
    Sight("address to confirm", "account.confirm_address", None, lambda found: found.account_letter("address_confirm")),
    Sight("address to stop", "account.stop_address", None, lambda found: found.account_letter("address_announced")),
    Sight("another password", "password.change", "clara"),
    Sight("password not right", "password.change", "clara", prepare=send_passwords, status=422),
    Sight("password forgotten", "password.forgotten", None),
    Sight("link for a password sent", "password.sent", None),
    Sight("a new password", "password.new", None, lambda found: found.account_letter("password_reset")),
    Sight("new account", "register.ask", None),
    Sight("new account, English", "register.ask", None, language="en"),
    Sight("new account with errors", "register.ask", None, prepare=register_badly, status=422),
    Sight("letter to a new account sent", "register.sent", None),
    Sight("new account to confirm", "register.confirm", None, lambda found: found.account_letter("register_confirm")),
    Sight("browsers signed in", "sessions.list_", "clara"),
    Sight("is it you", "sessions.prove", "clara"),
    Sight("second step switched off", "factors.show", "clara"),
    Sight("second step", "factors.show", lambda found: found.secured()),
    Sight("app to set up", "factors.show", "colin", prepare=begin_app),
    Sight("app with a wrong code", "factors.confirm_app", lambda found: found.with_app(), prepare=type_code,
          status=422),
    Sight("recovery codes", "factors.show", lambda found: found.secured(), prepare=make_codes),
    Sight("passkey to add", "passkeys.add", "clara"),
    Sight("passkey", "passkeys.show", lambda found: found.secured(), lambda found: {"passkey_id": found.passkey()}),
    Sight("newcomer from a provider", "oidc.newcomer", None, prepare=come_from_provider("/sign-in/new")),
    Sight("another way to sign in", "oidc.link", "clara", prepare=come_from_provider("/account/sign-ins/add")),
    Sight("second step at the door", "factors.ask", None, lambda found: {"next": "/"} if found.secured() else {},
          prepare=make_first_step),
    Sight("catalogue", "catalogue.show", "clara"),
    Sight("catalogue, English", "catalogue.show", "clara", language="en"),
    Sight("catalogue without hits", "catalogue.show", "clara", lambda found: {"q": "żyrafa"}),
    Sight("service", "catalogue.service", "clara", lambda found: {"service_key": found.form["service_key"]}),
    Sight("form", "intake.form", "colin", form),
    Sight("form, English", "intake.form", "colin", form, language="en"),
    Sight("form before signing in", "intake.form", None, form),
    Sight("summary before signing in, English", "intake.summary", None, form, None, language="en"),
    Sight("signing in with a form filled in", "intake.form", None, form, begin),
    Sight("form with errors", "intake.form", "clara", form, send_with_an_error, 422),
    Sight("form of a consent, English", "intake.form", "clara",
          lambda found: {"service_key": "export", "key": "emergency_consent"}, language="en"),
    Sight("unfinished", "drafts.list_", "clara"),
    Sight("access for programs", "programs.show", "clara"),
    Sight("summary", "intake.summary", "clara", form, None),
    request("number", at("recognise"), "intake.done"),
    Sight("requests", "requests.list_", "clara", lambda found: {"state": "all"}),
    Sight("requests with filters", "requests.list_", "clara", lambda found: {
        "state": "all", "order": "oldest", "q": "portal"}),
    Sight("requests without hits", "requests.list_", "clara", lambda found: {"q": "żyrafa"}, language="en"),
    Sight("no requests", "requests.list_", lambda found: found.idle()),
    request("request just sent", at("recognise")),
    request("request with a question", at("supplement")),
    request("answer with errors", at("supplement"), prepare=send_nothing, status=422),
    request("request with a specialist", at("specialist_work"), language="en"),
    request("request solved", at("accept_solution")),
    request("complaint", at("accept_solution"), "complaints.form"),
    request("complaint with errors", at("accept_solution"), "complaints.form", send_nothing, 422, language="en"),
    request("complaint, once more", at("accept_solution"), "complaints.summary"),
    request("number of a complaint", lambda found: found.complaint(), "complaints.done"),
    request("request to rate", at("survey")),
    request("request closed", ended("closed")),
    request("request withdrawn", ended("cancelled")),
    request("account deletion", at("file_form")),
    request("withdraw", at("recognise"), "requests.withdraw"),
    Sight("notices", "notices.list_", "clara", lambda found: {"which": "all"}),
    Sight("notices, English", "notices.list_", "amir", language="en"),
    Sight("no notices", "notices.list_", "clara", lambda found: {"kind": "announcement"}),
    Sight("what to be told", "notices.choices", "clara"),
    Sight("what to be told, English", "notices.choices", "lena", language="en"),
    Sight("quiet hours without an end", "notices.choices", "clara", lambda found: {}, begin_quiet_hours, 422),
    Sight("fewer letters", "notices.stop", None, lambda found: found.stoppable()),
    request("own rating", lambda found: found.rated(fresh=True), "ratings.change"),
    request("own rating, kept", lambda found: found.rated(fresh=False), "ratings.change", language="en"),
    Sight("remarks", "remarks.list_", "clara"),
    Sight("remark without words, English", "remarks.list_", "clara", lambda found: {},
          lambda visitor: visitor.press("Send the remark"), 422, language="en"),
    Sight("remark", "remarks.show", lambda found: found.remark()["client"],
          lambda found: {"remark_id": found.remark()["remark_id"]}),
    Sight("answer by a link", "answers.show", None, lambda found: found.answerable("accepted")),
    Sight("it did not help", "answers.show", None, lambda found: found.answerable("not_solved"), language="en"),
    Sight("answer by a link, which one", "answers.show", None, lambda found: found.answerable("")),
    Sight("answer by a broken link", "answers.show", None, lambda found: {**found.answerable(""), "code": "0"},
          status=404),
    Sight("our consents", "our_consents.list_", "clara"),
    Sight("no consents, English", "our_consents.list_", "colin", lambda found: {"state": "valid"}, language="en"),
    Sight("status", "status.show", None),
    Sight("status of my services, English", "status.show", "clara", language="en"),
    Sight("announcement", "status.show_one", None, lambda found: found.announcement()),
    Sight("announcement, English", "status.show_one", "colin", lambda found: found.announcement(), language="en"),
    Sight("archive of announcements", "status.archive", None, lambda found: {"year": found.announcement()["year"]}),
    request("ask again", ended("closed"), "returns.form"),
    request("ask again with errors", ended("cancelled"), "returns.form", send_cleared, 422, language="en"),
    request("request in a called process", at("file_login_change")),
    request("request that stopped", lambda found: found.stopped(), language="en"),
    request("consent that was given", at("report_state"), language="en"),
    request("consent refused", lambda found: found.refused("emergency_consent")),
    Sight("letters", "letters.list_", "clara"),
    Sight("letter", "letters.show", "clara", lambda found: {"letter_id": found.letter("clara")}),
    request("a day to object", at("object")),
    request("certificate to decide about", at("decide")),
    Sight("objection", "objections.show", None, lambda found: found.objection()),
    Sight("not found", "requests.show", "clara", lambda found: {"number": "ZGL0000000"}, status=404),
    Sight("not allowed", "worklist.show", "clara", status=403),
)

STAFF_SIGHTS = (
    Sight("article with its part for agents", "knowledge.show", "amir", lambda found: {"slug": "vin-missing"}),
    Sight("articles", "articles.list_", "oskar"),
    Sight("article and its versions", "articles.show", "oskar", lambda found: {"slug": "vin-missing"}),
    Sight("version of an article", "articles.version", "oskar", lambda found: {
        "slug": "vin-missing", "version_number": 1}),
    Sight("article in review", "articles.show", "oskar", lambda found: {"slug": found.article("review")}),
    Sight("new article", "article_editor.new", "amir", language="en"),
    Sight("editing an article", "article_editor.edit", "amir", lambda found: {"slug": found.article("draft")}),
    Sight("gaps", "article_gaps.show", "oskar"),
    Sight("articles without an owner", "articles.list_", "oskar", lambda found: {"tab": "unowned"}),
    Sight("synonyms", "article_synonyms.list_", "oskar"),
    Sight("synonyms, one group", "article_synonyms.change", "oskar", lambda found: {"group_id": found.synonyms()},
          language="en"),
    Sight("knowledge base, found by a synonym", "knowledge.list_", None, lambda found: {"q": "kod dostępu"}),
    Sight("topics of articles", "article_topics.list_", "oskar"),
    Sight("topic of articles", "article_topics.change", "oskar", lambda found: {"topic_id": found.topic()}),
    Sight("firms", "firm_register.list_", "ada", lambda found: {"kind": "all"} if found.firm() else {}),
    Sight("firm to confirm", "firm_register.show", "ada", lambda found: {"firm_id": found.unconfirmed()}),
    Sight("firm, confirmed", "firm_register.show", "ada", lambda found: {"firm_id": found.firm()}, language="en"),
    Sight("worklist", "worklist.show", "amir"),
    Sight("worklist to take", "worklist.show", "amir", lambda found: {"tab": "unclaimed"}),
    Sight("worklist waiting", "worklist.show", "beth", lambda found: {"tab": "waiting"}),
    Sight("whole worklist", "worklist.show", "lena", lambda found: {"tab": "every"}),
    Sight("worklist without hits", "worklist.show", "amir", lambda found: {"status": "cancelled", "late": "1"}),
    Sight("ticket to recognise", "tickets.show", "amir", inside("recognise")),
    Sight("ticket with the form", "tickets.show", "lena", inside("recognise", with_form=True), language="en"),
    Sight("step with errors", "tickets.show", "lena", inside("recognise", with_form=True), send_step_empty, 422),
    Sight("ticket at a specialist", "tickets.show", "lena", inside("specialist_work")),
    Sight("ticket waiting for the client", "tickets.show", "amir", inside("supplement")),
    Sight("ticket of a second person", "tickets.show", "beth", inside("approve_change", with_form=True)),
    Sight("identity to check", "tickets.show", "amir", inside("check_identity", with_form=True)),
    Sight("consent asked for", "tickets.show", "lena", inside("check_channel", with_form=True), language="en"),
    Sight("ticket solved", "tickets.show", "amir", inside("accept_solution")),
    Sight("ticket closed", "tickets.show", "lena", lambda found: {"number": found.ended("closed")["number"]}),
    Sight("by telephone", "phone.choose_client", "amir", lambda found: {"q": "wójcik"}),
    Sight("by letter", "phone.choose_writer", "amir", lambda found: {"q": "wójcik"}),
    Sight("by telephone, nobody", "phone.choose_client", "amir", lambda found: {"q": "żyrafa"}),
    Sight("form by telephone", "intake.form", "amir", lambda found: {**found.form, "client": found.person("colin")}),
    Sight("teams", "lead.show", "lena"),
    Sight("one team", "lead.show", "lena", lambda found: {"team": "second_line"}, language="en"),
    Sight("ratings", "results.show", "lena"),
    Sight("ratings of a year, English", "results.show", "marek", lambda found: {"period": "365"}, language="en"),
    Sight("questions of the survey", "surveys.list_", "lena"),
    Sight("questions of one type", "surveys.show", "oskar", lambda found: {"of": "incident"}),
    Sight("questions of one type, read", "surveys.show", "lena", lambda found: {"of": "incident"}, language="en"),
    Sight("questions of all types, none", "surveys.show", "oskar", lambda found: {"of": "every-type"}, language="en"),
    Sight("questions, wrong and shown", "surveys.show", "oskar", lambda found: {"of": "every-type"},
          send_question_without_words, 422),
    Sight("questions, tried out", "surveys.show", "oskar", lambda found: {"of": "incident"}, try_questions_out),
    Sight("remarks of everybody", "remarks.every", "lena"),
    Sight("remark to answer", "remarks.show", "marek", lambda found: {"remark_id": found.remark()["remark_id"]}),
    Sight("no ratings", "results.show", "lena", lambda found: {"type": "nothing"}),
    Sight("incidents", "incidents.list_", "lena", lambda found: {"which": "open"} if found.broken() else {}),
    Sight("incidents mended", "incidents.list_", "oskar", lambda found: {"which": "mended"}),
    Sight("incident", "incidents.show", "lena", lambda found: found.broken()),
    Sight("incident of an owner", "incidents.show", "oskar", lambda found: {
        **found.broken(), "variable": "incident_report.system"}, send_repair_without_reason, 422),
    Sight("part of a failure", "outages.choose", "amir", inside("recognise")),
    Sight("consents", "consents.list_", "lena"),
    Sight("consents that are overdue, English", "consents.list_", "beth", lambda found: {"state": "overdue"},
          language="en"),
    Sight("announcements", "announcements.list_", "lena"),
    Sight("announcements, drafts", "announcements.list_", "amir", lambda found: {"tab": "drafts"}, language="en"),
    Sight("kinds of announcements", "announcements.new", "amir"),
    Sight("new announcement", "announcements.new", "amir", lambda found: {"kind": "central_failure"}),
    Sight("announcement with errors", "announcements.new", "amir", lambda found: {"kind": "planned_break"},
          send_announcement_at_two, 422),
    Sight("announcement at the desk", "announcements.show", "lena", lambda found: {
        "announcement_id": found.announcement_id("published")}),
    Sight("draft of an announcement", "announcements.show", "lena", lambda found: {
        "announcement_id": found.announcement_id("draft")}, language="en"),
    Sight("draft changed", "announcements.edit", "amir", lambda found: {
        "announcement_id": found.announcement_id("draft")}),
    Sight("people", "people.list_", "ada"),
    Sight("new person", "people.add", "ada"),
    Sight("person", "people.show", "ada", lambda found: {"person_id": found.person("amir")}),
    Sight("all teams", "people.teams", "ada"),
    Sight("team", "people.team", "ada", lambda found: {"team_id": found.team()}),
    Sight("editor of the catalogue", "catalogue_editor.show", "ada"),
    Sight("new classification", "catalogue_editor.add", "ada",
          lambda found: {"kind": "classification", "in": found.service()}, send_nothing, 422),
    Sight("service in the editor", "catalogue_editor.change", "ada",
          lambda found: {"kind": "service", "entry_id": found.service()}, language="en"),
    Sight("letters of everybody", "letters.list_", "ada"),
)

# GET routes that are no pages, and what they are instead.
NO_PAGES = {
    "oidc.start": "goes to a provider of sign-ins",
    "oidc.start_link": "the same",
    "oidc.back": "comes back from it",
    "api.describe": "for programs", "api.show": "for programs",
    "static": "style sheets and scripts",
    "status.feed": "an Atom feed", "status.feed_of": "an Atom feed", "status.calendar": "a calendar",
    "status.calendar_of": "a calendar", "status.calendar_mine": "a calendar",
    "signin.choose_language_": "sets a cookie and goes back",
    "catalogue.search": "a piece of a page",
    "catalogue_editor.export": "the catalogue as a file",
    "diagrams.show": "XML for the drawing",
    "papers.request_": "a PDF",
    "papers.export": "a table for other programs",
    "files.download": "a file",
    "knowledge.picture": "a picture of an article",
    "letters.download": "a letter as a file",
    "notices.count": "JSON for the bell",
    "results.export": "a table for a spreadsheet", "consents.export": "the same",
    "health.show": "JSON for a monitor",
}
