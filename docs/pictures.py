"""Takes the pictures of the documentation: the demo desk on a fixed morning, looked at in headless Chromium.

Run it with `make pictures`. It needs Chromium on the PATH and writes docs/pictures/*.png, each at most 200 kB, those
of the guide for clients at most 60 kB.
"""

import base64
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from waitress.server import create_server

from engine import steps
from engine.demo.play import play
from engine.packages import read_built_in
from engine.records import ItemState, WorkItem
from engine.versions import Shelf, publish_package
from helpdesk.database import Database
from helpdesk.migrations import upgrade
from helpdesk.people.accounts import Person, Team
from helpdesk.people.signin import sign_in
from helpdesk.settings import Settings
from helpdesk.storage import Folder
from helpdesk.tickets import Ticket
from web.app import create_app
from web.edge import LANGUAGE_COOKIE, SESSION_COOKIE, Desk

FOLDER = Path(__file__).parent / "pictures"
# A Monday, 9:40 in Warsaw: the same desk every time.
NOW = datetime(2026, 11, 16, 8, 40, tzinfo=UTC)
WIDE, HALF, NARROW = (1440, 1000), (720, 480), (360, 740)
LARGEST, SMALL = 200_000, 60_000
TAKEN = 5  # steps that Amir takes before he is looked at
WIDTHS = (1280, 1100, 960, 840, 760, 680)  # what is tried, in pixels, when a picture is too large
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Shot:
    """One picture: whose page it is, where it lies, and how it is looked at."""

    name: str
    person: str
    path: str
    language: str = "pl"
    size: tuple[int, int] = WIDE
    before: Callable[[Page], None] | None = None
    part: str = ""  # only this element of the page
    tall: int = 10_000  # and of it no more than so many pixels from its top
    largest: int = LARGEST


def main() -> None:
    """Play the demo into a temporary database, serve it, and take every picture."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit(f"There is no Chromium here ({', '.join(BROWSERS)}).")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as players:
        database = _demo_desk(Path(place))
        browser = players.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        with _served(database, Path(place)) as address:
            for shot in _shots(database):
                _take(browser, database, address, shot)
        browser.close()
        database.engine.dispose()


def _shots(database: Database) -> list[Shot]:
    with database.transaction() as session:
        clients, agents = _clients_ticket(session), _agents_ticket(session)
    return [
        Shot("client-catalogue", "clara", "/catalogue"),
        Shot("client-form", "clara", "/catalogue/import/import_rejected", before=_fill_form),
        Shot("client-request-1440", "clara", f"/requests/{clients}"),
        Shot("client-request-360", "clara", f"/requests/{clients}", size=NARROW),
        Shot("agent-worklist", "amir", "/worklist", "en"),
        Shot("agent-ticket", "amir", f"/tickets/{agents}", "en"),
        Shot("lead", "lena", "/team-work", "en"),
        Shot("people", "ada", "/people", "en", size=(1440, 800)),
        *_guide(database),
    ]


def _guide(database: Database) -> list[Shot]:
    """The pictures of the guide for clients, in its order; small ones."""
    with database.transaction() as session:
        asked, solved, rated = (_ticket_at(session, key) for key in ("supplement", "accept_solution", "survey"))
    shots = [
        Shot("guide-start", "clara", "/", size=HALF),
        Shot("guide-services", "clara", "/my-services", size=HALF),
        Shot("guide-found", "clara", "/knowledge?q=hasła", size=HALF),
        Shot("guide-article", "clara", "/knowledge/change-password", size=(360, 640)),
        Shot("guide-progress", asked[0], f"/requests/{asked[1]}", size=NARROW),
        Shot("guide-adding", solved[0], f"/requests/{solved[1]}", size=HALF, part="section[aria-labelledby=talk]"),
        Shot("guide-solution", solved[0], f"/requests/{solved[1]}", size=HALF, part=".panel--success",
             tall=370),
        Shot("guide-history", "clara", "/requests?state=all", size=HALF),
        Shot("guide-complaint", solved[0], f"/requests/{solved[1]}/complaint", size=HALF, part="main form.form",
             tall=540),
        Shot("guide-rating", rated[0], f"/requests/{rated[1]}", size=NARROW, part="section.panel:has(form)",
             tall=490),
        Shot("guide-remarks", "clara", "/remarks", size=HALF),
        Shot("guide-status", "clara", "/status?all=1", size=HALF),
        Shot("guide-service", "clara", "/catalogue/registration/account_locked", size=NARROW),
    ]
    return [replace(shot, largest=SMALL) for shot in shots]


def _ticket_at(session: Session, element_id: str) -> tuple[str, str]:
    """The newest ticket that waits for its client at this element, Clara's if there is one: whose it is, its number."""
    address, number = session.execute(
        select(Person.email, Ticket.number).join(Ticket.client).join(WorkItem, WorkItem.ticket_id == Ticket.id)
        .where(WorkItem.element_id == element_id, WorkItem.state == ItemState.OPEN.value)
        .order_by(Person.email.startswith("clara@").desc(), Ticket.id.desc())).first() or ("clara@", "")
    return address.partition("@")[0], number


