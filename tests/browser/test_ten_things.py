"""The ten things that a client comes for, each walked in both languages, with and without JavaScript.

| The client…                             | walked here                    | and elsewhere                        |
|-----------------------------------------|--------------------------------|--------------------------------------|
| 1. chooses services                     |                                | test_catalogue_journey (all four ways)  |
| 2. finds the answer, asks nobody        | knowledge base                 |                                      |
| 3. watches where a request stands       | from the first page            | test_client_journey                  |
| 4. adds words and files                 |                                | test_client_journey (all four ways)  |
| 5. reads the solution at once           | notice, bell and page          | test_client_journey                  |
| 6. looks through the history            | list, search, table            |                                      |
| 7. complains about a solution           | form, summary, number          |                                      |
| 8. rates, and writes remarks            | stars, changed; praise         | test_client_journey (stars)          |
| 9. is told what does not work           | form, status page, notices     |                                      |
| 10. asks for services                   | account, login, emergency      | test_client_journey (an incident)    |

What agents do meanwhile happens at the desk behind the pages. The files' two groups let two workers share them.
"""

import re

import pytest
from playwright.sync_api import expect

from engine.outages import ending
from helpdesk.announcements import mailing
from helpdesk.catalogue import get_service
from helpdesk.interests import choose
from helpdesk.people.accounts import add_person
from tests.browser.conftest import Visit
from tests.browser.served import Served, Visitor
from tests.browser.test_client_journey import WAYS
from tests.desk import INCIDENT
from tests.engine.processes.test_account_unlock import UNLOCK
from tests.engine.processes.test_emergency_consent import ASKED
from tests.engine.processes.test_login_change import CHANGE
from tests.helpdesk.announcements.writing import do, published, read

pytestmark = pytest.mark.browser
first, second = pytest.mark.xdist_group("browser-1"), pytest.mark.xdist_group("browser-2")
SUBJECT, SOLUTION = str(INCIDENT["subject"]), "Błąd usunięto w wersji 12."


def newcomer(counter: Served, name: str, *services: str, language: str = "pl") -> str:
    """Somebody new, by the name that the desk calls them; services: the keys of what they chose."""
    name = name.lower()
    with counter.desk.session() as session:
        person = add_person(session, email=f"{name}@example.com", name="Nowa Klientka", language=language,
                            now=counter.desk.now)
        choose(session, person, [get_service(session, key).id for key in services], now=counter.desk.now)
    return name


def solved(counter: Served, who: str) -> str:
    """A request of theirs that Amir has just solved."""
    number = counter.desk.submit(by=who)
    counter.desk.complete(number, "recognise", decision="solve", solution=SOLUTION, priority="normal")
    return number


def fill_in(client: Visitor, answers: dict[str, object]) -> int:
    """Answer what is asked until the summary comes; gives how often the form was sent."""
    for times in range(1, 4):
        for name, answer in answers.items():
            if client.page.locator(f"form .field[data-name='{name}']").is_visible():
                client.fill({name: answer})
        client.press("Continue")
        if client.path().endswith("/summary"):
            return times
    raise AssertionError(client.text())


def flash(client: Visitor) -> str:
    return client.page.locator(".flashes").inner_text()


@second
@WAYS
def test_2_the_knowledge_base_answers_so_that_nobody_is_asked(look: Visit, language: str, scripts: bool) -> None:
    reader = look(None, language, scripts=scripts)
    page = reader.go("/knowledge")

    # 1. by topic, and by words in the grammar and the spelling that somebody has at hand
    assert page.locator(".card").count() > 3
    page.fill("#q", {"pl": "zmiane hasla", "en": "changing passwords"}[language])
    reader.press("Search")
    reader.follow({"pl": "Jak zmienić hasło i hasło awaryjne?",
                   "en": "How do I change my password and my emergency password?"}[language])
    assert reader.path() == "/knowledge/change-password"

    # 2. it helped
    reader.press("Yes, it helped")
    assert reader.say("You have said that this article helped.") in reader.text()
    assert page.get_by_role("link", name=reader.say("Open a request about this")).count() == 1


