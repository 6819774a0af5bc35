"""The page of letters: one's own, those that did not arrive, and in the demo all of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from helpdesk.outbox import MOST_TRIES, Letter, State
from helpdesk.people.signin import sign_in
from helpdesk.settings import Settings
from mailroom.delivery import Folder, deliver_due
from tests.desk import INCIDENT, Desk
from tests.web.conftest import Browser
from web.app import create_app
from web.edge import SESSION_COOKIE
from web.edge import Desk as WebDesk

NASTY = "<script>alert(1)</script> {client} http://evil.example/?a=1&b=2"


@pytest.fixture
def demo_ada(desk: Desk, settings: Settings) -> Browser:
    """The administrator of a demo desk."""
    app = create_app(WebDesk(replace(settings, demo=True), desk.database, clock=lambda: desk.now))
    client = app.test_client()
    client.set_cookie("okienko_language", "en")
    with desk.session() as session:
        client.set_cookie(SESSION_COOKIE, sign_in(session, desk.person(session, "ada"), lasts=timedelta(hours=8),
                                                  now=desk.now))
    return Browser(client)


def letter_id(desk: Desk, text: str = "registered") -> int:
    return desk.ask(lambda session: session.scalars(
        select(Letter.id).where(Letter.text == text).order_by(Letter.id.desc())).first() or 0)


def fail(desk: Desk) -> None:
    with desk.session() as session:
        letter = session.scalars(select(Letter).where(Letter.way != "none")).one()
        letter.state, letter.tries, letter.error = State.FAILED.value, MOST_TRIES, "ConnectionRefusedError: no line"


def test_everybody_reads_what_was_written_to_them(
        desk: Desk, settings: Settings, browse: Callable[..., Browser]) -> None:
    number = desk.submit()
    clara = browse("clara")
    assert "On its way" in clara.get("/letters")
    deliver_due(desk.database, Folder(settings.data_folder / "letters"), settings, now=desk.now)

    page = clara.get("/letters")
    assert number in page and "Sent" in page
    assert f"{settings.address}/requests/{number}" in clara.get(f"/letters/{letter_id(desk)}")
    assert "There are no letters yet" in browse("colin").get("/letters")
    browse("colin").get(f"/letters/{letter_id(desk)}", status=404)
    browse("ada").get(f"/letters/{letter_id(desk)}", status=404)


def test_what_people_wrote_is_shown_as_text(desk: Desk, browse: Callable[..., Browser]) -> None:
    number = desk.submit({**INCIDENT, "subject": NASTY})
    desk.complete(number, "recognise", decision="ask", question=NASTY, priority="normal")

    for path in ("/letters", f"/letters/{letter_id(desk)}", f"/letters/{letter_id(desk, 'question')}"):
        page = browse("clara").get(path)
        assert "<script>alert" not in page
        assert "{client}" in page or path == "/letters" or "question" in page


def test_the_letter_can_be_downloaded_as_it_is_sent(desk: Desk, browse: Callable[..., Browser]) -> None:
    number = desk.submit()

    answer = browse("clara").client.get(f"/letters/{letter_id(desk)}.eml")

    mail = message_from_bytes(answer.data, policy=default)
    assert number in mail["Subject"] and mail["To"] == "Clara Wójcik <clara@example.com>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    browse("colin").get(f"/letters/{letter_id(desk)}.eml", status=404)


def test_an_administrator_sees_which_letters_did_not_arrive_but_not_their_words(
        desk: Desk, browse: Callable[..., Browser]) -> None:
    desk.submit()
    fail(desk)

    page = browse("ada").get("/letters?which=undelivered")

    assert "Not delivered" in page and "no line" in page and "clara@example.com" in page
    assert str(INCIDENT["subject"]) not in page
    assert "All (demo)" not in page
    assert str(INCIDENT["subject"]) not in browse("ada").get("/letters?which=all")
    assert "no line" not in browse("lena").get("/letters?which=undelivered")


def test_a_letter_that_failed_is_tried_again_on_request(
        desk: Desk, settings: Settings, browse: Callable[..., Browser]) -> None:
    desk.submit()
    fail(desk)
    ada = browse("ada")

    ada.post(f"/letters/{letter_id(desk)}/again")

    assert deliver_due(desk.database, Folder(settings.data_folder / "letters"), settings, now=desk.now) == 1
    assert "Every letter was delivered" in ada.get("/letters?which=undelivered")
    browse("lena").send(f"/letters/{letter_id(desk)}/again", status=403)


def test_a_letter_that_was_sent_is_not_sent_again(
        desk: Desk, settings: Settings, browse: Callable[..., Browser]) -> None:
    desk.submit()
    deliver_due(desk.database, Folder(settings.data_folder / "letters"), settings, now=desk.now)

    browse("ada").post(f"/letters/{letter_id(desk)}/again")

    assert deliver_due(desk.database, Folder(settings.data_folder / "letters"), settings, now=desk.now) == 0


def test_in_the_demo_the_administrator_reads_every_letter(desk: Desk, demo_ada: Browser) -> None:
    desk.submit()

    assert str(INCIDENT["subject"]) in demo_ada.get("/letters?which=all")
    assert str(INCIDENT["subject"]) in demo_ada.get(f"/letters/{letter_id(desk)}")


def test_the_list_has_pages(desk: Desk, browse: Callable[..., Browser]) -> None:
    for _ in range(30):
        desk.submit()
    clara = browse("clara")

    first, second = clara.get("/letters"), clara.get("/letters?page=2")

    assert "ZGL2400030" in first and "ZGL2400001" not in first
    assert "ZGL2400001" in second
    assert clara.get("/letters?page=99") and clara.get("/letters?page=x") and clara.get("/letters?page=-1")


def test_a_letter_to_a_closed_account_says_so(desk: Desk, demo_ada: Browser) -> None:
    desk.submit()
    with desk.session() as session:
        desk.person(session, "clara").is_disabled = True

    assert "The account of the reader is closed." in demo_ada.get(f"/letters/{letter_id(desk)}")
    demo_ada.get(f"/letters/{letter_id(desk)}.eml", status=404)
