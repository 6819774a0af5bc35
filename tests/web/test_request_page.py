"""What the page of a request answers in each state: what is going on, who has it, what next, until when and why."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO

import pytest
from flask import Flask

from engine.acts import note_incident
from engine.diagrams.errors import EngineError
from engine.outside.delivering import deliver_due
from tests.desk import Desk
from tests.engine.test_complaint import REASONS, decide
from tests.engine.test_ticket_process import do, report
from tests.web.conftest import Browser
from tests.web.test_complaint_pages import complain, solved
from web.edge import desk as web_desk

__all__ = ["solved"]
Browse = Callable[..., Browser]


def words(page: str) -> str:
    """The text of a page on one line, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style).*?</\1>", " ", page))).split())


def told(client: Browser, number: str) -> str:
    """The answers at the top of the request's page."""
    page = client.get(f"/requests/{number}")
    found = re.search(r'(?s)<section class="panel standing".*?</section>', page)
    assert found is not None
    return words(found.group(0))


def test_the_five_answers_follow_the_live_process(browse: Browse, desk: Desk) -> None:
    clara = browse("clara")
    number = desk.submit()

    new = told(clara, number)
    assert "A consultant is looking into the matter" in new and "It waits for its turn." in new
    assert "Help Desk consultant (team: First line)" in new and "Check whether the solution works" in new
    assert "day and night" in new and "Why the time moved" not in new
    desk.claim(number)
    taken = told(clara, number)
    assert "Somebody is working on it." in taken and "Amir" not in words(clara.get(f"/requests/{number}"))

    desk.later(hours=1)
    desk.complete(number, "recognise", decision="ask", question="Which browser?", priority="normal")
    asked = told(clara, number)
    assert "It is your turn. We wait until 30 November 2026, 10:00 ." in asked
    assert ". If we have no answer by then, we close the request." in asked
    assert "The time stands still because we are waiting for your answer." in asked and "3 hours" in asked

    desk.later(hours=5)
    clara.post(f"/requests/{number}/reply", {"body": "Firefox."})
    desk.complete(number, "recognise", decision="hand_over", note="Do sprawdzenia.", priority="high")
    handed = told(clara, number)
    assert "A specialist is examining the matter" in handed and "Specialist (team: Second line" in handed
    assert "working days left" in handed and "working days 7:15–15:15" in handed
    moves = handed.split("Why the time moved")[1]
    places = [moves.index(text) for text in (
        "changed to 20 working days. At that moment this began: A specialist is examining the matter",
        "The time runs again", "stopped because we are waiting for your answer", "began to run: 4 hours")]
    assert places == sorted(places)


def test_a_disputed_and_a_stopped_request_are_told_kindly(browse: Browse, desk: Desk, solved: str) -> None:
    clara = browse("clara")
    page = clara.get(f"/requests/{solved}")
    panel = page[page.index('id="solution"'):page.index('id="standing"')]
    assert "Is the problem solved?" in panel and "Make a complaint" in panel

    complaint = complain(clara, solved)
    disputed = told(clara, solved)
    assert f"Those who decide the complaint {complaint}" in disputed
    assert "because a complaint is being decided" in disputed and "solution to be judged" not in disputed
    assert "An independent person is deciding the complaint" in told(clara, complaint)

    desk.complete(complaint, "decide", by="beth", verdict="rejected", reasons="It works.")
    deliver_due(desk.database, now=desk.now)
    assert "The request is closed: the complaint was rejected." in told(clara, solved)
    number = desk.submit()
    note_incident(desk.database, ticket_id=desk.ticket(number).id, act="alarm", now=desk.now, waits_for_person=True,
                  error=EngineError(element_id="publish_solution_first", reason="nobody answers"))
    stopped = told(clara, number)
    assert "We are looking into a technical problem" in stopped and "nobody answers" not in stopped


