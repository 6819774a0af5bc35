"""Choosing one's services, and coming from a few words to a form; in both languages, with and without JavaScript."""

import pytest

from helpdesk.catalogue import get_service, load_catalogue
from helpdesk.interests import chosen_ids
from helpdesk.people.accounts import add_person
from tests.browser.conftest import Visit
from tests.browser.served import NARROW, Served
from tests.browser.test_client_journey import WAYS
from tests.web.test_catalogue_pages import TWO_MORE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]


@WAYS
def test_a_client_chooses_services_and_finds_them_first(visit: Visit, counter: Served, language: str,
                                                        scripts: bool) -> None:
    with counter.desk.session() as session:
        load_catalogue(session, TWO_MORE)
        ids = {key: get_service(session, key).id for key in ("import", "export", "portal")}
        person = add_person(session, email=f"{language}-{scripts}@example.com", name="Nowa", now=counter.desk.now)
    client = visit(person.email, language, scripts=scripts, size=NARROW)
    page = client.go("/")

    # 1. the first page offers the choice; all of an area, and one that is looked for
    client.follow("Choose my services")
    client.click(page.locator("#area-customs button"))
    if scripts:
        page.fill("#filter", "logowanie")
        assert [one.is_visible() for one in page.locator("fieldset").all()] == [True, False]
        page.fill("#filter", "")
    page.locator(f"label[for=service-{ids['portal']}]").click()
    page.locator(f"label[for=service-{ids['export']}]").click()
    client.press("Save my services")
    assert counter.desk.ask(lambda session: chosen_ids(session, person)) == {ids["import"], ids["portal"]}

    # 2. they are first in the catalogue, and everything is one click away
    client.go("/catalogue")
    assert page.locator(".card").count() == 2
    client.follow("Show everything")
    assert page.locator(".card").count() == 3


@WAYS
def test_somebody_comes_from_a_few_words_to_a_form(visit: Visit, counter: Served, language: str, scripts: bool) -> None:
    client = visit("colin", language, scripts=scripts)
    page = client.go("/start")
    page.locator("#q").press_sequentially("usun konto")
    if scripts:
        link = page.locator(".finder__found a").first
        link.wait_for()
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.href") == link.evaluate("one => one.href")
        page.keyboard.press("Escape")
        assert page.locator(".finder__found").is_hidden()
        page.keyboard.press("Enter")
    else:
        client.press("Search")
    page.wait_for_url("**/catalogue?*")
    client.follow({"pl": "Usuń swoje konto", "en": "Delete your account"}[language])

    assert client.path() == "/catalogue/portal/delete_account"
