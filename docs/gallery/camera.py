"""A picture of a page: who looks, at what, how large it is and what it weighs."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import select

from docs.gallery.demo import NOW
from helpdesk.people.accounts import Person
from helpdesk.people.signin import sign_in, sign_out_everywhere
from tests.browser.served import Served, Visitor
from web.edge import LANGUAGE_COOKIE, SESSION_COOKIE

FOLDER = Path(__file__).parents[1] / "pictures"
WIDE, HALF, NARROW = (1440, 1000), (720, 480), (360, 740)
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
Area = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """How a page is looked at: the window, what of the page is in the picture, how much of it."""

    size: tuple[int, int] = WIDE
    suffix: str = ""
    part: str = ""  # only this element of the page
    tall: int = 0  # as much of the page as there is, and no more than so many pixels; nothing: what fits the window
    scale: float = 1  # the picture's width, of the window's
    quality: int = 75


@dataclass(frozen=True)
class Shot:
    """One page in its pictures. person: the beginning of an address, a whole one, or nobody."""

    name: str
    person: str | None
    path: str
    frames: tuple[Frame, ...]
    language: str = "pl"
    before: Callable[[Visitor], None] | None = None
    is_dark: bool = False
    status: int = 200


# What keeps to the edge of the window would lie across a picture that is longer than the window.
STILL = """() => [...document.querySelectorAll('body *')].filter((one) => getComputedStyle(one).position === 'sticky')
  .forEach((one) => { one.style.position = 'static'; })"""


def take(browser: Browser, desk: Served, shot: Shot) -> int:
    """Write the pictures and tell their bytes."""
    context = browser.new_context(viewport=_window(shot.frames[0]), reduced_motion="reduce", locale=shot.language,
                                  color_scheme="dark" if shot.is_dark else "light", timezone_id="Europe/Warsaw")
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": name, "value": value, "url": desk.address}
                         for name, value in _cookies(desk, shot).items()])
    visitor = Visitor(context, desk, shot.language)
    visitor.page.clock.set_fixed_time(NOW)
    statuses: list[int] = []
    visitor.page.on("response", lambda answer: statuses.append(answer.status)
                    if answer.request.is_navigation_request() else None)
    visitor.go(shot.path)
    if shot.before is not None:
        shot.before(visitor)
    assert statuses[-1] == shot.status, (shot.name, shot.path, statuses)
    pictures = {frame.suffix: _developed(visitor.page, frame) for frame in shot.frames}
    for suffix, picture in pictures.items():
        (FOLDER / f"{shot.name}{suffix}.webp").write_bytes(picture)
    context.close()
    return sum(map(len, pictures.values()))


def _window(frame: Frame) -> ViewportSize:
    return {"width": frame.size[0], "height": frame.size[1]}


def _developed(page: Page, frame: Frame) -> bytes:
    """The picture as WebP, which Chromium writes itself; Playwright does not offer it."""
    page.set_viewport_size(_window(frame))
    page.evaluate(STILL)
    _show_drawing(page)
    page.wait_for_load_state("networkidle")
    x, y, width, height = _area(page, frame)
    answer = page.context.new_cdp_session(page).send("Page.captureScreenshot", {
        "format": "webp", "quality": frame.quality, "captureBeyondViewport": True,
        "clip": {"x": x, "y": y, "width": width, "height": height, "scale": frame.scale}})
    return base64.b64decode(answer["data"])


def _area(page: Page, frame: Frame) -> Area:
    if frame.part:
        box = page.locator(frame.part).first.bounding_box()
        assert box is not None, frame.part
        height = round(box["height"])
        return box["x"], box["y"], round(box["width"]), min(frame.tall, height) if frame.tall else height
    whole = page.evaluate("document.documentElement.scrollHeight")
    return 0, 0, frame.size[0], max(min(whole, frame.tall), 300) if frame.tall else frame.size[1]


def _show_drawing(page: Page) -> None:
    """A diagram is drawn only when somebody looks at it."""
    drawing = page.locator("[data-diagram]")
    if drawing.count() and drawing.first.is_visible():
        drawing.first.scroll_into_view_if_needed()
        page.wait_for_selector("[data-diagram][data-ready]", state="attached")
    page.evaluate("scrollTo(0, 0)")


def _cookies(desk: Served, shot: Shot) -> dict[str, str]:
    if shot.person is None:
        return {LANGUAGE_COOKIE: shot.language}
    with desk.desk.session() as session:
        beginning = shot.person if "@" in shot.person else f"{shot.person}@"
        person = session.scalars(select(Person).where(Person.email.startswith(beginning))).one()
        sign_out_everywhere(session, person)  # one browser, whatever was looked at before
        token = sign_in(session, person, lasts=timedelta(hours=1), now=NOW, agent=AGENT)
        return {LANGUAGE_COOKIE: shot.language, SESSION_COOKIE: token}
