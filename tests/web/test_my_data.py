"""What the desk tells people of their data."""

import html
import json
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select, update

from helpdesk import files
from helpdesk.audit import AuditEntry
from helpdesk.database import Record
from helpdesk.people.signin import SignedIn
from tests.desk import Desk
from tests.web.conftest import Browser


def test_the_privacy_page_tells_the_times_that_the_desk_applies(
        browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch) -> None:
    page = browse().get("/privacy")
    assert "30 days after the last change" in page and "until 12 hours without use have passed" in page
    assert "7 days" in page and "built-in" not in page
    assert "uodo.gov.pl" in page and "okienko_session" in page and "does not delete it by itself" in page

    monkeypatch.setattr("web.pages.public.about.DRAFT_LASTS", timedelta(days=11))
    assert files.DRAFT_LASTS.days != 11
    assert "11 days after the last change" in browse().get("/privacy")


def test_every_page_leads_to_the_privacy_page(browse: Callable[..., Browser]) -> None:
    assert 'href="/privacy">Prywatność</a>' in browse(language="pl").get("/")


def prove(desk: Desk, key: str, *, at: datetime | None = None) -> None:
    """Make every sign-in of the person a recent one."""
    with desk.session() as session:
        session.execute(update(SignedIn).where(SignedIn.person_id == desk.person(session, key).id)
                        .values(proved_at=at or desk.now))


def take(browser: Browser) -> tuple[dict[str, Any], zipfile.ZipFile]:
    response = browser.send("/account/data")
    assert response.mimetype == "application/zip"
    archive = zipfile.ZipFile(BytesIO(response.data))
    return json.loads(archive.read("data.json")), archive


def test_i_take_what_the_desk_holds_about_me_and_nothing_of_others(desk: Desk, browse: Callable[..., Browser]) -> None:
    number, others = desk.submit(), desk.submit(by="colin")
    browse("clara").post(f"/requests/{number}/reply", {
        "body": "<b>Załączam</b> zrzut", "attachments": (BytesIO(b"tajne"), "zrzut.txt")})
    browse("colin").post(f"/requests/{others}/reply", {"body": "Sprawa Colina"})
    desk.claim(number)
    browse("amir").post(f"/tickets/{number}/say", {
        "body": "Notatka dla kolegi", "as": "note", "attachments": (BytesIO(b"wewn"), "wewn.txt")})
    clara = browse("clara")
    prove(desk, "clara")

    data, archive = take(clara)

    assert data["format"] == "okienko-own-data-1" and data["account"]["email"] == "clara@example.com"
    assert [one["number"] for one in data["requests"]] == [number] and data["requests"][0]["answers"]
    assert [one["text"] for one in data["requests"][0]["messages"]] == ["<b>Załączam</b> zrzut"]
    assert [archive.read(one["path"]) for one in data["files"]] == [b"tajne"]
    assert data["letters"][0]["subject"] and number in {one["request"] for one in data["acts"]}
    page = archive.read("index.html").decode()
    assert "&lt;b&gt;Załączam" in page and "<script" not in page
    whole = page + json.dumps(data, ensure_ascii=False)
    assert not {word for word in ("Notatka", "wewn", "Colin", "password_hash", "code") if word in whole}


def test_my_data_is_given_only_after_the_password_and_three_times_a_day(
        desk: Desk, browse: Callable[..., Browser]) -> None:
    clara = browse("clara")
    prove(desk, "clara", at=desk.now - timedelta(hours=1))
    answer = clara.client.post("/account/data", data={"csrf_token": clara.token()})
    assert answer.status_code == 302 and "/account/prove" in answer.headers["Location"]

    prove(desk, "clara")
    for _ in range(3):
        take(clara)
    assert "3 times in a day" in clara.post("/account/data", status=429)
    desk.later(hours=25)
    clara = browse("clara")
    prove(desk, "clara")
    take(clara)
    assert desk.ask(lambda session: session.scalar(
        select(func.count(AuditEntry.id)).where(AuditEntry.act == "data_taken"))) == 4


def test_the_way_to_deleting_an_account_is_a_request_with_the_login_filled_in(
        desk: Desk, browse: Callable[..., Browser]) -> None:
    clara = browse("clara")
    page = clara.get("/account/delete")
    assert "Nothing is deleted by opening this page" in page

    href = re.search(r'class="button" href="(/catalogue/[^"]+)"', page)
    assert href is not None
    assert 'value="clara@example.com"' in clara.get(html.unescape(href[1]))
    assert desk.ask(lambda session: desk.person(session, "clara").is_disabled) is False


# Records that name a person: what of them the archive tells, or why it does not.
TOLD = {"ticket", "answer", "message", "stored_file", "letter", "rating", "draft", "audit_entry", "interest",
        "identity", "passkey", "signed_in", "announcement_watcher", "membership", "interest_choice",
        "access_token", "remark", "consent", "firm_member"}
# What proves who somebody is; the account says that there is one.
SECRET = {"authenticator", "recovery_code", "proof", "calendar_address"}
# Who of the staff did the office's work; one's own acts are told from the audit.
WORK = {"announcement", "announcement_edition", "announcement_update", "article", "article_picture", "article_version",
        "complaint", "incident", "outage_suspicion", "outage_ticket", "process_version", "remark_answer",
        "survey_version", "ticket_link", "trail_step", "work_item"}


def test_nothing_about_people_is_kept_of_which_the_archive_does_not_know() -> None:
    naming = {table.name for table in Record.metadata.tables.values()
              if any(key.column.table.name == "person" for key in table.foreign_keys)}

    assert naming == TOLD | SECRET | WORK
