"""What acts and pages may cost in statements, whatever the number of tickets (docs/performance.md)."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.desk import INCIDENT, Desk
from tests.web.conftest import Browser

# A start has one more than a human task: who of the team is told that it is there. A worklist asks once what its
# requests can be joined to.
HUMAN_TASK, START, WORKLIST, TICKET_PAGE, REQUEST_PAGE = 25, 26, 9, 24, 20


@contextmanager
def counting(desk: Desk) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(desk.database.engine, "before_cursor_execute", note)


def start(clara: Browser, desk: Desk) -> tuple[str, int]:
    """A request is filled in and sent: its number, and what sending it took."""
    clara.post("/catalogue/portal/error", {key: str(value) for key, value in INCIDENT.items()})
    form = {"csrf_token": clara.token(), "act_id": secrets.token_hex(8)}
    with counting(desk) as seen:
        response = clara.client.post("/catalogue/portal/error/summary", data=form)
    assert response.status_code == 302 and "/done/" in response.location, response.text[:500]
    return response.location.rsplit("/", 1)[1], len(seen)


def finish(amir: Browser, desk: Desk, number: str) -> int:
    """Statements of finishing the first step with a question."""
    form = {"csrf_token": amir.token(), "act_id": secrets.token_hex(8), "decision": "ask", "priority": "high",
            "question": "Jaki to system?"}
    path = f"/tickets/{number}/steps/{desk.item(number).id}"
    with counting(desk) as seen:
        response = amir.client.post(path, data=form)
    assert response.status_code == 302, response.text[:500]
    return len(seen)


def read(browser: Browser, desk: Desk, path: str) -> int:
    with counting(desk) as seen:
        browser.get(path)
    return len(seen)


def test_a_start_and_a_human_task_take_few_statements(browse: Callable[..., Browser], desk: Desk) -> None:
    amir, clara = browse("amir"), browse("clara")
    finish(amir, desk, start(clara, desk)[0])

    number, sent = start(clara, desk)
    finished = finish(amir, desk, number)

    assert sent <= START
    assert finished <= HUMAN_TASK


@pytest.mark.parametrize("tab", ["mine", "unclaimed", "teams", "waiting", "every", "every&q=portal"])
def test_a_list_takes_few_statements_and_no_more_with_more_tickets(
        browse: Callable[..., Browser], desk: Desk, tab: str) -> None:
    amir = browse("amir")
    desk.claim(desk.submit())
    desk.complete(desk.submit(), "recognise", decision="ask", question="Kiedy?", priority="low")
    desk.submit()
    few = read(amir, desk, f"/worklist?tab={tab}")
    for _ in range(3):
        desk.claim(desk.submit(by="colin"))
        desk.complete(desk.submit(), "recognise", decision="ask", question="Kiedy?", priority="low")
        desk.submit(by="colin")

    assert read(amir, desk, f"/worklist?tab={tab}") == few <= WORKLIST


def test_a_ticket_page_takes_few_statements_and_no_more_with_more_tickets(
        browse: Callable[..., Browser], desk: Desk) -> None:
    amir = browse("amir")
    number = desk.submit(by="colin")
    desk.claim(number)
    read(amir, desk, f"/tickets/{number}")
    few = read(amir, desk, f"/tickets/{number}")
    for _ in range(4):
        desk.submit(by="colin")

    assert read(amir, desk, f"/tickets/{number}") == few <= TICKET_PAGE


def test_a_request_page_takes_few_statements_in_every_state_and_no_more_with_more_requests(
        browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    number = desk.submit()
    counts = []

    def look() -> None:
        read(clara, desk, f"/requests/{number}")
        counts.append(read(clara, desk, f"/requests/{number}"))

    look()
    desk.complete(number, "recognise", decision="ask", question="Kiedy?", priority="low")
    look()
    desk.reply(number, "Wczoraj.")
    desk.complete(number, "recognise", decision="solve", solution="Proszę odświeżyć stronę.", priority="low")
    look()
    for _ in range(4):
        desk.submit()
        desk.reply(number, "Nadal nie działa.")
    look()
    desk.complete(number, "accept_solution", by="clara", verdict="accepted")
    look()

    assert counts[2] == counts[3] and max(counts) <= REQUEST_PAGE, counts
