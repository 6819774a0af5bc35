"""A client's way from signing in to the survey, in both languages, with and without JavaScript."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, expect

from helpdesk.people.signin import set_password
from tests.browser.conftest import Visit
from tests.browser.served import CHEAP, Served, Visitor
from tests.desk import INCIDENT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
PASSWORD = "zielona brama nad rzeką"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WAYS = pytest.mark.parametrize(("language", "scripts"), [("pl", True), ("pl", False), ("en", True), ("en", False)])


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "zrzut ekranu.pdf"
    path.write_bytes(PDF)
    return path


def register(clara: Visitor) -> str:
    """Register an incident through the pages; gives its number."""
    clara.go("/catalogue/portal/error")
    clara.fill(INCIDENT)
    clara.press("Continue")
    clara.press("Send the request")
    found = re.search(r"ZGL\d{7}", clara.path())
    assert found is not None, clara.text()
    return found.group(0)


@WAYS
def test_a_client_signs_in_and_registers_a_request(visit: Visit, counter: Served, paper: Path, language: str,
                                                   scripts: bool) -> None:
    with counter.desk.session() as session:
        set_password(session, counter.desk.person(session, "clara"), PASSWORD, hasher=CHEAP, by=None,
                     now=counter.desk.now)
    clara = visit(None, language, scripts=scripts)
    page = clara.go("/catalogue")

    # 1. catalogue, service, classification; the form is filled in, and asks to sign in when it is to be sent
    names = {"pl": ("Portal", "Błąd portalu"), "en": ("Portal", "Portal error")}[language]
    for name in names:
        clara.follow(name)
    assert clara.path() == "/catalogue/portal/error"
    assert page.locator("input[type=file]").count() == 0
    clara.fill(INCIDENT)
    clara.press("Continue")
    assert str(INCIDENT["what_happened"]) in clara.text()
    clara.follow("Sign in and send")
    page.fill("#email", "clara@example.com")
    page.fill("#password", PASSWORD)
    clara.press("Sign in")
    assert clara.path() == "/catalogue/portal/error/summary" and str(INCIDENT["what_happened"]) in clara.text()
    clara.follow("Add files")

    # 2. a form with an error: what was typed and attached is still there
    clara.fill({**INCIDENT, "what_happened": "za krótko"})
    page.locator("input[type=file]").set_input_files(paper)
    clara.press("Continue")
    expect(page.locator(".error-summary a")).to_have_count(1)
    assert page.locator("#f-subject").input_value() == INCIDENT["subject"]
    assert page.locator("#f-what_happened").input_value() == "za krótko"
    assert page.locator("#f-system").input_value() == INCIDENT["system"]
    assert "zrzut ekranu.pdf" in clara.text()
    if scripts:
        assert page.evaluate("document.activeElement.className") == "error-summary"

    # 3. corrected, checked, sent
    clara.fill({"what_happened": INCIDENT["what_happened"]})
    clara.press("Continue")
    assert "zrzut ekranu.pdf" in clara.text() and str(INCIDENT["what_happened"]) in clara.text()
    clara.press("Send the request")
    number = clara.path().split("/")[-1]
    assert re.fullmatch(r"ZGL\d{7}", number) and number in page.locator("h1").inner_text()

    # 4. the request's own page
    clara.follow("See the request")
    assert clara.path() == f"/requests/{number}"
    assert INCIDENT["subject"] == page.locator("h1").inner_text()
    assert page.locator(".path [aria-current=step]").count() == 1
    assert "zrzut ekranu.pdf" in page.locator("aside").inner_text()


def test_the_number_is_told_in_one_polish_sentence(visit: Visit) -> None:
    clara = visit("clara", "pl")

    number = register(clara)

    assert clara.page.locator("h1").inner_text() == f"Utworzono zgłoszenie o numerze {number}"


@pytest.mark.parametrize(("language", "scripts"), [("pl", False), ("en", True)])
def test_a_request_goes_back_and_forth_until_the_client_is_content(visit: Visit, counter: Served, language: str,
                                                                   scripts: bool) -> None:
    clara, amir = visit("clara", language, scripts=scripts), visit("amir", language)
    number = register(clara)

    # 1. the agent takes it and asks
    amir.go(f"/tickets/{number}")
    amir.click(amir.page.locator("#todo form[action$='/claim'] button"))
    amir.fill({"decision": "ask", "question": "Jaka to przeglądarka?", "priority": "high"})
    amir.press("Finish the step")

    # 2. the client reads the question, sees that the clock stands and why, and answers
    page = clara.go(f"/requests/{number}")
    page = clara.go(f"/requests/{number}")
    assert "Jaka to przeglądarka?" in clara.text()
    assert clara.say("Waiting for your answer") in page.locator(".ticket-head").inner_text()
    because = clara.say("The time stands still because %(reason)s.", reason="|").split("|")[0]
    assert because in page.locator(".standing").inner_text()
    clara.fill({"answer": "Firefox 140"})
    clara.press("Send")
    assert counter.desk.item(number).element_id == "recognise"

    # 3. solved, not solved, solved again
    for solution in ("Proszę odświeżyć stronę.", "Błąd usunięto w wersji 12."):
        amir.go(f"/tickets/{number}")
        if amir.page.locator("#todo form[action$='/claim'] button").count():
            amir.click(amir.page.locator("#todo form[action$='/claim'] button"))
        assert "Firefox 140" in amir.all_text()
        amir.fill({"decision": "solve", "solution": solution, "priority": "high"})
        amir.press("Finish the step")
        clara.go(f"/requests/{number}")
        assert solution in page.locator(".panel--success").inner_text()
        if solution.startswith("Proszę"):
            clara.fill({"verdict": "not_solved"})
            if not scripts:  # the server asks for the reason once it knows that one is needed
                clara.press("Send")
            clara.fill({"reason": "Nadal pusta strona."})
            clara.press("Send")
    amir.go(f"/tickets/{number}")
    assert "Nadal pusta strona." in amir.all_text()

    # 4. accepted and rated
    clara.fill({"verdict": "accepted"})
    clara.press("Send")
    assert clara.say("Closed") in page.locator(".ticket-head").inner_text()
    clara.fill({"stars": "5"})
    clara.press("Send")
    assert counter.desk.open_items(number) == []
    # What is left is to come back to it.
    assert page.locator("main form").evaluate_all("forms => forms.map((form) => form.action)") == [
        f"{counter.address}/requests/{number}/reply"]


@WAYS
def test_a_client_adds_a_message_with_a_file(visit: Visit, counter: Served, paper: Path, language: str,
                                             scripts: bool) -> None:
    number = counter.desk.submit()
    clara = visit("clara", language, scripts=scripts)
    page = clara.go(f"/requests/{number}")

    page.fill("#body", "Jeszcze jeden zrzut.")
    page.set_input_files("#attachments", paper)
    clara.press("Send the message")
    page.locator(".flashes .notice--success").wait_for()

    said = page.locator(".message").last.inner_text()
    assert "Jeszcze jeden zrzut." in said and "zrzut ekranu.pdf" in said


@pytest.mark.parametrize("scripts", [True, False])
def test_a_client_withdraws_after_being_asked_once_more(visit: Visit, counter: Served, scripts: bool) -> None:
    number = counter.desk.submit()
    clara = visit("clara", "pl", scripts=scripts)
    page = clara.go(f"/requests/{number}")

    clara.follow("Withdraw the request")
    page.fill("#reason", "Samo przeszło.")
    clara.press("Withdraw the request")

    assert clara.path() == f"/requests/{number}"
    assert counter.desk.ticket(number).status == "cancelled"
    assert clara.say("Cancelled") in page.locator(".ticket-head").inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_changing_the_language_keeps_the_page(visit: Visit, counter: Served, scripts: bool) -> None:
    number = counter.desk.submit()
    clara = visit("clara", "pl", scripts=scripts)
    page = clara.go(f"/requests/{number}?from=letter")
    assert page.locator("html").get_attribute("lang") == "pl"

    clara.click(page.locator("header [hreflang=en]"))

    assert clara.path() == f"/requests/{number}?from=letter"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", name="The way of your request").count() == 1


def test_typed_words_are_not_lost_by_accident(visit: Visit) -> None:
    clara = visit("clara")
    page = clara.go("/catalogue/portal/error")
    page.locator("#f-subject").press_sequentially("Portal")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()
    page.on("dialog", stay)

    page.locator(".brand").click()

    assert asked == ["beforeunload"] and clara.path() == "/catalogue/portal/error"
