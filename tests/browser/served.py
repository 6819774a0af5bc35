"""A desk served over HTTP on this machine, for a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread

from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response
from waitress.server import create_server

from helpdesk.database import Database
from helpdesk.languages import translations
from helpdesk.people.accounts import find_person
from helpdesk.people.signin import sign_in
from helpdesk.settings import Settings
from tests.desk import Desk
from web.app import create_app
from web.edge import LANGUAGE_COOKIE, SESSION_COOKIE
from web.edge import Desk as WebDesk

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1440, "height": 900}


@dataclass
class Served:
    """A running application and the desk behind it."""

    desk: Desk
    app: Flask
    address: str

    def cookies(self, key: str | None, language: str) -> list[dict[str, str]]:
        """What makes a browser a person's, and its pages of one language; `key` may be a whole address."""
        found = {LANGUAGE_COOKIE: language}
        if key is not None:
            with self.desk.session() as session:
                person = find_person(session, key if "@" in key else f"{key}@example.com")
                assert person is not None, key
                found[SESSION_COOKIE] = sign_in(session, person, lasts=timedelta(hours=8), now=self.desk.now)
        return [{"name": name, "value": value, "url": self.address} for name, value in found.items()]


@contextmanager
def served(database: Database, folder: Path, desk: Desk, *, demo: bool = False,
           address: str = Settings.address) -> Iterator[Served]:
    """Serve the desk on a free port until the block ends. address: which one it gives in letters and on pages."""
    settings = Settings(data=str(folder), secret="x" * 40, requests_per_hour=500, demo=demo, tick_seconds=1,
                        address=address)
    app = create_app(WebDesk(settings, database, clock=lambda: desk.now, hasher=CHEAP))
    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = Thread(target=server.run, name="server")
    thread.start()
    try:
        yield Served(desk, app, f"http://127.0.0.1:{server.effective_port}")
    finally:
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map, ignore_all=True))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown(timeout=2)


class Visitor:
    """One person at one browser; everything the browser complains about is remembered."""

    def __init__(self, context: BrowserContext, served: Served, language: str) -> None:
        self.context, self.served, self.language = context, served, language
        self.complaints: list[str] = []
        self.status = 0  # of the page that was answered last
        self._pages: set[str] = set()
        self.page: Page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("response", self._see)

    def become(self, key: str | None, language: str) -> None:
        """Be somebody else, who has seen nothing yet. Much quicker than opening another browser."""
        self.page.goto("about:blank")
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        self.page.emulate_media(color_scheme="light")
        self.context.clear_cookies()
        self.context.add_cookies(self.served.cookies(key, language))  # type: ignore[arg-type]
        self.language = language
        self.complaints.clear()

    def go(self, path: str) -> Page:
        self.page.goto(self.served.address + path)
        return self.page

    def say(self, text: str, **facts: object) -> str:
        """A text of the pages in this browser's language."""
        said = translations(self.language).gettext(text)
        return said % facts if facts else said

    def press(self, label: str) -> None:
        """Press the one button, or follow the one link that looks like a button, with this label."""
        self.click(self.page.locator("main").get_by_role("button", name=self.say(label), exact=True))

    def follow(self, label: str) -> None:
        self.click(self.page.locator("main").get_by_role("link", name=self.say(label), exact=True).first)

    def click(self, what: Locator) -> None:
        """Click, and wait for the page it leads to: the browser itself waits only until that page begins."""
        what.click()
        self.page.wait_for_load_state()

    def fill(self, answers: dict[str, object]) -> None:
        """Answer the sheet on the page: texts, choices, moments."""
        for name, answer in answers.items():
            field = self.page.locator(f"form .field[data-name='{name}']")
            radio = field.locator(f"input[type=radio][value='{answer}']")
            if radio.count():
                field.locator(f"label[for='{radio.get_attribute('id')}']").click()
            elif field.locator("select").count():
                field.locator("select").select_option(str(answer))
            elif field.locator("input[type=checkbox]").count():
                if field.locator("input[type=checkbox]").is_checked() != bool(answer):
                    field.locator(".checkboxes__label").click()  # the label lies over the box
            else:
                field.locator("input:not([type=hidden]), textarea").fill(str(answer))

    def path(self) -> str:
        return self.page.url.removeprefix(self.served.address)

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def all_text(self) -> str:
        """What the page says, with what is folded away."""
        return self.page.locator("main").text_content() or ""

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # The browser reports every page with a status of 400 or more, as a page with errors has on purpose.
        where = message.location.get("url", "")
        if message.text.startswith("Failed to load resource") and where in self._pages:
            return
        self.complaints.append(f"console: {message.text} ({where})")

    def _see(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
            self._pages.add(response.url)
            if response.status >= 500:
                self.complaints.append(f"{response.status}: {response.url}")


def visitor(browser: Browser, served: Served, key: str | None, language: str = "pl", *, scripts: bool = True,
            size: dict[str, int] = WIDE, is_phone: bool = False) -> Visitor:
    """is_phone: a screen that is touched, and a camera."""
    context = browser.new_context(java_script_enabled=scripts, viewport=size,  # type: ignore[arg-type]
                                  color_scheme="light", reduced_motion="reduce", has_touch=is_phone, is_mobile=is_phone)
    context.set_default_timeout(20_000)
    context.add_cookies(served.cookies(key, language))  # type: ignore[arg-type]
    return Visitor(context, served, language)
