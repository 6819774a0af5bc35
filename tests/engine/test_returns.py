"""A client comes back to a request that has ended: it is opened again, or goes on in one that is linked to it."""

import pytest

from engine.acts import BadAnswers, Typed
from engine.outside.delivering import deliver_due
from engine.returns.coming_back import answers_of_start, begin_again, come_back
from engine.returns.terms import NothingToAddTo, TooLateToAdd
from helpdesk.conversation import NothingSaid
from helpdesk.errors import NotFound
from helpdesk.links import list_ticket_links
from tests.desk import INCIDENT, Desk
from tests.engine.test_complaint import decide, decider, dispute, solved
from tests.engine.test_ticket_process import do, report

__all__ = ["decider"]
AGAIN = "Dziś rano błąd wrócił."
DAYS = 30


def back(desk: Desk, number: str, body: str = AGAIN, *, by: str = "clara", key: str | None = None) -> str:
    ticket_id = desk.ticket(number).id
    return desk.database.run(lambda session: come_back(
        session, ticket_id, body, by=desk.person(session, by), now=desk.now, days=DAYS, key=key))


def links(desk: Desk, number: str) -> list[tuple[str, str]]:
    ticket_id = desk.ticket(number).id
    return desk.ask(lambda session: [
        (one.ticket.number, one.earlier.number) for one in list_ticket_links(session, ticket_id)])


def closed(desk: Desk) -> str:
    """An incident whose solution was accepted: its diagram has no way back."""
    number = solved(desk)
    desk.complete(number, "accept_solution", by="clara", verdict="accepted")
    return number


def test_a_diagram_with_a_way_back_opens_the_request_again_with_a_new_promise(desk: Desk) -> None:
    number = report(desk)
    do(desk, number, "take", "close")
    desk.wait(days=10)

    assert back(desk, number, key="once") == number == back(desk, number, key="once")

    assert (desk.ticket(number).status, desk.item(number).element_id) == ("in_progress", "handle")
    assert desk.messages(number) == [("reply", AGAIN)] and desk.letters(number, to="amir")[-1] == "reply"
    assert desk.clock(number).is_running and desk.clock(number).used == 0
    assert "reopened" in desk.acts(number)
    do(desk, number, "resolve", "close")
    assert desk.item(number).element_id == "closed"


def test_without_a_way_back_a_linked_request_of_the_same_kind_is_opened(desk: Desk) -> None:
    number = closed(desk)
    desk.later(days=2)

    later = back(desk, number, key="once")

    assert later != number and back(desk, number, key="once") == later
    first, second = desk.ticket(number), desk.ticket(later)
    assert (second.classification_id, second.subject, second.status) == (
        first.classification_id, first.subject, "registered")
    assert desk.answers(later)[0].content == desk.answers(number)[0].content
    assert desk.messages(later) == [("reply", AGAIN)] and AGAIN not in str(desk.messages(number))
    assert links(desk, number) == links(desk, later) == [(later, number)]
    assert "followed" in desk.acts(number) and first.status == "closed"


def test_after_the_set_time_only_a_new_form_is_left_and_it_is_linked_too(desk: Desk) -> None:
    number = closed(desk)
    desk.later(days=DAYS, hours=1)

    with pytest.raises(TooLateToAdd, match=str(DAYS)):
        back(desk, number)
    ticket_id = desk.ticket(number).id
    later = desk.database.run(lambda session: begin_again(
        session, ticket_id, {**answers_of_start(session, desk.ticket(number), "pl"), "subject": ["Znowu pusta strona"]},
        by=desk.person(session, "clara"), now=desk.now))

    assert desk.ticket(later).subject == "Znowu pusta strona"
    assert links(desk, later) == [(later, number)]


def test_what_is_withdrawn_running_or_said_with_no_words_is_not_come_back_to(desk: Desk) -> None:
    running, withdrawn, ended = desk.submit(), desk.submit(), closed(desk)
    desk.withdraw(withdrawn)

    for number in (running, withdrawn):
        with pytest.raises(NothingToAddTo):
            back(desk, number)
    with pytest.raises(NothingSaid):
        back(desk, ended, "  ")
    with pytest.raises(NotFound):
        back(desk, ended, by="colin")


def test_answers_that_the_form_of_today_refuses_leave_everything_as_it_was(desk: Desk) -> None:
    number = closed(desk)
    ticket_id = desk.ticket(number).id

    with pytest.raises(BadAnswers):
        desk.database.run(lambda session: begin_again(
            session, ticket_id, Typed.of(**{**INCIDENT, "what_happened": ""}), by=desk.person(session, "clara"),
            now=desk.now))

    assert links(desk, number) == []


@pytest.mark.parametrize(("verdict", "because"), [("rejected", ""), ("upheld", "")])
def test_the_clock_of_a_disputed_request_says_that_a_complaint_is_decided(
        decider: Desk, verdict: str, because: str) -> None:
    number = solved(decider)
    assert decider.clock(number).paused_because == "solution_offered"

    complaint = dispute(decider, number)
    assert decider.clock(number).paused_because == decider.ticket(number).paused_because == "complaint"
    decide(decider, complaint, verdict)
    deliver_due(decider.database, now=decider.now)

    assert decider.ticket(number).paused_because == because
    assert decider.clock(number).pause_reasons == ()


def test_a_withdrawn_complaint_leaves_the_solution_to_be_judged_again(decider: Desk) -> None:
    number = solved(decider)
    complaint = dispute(decider, number)

    decider.withdraw(complaint)
    deliver_due(decider.database, now=decider.now)

    assert decider.ticket(number).paused_because == "solution_offered"
