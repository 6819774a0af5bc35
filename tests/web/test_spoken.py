"""A form that comes back speaks the language of the page, whatever the account of its reader speaks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from forms.messages import MESSAGES, say
from helpdesk.people.accounts import Person
from tests.desk import INCIDENT, Desk
from tests.helpdesk.test_ratings import ended
from tests.web.conftest import Browser

pytestmark = pytest.mark.one_database
FORM = "/catalogue/portal/error"
TYPED = {key: str(value) for key, value in INCIDENT.items()}
LONG = "x" * 10_001
TOO_LONG = {language: say("too_long", language, n=10_000, now=10_001) for language in ("pl", "en")}
ALL = {language: {TOO_LONG[language], *(said[language] for said in MESSAGES.values()
                                        if isinstance(said[language], str) and said[language].endswith(".")
                                        and "{" not in said[language])}
       for language in ("pl", "en")}


@dataclass(frozen=True)
class Place:
    """A form that is sent with a mistake. begin: what comes before it; gives its address."""

    who: str
    form: dict[str, Any]
    begin: Callable[[Desk, Browser], str]


def _of_client(desk: Desk, _browser: Browser) -> str:
    number = desk.submit()
    desk.complete(number, "recognise", decision="solve", solution="Gotowe.", priority="normal")
    return f"/requests/{number}/steps/{desk.item(number).id}"


def _of_agent(desk: Desk, _browser: Browser) -> str:
    number = desk.submit()
    return f"/tickets/{number}/steps/{desk.item(number).id}"


def _reply(desk: Desk, _browser: Browser) -> str:
    number = desk.submit()
    desk.complete(number, "recognise", decision="ask", question="Od kiedy?", priority="normal")
    return f"/requests/{number}/reply"


def _rating(desk: Desk, _browser: Browser) -> str:
    number = ended(desk)
    desk.complete(number, "survey", by="clara", stars="5")
    return f"/requests/{number}/rating"


def _again(desk: Desk, _browser: Browser) -> str:
    return f"/requests/{ended(desk)}/again"


def _summary(_desk: Desk, browser: Browser) -> str:
    browser.post(FORM, {**TYPED, "subject": "", "next": "later"})
    return f"{FORM}/summary"


def _complaint(desk: Desk, browser: Browser) -> str:
    number = desk.submit()
    desk.complete(number, "recognise", decision="solve", solution="Gotowe.", priority="normal")
    browser.post(f"/requests/{number}/complaint", {"about": "does_not_work", "description": "", "next": "later"})
    return f"/requests/{number}/complaint/summary"


PLACES = {
    "client's step": Place("clara", {"verdict": "", "_asked": "*"}, _of_client),
    "agent's step": Place("amir", {"decision": "solve", "solution": "", "_asked": "*"}, _of_agent),
    "reply that is an answer": Place("clara", {"body": LONG}, _reply),
    "rating": Place("clara", {"stars": "", "_asked": "*"}, _rating),
    "the same again": Place("clara", {**TYPED, "subject": ""}, _again),
    "summary": Place("clara", {"act_id": "once"}, _summary),
    "complaint": Place("clara", {"act_id": "once"}, _complaint),
}


@pytest.mark.parametrize(("of_page", "of_account"), [("en", "pl"), ("pl", "en")])
@pytest.mark.parametrize("name", PLACES)
def test_a_form_that_comes_back_speaks_the_language_of_the_page(
        browse: Callable[..., Browser], desk: Desk, name: str, of_page: str, of_account: str) -> None:
    place = PLACES[name]
    with desk.session() as session:
        session.query(Person).update({Person.language: of_account})
    browser = browse(place.who, of_page)
    address = place.begin(desk, browser)

    page = browser.post(address, place.form, status=422)

    assert f'<html lang="{of_page}"' in page
    assert [said for said in ALL[of_page] if said in page], "the page does not say what is wrong"
    assert not [said for said in ALL[of_account] if said in page]
