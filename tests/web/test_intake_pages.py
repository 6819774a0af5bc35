"""Filling in a request: rows of a list, links that fill in, drafts, what is asked later."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select, update

from helpdesk.catalogue import Classification, Service
from helpdesk.people.accounts import Person
from tests.desk import INCIDENT, Desk
from tests.web.conftest import Browser

FORM = "/catalogue/portal/error"


def send(client: Browser, form: str = FORM) -> str:
    """Send what was kept; gives the number."""
    act_id = re.search(r'name="act_id" value="([^"]+)"', client.get(f"{form}/summary"))
    assert act_id is not None
    number = re.search(r"ZGL\d{7}", client.post(f"{form}/summary", {"act_id": act_id.group(1)}))
    assert number is not None
    return number.group(0)


def test_rows_are_added_and_removed_by_buttons_and_told_on_every_page(
        browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    typed = {key: str(value) for key, value in INCIDENT.items()} | {"_asked": "*"}

    one = clara.send(FORM, typed | {"documents": "", "_rows": "add documents"}, follow=False, status=302)
    assert one.location.endswith("#f-documents")
    page = clara.get(FORM)
    assert 'name="documents" value="0"' in page and str(INCIDENT["subject"]) in page

    row = {"documents.0.kind": "lrn", "documents.0.number": "A/17", "documents.1.kind": "other"}
    clara.post(FORM, typed | row | {"documents": ["0", "1"], "_rows": "remove documents 1"})
    refused = clara.post(FORM, typed | row | {"documents": ["0", "2"], "documents.2.kind": "mrn",
                                               "_asked": ["*", "documents.2.mrn"]}, status=422)
    assert 'href="#f-documents-2-mrn"' in refused
    clara.post(FORM, typed | row | {"documents": ["0", "2"]})
    assert "Document 1: Number" in clara.get(f"{FORM}/summary")
    number = send(clara)

    assert "A/17" in clara.get(f"/requests/{number}")
    assert desk.instance(number).variables["incident_report"]["documents"] == [{"kind": "lrn", "number": "A/17"}]
    desk.claim(number)
    assert "Document 1" in browse("amir").get(f"/tickets/{number}")


def test_a_link_fills_in_only_what_the_form_would_accept(browse: Callable[..., Browser]) -> None:
    clara = browse("clara")

    page = clara.get(f"{FORM}?subject=Nie+dzia%C5%82a+wysy%C5%82ka&system=emcs&mrn=zzz&attachments=1&unknown=x"
                     f"&phone={'9' * 2000}").partition("<main")[2]

    assert 'value="Nie działa wysyłka"' in page
    assert '<option value="emcs" selected>' in page
    assert "zzz" not in page and "999999" not in page
    assert "saved form" not in page


def test_what_the_account_says_need_not_be_typed_again(browse: Callable[..., Browser], desk: Desk) -> None:
    with desk.session() as session:
        person = session.scalars(select(Person).where(Person.email == "clara@example.com")).one()
        person.phone = "+48 22 555 01 07"

    mine, linked, nobodys = (browse(who).get(address).partition("<main")[2] for who, address in (
        ("clara", FORM), ("clara", f"{FORM}?phone=%2B48+22+555+01+09"), (None, FORM)))

    assert 'value="+48 22 555 01 07"' in mine and "saved form" not in mine
    assert 'value="+48225550109"' in linked and "555 01 07" not in linked
    assert "555 01 07" not in nobodys


def test_the_chosen_service_answers_which_system_it_is_about(browse: Callable[..., Browser], desk: Desk) -> None:
    with desk.session() as session:
        session.execute(update(Service).where(Service.key == "portal").values(key="import"))

    form = browse(None).get("/catalogue/import/error")

    assert '<option value="ais_import" selected>' in form
    assert re.search(r'<input[^>]*value="production"[^>]*checked', form)


def test_a_link_never_writes_over_a_draft_unless_told_to(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    clara.post(FORM, {"subject": "To było moje", "next": "later", "attachments": (BytesIO(b"%PDF-1.4 x"), "moje.pdf")})

    page = clara.get(f"{FORM}?subject=Co+innego+z+linku")
    assert 'value="To było moje"' in page and "Start anew with what the link says" in page
    assert "Start anew" not in clara.get(FORM)

    page = clara.post(FORM, {"subject": "Co innego z linku", "next": "anew"})
    assert 'value="Co innego z linku"' in page and "moje.pdf" not in page


def test_what_is_unfinished_waits_on_every_device_and_can_be_thrown_away(
        browse: Callable[..., Browser], desk: Desk) -> None:
    clara, other = browse("clara"), browse("clara")
    saved = clara.post(FORM, {"subject": "Dokończę w domu", "next": "later"})
    assert "Your form was saved" in saved and "Portal error" in saved

    assert 'value="Dokończę w domu"' in other.get(FORM)
    assert "Portal error" not in browse("colin").get("/drafts")
    throw = re.search(r'action="(/drafts/\d+/throw-away)"', other.get("/drafts"))
    assert throw is not None
    browse("colin").post(throw.group(1), status=404)
    assert "Nothing is unfinished" in other.post(throw.group(1))
    assert "Dokończę" not in clara.get(FORM)


@pytest.mark.one_database
def test_the_menu_names_what_is_unfinished_only_while_there_is_something(
        browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    entry = re.compile(r'<li><a href="/drafts"[^>]*>Unfinished\s*<span class="count">(\d+)</span>')
    assert 'href="/drafts"' not in clara.get("/catalogue")
    number = desk.submit()
    desk.complete(number, "recognise", decision="solve", solution="Gotowe.", priority="normal")

    # 1. a request and a complaint, each to be finished later
    clara.post(FORM, {"subject": "Dokończę w domu", "next": "later"})
    complaint = f"/requests/{number}/complaint"
    listed = clara.post(complaint, {"description": "Nadal pusta strona.", "next": "later"})
    assert "Your form was saved" in listed and f"{number} " in listed
    assert entry.findall(clara.get("/catalogue")) == ["2"]
    assert "Nadal pusta strona." in clara.get(complaint)

    # 2. what was typed while its place went is still there to be read
    desk.complete(number, "accept_solution", by="clara", verdict="accepted")
    with desk.session() as session:
        session.execute(update(Classification).where(Classification.key == "error").values(is_hidden=True))
    page = clara.get("/drafts")
    assert "A form that is no longer open" in page and "Dokończę w domu" in page
    assert entry.findall(page) == ["2"]


def test_a_complaint_is_kept_while_it_is_typed(browse: Callable[..., Browser], desk: Desk) -> None:
    number = desk.submit()
    desk.complete(number, "recognise", decision="solve", solution="Gotowe.", priority="normal")
    clara, form = browse("clara"), f"/requests/{number}/complaint"

    first = clara.send(form, {"description": "Nadal pusta strona.", "next": "quietly", "kept": ""})
    desk.later(minutes=1)
    clara.send(form, {"description": "Inne okno.", "next": "quietly", "kept": first.headers["X-Draft-Changed"]})
    late = clara.send(form, {"description": "Stare okno.", "next": "quietly",
                             "kept": first.headers["X-Draft-Changed"]}, status=409)

    assert "another window" in late.text
    assert "Inne okno." in clara.get(form)


def test_of_two_windows_the_older_one_does_not_write_quietly_over_the_newer(
        browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    first = clara.send(FORM, {"subject": "Jedno okno", "next": "quietly", "kept": ""})
    desk.later(minutes=1)
    clara.send(FORM, {"subject": "Drugie okno", "next": "quietly", "kept": first.headers["X-Draft-Changed"]})

    refused = clara.send(FORM, {"subject": "Jedno okno, dalej", "next": "quietly",
                                "kept": first.headers["X-Draft-Changed"]}, status=409)

    assert "another window" in refused.text
    assert 'value="Drugie okno"' in clara.get(FORM)
    loud = clara.post(FORM, {"subject": "Jedno okno, dalej", "kept": first.headers["X-Draft-Changed"]}, status=422)
    assert 'value="Jedno okno, dalej"' in loud


def test_a_letter_lacks_what_it_lacks_and_the_client_is_asked_for_it(
        browse: Callable[..., Browser], desk: Desk) -> None:
    amir, clara = browse("amir"), browse("clara")
    client = desk.ask(lambda session: desk.person(session, "clara").id)
    form = f"{FORM}?client={client}&channel=letter"
    words = {"client": str(client), "_channel": "letter", "subject": "Pismo w sprawie wywozu",
             "environment": "production", "attachments": (BytesIO(b"%PDF-1.4 scan"), "pismo.pdf")}
    assert "_received_on" in amir.get(form)
    assert "Enter the day on which it came" in amir.post(FORM, words, status=422)
    del words["attachments"]

    summary = amir.post(FORM, words | {"_received_on": "2026-11-13"})
    assert "The client will be asked for this" in summary and "What happened?" in summary
    act_id = re.search(r'name="act_id" value="([^"]+)"', summary)
    assert act_id is not None
    done = amir.post(f"{FORM}/summary", {"client": str(client), "act_id": act_id.group(1)})
    number = re.search(r"ZGL\d{7}", done)
    assert number is not None

    page = clara.get(f"/requests/{number.group(0)}")
    assert "Complete your request" in page and "pismo.pdf" in page
    assert 'name="system"' in page and 'name="subject"' not in page
    inside = amir.get(f"/tickets/{number.group(0)}")
    assert "by letter" in inside and "13 November 2026" in inside and 'name="what_happened"' in inside
    action = re.search(r'action="(/requests/[^"]+/steps/\d+)"', page)
    assert action is not None
    rest = {"system": "aes", "failed_channel": "email", "happened_at": "2026-11-12T10:00",
            "what_happened": "Zgłoszenie wywozowe nie zostało przyjęte."}
    again = clara.post(action.group(1), {key: rest[key] for key in ("system", "failed_channel")}, status=422)
    assert 'href="#s' in again and 'value="aes" selected' in again
    clara.post(action.group(1), rest)

    assert desk.ticket(number.group(0)).status == "registered"
    assert desk.answers(number.group(0))[0].content["attachments"] != []


def test_the_summary_shows_sections_files_and_what_comes(browse: Callable[..., Browser]) -> None:
    clara = browse("clara")
    picture = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
    clara.post(FORM, {**{key: str(value) for key, value in INCIDENT.items()}, "documents": "0",
                      "documents.0.kind": "lrn", "documents.0.number": "A/17",
                      "attachments": (BytesIO(picture), "ekran.png")})

    page = clara.get(f"{FORM}/summary")

    assert "<h3>Document 1</h3>" in page and f'href="{FORM}#f-documents-0-number"' in page
    assert re.search(r'<img class="previews__picture" src="/files/\d+"', page) and "ekran.png" in page
    assert "What happens after you send it" in page and '<ol class="coming">' in page
