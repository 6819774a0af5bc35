"""Files at the counter: who may have them, and how the browser is kept from running them."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.files import StoredFile
from helpdesk.settings import Settings
from tests.desk import INCIDENT, Desk
from tests.web.conftest import Browser

FORM = "/catalogue/portal/error"
PDF = b"%PDF-1.4 test"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, file_number=2, file_megabytes=1)


def attach(client: Browser, *files: tuple[bytes, str], status: int = 200) -> str:
    """The form with files; the page that answers."""
    return client.post(FORM, {**INCIDENT, "attachments": [(BytesIO(data), name) for data, name in files]}, status)


def stored(desk: Desk) -> list[StoredFile]:
    return desk.ask(lambda session: list(session.scalars(select(StoredFile).order_by(StoredFile.id))))


def send(client: Browser) -> str:
    act_id = re.search(r'name="act_id" value="([^"]+)"', client.get(f"{FORM}/summary"))
    assert act_id is not None
    found = re.search(r"ZGL\d{7}", client.post(f"{FORM}/summary", {"act_id": act_id[1]}))
    assert found is not None
    return found[0]


def test_two_files_fit_and_a_third_does_not(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    attach(clara, (PDF, "1.pdf"), (PDF, "2.pdf"))

    page = attach(clara, (PDF, "3.pdf"), status=422)

    assert [one.name for one in stored(desk)] == ["1.pdf", "2.pdf"]
    assert "At most 2 files" in page and "1.pdf" in page and str(INCIDENT["subject"]) in page


def test_a_refused_file_does_not_take_the_others_along(browse: Callable[..., Browser], desk: Desk) -> None:
    page = attach(browse("clara"), (b"<svg/>", "a.svg"), (PDF, "b.pdf"), status=422)

    assert [one.name for one in stored(desk)] == ["b.pdf"]
    assert "a.svg" in page and "b.pdf" in page


def test_a_file_is_downloaded_and_never_shown(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    attach(clara, (PDF, 'zażółć ; x.pdf'))
    send(clara)

    answer = clara.client.get(f"/files/{stored(desk)[0].id}")

    assert (answer.status_code, answer.data) == (200, PDF)
    named = "za%C5%BC%C3%B3%C5%82%C4%87%20%3B%20x.pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{named}"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith("application/pdf")
    assert "no-store" in answer.headers["Cache-Control"] or "no-cache" in answer.headers["Cache-Control"]
    answer.close()


def test_only_those_who_see_the_ticket_get_its_files(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    attach(clara, (PDF, "a.pdf"))
    send(clara)
    address = f"/files/{stored(desk)[0].id}"

    for key, status in {"clara": 200, "amir": 200, "lena": 200, "marek": 200, "colin": 404, "beth": 404, "oskar": 404,
                        "ada": 404}.items():
        answer = browse(key).client.get(address)
        assert (key, answer.status_code) == (key, status)
        answer.close()
    assert "Sign in" in browse().get(address)
    assert browse("clara").client.get("/files/999999").status_code == 404


def test_a_file_of_a_note_is_hidden_from_the_client(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    attach(clara, (PDF, "a.pdf"))
    number = send(clara)
    with desk.session() as session:
        session.get_one(StoredFile, stored(desk)[0].id).is_internal = True
    address = f"/files/{stored(desk)[0].id}"

    assert clara.client.get(address).status_code in {403, 404}
    assert "a.pdf" not in clara.get(f"/requests/{number}")
    answer = browse("amir").client.get(address)
    assert answer.status_code == 200
    answer.close()


def test_a_draft_is_its_owners_alone(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    attach(clara, (PDF, "a.pdf"))
    address = f"/files/{stored(desk)[0].id}"

    answer = clara.client.get(address)
    assert answer.status_code == 200
    answer.close()
    for key in ("colin", "amir", "lena", "ada"):
        browse(key).get(address, status=404)


def test_nobody_takes_a_file_off_the_draft_of_another(browse: Callable[..., Browser], desk: Desk) -> None:
    attach(browse("clara"), (PDF, "a.pdf"))

    browse("colin").post(FORM, {**INCIDENT, "remove_file": str(stored(desk)[0].id)})

    assert stored(desk)[0].draft_id is not None


def test_a_file_that_is_gone_from_the_disk_is_not_found(
        browse: Callable[..., Browser], desk: Desk, app: Flask) -> None:
    clara = browse("clara")
    attach(clara, (PDF, "a.pdf"))
    app.extensions["desk"].storage.remove(stored(desk)[0].place)

    clara.get(f"/files/{stored(desk)[0].id}", status=404)
