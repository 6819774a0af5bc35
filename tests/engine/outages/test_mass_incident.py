"""A mass incident: one decision for a hundred requests, and each of them then goes its own way."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.complaints.filing import complain
from engine.complaints.terms import Terms
from engine.outages import ending, joining
from engine.outages.records import OutageTicket, count_joined, find_link
from engine.outside.delivering import deliver_due
from engine.outside.events import TicketEvent
from helpdesk.announcements.records import get_announcement
from helpdesk.announcements.watchers import AlreadyOver
from helpdesk.conversation import Kind, Message
from helpdesk.errors import NotAllowed, NotFound
from helpdesk.outbox import Letter
from helpdesk.tickets import Status, Ticket
from tests.desk import Desk
from tests.helpdesk.announcements.writing import do, published

MANY = 100
KILLED_AT = 20
# Another worker, which is killed while it brings the news to one request after another.
WORKER = """
import sys
from datetime import datetime
from engine.outside.delivering import deliver_due
from engine.versions import Shelf
from helpdesk.database import Database
database = Database(sys.argv[1], info={"shelf": Shelf()})
while deliver_due(database, now=datetime.fromisoformat(sys.argv[2]), most=5):
    pass
"""


def told(desk: Desk) -> int:
    return desk.ask(lambda session: session.scalar(select(func.count(OutageTicket.id)).where(
        OutageTicket.told_at.is_not(None))) or 0)


def test_a_hundred_requests_hear_of_the_end_once_each_though_a_worker_is_killed(
        desk: Desk, failure: int, join: Callable[..., None]) -> None:
    numbers = [desk.submit(by="clara" if place % 2 else "colin") for place in range(MANY)]
    for number in numbers:
        join(number)
    assert desk.ask(lambda session: count_joined(session, [failure])) == {failure: MANY}

    do(desk, "lena", lambda session, person: ending.end(
        session, failure, text_pl="Portal działa.", text_en="The portal works.", by=person, now=desk.now))
    url = desk.database.engine.url.render_as_string(hide_password=False)
    worker = subprocess.Popen([sys.executable, "-c", WORKER, url, desk.now.isoformat()])
    give_up_at = time.monotonic() + 60
    while told(desk) < KILLED_AT and time.monotonic() < give_up_at:
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert KILLED_AT <= told(desk) < MANY
    while deliver_due(desk.database, now=desk.now):
        pass

    def facts(kind: type, *where: object) -> dict[int, int]:
        return desk.ask(lambda session: {row[0]: row[1] for row in session.execute(
            select(kind.ticket_id, func.count()).where(*where).group_by(kind.ticket_id))})  # type: ignore[attr-defined]

    ids = {desk.ticket(number).id for number in numbers}
    once = dict.fromkeys(ids, 1)
    assert facts(Message, Message.kind == Kind.SOLUTION.value, Message.body.contains("działa")) == once
    assert facts(Letter, Letter.text == "solution") == once
    assert facts(TicketEvent, TicketEvent.state == "heard") == once
    assert desk.ask(lambda session: set(session.scalars(select(Ticket.status)))) == {Status.SOLVED}
    assert told(desk) == MANY


def test_each_request_then_goes_its_own_way(
        desk: Desk, join: Callable[..., None], end: Callable[[], int]) -> None:
    first, second, third, asked = (desk.submit() for _ in range(4))
    desk.complete(second, "recognise", decision="hand_over", priority="normal", note="Do sprawdzenia w logach.")
    desk.complete(asked, "recognise", decision="ask", question="Kiedy?", priority="low")
    for number in (first, second, third, asked):
        join(number)

    assert end() == 4
    assert {desk.item(number).element_id for number in (first, second, third, asked)} == {"accept_solution"}
    assert "Portal znów działa." in desk.ticket(first).solution and "KOM/2026/0001" in desk.ticket(first).solution
    desk.complete(first, "accept_solution", by="clara", verdict="accepted")
    desk.complete(second, "accept_solution", by="clara", verdict="not_solved", reason="Nadal pusta strona.")
    disputed = desk.ticket(third).id
    desk.database.run(lambda session: complain(
        session, disputed, {"about": ["does_not_work"], "description": ["Nadal nie działa, strona jest pusta."]},
        by=desk.person(session, "clara"), now=desk.now, terms=Terms()))

    assert [desk.ticket(number).status for number in (first, second, third, asked)] == [
        Status.CLOSED, Status.IN_PROGRESS, Status.COMPLAINT, Status.SOLVED]
    assert desk.item(first).element_id == "survey" and desk.item(second).element_id == "recognise"


def test_while_it_lasts_the_clock_stands_with_the_reason_and_runs_on_when_the_request_leaves(
        desk: Desk, join: Callable[..., None]) -> None:
    number = desk.submit()
    desk.later(hours=1)
    join(number)
    join(number)  # twice is once
    assert desk.ticket(number).paused_because == "known_failure"
    desk.wait(hours=30)
    assert desk.clock(number).remaining == timedelta(hours=3)
    assert "KOM/2026/0001" in desk.messages(number)[-1][1]
    assert desk.letters(number, "clara") == ["registered", "reply"]

    ticket_id = desk.ticket(number).id
    with pytest.raises(NotAllowed):
        do(desk, "clara", lambda session, person: joining.leave(session, ticket_id, by=person, now=desk.now))
    do(desk, "lena", lambda session, person: joining.leave(session, ticket_id, by=person, now=desk.now))

    assert desk.ticket(number).paused_because == "" and desk.clock(number).is_running
    assert desk.ask(lambda session: find_link(session, ticket_id)) is None
    assert desk.acts(number)[-2:] == ["outage_joined", "outage_left"]


def test_a_process_without_a_place_for_the_end_gets_the_words_as_a_message(
        desk: Desk, join: Callable[..., None], end: Callable[[], int]) -> None:
    number = desk.submit({"subject": "Pytanie o portal", "description": "Portal nie działa od rana, proszę o pomoc."},
                         about="log")
    join(number)

    assert end() == 0

    assert desk.item(number).element_id == "handle"
    kind, words = desk.messages(number)[-1]
    assert kind == Kind.REPLY and "Portal znów działa." in words
    assert desk.letters(number, "clara")[-1] == "reply"
    assert desk.ticket(number).paused_because == ""


def test_who_may_join_what(desk: Desk, failure: int, join: Callable[..., None], end: Callable[[], int]) -> None:
    number, answered, withdrawn = desk.submit(), desk.submit(), desk.submit()
    desk.complete(answered, "recognise", decision="solve", solution="Proszę odświeżyć stronę.", priority="normal")
    for who, error in (("colin", NotFound), ("beth", NotFound), ("marek", NotAllowed)):
        with pytest.raises(error):
            join(number, by=who)
    join(number, by="clara")
    join(withdrawn)
    desk.withdraw(withdrawn)
    with pytest.raises(joining.AlreadyAnswered):
        join(answered)
    other = published(desk)
    with pytest.raises(joining.AlreadyJoined):
        join(number, to=other)
    # What a client ticked before sending is no reason to refuse what the process has settled by itself.
    for settled in (number, answered, withdrawn):
        do(desk, "clara", lambda session, clara, settled=settled: joining.join_new(
            session, settled, other, by=clara, now=desk.now))

    assert end() == 1
    with pytest.raises(AlreadyOver):
        join(desk.submit())
    assert desk.ticket(withdrawn).status == Status.CANCELLED
    desk.database.run(lambda session: ending.catch_up(session, now=desk.now))
    assert deliver_due(desk.database, now=desk.now) == 0


def test_whoever_joined_at_the_very_moment_of_the_end_is_caught_up_with(
        desk: Desk, failure: int, join: Callable[..., None], end: Callable[[], int]) -> None:
    number = desk.submit()
    end()
    with desk.session() as session:
        session.add(OutageTicket(announcement_id=failure, ticket_id=desk.ticket(number).id, joined_at=desk.now))

    for _ in range(2):
        desk.database.run(lambda session: ending.catch_up(session, now=desk.now))

    assert deliver_due(desk.database, now=desk.now) == 1
    assert desk.ticket(number).status == Status.SOLVED


def test_candidates_are_open_reports_of_the_same_service_since_it_began(
        desk: Desk, failure: int, join: Callable[..., None]) -> None:
    desk.now -= timedelta(hours=5)
    desk.submit()
    desk.now += timedelta(hours=5)
    free, joined, answered = desk.submit(by="colin"), desk.submit(), desk.submit()
    join(joined)
    desk.complete(answered, "recognise", decision="solve", solution="Proszę odświeżyć stronę.", priority="normal")

    found = do(desk, "lena", lambda session, person: [ticket.number for ticket in joining.list_candidates(
        session, get_announcement(session, failure), team_ids=person.team_ids)])

    assert found == [free]



def ask_and_answer(desk: Desk, number: str) -> Iterator[None]:
    """A question, then its answer; it stops between the two."""
    desk.complete(number, "recognise", decision="ask", question="Jaki numer MRN?", priority="normal")
    yield
    desk.reply(number, "26PL445010000001J1.")


@pytest.mark.parametrize("order", ["joined before the question", "joined before the answer"])
def test_the_clock_stands_while_any_reason_holds(
        desk: Desk, join: Callable[..., None], end: Callable[[], int], order: str) -> None:
    number = desk.submit()
    dialogue = ask_and_answer(desk, number)
    if order == "joined before the question":
        join(number)
        next(dialogue)
    else:
        next(dialogue)
        join(number)
    assert set(desk.clock(number).pause_reasons) == {"known_failure", "waiting_for_client"}
    next(dialogue, None)

    assert desk.clock(number).pause_reasons == ("known_failure",)
    assert desk.ticket(number).paused_because == "known_failure" and desk.clock(number).remaining == timedelta(hours=4)


def test_the_end_of_the_failure_does_not_let_the_clock_run_while_the_client_is_asked(
        desk: Desk, join: Callable[..., None]) -> None:
    number = desk.submit()
    dialogue = ask_and_answer(desk, number)
    join(number)
    next(dialogue)

    ticket_id = desk.ticket(number).id
    do(desk, "lena", lambda session, person: joining.leave(session, ticket_id, by=person, now=desk.now))

    assert desk.clock(number).pause_reasons == ("waiting_for_client",)
    next(dialogue, None)
    assert desk.clock(number).is_running and desk.ticket(number).paused_because == ""
