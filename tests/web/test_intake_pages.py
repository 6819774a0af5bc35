"""Filling in a request: rows of a list."""

import re
from collections.abc import Callable

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