def _clients_ticket(session: Session) -> str:
    """The newest ticket on which Clara has a step to do."""
    return session.scalars(
        select(Ticket.number).join(WorkItem, WorkItem.ticket_id == Ticket.id).join(Ticket.client)
        .where(Person.email.startswith("clara@"), WorkItem.team_id.is_(None), WorkItem.state == ItemState.OPEN.value)
        .order_by(Ticket.id.desc())).first() or _any_ticket(session)


def _agents_ticket(session: Session) -> str:
    """The ticket on which Amir's next step is due first."""
    return session.scalars(
        select(Ticket.number).join(WorkItem, WorkItem.ticket_id == Ticket.id).join(WorkItem.holder)
        .where(Person.email.startswith("amir@"), WorkItem.state == ItemState.OPEN.value)
        .order_by(WorkItem.due_at)).first() or _any_ticket(session)


def _any_ticket(session: Session) -> str:
    return session.scalars(select(Ticket.number).order_by(Ticket.id.desc())).first() or ""


def _fill_form(page: Page) -> None:
    """A form that is being filled in."""
    page.fill("#f-subject", "Zgłoszenie przywozowe odrzucone bez kodu błędu")
    page.fill("#f-what_happened", "Od rana system odrzuca zgłoszenia z naszego programu i nie podaje powodu.")
    page.evaluate("scrollTo(0, 0)")


def _take(browser: Browser, database: Database, address: str, shot: Shot) -> None:
    context = browser.new_context(viewport={"width": shot.size[0], "height": shot.size[1]}, reduced_motion="reduce",
                                  locale=shot.language, timezone_id="Europe/Warsaw")
    context.add_cookies([{"name": name, "value": value, "url": address}
                         for name, value in _cookies(database, shot).items()])
    page = context.new_page()
    response = page.goto(address + shot.path, wait_until="networkidle")
    assert response is not None and response.ok, (shot.path, response and response.status)
    if shot.before is not None:
        shot.before(page)
    if area := page.locator(shot.part).first.bounding_box() if shot.part else None:
        size = (round(area["width"]), min(shot.tall, round(area["height"])))
        picture = page.screenshot(full_page=True, clip={
            "x": area["x"], "y": area["y"], "width": size[0], "height": size[1]})
    else:
        size, picture = shot.size, page.screenshot()
    taken = _small_enough(browser, picture, size, shot.largest)
    (FOLDER / f"{shot.name}.png").write_bytes(taken)
    print(f"{shot.name}.png  {len(taken) // 1000} kB")
    context.close()


def _small_enough(browser: Browser, taken: bytes, size: tuple[int, int], largest: int) -> bytes:
    """The picture, drawn smaller by the browser as long as it is too large."""
    smaller = taken
    for width in (width for width in WIDTHS if width < size[0]):
        if len(smaller) <= largest:
            return smaller
        height = round(size[1] * width / size[0])
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_content(f'<style>*{{margin:0}}img{{display:block;width:{width}px}}</style>'
                         f'<img src="data:image/png;base64,{base64.b64encode(taken).decode()}">')
        page.wait_for_function("document.images[0].complete")
        smaller = page.screenshot()
        page.close()
    assert len(smaller) <= largest, f"{len(smaller)} bytes"
    return smaller


def _cookies(database: Database, shot: Shot) -> dict[str, str]:
    with database.transaction() as session:
        token = sign_in(session, _person(session, shot.person), lasts=timedelta(hours=1), now=NOW)
    return {LANGUAGE_COOKIE: shot.language, SESSION_COOKIE: token}


def _demo_desk(folder: Path) -> Database:
    database = Database(f"sqlite:///{folder / 'okienko.sqlite'}", info={"shelf": Shelf()})
    upgrade(database)
    with database.transaction() as session:
        publish_package(session, read_built_in(), by=None, now=NOW)
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    play(database, now=NOW, hasher=cheap, progress=lambda share: None, storage=Folder(folder / "files"))
    with database.transaction() as session:
        urgent = list(session.scalars(_to_take().limit(TAKEN)))
        for item_id in urgent:
            steps.claim(session, item_id, by=_person(session, "amir"), now=NOW)
    return database


def _to_take() -> Select[int]:
    """What nobody in Amir's team has taken yet, the most urgent first."""
    return select(WorkItem.id).join(WorkItem.team).where(
        Team.key == "first_line", WorkItem.holder_id.is_(None), WorkItem.state == ItemState.OPEN.value,
        WorkItem.due_at > NOW).order_by(WorkItem.due_at)


def _person(session: Session, key: str) -> Person:
    return session.scalars(select(Person).where(Person.email.startswith(f"{key}@"))).one()


@contextmanager
def _served(database: Database, folder: Path) -> Iterator[str]:
    """The address of the application, served until the block ends."""
    app = create_app(Desk(Settings(data=str(folder), demo=True), database, clock=lambda: NOW))
    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map, ignore_all=True))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown(timeout=2)


if __name__ == "__main__":
    main()
