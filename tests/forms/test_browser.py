"""A sheet in a real browser: with the script questions come and go at once, and the page stays accessible."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.forms.rendering import render

SCRIPT = Path(__file__).parents[2] / "web" / "assets" / "src" / "conditions.js"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as players:
        chromium = players.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def show(browser):
    """Opens a page with a filled sheet on it, with the script if asked."""
    contexts = []

    def opened(filled, script=False):
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.set_content(render(filled))
        if script:
            page.add_script_tag(content=SCRIPT.read_text(), type="module")
        return page

    yield opened
    for context in contexts:
        context.close()


def posted(page):
    """What the browser would send, as the server would get it."""
    pairs = page.evaluate("[...new FormData(document.querySelector('form'))].filter(([, v]) => typeof v === 'string')")
    return {name: [value for key, value in pairs if key == name] for name, _ in pairs}


def test_questions_come_and_go_as_answers_change(visit, show):
    page = show(visit.blank("pl"), script=True)
    cause, city, country = (
        page.locator(f"[id='f-{name}']") for name in ("own_cause", "address-city", "address-country")
    )

    assert not cause.is_visible() and not city.is_visible()
    page.get_by_label("Moja").check()
    page.get_by_label("Sprawa pilna").check()
    page.get_by_label("Za granicą").check()
    assert cause.is_visible() and city.is_visible() and country.is_visible()

    page.get_by_label("Sprawa pilna").uncheck()
    assert not city.is_visible() and not country.is_visible() and cause.is_visible()
    assert posted(page)["_asked"] == ["*", "own_cause"]


def test_with_the_script_one_sending_is_enough(visit, show):
    page = show(visit.blank("pl"), script=True)
    page.fill("#f-full_name", "Klara Żuraw")
    page.fill("#f-email", "klara@example.pl")
    page.fill("#f-matter", "Nie działa.")
    page.fill("#f-cost", "12,50")
    page.fill("#f-visit_on", "2027-01-15")
    page.get_by_label("Moja").check()
    page.fill("#f-own_cause", "Kabel")
    page.get_by_label("Zgadzam się").check()

    filled = visit.read(posted(page), "pl")

    assert filled.is_valid and filled.answers["own_cause"] == "Kabel"


def test_without_the_script_the_server_asks_what_became_needed(visit, show, right):
    page = show(visit.blank("pl"))
    page.fill("#f-full_name", "Klara Żuraw")
    page.fill("#f-email", "klara@example.pl")
    page.fill("#f-matter", "Nie działa.")
    page.get_by_label("Moja").check()
    page.get_by_label("Zgadzam się").check()

    first = visit.read(posted(page), "pl")
    page = show(first)
    page.fill("#f-own_cause", "Kabel")

    assert first.newly_asked == ("own_cause",)
    assert page.locator("#f-full_name").input_value() == "Klara Żuraw"
    assert visit.read(posted(page), "pl").is_valid


@pytest.mark.parametrize("language", ["pl", "en"])
def test_axe_finds_nothing(visit, show, language):
    page = show(visit.read({"side": "own", "urgent": "true", "nip": "1"}, language), script=True)

    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})

    assert results.violations_count == 0, results.generate_report()
