"""What holds for every page: accessible, whole on a telephone, quiet in the console, named and labelled."""

import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from flask import url_for
from playwright.sync_api import Browser, Page

from forms.sheet import parse_sheet
from tests.browser.conftest import Visit
from tests.browser.served import NARROW, Served, Visitor, visitor
from tests.browser.sights import CLIENT_SIGHTS, NO_PAGES, SENT, STAFF_SIGHTS, Found, Sight, go_to_summary

pytestmark = [pytest.mark.browser]

EVERYTHING = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
              "resultTypes": ["violations"]}
# The other theme changes colours and nothing else.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
           "resultTypes": ["violations"]}
# A narrow screen arranges things anew and changes no colour.
ARRANGED = {**EVERYTHING, "rules": {name: {"enabled": False} for name in ("color-contrast", "link-in-text-block")}}
# A client's page when nothing of it is there yet; the drawing comes only when somebody looks at it.
MOST_BYTES = 150_000
FACTS = """() => {
  const controls = [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')];
  const named = (one) => one.labels?.length || one.ariaLabel || one.getAttribute('aria-labelledby')
    || (one.tagName === 'BUTTON' && one.textContent.trim());
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  const isDrawing = (one) => /viewer-|bpmn-|diagrams/.test(one.name);
  return {
    bytes: loaded.filter((one) => !isDrawing(one)).reduce((sum, one) => sum + one.encodedBodySize, 0),
    milliseconds: loaded[0].responseStart - loaded[0].requestStart,
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll('h1').length,
    nameless: controls.filter((one) => !named(one)).map((one) => one.outerHTML.slice(0, 120)),
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    lost: [...document.querySelectorAll('a[href^="#"]')].map((one) => one.hash.slice(1))
      .filter((id) => !document.getElementById(id)),
  };
}"""


# Each half is looked at by one worker, which fills one demo desk for it.
SIGHTS = [pytest.param(sight, id=sight.name, marks=pytest.mark.xdist_group(f"pages-{place % 2}"))
          for place, sight in enumerate([*CLIENT_SIGHTS, *STAFF_SIGHTS])]


@pytest.fixture(scope="module")
def found(demo: Served) -> Found:
    return Found(demo)


def address(demo: Served, found: Found, sight: Sight) -> tuple[str | None, str]:
    """Who looks, and at which path."""
    who = sight.who(found) if callable(sight.who) else found.emails[sight.who] if sight.who else None
    with demo.app.test_request_context():
        return who, url_for(sight.endpoint, **sight.arguments(found))


@pytest.fixture(scope="module")
def looker(chromium: Browser, demo: Served) -> Iterator[Visitor]:
    one = visitor(chromium, demo, None)
    yield one
    one.page.goto("about:blank")
    one.context.close()


@pytest.mark.usefixtures("_not_for_ever")
@pytest.mark.parametrize("sight", SIGHTS)
def test_every_page_is_accessible_and_whole(looker: Visitor, demo: Served, found: Found, sight: Sight,
                                            record_property: Callable[[str, object], None]) -> None:
    who, path = address(demo, found, sight)
    looker.become(who, sight.language)
    if sight.endpoint in SENT:
        looker.go(path.removesuffix("/summary"))
        go_to_summary(looker, sight.endpoint)
    else:
        looker.go(path)
    if sight.prepare:
        sight.prepare(looker)
    page = looker.page
    wait_for_drawing(page)

    # 1. what needs no eyes
    facts = page.evaluate(FACTS)
    record_property("bytes", facts["bytes"])
    record_property("milliseconds", round(facts["milliseconds"]))
    assert looker.status == sight.status
    assert facts["lang"] == sight.language
    assert facts["title"].endswith(" – Okienko") and not facts["title"].startswith(" – ")
    assert facts["headings"] == 1
    assert facts["bytes"] <= MOST_BYTES or sight in STAFF_SIGHTS
    assert facts["nameless"] == facts["twice"] == facts["lost"] == []

    # 2. wide and narrow, light and dark
    page.evaluate(AXE_SCRIPT)
    problems = violations(page, EVERYTHING, "wide, light")
    page.emulate_media(color_scheme="dark")
    problems += violations(page, COLOURS, "wide, dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    problems += violations(page, ARRANGED, "narrow, light")
    assert not problems, "\n".join(problems)
    width = page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= NARROW["width"], wide_elements(page)
    assert not looker.complaints, looker.complaints


@pytest.mark.xdist_group("browser-2")
def test_no_page_is_left_out(demo: Served) -> None:
    seen = {sight.endpoint for sight in (*CLIENT_SIGHTS, *STAFF_SIGHTS)}
    routes = {rule.endpoint for rule in demo.app.url_map.iter_rules() if "GET" in (rule.methods or set())}

    assert routes - seen - NO_PAGES.keys() == set(), "new pages belong into tests/browser/sights.py"
    assert (seen | NO_PAGES.keys()) - routes == set()


def wait_for_drawing(page: Page) -> None:
    drawing = page.locator("[data-diagram]")
    if drawing.count():
        drawing.scroll_into_view_if_needed()
        page.wait_for_selector("[data-diagram][data-ready]", state="attached")


def violations(page: Page, options: dict[str, Any], state: str) -> list[str]:
    results = AxeResults(page.evaluate(f"axe.run(document, {json.dumps(options)})"))
    return [f"{state}: {results.generate_report()}"] if results.violations_count else []


def wide_elements(page: Page) -> list[str]:
    """What sticks out of a narrow screen."""
    return list(page.evaluate("""() => [...document.querySelectorAll('body *')]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.outerHTML.slice(0, 160)).slice(0, 5)"""))


@pytest.mark.xdist_group("browser-2")
def test_two_sheets_on_one_page_share_no_ids(look: Visit, demo: Served) -> None:
    sheet = parse_sheet(json.loads((files("forms") / "definitions" / "incident_report.json").read_text("utf-8")))
    filled = sheet.read({"subject": ["x"], "_asked": ["*"]}, "pl")
    page = look().page
    with demo.app.test_request_context():
        macros: Any = demo.app.jinja_env.get_template("forms/fields.html").module
        sheets = [f"{macros.error_summary(filled, at)}<form>{macros.sheet_fields(filled, str, {}, at)}</form>"
                  for at in ("s1-", "s2-")]

    page.set_content(sheets[0].replace("error-summary", "errors") + sheets[1])

    facts = page.evaluate(FACTS)
    assert facts["nameless"] == facts["twice"] == facts["lost"] == []
    assert page.evaluate("""() => [...document.querySelectorAll('[aria-describedby]')].every((one) =>
        one.getAttribute('aria-describedby').split(' ').every((id) => document.getElementById(id)))""")
