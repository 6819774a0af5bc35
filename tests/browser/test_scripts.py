"""What scripts do while somebody writes: articles come by themselves, words go where one wrote, previews follow."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.served import Served
from tests.browser.sights import Found

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


@pytest.mark.parametrize("key", [None, "clara"])
def test_articles_come_while_a_form_is_filled_in(look: Visit, demo: Served, key: str | None) -> None:
    found = Found(demo)
    client = look(found.emails[key] if key else None)
    page = client.go(f"/catalogue/{found.form['service_key']}/{found.form['key']}")
    before = page.locator("[data-suggest-here] summary").all_inner_texts()

    page.locator("#f-what_happened").press_sequentially("Nie pamiętam hasła i chcę je zmienić", delay=5)

    expect(page.locator("[data-suggest-here] summary").filter(has_text="hasł").first).to_be_visible()
    assert page.locator("[data-suggest-here] summary").all_inner_texts() != before


def test_a_preview_follows_what_is_written(look: Visit, demo: Served) -> None:
    owner = look(Found(demo).emails["oskar"])
    page = owner.go(f"/articles/{Found(demo).article('draft')}/edit")
    box = page.locator("[data-preview]").first
    shown = page.locator(f"#{box.get_attribute('data-preview')}")

    box.press_sequentially("\n\nTo jest **ważne** zdanie.", delay=5)

    expect(shown.locator("strong").filter(has_text="ważne")).to_have_count(1)


def test_an_article_is_cited_where_one_wrote_last(look: Visit, demo: Served) -> None:
    found = Found(demo)
    agent = look(found.emails["amir"])
    page = agent.go(f"/tickets/{found.ticket('recognise')['number']}")
    link = page.locator("[data-cite]").first
    cited = link.get_attribute("data-cite")
    box = page.locator("#body")
    box.fill("Dzień dobry,")
    box.focus()

    link.evaluate("one => one.click()")

    assert box.input_value() == f"Dzień dobry,\n{cited}\n"
    box.fill("")
