"""The PDF of a request: what it says, what it never says, and that it can be read aloud."""

import re
from collections.abc import Callable

import pytest

from tests.desk import INCIDENT, Desk
from tests.web.conftest import Browser
from tests.web.pdf import text_of
from web import edge
from web.pages.client import papers
from web.paper import printing

Browse = Callable[..., Browser]


def test_the_paper_says_what_the_client_may_see_with_every_letter_and_for_screen_readers(
        browse: Browse, desk: Desk) -> None:
    number = desk.submit({**INCIDENT, "subject": "Zażółć gęślą jaźń #let x = $1$ 😀"})
    desk.note(number, "TAJNE: klient dzwonił trzy razy.")
    desk.reply(number, "#include(\"x\")\nDruga linia ąćęłńóśźż")
    desk.complete(number, "recognise", decision="solve", solution="Proszę wyczyścić pamięć.", priority="normal")

    answer = browse("clara", language="pl").client.get(f"/requests/{number}.pdf")

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}.pdf"'
    said, pdf = text_of(answer.data), answer.data
    for text in (number, "Zażółć gęślą jaźń #let x = $1$ ?", '#include("x")', "Druga linia ąćęłńóśźż", "Rozwiązanie",
                 "Proszę wyczyścić pamięć.", "Zgłoszenie przyjęte", "16 listopada 2026, 9:00", "Clara Wójcik"):
        assert text in said, text
    assert "TAJNE" not in said
    for mark in (b"/StructTreeRoot", b"/Lang(pl", b"/H1", b"/H2", b"pdfuaid", b"pdfaid", b"/Title"):
        assert mark in pdf, mark
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", pdf)
    # Staff who may see the request get the same paper, without what is internal.
    assert "TAJNE" not in text_of(browse("amir").client.get(f"/requests/{number}.pdf").data)
    browse("colin").get(f"/requests/{number}.pdf", status=404)


def test_no_transaction_waits_while_the_paper_is_made(
        browse: Browse, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number, seen = desk.submit(), []

    def make(paper: dict[str, object]) -> bytes:
        seen.append((paper["number"], edge.session().in_transaction(), desk.database.engine.pool.checkedout()))  # type: ignore[attr-defined]
        return b"%PDF-"

    monkeypatch.setattr(papers, "make_pdf", make)

    assert browse("clara").client.get(f"/requests/{number}.pdf").data == b"%PDF-"
    assert seen == [(number, False, 0)]


def test_what_takes_too_long_is_given_up_with_a_word(
        browse: Browse, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number = desk.submit()
    monkeypatch.setattr(printing, "SECONDS", 0.01)

    answer = browse("clara").client.get(f"/requests/{number}.pdf")

    assert answer.status_code == 422 and "The PDF could not be made" in answer.text