@first
@WAYS
def test_3_the_state_of_a_request_is_watched_from_the_first_page(visit: Visit, counter: Served, language: str,
                                                                scripts: bool) -> None:
    who = newcomer(counter, f"watcher-{language}-{scripts}")
    number = counter.desk.submit(by=who)
    client = visit(who, language, scripts=scripts)
    page = client.go("/")

    # 1. from the first page to the way of the request
    client.follow(SUBJECT)
    assert client.path() == f"/requests/{number}"
    here = page.locator(".path [aria-current=step]")
    before = here.inner_text()

    # 2. it goes on, and waits for the client, wherever they look
    counter.desk.complete(number, "recognise", decision="ask", question="Jaka to przeglądarka?", priority="normal")
    page.reload()
    assert here.inner_text() != before
    assert client.say("Waiting for your answer") in page.locator(".ticket-head").inner_text()
    client.go("/")
    assert client.say("Waits for you") in client.text()
    client.go("/requests?state=mine")
    client.follow(SUBJECT)
    assert "Jaka to przeglądarka?" in client.text()


@second
@WAYS
def test_5_the_solution_is_read_at_once(visit: Visit, counter: Served, language: str, scripts: bool) -> None:
    who = newcomer(counter, f"reader-{language}-{scripts}")
    number = counter.desk.submit(by=who)
    client = visit(who, language, scripts=scripts)
    page = client.page
    page.clock.install()
    client.go("/knowledge")
    bell = page.locator(".bell .count")
    before = bell.inner_text()

    # 1. the bell rings by itself where it can; without scripts it does on the next page
    counter.desk.complete(number, "recognise", decision="solve", solution=SOLUTION, priority="normal")
    if scripts:
        page.clock.fast_forward("01:01")
    else:
        page.reload()
    expect(bell).not_to_have_text(before)

    # 2. from the notice to the solution, and what can be done with it
    client.click(page.locator(".bell"))
    client.click(page.locator(".notices__open").first)
    assert client.path() == f"/requests/{number}"
    assert SOLUTION in page.locator(".panel--success").inner_text()
    client.fill({"verdict": "accepted"})
    client.press("Send")
    assert counter.desk.ticket(number).status == "closed"


@first
@WAYS
def test_6_the_history_is_looked_through(visit: Visit, counter: Served, language: str, scripts: bool) -> None:
    who = newcomer(counter, f"historian-{language}-{scripts}")
    ended = counter.desk.submit({**INCIDENT, "subject": "Zaginęło potwierdzenie odbioru"}, by=who)
    counter.desk.withdraw(ended, by=who)
    counter.desk.submit(by=who)
    client = visit(who, language, scripts=scripts)
    page = client.go("/requests")
    rows = page.locator("main .task-list__name a")

    # 1. what is under way, what has ended, everything
    assert rows.all_inner_texts() == [SUBJECT]
    client.follow("Ended")
    assert rows.all_inner_texts() == ["Zaginęło potwierdzenie odbioru"]
    client.click(page.locator("main").get_by_role("link", name=client.say("All"), exact=True))
    assert rows.count() == 2

    # 2. found by other forms of its words, opened, and taken along
    page.fill("#q", "potwierdzenia odbiorów")
    client.press("Show")
    assert rows.all_inner_texts() == ["Zaginęło potwierdzenie odbioru"]
    table = page.request.get(counter.address + str(page.get_by_role(
        "link", name=client.say("table (CSV)")).get_attribute("href")))
    assert ended in table.text() and SUBJECT not in table.text()
    client.click(rows.first)
    assert client.path() == f"/requests/{ended}"


@second
@WAYS
def test_7_a_client_complains_about_a_solution(visit: Visit, counter: Served, language: str, scripts: bool) -> None:
    who = newcomer(counter, f"complainant-{language}-{scripts}")
    number = solved(counter, who)
    client = visit(who, language, scripts=scripts)
    page = client.go(f"/requests/{number}")

    # 1. without a reason it comes back
    client.follow("Make a complaint")
    assert SOLUTION in client.text()
    client.press("Continue")
    assert page.locator(".error-summary a").count() == 2

    # 2. corrected, checked, sent
    client.fill({"about": "does_not_work", "description": "Nadal widzę pustą stronę."})
    client.press("Continue")
    assert "Nadal widzę pustą stronę." in client.text()
    client.press("Send the complaint")
    found = re.search(r"ZGL\d{7}", page.locator("h1").inner_text())
    assert found is not None and found.group(0) != number

    # 3. each of the two leads to the other
    client.go(f"/requests/{number}")
    client.follow(found.group(0))
    assert client.path() == f"/requests/{found.group(0)}"
    assert page.locator(".notice").get_by_role("link", name=number).count() == 1


