"""The incident process, played to each of its ends; every act restores the instance from the database."""

import pytest

from engine.acts import BadAnswers
from engine.steps import AlreadyDone, HeldByAnother
from helpdesk.errors import NotAllowed, NotFound
from helpdesk.tickets import AlreadyEnded
from tests.desk import Desk

SOLUTION = "Proszę wyczyścić pamięć przeglądarki i zalogować się ponownie."
QUESTION = "Jaki numer MRN ma zgłoszenie?"


def solve(desk: Desk, number: str) -> None:
    desk.complete(number, "recognise", decision="solve", solution=SOLUTION, priority="normal")


def ask(desk: Desk, number: str) -> None:
    desk.complete(number, "recognise", decision="ask", question=QUESTION, priority="normal")


def hand_over(desk: Desk, number: str) -> None:
    desk.complete(number, "recognise", decision="hand_over", note="Błąd po stronie systemu.", priority="high")


def test_a_request_gets_a_number_a_step_and_a_promise(desk: Desk) -> None:
    number = desk.submit()

    assert number.startswith("ZGL") and len(number) == 10
    assert desk.item(number).element_id == "recognise"
    assert desk.clock(number).allowed.calendar == "always"
    assert desk.letters(number, to="clara") == ["registered"]


def test_numbers_follow_each_other(desk: Desk) -> None:
    first, second = desk.submit(), desk.submit(by="colin")

    assert int(second[3:]) == int(first[3:]) + 1


def test_an_accepted_solution_closes_the_ticket_and_asks_for_a_rating(desk: Desk) -> None:
    number = desk.submit()
    desk.claim(number)
    solve(desk, number)
    desk.complete(number, "accept_solution", by="clara", verdict="accepted")

    desk.complete(number, "survey", by="clara", stars="5", remark="Szybko i miło.")

    ticket = desk.ticket(number)
    assert (ticket.status, ticket.outcome, ticket.solution) == ("closed", "accepted", SOLUTION)
    assert desk.instance(number).ended_at is not None
    assert desk.alarms(number) == [] and desk.open_items(number) == []
    assert "solution" in desk.letters(number, to="clara")


def test_a_solution_nobody_objects_to_closes_by_itself(desk: Desk) -> None:
    number = desk.submit()
    solve(desk, number)

    desk.wait(days=8)

    assert (desk.ticket(number).status, desk.ticket(number).outcome) == ("closed", "expired")
    assert desk.item(number).element_id == "survey"

    desk.wait(days=15)

    assert desk.instance(number).ended_at is not None


def test_a_solution_that_does_not_help_returns_with_its_reason(desk: Desk) -> None:
    number = desk.submit()
    solve(desk, number)
    with pytest.raises(BadAnswers):
        desk.complete(number, "accept_solution", by="clara", verdict="not_solved")

    desk.complete(number, "accept_solution", by="clara", verdict="not_solved", reason="Nadal pusta strona.")

    assert desk.item(number).element_id == "recognise"
    assert desk.ticket(number).status == "in_progress"
    assert desk.clock(number).is_running
    assert "reopened" in desk.letters(number, to="amir") + desk.letters(number, to="lena")


def test_waiting_for_the_client_pauses_the_clock_and_an_answer_starts_it(desk: Desk) -> None:
    number = desk.submit()
    desk.later(hours=1)
    ask(desk, number)
    desk.later(hours=20)

    assert desk.clock(number).paused_because == "waiting_for_client"
    assert desk.ticket(number).status == "waiting_for_client"
    assert ("question", QUESTION) in desk.messages(number)

    desk.complete(number, "supplement", by="clara", answer="26PL445010000001J1")

    assert desk.clock(number).is_running
    assert desk.clock(number).remaining.total_seconds() == 3 * 3600
    assert desk.item(number).element_id == "recognise"


def test_a_reply_answers_the_question(desk: Desk) -> None:
    number = desk.submit()
    ask(desk, number)

    desk.reply(number, "Numer MRN to 26PL445010000001J1.")

    assert desk.item(number).element_id == "recognise"
    assert desk.ticket(number).status == "in_progress"
    assert [answer.content["answer"] for answer in desk.answers(number) if answer.form == "incident_supplement"] == [
        "Numer MRN to 26PL445010000001J1."]


def test_a_silent_client_is_reminded_after_three_and_closed_after_ten_working_days(desk: Desk) -> None:
    number = desk.submit()
    ask(desk, number)

    desk.wait(days=2, hours=23)
    assert "reminder" not in desk.letters(number, to="clara")
    desk.wait(hours=2)
    assert desk.letters(number, to="clara").count("reminder") == 1

    desk.wait(days=12)

    assert (desk.ticket(number).status, desk.ticket(number).outcome) == ("closed", "no_answer")
    assert "closed_without_answer" in desk.letters(number, to="clara")
    assert desk.instance(number).ended_at is not None


def test_what_is_out_of_scope_is_refused_with_a_reason(desk: Desk) -> None:
    number = desk.submit()
    with pytest.raises(BadAnswers):
        desk.complete(number, "recognise", decision="refuse", priority="normal")

    desk.complete(number, "recognise", decision="refuse", refusal_reason="etoll", priority="low",
                  explanation="Sprawami e-TOLL zajmuje się osobny Help Desk.")

    assert (desk.ticket(number).status, desk.ticket(number).outcome) == ("closed", "refused")
    assert "refused" in desk.letters(number, to="clara")
    assert desk.instance(number).ended_at is not None


