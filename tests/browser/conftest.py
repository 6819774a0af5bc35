"""Chromium, and two desks for it: a small one on which things happen, and the demo's, which is only looked at."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import pytest
from playwright.sync_api import Browser, sync_playwright

from engine.demo.play import play
from engine.packages import read_built_in
from engine.versions import Shelf, publish_package
from helpdesk.database import Database
from helpdesk.migrations import upgrade
from helpdesk.storage import Folder
from tests.browser.served import CHEAP, Served, Visitor, served, visitor
from tests.desk import MONDAY, Desk, prepare

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync"]
LONGEST_TEST = 150.0  # seconds
MUST_RUN = "OKIENKO_BROWSER_MUST_RUN"

# The browser lives as long as this folder's tests and no longer: elsewhere others start one of their own.


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder is the run of `make pages`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.pages)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        sentence = f"There is no Chromium here ({', '.join(CHROMIUM_NAMES)}), so no page was tested in a browser."
        if os.environ.get(MUST_RUN) == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as players:
        browser = players.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small desk with the cast, on which the journeys happen."""
    folder = tmp_path_factory.mktemp("counter")
    database = Database(f"sqlite:///{folder / 'desk.sqlite'}", info={"shelf": Shelf()})
    upgrade(database)
    prepare(database)
    with served(database, folder, Desk(database)) as running:
        yield running
    database.engine.dispose()


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo desk with its quarter of work, without the crowd."""
    folder = tmp_path_factory.mktemp("demo")
    database = Database(f"sqlite:///{folder / 'desk.sqlite'}", info={"shelf": Shelf()})
    upgrade(database)
    with database.transaction() as session:
        publish_package(session, read_built_in(), by=None, now=MONDAY)
    play(database, now=MONDAY, hasher=CHEAP, progress=lambda share: None, storage=Folder(folder / "files"),
         is_whole=False)
    with served(database, folder, Desk(database), demo=True) as running:
        yield running
    database.engine.dispose()


Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def browser_process(chromium: Browser) -> int:
    """The number of Chromium's process."""
    told = chromium.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return int(next(one["id"] for one in told if one["type"] == "browser"))


@pytest.fixture
def _not_for_ever(browser_process: int) -> Iterator[None]:
    """Ends the browser under a test that takes minutes: whatever it waits for then fails by name, and does not hang.

    Some operations of Playwright have no limit of their own.
    """
    timer = Timer(LONGEST_TEST, os.kill, (browser_process, signal.SIGKILL))
    timer.daemon = True
    timer.start()
    yield
    timer.cancel()


@pytest.fixture
def visitors(chromium: Browser, _not_for_ever: None) -> Iterator[Callable[..., Visitor]]:
    """Opens browsers; after the test none of them may have had anything to complain about."""
    opened: list[Visitor] = []

    def open_(running: Served, key: str | None = None, language: str = "pl", **wishes: object) -> Visitor:
        opened.append(visitor(chromium, running, key, language, **wishes))  # type: ignore[arg-type]
        return opened[-1]

    yield open_
    for one in opened:
        # Chromium may never answer a close that meets the commit of a page; and what that page complains of counts too.
        one.page.wait_for_load_state()
    complaints = [complaint for one in opened for complaint in one.complaints]
    for one in opened:
        one.context.close()
    assert not complaints, complaints


@pytest.fixture
def visit(visitors: Callable[..., Visitor], counter: Served) -> Visit:
    """A browser at the small desk: visit("clara", "en", scripts=False)."""
    return lambda key=None, language="pl", **wishes: visitors(counter, key, language, **wishes)


@pytest.fixture
def look(visitors: Callable[..., Visitor], demo: Served) -> Visit:
    """A browser at the demo desk."""
    return lambda key=None, language="pl", **wishes: visitors(demo, key, language, **wishes)
