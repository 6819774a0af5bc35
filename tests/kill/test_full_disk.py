"""A disk that is full: what was acknowledged is there, what was not is kept on the page, and all goes on afterwards."""

import errno
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from engine import arrivals
from engine.versions import Shelf
from helpdesk.database import Database
from helpdesk.migrations import upgrade
from helpdesk.outbox import Letter, State
from helpdesk.people.signin import sign_in
from helpdesk.settings import Settings
from mailroom.delivery import deliver_due, open_post
from tests.desk import Desk, prepare
from tests.kill.cluster import own_cluster
from tests.kill.ledger import find_disorder
from tests.web.conftest import Browser, app, browse, settings
from web.app import create_app
from web.edge import SESSION_COOKIE
from web.edge import Desk as WebDesk

__all__ = ["app", "browse", "settings"]  # fixtures of the pages' tests
pytestmark = pytest.mark.xdist_group("kill")
BODY = 15_000
LEFT = 1024 * 1024


class SmallDisk:
    """A file system of its own, which can be filled up and emptied again."""

    def __init__(self, place: Path, megabytes: int) -> None:
        self.place = place
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(place)], check=True)

    def fill(self) -> None:
        """Leave room for a few acts and not for many."""
        path = self.place / "filler"
        with open(path, "wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(4096))
        os.truncate(path, path.stat().st_size - LEFT)

    def free(self) -> None:
        (self.place / "filler").unlink()

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self.place)], check=True)


def words(chance: random.Random) -> str:
    """Much text that does not shrink."""
    return chance.randbytes(BODY // 2).hex()


def reply(clara: Browser, number: str, body: str, token: str) -> int:
    """Send a reply; the status of the answer, which keeps the words unless it was taken."""
    page = clara.client.post(f"/requests/{number}/reply", data={"csrf_token": token, "body": body, "act_id": body[:20]})
    assert page.status_code == 302 or (page.status_code == 503 and body in page.text), page.text[:600]
    return page.status_code


def test_a_database_that_may_not_grow_keeps_the_words_on_the_page(
        database: Database, desk: Desk, browse: Callable[..., Browser]) -> None:
    if not database.is_sqlite:
        pytest.skip("the server of PostgreSQL is filled up for real by the last test")
    number, clara, chance = desk.submit(), browse("clara"), random.Random(1)
    token = clara.token()
    pages = _limit_growth(database)

    answers = [reply(clara, number, words(chance), token) for _ in range(20)]
    refused = words(chance)
    assert answers[0] == 302 and answers[-1] == reply(clara, number, refused, token) == 503
    pages.clear()
    database.engine.dispose()

    assert reply(clara, number, refused, token) == 302
    assert len(desk.messages(number)) == answers.count(302) + 1
    assert desk.incidents(number) == []
    assert desk.ask(lambda session: find_disorder(session, now=desk.now)) == []


def _limit_growth(database: Database) -> list[int]:
    """From now on the file may be only a little larger; emptying the list lets it grow again."""
    with database.engine.connect() as connection:
        pages = [int(connection.scalar(text("PRAGMA page_count")) or 0) + 30]

    def limit(connection: object, *_: object) -> None:
        most = pages[0] if pages else 1_000_000
        connection.execute(f"PRAGMA max_page_count = {most}")  # type: ignore[attr-defined]
    event.listen(database.engine, "connect", limit)
    database.engine.dispose()
    return pages


def test_a_file_for_which_there_is_no_room_is_told_and_the_words_are_kept(
        desk: Desk, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    number, clara = desk.submit(), browse("clara")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        page = clara.post(f"/requests/{number}/reply", {
            "body": "Zrzut w załączeniu.", "files": (BytesIO(b"%PDF-1.4 test"), "ekran.pdf")}, status=422)

    assert "There is no room for files at this moment." in page and "Zrzut w załączeniu." in page
    assert desk.messages(number) == []


@pytest.mark.crash
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a disk")
def test_a_full_disk_loses_nothing_that_was_acknowledged(kind: str, tmp_path: Path) -> None:
    disk = SmallDisk(tmp_path / "disk", 24 if kind == "sqlite" else 160)
    try:
        if kind == "sqlite":
            _play(Database(f"sqlite:///{disk.place / 'desk.sqlite'}", info={"shelf": Shelf()}), disk)
        else:
            with own_cluster(disk.place) as cluster:
                _play(Database(cluster.url.render_as_string(hide_password=False), info={"shelf": Shelf()}), disk)
    finally:
        disk.close()


def _play(database: Database, disk: SmallDisk) -> None:
    upgrade(database)
    prepare(database)
    desk, chance = Desk(database), random.Random(2)
    settings = Settings(data=str(disk.place / "data"), secret="x" * 40)
    clara, token = _browse(desk, settings)
    number = desk.submit()
    disk.fill()

    taken: list[str] = []
    refused = next(body for body in _bodies(chance) if not _is_taken(clara, number, body, token, taken))
    with suppress(OperationalError):  # the round of a worker ends, and the next one tries again
        assert not deliver_due(database, open_post(settings), settings, now=desk.now)
    disk.free()
    _until_it_is_back(database)

    assert _is_taken(clara, number, refused, token, taken)
    assert [body for kind, body in desk.messages(number) if kind == "reply"] == taken
    desk.later(minutes=10)
    while deliver_due(database, open_post(settings), settings, now=desk.now):
        pass
    letters = [one for one in desk.rows(Letter, number) if one.text != arrivals.TEXT]
    assert letters and {one.state for one in letters} == {State.SENT.value}
    assert len(list((disk.place / "data" / "letters").glob("*.eml"))) == len({one.mail or one.id for one in letters})
    assert desk.incidents(number) == []
    assert desk.ask(lambda session: find_disorder(session, now=desk.now)) == []
    database.engine.dispose()
    print(f"\n{len(taken) - 1} replies of {BODY} characters fitted before the disk was full", end=" ")


def _bodies(chance: random.Random) -> Iterator[str]:
    for _ in range(5_000):
        yield words(chance)
    raise AssertionError("the disk never gets full")


def _is_taken(clara: Browser, number: str, body: str, token: str, taken: list[str]) -> bool:
    if reply(clara, number, body, token) != 302:
        return False
    taken.append(body)
    return True


def _browse(desk: Desk, settings: Settings) -> tuple[Browser, str]:
    own = create_app(WebDesk(settings, desk.database, clock=lambda: desk.now))
    own.testing = False
    client: FlaskClient = own.test_client()
    with desk.session() as session:
        token = sign_in(session, desk.person(session, "clara"), lasts=timedelta(hours=8), now=desk.now)
    client.set_cookie(SESSION_COOKIE, token)
    browser = Browser(client)
    return browser, browser.token()


def _until_it_is_back(database: Database) -> None:
    """A server that could not write its journal has stopped and begins anew."""
    end = time.monotonic() + 60
    while True:
        try:
            with database.engine.connect() as connection:
                connection.scalar(text("SELECT 1"))
                return
        except OperationalError:
            assert time.monotonic() < end, "the database does not come back"
            time.sleep(0.2)
