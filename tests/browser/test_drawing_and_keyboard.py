"""The drawing of the process, and everything done by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.served import NARROW, WIDE, Served
from tests.desk import INCIDENT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]

# Whether each corner and the middle of the mark is on the sheet, on the screen and under nothing else.
MARK_IS_WHOLE = """(mark) => {
  const box = mark.getBoundingClientRect(), sheet = mark.closest('[data-sheet]').getBoundingClientRect();
  const points = [[0.5, 0.5], [0.02, 0.1], [0.98, 0.1], [0.02, 0.9], [0.98, 0.9]];
  return box.width >= 40 && box.height >= 15 && box.left >= sheet.left && box.right <= sheet.right
    && box.top >= sheet.top && box.bottom <= sheet.bottom && getComputedStyle(mark).opacity === '1'
    && points.every(([x, y]) =>
      mark.contains(document.elementFromPoint(box.left + box.width * x, box.top + box.height * y)));
}"""


def show_drawing(page: Page) -> None:
    page.locator("[data-diagram]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-diagram][data-ready]")
    page.locator(".bjs-powered-by").scroll_into_view_if_needed()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize(("who", "path"), [("clara", "/requests/{}"), ("amir", "/tickets/{}")])
def test_the_mark_of_the_drawing_library_is_whole(visit: Visit, counter: Served, size: dict[str, int], who: str,
                                                  path: str) -> None:
    number = counter.desk.submit()
    visitor = visit(who, size=size)
    page = visitor.go(path.format(number))

    show_drawing(page)

    mark = page.locator(".bjs-powered-by")
    assert mark.evaluate(MARK_IS_WHOLE)
    page.get_by_role("button", name=visitor.say("Zoom in")).click()
    page.locator(".bjs-powered-by").scroll_into_view_if_needed()
    assert mark.evaluate(MARK_IS_WHOLE)


def test_the_drawing_shows_where_the_request_is(visit: Visit, counter: Served) -> None:
    number = counter.desk.submit()
    counter.desk.complete(number, "recognise", decision="hand_over", note="Dla specjalisty.", priority="normal")
    page = visit("clara").go(f"/requests/{number}")

    show_drawing(page)

    classes = {name: page.locator(f"g[data-element-id={name}]").get_attribute("class") or ""
               for name in ("recognise", "specialist_work", "survey")}
    assert "is-done" in classes["recognise"] and "is-current" in classes["specialist_work"]
    assert "is-" not in classes["survey"]
    assert page.locator(".diagram__badge--current").count() == 1


def test_the_drawing_can_be_moved_by_keyboard(visit: Visit, counter: Served) -> None:
    page = visit("clara").go(f"/requests/{counter.desk.submit()}")
    show_drawing(page)
    where = "document.querySelector('[data-sheet] .viewport').getAttribute('transform')"
    page.locator("[data-sheet] svg[tabindex]").focus()
    before = page.evaluate(where)

    page.keyboard.press("ArrowRight")

    assert page.evaluate(where) != before


@pytest.mark.parametrize(("who", "path"), [(None, "/sign-in"), ("clara", "/catalogue"), ("amir", "/worklist")])
def test_the_first_tab_leads_past_the_menu(visit: Visit, who: str | None, path: str) -> None:
    page = visit(who).go(path)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    box = page.locator(".skip-link").bounding_box()
    assert box is not None and box["x"] >= 0 and box["y"] >= 0 and box["height"] > 20
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


# The one button that sends, not those that add a row or put the form away.
SEND = "main button.button:not(.button--secondary):not([name])"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_request_can_be_sent_by_keyboard_alone(visit: Visit, scripts: bool) -> None:
    clara = visit("clara", scripts=scripts)
    page = clara.go("/catalogue/portal/error")

    # Keys as a person presses them: words, the first letters of a choice, the parts of a moment with → between them.
    keys = {"subject": str(INCIDENT["subject"]), "system": "AIS/I", "environment": " ", "failed_channel": "form",
            "what_happened": str(INCIDENT["what_happened"]), "happened_at": "11162026→0830AM"}
    for name, words in keys.items():
        tab_to(page, f"[name={name}]")
        for part in words.split("→"):
            page.keyboard.type(part)
            if part != words:
                page.keyboard.press("ArrowRight")
    tab_to(page, SEND)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/summary$"))
    tab_to(page, SEND)
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/catalogue/done/ZGL\d{7}$"))


def test_the_menu_of_a_narrow_screen_opens_by_keyboard(visit: Visit) -> None:
    page = visit("clara", size=NARROW).go("/catalogue")
    assert not page.locator("#main-menu").is_visible()

    tab_to(page, "[data-menu-toggle]")
    page.keyboard.press("Enter")

    assert page.locator("#main-menu").is_visible()
    assert page.locator("[data-menu-toggle]").get_attribute("aria-expanded") == "true"


def test_without_scripts_the_menu_is_open(visit: Visit) -> None:
    page = visit("clara", size=NARROW, scripts=False).go("/catalogue")

    assert page.locator("#main-menu").is_visible()
    assert not page.locator("[data-menu-toggle]").is_visible()


def tab_to(page: Page, selector: str, *, most: int = 60) -> None:
    """Press Tab until the focus is there; the page is not to be touched in another way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"Tab never reaches {selector}")