def test_the_second_line_gets_twenty_working_days(desk: Desk) -> None:
    number = desk.submit()

    hand_over(desk, number)

    item = desk.item(number)
    assert item.element_id == "specialist_work"
    assert str(desk.clock(number).allowed) == "P20D @ office"
    assert desk.ticket(number).status == "with_specialist"

    desk.complete(number, "specialist_work", by="beth", decision="solve", solution=SOLUTION, cause="defect")
    desk.complete(number, "accept_solution", by="clara", verdict="accepted")

    assert desk.ticket(number).outcome == "accepted"


def test_a_specialist_can_ask_and_return(desk: Desk) -> None:
    number = desk.submit()
    hand_over(desk, number)
    desk.complete(number, "specialist_work", by="beth", decision="ask", question=QUESTION)
    desk.reply(number, "Tak jak poprzednio.")

    assert desk.item(number).element_id == "specialist_work"

    desk.complete(number, "specialist_work", by="beth", decision="return", note="To jednak nie nasz system.")

    assert desk.item(number).element_id == "recognise"


def test_lead_and_manager_hear_of_danger_once_each(desk: Desk) -> None:
    number = desk.submit()

    desk.wait(hours=3, minutes=1)
    assert [text for text in desk.letters(number, to="lena") if text == "escalation"] == ["escalation"]
    desk.wait(hours=1)
    assert desk.letters(number, to="lena").count("breach") == 1
    assert desk.letters(number, to="marek") == []
    desk.wait(hours=2)

    assert desk.letters(number, to="marek") == ["overdue"]
    assert desk.item(number).element_id == "recognise"
    assert desk.clock(number).breached_at is not None


def test_after_an_outage_only_the_loudest_threshold_is_told(desk: Desk) -> None:
    number = desk.submit()

    desk.later(hours=10)
    desk.tick()

    assert desk.letters(number, to="lena") == []
    assert desk.letters(number, to="marek") == ["overdue"]


def test_a_paused_clock_escalates_nothing(desk: Desk) -> None:
    number = desk.submit()
    ask(desk, number)

    desk.wait(days=2)

    assert desk.letters(number, to="lena") == []


def test_a_client_can_withdraw_until_the_end(desk: Desk) -> None:
    number = desk.submit()

    desk.withdraw(number, reason="Już działa.")

    assert (desk.ticket(number).status, desk.ticket(number).outcome) == ("cancelled", "withdrawn")
    assert desk.open_items(number) == [] and desk.alarms(number) == []
    with pytest.raises(AlreadyEnded):
        desk.withdraw(number)


def test_the_same_act_sent_twice_counts_once(desk: Desk) -> None:
    first = desk.submit(key="1:abc")

    assert desk.submit(key="1:abc") == first
    item_id = desk.item(first).id
    desk.finish(item_id, by="amir", key="2:x", decision="solve", solution=SOLUTION, priority="normal")
    desk.finish(item_id, by="amir", key="2:x", decision="solve", solution=SOLUTION, priority="normal")

    assert desk.acts(first).count("completed") == 1
    with pytest.raises(AlreadyDone):
        desk.finish(item_id, by="amir", key="2:y", decision="solve", solution=SOLUTION, priority="normal")


def test_a_claimed_step_belongs_to_its_holder(desk: Desk) -> None:
    number = desk.submit()
    desk.claim(number, by="amir")

    with pytest.raises(HeldByAnother):
        desk.claim(number, by="lena")
    desk.assign(number, to="lena", by="lena")
    with pytest.raises(HeldByAnother):
        solve(desk, number)

    assert desk.item(number).holder_id is not None
    desk.release(number, by="lena")
    assert desk.item(number).holder_id is None


def test_the_wrong_people_are_refused(desk: Desk) -> None:
    number = desk.submit()

    for stranger in ("colin", "beth", "ada", "oskar"):
        with pytest.raises(NotFound):
            desk.claim(number, by=stranger)
        with pytest.raises(NotFound):
            desk.reply(number, "Halo?", by=stranger)
    with pytest.raises(NotAllowed):
        desk.claim(number, by="clara")
    with pytest.raises(NotAllowed):
        desk.assign(number, to="amir", by="amir")
    with pytest.raises(NotAllowed):
        desk.withdraw(number, by="amir")
    with pytest.raises(NotAllowed):
        desk.submit(by="colin", client="clara")


def test_an_agent_registers_by_phone_for_a_client(desk: Desk) -> None:
    number = desk.submit(by="amir", client="clara")

    assert desk.letters(number, to="clara") == ["registered"]
    assert desk.ask(lambda session: desk.person(session, "clara").id) == desk.ticket(number).client_id


def test_an_answer_by_the_form_is_part_of_the_conversation(desk: Desk) -> None:
    number = desk.submit()
    ask(desk, number)

    desk.complete(number, "supplement", by="clara", answer="26PL445010000001J1")

    assert desk.messages(number) == [("question", QUESTION), ("reply", "26PL445010000001J1")]


def test_who_took_the_call_can_look_the_ticket_up(desk: Desk) -> None:
    number = desk.submit(by="beth", client="clara")

    desk.note(number, "Klientka oddzwoni po południu.", by="beth")

    with pytest.raises(NotAllowed):
        desk.claim(number, by="beth")
