"""From a form that nobody in particular fills in to an account of one's own, and the request that is sent from it."""

import re

import pytest
from sqlalchemy import select

from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket
from tests.browser.conftest import Visit
from tests.browser.served import Served, Visitor
from tests.desk import INCIDENT
from tests.web.account.conftest import Post

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
PASSWORD = "zielona brama nad rzeką"
FORM, WORDS = "/catalogue/portal/error", str(INCIDENT["what_happened"])


def fill_in(nobody: Visitor) -> None:
    """As far as one comes without an account: the summary."""
    page = nobody.go(FORM)
    assert page.locator("input[type=file]").count() == 0
    nobody.fill(INCIDENT)
    nobody.press("Continue")
    assert nobody.path() == f"{FORM}/summary" and WORDS in nobody.text()


def register(nobody: Visitor, counter: Served, email: str) -> str:
    """From the summary to the page that tells of the letter; gives the letter's link."""
    nobody.follow("Sign in and send")
    nobody.follow("Make an account")
    assert nobody.say("What you filled in is kept in this browser for a day. After signing in here it is yours and can "
                      "be sent.") in nobody.text()
    for name, value in (("name", "Ewa Nowa"), ("email", email), ("password", PASSWORD)):
        nobody.page.fill(f"#{name}", value)
    nobody.page.locator("label", has=nobody.page.locator("#agrees")).click()
    nobody.press("Make the account")
    assert nobody.path() == "/register/sent", nobody.text()
    return Post(counter.desk, counter.app.extensions["desk"].settings).link("register_confirm")


def confirm(reader: Visitor, link: str, email: str) -> None:
    """The button behind the link, and the first sign-in."""
    reader.go(link)
    reader.press("Confirm and make the account")
    reader.page.fill("#email", email)
    reader.page.fill("#password", PASSWORD)
    reader.press("Sign in")


def send(ewa: Visitor) -> str:
    """From what is unfinished to the number."""
    assert ewa.path() == "/drafts"
    assert ewa.say("The form that you filled in before signing in is yours now. It is kept under “Unfinished” until "
                   "you send it.") in ewa.page.locator(".flashes").inner_text()
    ewa.click(ewa.page.locator(f"main a[href='{FORM}']").first)
    assert ewa.page.locator("#f-what_happened").input_value() == WORDS
    assert ewa.page.locator("input[type=file]").count() >= 1  # a telephone has a camera too
    ewa.press("Continue")
    ewa.press("Send the request")
    found = re.search(r"ZGL\d{7}", ewa.path())
    assert found is not None, ewa.text()
    return found.group(0)


def owner(counter: Served, number: str) -> str:
    """The address of whoever the request is of."""
    return counter.desk.ask(lambda session: session.scalars(
        select(Person.email).join(Ticket, Ticket.client_id == Person.id).where(Ticket.number == number)).one())


@pytest.mark.parametrize(("language", "scripts"), [("pl", True), ("en", False)])
def test_a_form_filled_in_as_nobody_is_sent_from_a_new_account(visit: Visit, counter: Served, language: str,
                                                               scripts: bool) -> None:
    ewa, email = visit(None, language, scripts=scripts), f"ewa.{language}@example.com"
    fill_in(ewa)

    confirm(ewa, register(ewa, counter, email), email)
    number = send(ewa)

    assert owner(counter, number) == email


@pytest.mark.parametrize(("language", "scripts"), [("en", True), ("pl", False)])
def test_it_is_there_on_the_telephone_on_which_the_letter_was_opened(visit: Visit, counter: Served, language: str,
                                                                     scripts: bool) -> None:
    at_home, email = visit(None, language, scripts=scripts), f"jan.{language}@example.com"
    fill_in(at_home)
    link = register(at_home, counter, email)
    assert at_home.say("The form that you filled in waits for the account for a day: you find it wherever you sign in "
                       "first, also on another device.") in at_home.text()

    telephone = visit(None, language, scripts=scripts, size={"width": 360, "height": 740}, is_phone=True)
    confirm(telephone, link, email)
    number = send(telephone)

    assert owner(counter, number) == email
