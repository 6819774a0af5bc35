"""Files dropped, pasted and photographed, up to the stored file of the request; and what is seen on their way."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from helpdesk.files import list_ticket_files
from tests.browser.conftest import Visit
from tests.browser.served import NARROW, Served, Visitor
from tests.desk import INCIDENT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
BOTH = pytest.mark.parametrize("language", ["pl", "en"])
FORM = "/catalogue/portal/error"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LARGE = b"date;what\n" + b"2026-11-16;The declaration was rejected\n" * 12_000
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000}
FAST = {**SLOW, "uploadThroughput": -1}
# Drops a file on the field's box as the system does: over it, then let go.
DROP = """([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, { type: 'application/pdf' }));
  const box = document.querySelector('.files');
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    box.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }));
  }
}"""
# Puts a picture into the clipboard, as a screenshot does.
COPY = """async () => {
  const drawing = Object.assign(document.createElement('canvas'), { width: 40, height: 30 });
  drawing.getContext('2d').fillRect(5, 5, 20, 10);
  const picture = await new Promise((resolve) => drawing.toBlob(resolve, 'image/png'));
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
}"""


def at_form(visit: Visit, language: str = "pl", **wishes: object) -> tuple[Visitor, Page]:
    """Clara at an empty start form, with words typed."""
    clara = visit("clara", language, **wishes)
    page = clara.go("/drafts")
    while page.locator(".drafts__item form button").count():
        clara.click(page.locator(".drafts__item form button").first)
    clara.go(FORM)
    clara.fill(INCIDENT)
    return clara, page


def sent(clara: Visitor, counter: Served) -> list[tuple[str, str, str, int]]:
    """Send the form to its end; what is stored with the request: name, type, digest, size."""
    clara.press("Continue")
    clara.page.wait_for_url("**/summary")
    clara.press("Send the request")
    number = clara.path().split("/")[-1]
    with counter.desk.session() as session:
        stored = list_ticket_files(session, counter.desk.ticket(number).id, with_internal=False)
    return [(one.name, one.media_type, one.sha256, one.size) for one in stored]


def slowly(page: Page, conditions: dict[str, object]) -> None:
    """The line of this browser."""
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)


@BOTH
def test_a_dropped_file_comes_to_the_request_as_it_was(visit: Visit, counter: Served, language: str) -> None:
    clara, page = at_form(visit, language)

    page.evaluate(DROP, ["komunikat odrzucenia.pdf", PDF.decode()])
    assert "komunikat odrzucenia.pdf" in page.locator(".files__list").inner_text()

    assert sent(clara, counter) == [
        ("komunikat odrzucenia.pdf", "application/pdf", hashlib.sha256(PDF).hexdigest(), len(PDF))]


@BOTH
def test_a_screenshot_is_pasted_into_the_text_and_the_text_stays(visit: Visit, counter: Served, language: str) -> None:
    clara, page = at_form(visit, language)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=counter.address)
    page.evaluate(COPY)

    page.locator("#f-what_happened").focus()
    page.keyboard.press("Control+V")
    page.locator(".files__list img").wait_for()

    [(name, kind, _digest, size)] = sent(clara, counter)
    assert name.startswith(clara.say("pasted")) and name.endswith(".png")
    assert kind == "image/png" and size > 60


@BOTH
def test_a_photo_is_taken_on_a_telephone(visit: Visit, counter: Served, tmp_path: Path, language: str) -> None:
    photo = tmp_path / "IMG_0001.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x07" * 4000)
    clara, page = at_form(visit, language, size=NARROW, is_phone=True)
    camera = page.locator("input[type=file][capture]")
    assert (camera.get_attribute("capture"), camera.get_attribute("accept")) == ("environment", "image/*")

    with page.expect_file_chooser() as chosen:
        clara.press("Take a photo")
    chosen.value.set_files(photo)

    assert [(name, kind) for name, kind, *_ in sent(clara, counter)] == [("IMG_0001.jpg", "image/jpeg")]


@BOTH
def test_files_are_seen_on_their_way_stopped_and_sent_again(visit: Visit, counter: Served, language: str) -> None:
    clara, page = at_form(visit, language)
    page.evaluate(DROP, ["krótki.pdf", PDF.decode()])
    page.set_input_files("input[type=file]", {"name": "dziennik.csv", "mimeType": "text/csv", "buffer": LARGE})
    slowly(page, SLOW)

    # 1. name, size and percent; what is heard comes in quarters
    clara.press("Continue")
    panel = page.locator(".sending")
    expect(panel.locator(".sending__what")).to_contain_text("dziennik.csv")
    expect(panel.locator(".sending__what")).to_contain_text("kB")
    expect(panel.locator(".sending__percent")).to_have_text(re.compile(r"^(2[5-9]|[3-9]\d)%$"))
    heard = page.locator("form > p[role=status]").last.inner_text()
    assert "dziennik.csv" in heard and "%" in heard

    # 2. stopped: the page is as it was, and what had arrived is not sent twice
    panel.get_by_role("button").click()
    expect(panel).to_be_hidden()
    assert clara.say("Stop sending") not in clara.text()
    assert page.locator("form [role=alert]").inner_text() == clara.say(
        "Sending was stopped. What you typed and the files that had arrived are kept. Press the form's button to send "
        "the rest.")
    assert page.locator("#f-subject").input_value() == INCIDENT["subject"]
    assert page.locator(".files__item .tag").count() == 1

    # 3. the rest
    slowly(page, FAST)
    assert [(name, size) for name, _, _, size in sent(clara, counter)] == [
        ("krótki.pdf", len(PDF)), ("dziennik.csv", len(LARGE))]


def test_a_lost_connection_and_an_ended_session_lose_nothing(visit: Visit, counter: Served) -> None:
    clara, page = at_form(visit)
    page.evaluate(DROP, ["umowa.pdf", PDF.decode()])

    # 1. no connection
    page.context.set_offline(True)
    clara.press("Continue")
    page.locator("form [role=alert] button").wait_for()
    assert "umowa.pdf" in page.locator("form [role=alert]").inner_text()
    page.context.set_offline(False)

    # 2. signed out elsewhere
    page.context.clear_cookies(name="okienko_session")
    clara.press("Try again")
    page.locator("form [role=alert] a").wait_for()
    assert clara.say("Sign in (opens a new tab)") in page.locator("form [role=alert]").inner_text()

    # 3. signed in again in another tab, and on with it
    page.context.add_cookies(counter.cookies("clara", "pl"))  # type: ignore[arg-type]
    clara.press("Try again")
    page.wait_for_url("**/summary")
    clara.complaints.clear()  # of the connection that was taken away, and of a form's token that was no longer good
    assert "umowa.pdf" in clara.text() and str(INCIDENT["subject"]) in clara.text()


def test_what_cannot_be_added_says_so_beside_it(visit: Visit, counter: Served) -> None:
    clara, page = at_form(visit)
    page.set_input_files("input[type=file]", [
        {"name": "program.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
        {"name": "obraz.png", "mimeType": "image/png", "buffer": b"no picture at all"},
        {"name": "wielki.txt", "mimeType": "text/plain", "buffer": b"x" * (10 * 1024 * 1024 + 1)}])
    errors = page.locator(".files__item .field__error")
    assert errors.count() == 2

    # 1. what only the desk can tell is told beside the file as well, and the form stays
    clara.press("Continue")
    expect(errors).to_have_count(3)
    assert clara.path() == FORM and "obraz.png" in errors.nth(1).inner_text()

    # 2. taken away, and on with it
    for _ in range(3):
        page.locator(".files__item button").first.click()
    assert sent(clara, counter) == []


def test_a_file_goes_with_a_message_in_the_same_way(visit: Visit, counter: Served) -> None:
    number = counter.desk.submit()
    clara = visit("clara")
    page = clara.go(f"/requests/{number}")

    page.fill("#body", "Dodaję umowę.")
    page.evaluate(DROP, ["umowa.pdf", PDF.decode()])
    clara.press("Send the message")
    page.locator(".flashes .notice--success").wait_for()

    said = page.locator(".message").last.inner_text()
    assert "Dodaję umowę." in said and "umowa.pdf" in said