@first
@WAYS
def test_8_a_client_rates_the_handling_and_praises_the_desk(visit: Visit, counter: Served, language: str,
                                                           scripts: bool) -> None:
    who = newcomer(counter, f"judge-{language}-{scripts}")
    number = solved(counter, who)
    counter.desk.complete(number, "accept_solution", by=who, verdict="accepted")
    client = visit(who, language, scripts=scripts)
    page = client.go(f"/requests/{number}")

    # 1. a rating, thought over
    client.fill({"stars": "4", "remark": "Szybko."})
    client.press("Send")
    client.follow("See or change the rating")
    client.fill({"stars": "5"})
    client.press("Change the rating")
    assert client.say("Your rating was changed.") in flash(client)
    assert client.say("%(stars)s of 5", stars=5) in client.go(f"/requests/{number}").locator("main").inner_text()

    # 2. a remark about the desk itself, from the foot of any page
    client.click(page.locator("footer").get_by_role("link", name=client.say("Remarks about the help desk")))
    page.locator("label[for=kind-praise]").click()
    page.fill("#body", "Konsultantka cierpliwie wszystko wyjaśniła.")
    client.press("Send the remark")
    assert page.locator(".flashes .notice--success").count() == 1
    assert "Konsultantka cierpliwie wszystko wyjaśniła." in client.text()
    assert client.say("There is no answer yet.") in client.text()


@second
@WAYS
def test_9_a_client_is_told_what_does_not_work_and_when_it_is_over(visit: Visit, counter: Served, language: str,
                                                                  scripts: bool) -> None:
    desk = counter.desk
    chose = visit(newcomer(counter, f"told-{language}-{scripts}", "portal", language=language), language,
                  scripts=scripts)
    asked = visit(newcomer(counter, f"asked-{language}-{scripts}", language=language), language, scripts=scripts)
    titles = {"pl": f"Awaria portalu ({scripts})", "en": f"The portal has failed ({scripts})"}
    failure = published(desk, title_pl=titles["pl"], title_en=titles["en"])
    mailing.mail_due(desk.database, now=desk.now)

    # 1. whoever chose the service has a notice; everybody sees it before they report what is known
    page = chose.go("/notices")
    chose.click(page.locator(".notices__open", has_text=titles[language]))
    assert chose.path() == f"/status/2026/{read(desk, failure).serial}"
    page = asked.go("/catalogue/portal/error")
    assert titles[language] in page.locator(".known").inner_text()
    asked.click(page.locator(".known__watch button"))
    assert asked.say("You will be told when it is over.") in page.locator(".known").inner_text()

    # 2. it is over: both are told, and the page of the status says so
    do(desk, "marek", lambda session, marek: ending.end(
        session, failure, text_pl="Portal działa.", text_en="The portal works.", by=marek, now=desk.now))
    mailing.mail_due(desk.database, now=desk.now)
    for one in (chose, asked):
        one.click(one.go("/notices").locator(".notices__open", has_text=titles[language]).first)
        assert {"pl": "Portal działa.", "en": "The portal works."}[language] in one.text()
    assert asked.go("/catalogue/portal/error").locator(".known").count() == 0


# The account on every way; the two longest forms once in each language, once with and once without scripts.
SERVICES = [*(("account_unlock", UNLOCK, *way) for way in (("pl", True), ("pl", False), ("en", True), ("en", False))),
            ("login_change", CHANGE, "pl", True), ("login_change", CHANGE, "en", False),
            ("emergency_consent", ASKED, "pl", False), ("emergency_consent", ASKED, "en", True)]


@first
@pytest.mark.parametrize(("key", "answers", "language", "scripts"), SERVICES,
                         ids=[f"{key}-{language}-{scripts}" for key, _, language, scripts in SERVICES])
def test_10_a_client_asks_for_a_service(visit: Visit, counter: Served, key: str, answers: dict[str, object],
                                        language: str, scripts: bool) -> None:
    who = newcomer(counter, f"{key.replace('_', '-')}-{language}-{scripts}")
    client = visit(who, language, scripts=scripts)
    page = client.go("/catalogue")

    # 1. from the catalogue to the form
    client.follow("Portal")
    client.follow(key)
    client.press("Continue")
    assert page.locator(".error-summary a").count() > 3

    # 2. filled in: with scripts a question appears at once when it is needed, without them when the page comes back
    assert fill_in(client, answers) == (1 if scripts else 2)
    client.press("Send the request")

    # 3. the number, and the request that begins its way
    number = client.path().split("/")[-1]
    assert number in page.locator("h1").inner_text()
    client.follow("See the request")
    assert page.locator(".path [aria-current=step]").count() == 1
    assert counter.desk.ticket(number).request_type == key
