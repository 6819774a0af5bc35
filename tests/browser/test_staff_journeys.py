"""What agents, the lead and the administrator do, in a browser."""

import os
import re

import pytest
from playwright.sync_api import Locator
from sqlalchemy.orm import Session

from engine.records import WorkItem
from helpdesk.tickets import Channel
from tests.browser.conftest import Visit
from tests.browser.served import Served
from tests.desk import INCIDENT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]


@pytest.mark.parametrize("language", ["pl", "en"])
def test_an_agent_takes_a_request_from_the_list_and_hands_it_over(visit: Visit, counter: Served, language: str) -> None:
    number = counter.desk.submit()
    amir, beth = visit("amir", language), visit("beth", language)
    page = amir.go(f"/worklist?tab=unclaimed&q={number[:-1]}")

    amir.click(page.locator("tr", has_text=number).get_by_role("button", name=amir.say("Take")))
    assert amir.path().startswith(f"/tickets/{number}")
    assert holder(counter, number) == "Amir Nowak"
    amir.fill({"decision": "hand_over", "note": "Proszę sprawdzić kolejkę komunikatów.", "priority": "high"})
    amir.press("Finish the step")

    beth.go(f"/tickets/{number}")
    assert "Proszę sprawdzić kolejkę komunikatów." in beth.all_text()
    assert counter.desk.item(number).element_id == "specialist_work"
    assert beth.page.locator("#todo form[action$='/claim']").count() == 1


def test_a_note_is_not_shown_to_the_client(visit: Visit, counter: Served) -> None:
    number = counter.desk.submit()
    amir, clara = visit("amir"), visit("clara")
    amir.go(f"/tickets/{number}")

    amir.page.fill("#body", "Klientka dzwoniła trzy razy.")
    amir.press("Keep as an internal note")

    assert "Klientka dzwoniła trzy razy." in amir.text()
    clara.go(f"/requests/{number}")
    assert "Klientka dzwoniła" not in clara.all_text()


def test_a_request_by_telephone_belongs_to_the_caller(visit: Visit, counter: Served) -> None:
    amir, colin = visit("amir"), visit("colin")
    page = amir.go("/phone?q=baran")

    amir.click(page.locator(".caller a.button"))
    amir.follow("Portal")
    amir.follow("Błąd portalu")
    amir.fill(INCIDENT)
    amir.press("Continue")
    assert "Colin Baran" in amir.text()
    amir.press("Send the request")

    number = re.search(r"ZGL\d{7}", amir.path())
    assert number is not None
    assert counter.desk.ticket(number.group(0)).channel == Channel.PHONE.value
    colin.go("/requests")
    assert number.group(0) in colin.text()


def test_the_lead_gives_a_step_to_somebody_else(visit: Visit, counter: Served) -> None:
    number = counter.desk.submit()
    counter.desk.claim(number, by="amir")
    lena = visit("lena")
    page = lena.go("/team-work?long=1")  # the other journeys leave their work here

    row = page.locator("#at-risk tr", has_text=number)
    row.locator("select").select_option(label=option_with(row, "Lena"))
    lena.click(row.get_by_role("button"))

    assert holder(counter, number) == "Lena Zielińska"
    assert "Lena Zielińska" in page.locator(".flashes").inner_text()


def test_the_administrator_adds_a_person_who_can_then_work(visit: Visit, counter: Served) -> None:
    ada = visit("ada")
    page = ada.go("/people/new")
    page.fill("#name", "Nina Nowicka")
    page.fill("#email", "nina@example.com")
    ada.press("Add")

    page.locator("input[name=role][value=manager]").check()
    page.locator("fieldset.people-team").first.locator("input[value=member]").check()
    ada.press("Save roles and teams")
    ada.press("Make up a new password")
    password = page.locator(".people-password").inner_text()

    nina = visit(None)
    nina.go("/sign-in")
    nina.page.fill("#email", "nina@example.com")
    nina.page.fill("#password", password)
    nina.press("Sign in")
    assert nina.path() == "/worklist"


def holder(counter: Served, number: str) -> str | None:
    """Who has the ticket's one open step."""
    item_id = counter.desk.item(number).id

    def ask(session: Session) -> str | None:
        held_by = session.get_one(WorkItem, item_id).holder
        return held_by.name if held_by else None
    return counter.desk.ask(ask)


def option_with(row: Locator, name: str) -> str:
    return next(text for text in row.locator("option").all_inner_texts() if name in text)


def test_of_two_who_finish_one_step_the_second_reads_what_happened_and_keeps_the_text(
        visit: Visit, counter: Served) -> None:
    number = counter.desk.submit()
    amir, lena = visit("amir"), visit("lena")
    amir.go(f"/tickets/{number}")
    lena.go(f"/tickets/{number}")
    amir.fill({"decision": "hand_over", "note": "Proszę sprawdzić kolejkę komunikatów.", "priority": "high"})
    lena.fill({"decision": "ask", "question": "Jaki jest numer MRN?", "priority": "normal"})

    lena.press("Finish the step")
    with amir.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        amir.press("Finish the step")

    assert sent.value.status == 409
    sentence = "This step was finished by somebody else in the meantime. What you typed is kept below."
    assert amir.say(sentence) in amir.text()
    assert "Proszę sprawdzić kolejkę komunikatów." in amir.page.locator("#lost").inner_text()
    assert "Jaki jest numer MRN?" in amir.all_text()  # what the other one did is on the same page
    assert counter.desk.acts(number).count("completed") == 1
    if folder := os.environ.get("OKIENKO_PICTURES"):
        amir.page.screenshot(path=f"{folder}/faster.png", full_page=True)