def test_a_solution_that_did_not_help_stays_among_the_messages(browse: Browse, desk: Desk, solved: str) -> None:
    solution = desk.ticket(solved).solution

    desk.complete(solved, "accept_solution", by="clara", verdict="not_solved", reason="Nadal pusto.")

    page = browse("clara").get(f"/requests/{solved}")
    assert 'id="solution"' not in page and solution in page[page.index('id="talk"'):]


def test_what_is_added_after_closing_goes_on_where_it_can(browse: Browse, desk: Desk, app: Flask, solved: str) -> None:
    clara = browse("clara")
    plain = report(desk)
    do(desk, plain, "take", "close")
    desk.complete(solved, "accept_solution", by="clara", verdict="accepted")

    again = clara.post(f"/requests/{plain}/reply", {"body": "Znowu.", "attachments": (BytesIO(b"%PDF-1.4"), "e.pdf")})
    assert "the request is open again" in again and desk.ticket(plain).status == "in_progress" and "e.pdf" in again
    linked = clara.post(f"/requests/{solved}/reply", {"body": "Znowu pusto.", "attachments": (BytesIO(b"a"), "d.txt")})
    later = re.search(r"<title>(ZGL\d{7})", linked)
    assert later is not None and later.group(1) != solved
    assert "Znowu pusto." in linked and "d.txt" in linked and f'href="/requests/{solved}"' in linked
    assert f'href="/requests/{later.group(1)}"' in clara.get(f"/requests/{solved}")

    desk.later(days=31)
    clara = browse("clara")
    page = clara.get(f"/requests/{solved}")
    assert "has passed (30 days after closing)" in page and 'name="body"' not in page
    assert "30 days after closing" in clara.post(f"/requests/{solved}/reply", {"body": "Jeszcze coś."}, status=422)
    form = clara.get(f"/requests/{solved}/again")
    assert "Portal nie przyjmuje zgłoszenia" in form and 'value="2026-11-16T08:30"' in form
    browse("colin").get(f"/requests/{solved}/again", status=404)
    browse("amir").get(f"/requests/{solved}/again", status=403)
    with app.app_context():
        assert web_desk().settings.reopen_days == 30


@pytest.mark.parametrize("tells", [True, False])
def test_the_first_name_of_who_works_is_told_only_if_the_desk_wants_it(
        browse: Browse, desk: Desk, app: Flask, tells: bool) -> None:
    from dataclasses import replace
    app.extensions["desk"].settings = replace(app.extensions["desk"].settings, tell_names=tells)
    number = desk.submit()
    desk.claim(number)

    assert ("Amir, Help Desk consultant" in told(browse("clara"), number)) is tells


def test_the_reason_for_not_solved_stands_in_the_history(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    for solution, verdict, reason in (("Proszę odświeżyć.", "not_solved", "Strona nadal jest pusta."),
                                      ("Proszę wyczyścić pamięć.", "accepted", None)):
        desk.complete(number, "recognise", decision="solve", solution=solution, priority="normal")
        desk.later(hours=1)
        desk.complete(number, "accept_solution", by="clara", verdict=verdict, reason=reason)
        desk.later(hours=1)

    page = words(browse("clara").get(f"/requests/{number}"))

    said = page[page.index("Messages"):]
    assert said.index("Proszę odświeżyć.") < said.index("Strona nadal jest pusta.") < said.index("yes, it works")
    assert "The request is closed: you have accepted the solution." in page


def test_a_complaint_and_its_answer_stand_in_the_history(browse: Browse, solved: str, desk: Desk) -> None:
    complaint = complain(browse("clara"), solved)
    before = words(browse("clara").get(f"/requests/{solved}"))
    desk.later(hours=2)
    decide(desk, complaint, "rejected")

    page = words(browse("clara").get(f"/requests/{solved}"))

    assert f"Complaint {complaint} " in before and f"Answer to the complaint {complaint}" not in before
    assert page.index(f"Complaint {complaint} ") < page.index(f"Answer to the complaint {complaint}")
    assert REASONS in page
