"""The client's way: catalogue, form, summary, number, request, solution."""

import re
from collections.abc import Callable
from io import BytesIO

from tests.desk import INCIDENT, Desk
from tests.web.conftest import Browser

FORM = "/catalogue/portal/error"


def send_request(client: Browser, **changes: object) -> str:
    client.post(FORM, {**INCIDENT, **changes})
    page = client.get(f"{FORM}/summary")
    act_id = re.search(r'name="act_id" value="([^"]+)"', page)
    assert act_id is not None
    answer = client.post(f"{FORM}/summary", {"act_id": act_id.group(1)})
    number = re.search(r"ZGL\d{7}", answer)
    assert number is not None
    return number.group(0)


def test_a_request_travels_from_the_catalogue_to_a_number(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")

    assert "Portal" in clara.get("/catalogue")
    assert "Portal error" in clara.get("/catalogue/portal")
    number = send_request(clara)

    page = clara.get(f"/requests/{number}")
    assert str(INCIDENT["subject"]) in page
    assert desk.ticket(number).status == "registered"


def test_a_form_with_errors_keeps_what_was_typed_and_the_files(browse: Callable[..., Browser]) -> None:
    clara = browse("clara")
    words = {**INCIDENT, "what_happened": "", "attachments": (BytesIO(b"%PDF-1.4 test"), "ekran.pdf")}

    page = clara.post(FORM, words, status=422)

    assert str(INCIDENT["subject"]) in page
    assert "ekran.pdf" in page
    number = send_request(clara)
    assert "ekran.pdf" in clara.get(f"/requests/{number}")


def test_the_solution_can_be_read_and_accepted(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    number = send_request(clara)
    desk.complete(number, "recognise", decision="solve", solution="Proszę odświeżyć stronę.", priority="normal")

    page = clara.get(f"/requests/{number}")
    assert "Proszę odświeżyć stronę." in page
    action = re.search(r'action="(/requests/[^"]+/steps/\d+)"', page)
    assert action is not None
    clara.post(action.group(1), {"verdict": "accepted"})

    assert desk.ticket(number).status == "closed"


def test_strangers_find_nothing(browse: Callable[..., Browser], desk: Desk) -> None:
    number = desk.submit()

    browse("colin").get(f"/requests/{number}", status=404)
    browse("ada").get(f"/requests/{number}", status=404)
    assert "Sign in" in browse().get(f"/requests/{number}")


def test_a_nul_in_address_or_text_breaks_nothing(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    number = send_request(clara, subject="Portal\x00 nie działa")

    clara.get("/requests/x%00", status=404)
    clara.post(f"/requests/{number}/reply", {"body": "Nadal\x00 nie działa."})

    assert desk.ticket(number).subject == "Portal nie działa"
    assert desk.messages(number) == [("reply", "Nadal nie działa.")]
