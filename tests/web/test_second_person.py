"""Pages of the processes with four eyes and letters to an address: what the second person sees, and an objection."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from engine.records import ProcessVersion
from helpdesk.outbox import Letter
from helpdesk.settings import Settings
from mailroom.replies import code_of
from tests.engine.processes.conftest import DeskBesideDirectory, Directory
from tests.engine.processes.test_login_change import OLD, ask
from tests.web.conftest import Browser

Browse = Callable[..., Browser]


@pytest.fixture
def desk(database: object) -> DeskBesideDirectory:
    desk = DeskBesideDirectory(database)  # type: ignore[arg-type]
    desk.directory = Directory()
    desk.join("amir", "second_line")
    return desk


def letter_link(desk: DeskBesideDirectory, number: str, settings: Settings, address: str = OLD) -> str:
    letter = next(one for one in desk.rows(Letter, number) if one.address == address)
    return f"/objections/{letter.id}/{code_of(letter, settings)}"


def test_who_checked_is_told_that_somebody_else_approves(browse: Browse, desk: DeskBesideDirectory) -> None:
    number = ask(desk)
    desk.complete(number, "check_password", result="confirmed")
    amir, beth = browse("amir"), browse("beth")
    claim = f"/tickets/{number}/steps/{desk.item(number).id}/claim"

    listed, shown = amir.get("/worklist?tab=unclaimed"), amir.get(f"/tickets/{number}")
    assert "you took part before" in listed and claim not in listed
    assert "somebody else has to do this step" in shown and claim not in shown and "Finish the step" not in shown
    assert "Somebody other than Amir Nowak has to do this step" in amir.post(claim, status=422)

    assert claim in beth.get("/worklist?tab=unclaimed")
    page = beth.get(f"/tickets/{number}")
    assert "A second person does this step" in page and "Finish the step" in page


def test_a_letter_to_an_address_lets_its_reader_object_without_signing_in(
        browse: Browse, desk: DeskBesideDirectory, app: Flask, settings: Settings) -> None:
    number = ask(desk)
    desk.complete(number, "check_password", result="confirmed")
    desk.complete(number, "approve_change", by="beth", decision="approve")
    nobody, link = browse(None), letter_link(desk, number, settings)

    page = nobody.get(link)
    assert OLD in page and "stop the change" in page
    assert desk.item(number).element_id == "object"  # looking stops nothing
    assert "The change has been stopped" in _send(nobody, link, page)

    assert desk.item(number).element_id == "examine_objection"
    assert "no longer possible to object" in nobody.get(link)
    history = browse("beth").get(f"/tickets/{number}")
    assert "Amir Nowak checked an identity: confirmed. Failed attempts so far: 0." in history
    assert "Somebody who got the letter objected to the change." in history
    assert "To nie ja" in browse("beth").get(f"/tickets/{number}")


def test_the_drawing_is_that_of_the_process_the_ticket_is_in(browse: Browse, desk: DeskBesideDirectory) -> None:
    with desk.session() as session:
        version = session.scalars(select(ProcessVersion.id).where(ProcessVersion.process_key == "pesel_exists")).one()
    clara = browse("clara")

    own, called = (clara.get(f"/diagrams/{version}.bpmn{asked}") for asked in ("", "?of=check_password"))

    assert 'processRef="pesel_exists"' in own and 'processRef="login_change"' in called


def test_a_link_with_a_wrong_code_is_no_page(browse: Browse, desk: DeskBesideDirectory, settings: Settings) -> None:
    number = ask(desk)
    desk.complete(number, "check_password", result="confirmed")
    desk.complete(number, "approve_change", by="beth", decision="approve")
    link = letter_link(desk, number, settings)

    for wrong in (link[:-1] + ("0" if link[-1] != "0" else "1"), re.sub(r"/\d+/", "/999999/", link)):
        browse(None).get(wrong, status=404)


def _send(browser: Browser, link: str, page: str) -> str:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = browser.client.post(link, data={"csrf_token": token[1], "reason": "To nie ja."})
    assert answer.status_code == 200
    return str(answer.text)
