"""The small ticket process, played to its end; every act restores the instance from the database."""

import pytest

from engine.acts import BadAnswers
from helpdesk.errors import NotAllowed, NotFound
from helpdesk.tickets import AlreadyEnded
from tests.desk import Desk

REPORT: dict[str, object] = {"subject": "Raport nie zapisuje się", "description": "Po kliknięciu nic się nie dzieje."}
WORKING = ("seriousness", "create_anomaly", "resolve_anomaly", "schedule", "verify", "invalid", "duplicate")


def report(desk: Desk) -> str:
    return desk.submit(REPORT, about="log")


def do(desk: Desk, number: str, *acts: str) -> None:
    for act in acts:
        desk.complete(number, act=act)


def test_a_ticket_is_taken_solved_closed_and_ends_after_sixty_days(desk: Desk) -> None:
    number = report(desk)

    do(desk, number, "take", "resolve", "close")
    assert (desk.ticket(number).status, desk.ticket(number).outcome) == ("closed", "solved")
    assert desk.item(number).element_id == "closed"
    desk.wait(days=59, hours=23)
    assert desk.instance(number).ended_at is None
    desk.wait(hours=2)

    assert desk.instance(number).end_element == "ended"
    assert desk.open_items(number) == [] and desk.alarms(number) == []
    assert desk.ticket(number).status == "closed"


def test_closing_again_starts_the_sixty_days_anew(desk: Desk) -> None:
    number = report(desk)
    do(desk, number, "close")
    desk.wait(days=50)

    do(desk, number, "close")
    desk.wait(days=50)
    assert desk.item(number).element_id == "closed"
    desk.wait(days=11)

    assert desk.instance(number).end_element == "ended"


def test_any_other_act_reopens_a_closed_ticket_with_a_new_promise(desk: Desk) -> None:
    number = report(desk)
    do(desk, number, "take", "close")
    desk.wait(days=10)

    do(desk, number, "verify")

    assert (desk.item(number).element_id, desk.ticket(number).status) == ("handle", "in_progress")
    assert desk.ticket(number).closed_at is None
    assert desk.clock(number).is_running and desk.clock(number).used == 0
    assert [alarm for alarm in desk.alarms(number) if alarm.kind == "timer"] == []


@pytest.mark.parametrize(("act", "status", "element"), [
    ("take", "in_progress", "handle"), ("wait", "waiting_for_client", "handle"),
    ("require_upgrade", "waiting_for_client", "handle"), ("resolve", "solved", "handle"),
    ("close", "closed", "closed"), *((act, "in_progress", "handle") for act in WORKING),
])
def test_every_act_leads_somewhere_from_an_open_and_from_a_closed_ticket(
        desk: Desk, act: str, status: str, element: str) -> None:
    number = report(desk)

    do(desk, number, act)
    assert (desk.ticket(number).status, desk.item(number).element_id) == (status, element)
    do(desk, number, "close", act)

    assert (desk.ticket(number).status, desk.item(number).element_id) == (status, element)


def test_taking_charge_keeps_the_promise_of_a_first_answer(desk: Desk) -> None:
    number = report(desk)
    desk.later(hours=2)

    do(desk, number, "take")

    assert desk.clock(number, "first_answer").met
    assert desk.clock(number).is_running


def test_waiting_pauses_the_clock_and_the_next_act_lets_it_run(desk: Desk) -> None:
    number = report(desk)
    do(desk, number, "take", "wait")
    assert desk.clock(number).paused_because == "waiting_for_client"
    desk.later(days=30)
    assert desk.clock(number).used == 0

    do(desk, number, "verify")

    assert desk.clock(number).is_running and desk.clock(number).used == 0


def test_a_solution_stops_the_clock_until_somebody_doubts_it(desk: Desk) -> None:
    number = report(desk)
    do(desk, number, "resolve")
    assert desk.clock(number).paused_because == "solution_offered"

    do(desk, number, "verify")

    assert desk.clock(number).is_running
    assert desk.ticket(number).status == "in_progress"


def test_a_hundred_acts_are_as_easy_as_one(desk: Desk) -> None:
    number = report(desk)
    do(desk, number, *["verify"] * 3)
    early = len(desk.instance(number).state)

    do(desk, number, *["verify", "wait"] * 15)

    assert desk.item(number).element_id == "handle"
    assert len(desk.instance(number).state) < early * 1.2 + 100


def test_a_breach_is_noted_and_nothing_else_happens_where_nothing_is_drawn(desk: Desk) -> None:
    number = report(desk)

    desk.wait(days=3)

    assert desk.letters(number) == ["registered"]
    assert desk.acts(number).count("threshold_passed") > 0
    assert desk.item(number).element_id == "handle"


def test_a_client_can_withdraw_an_open_ticket_and_not_a_closed_one(desk: Desk) -> None:
    first, second = report(desk), report(desk)
    do(desk, second, "close")

    desk.withdraw(first)

    assert (desk.ticket(first).status, desk.open_items(first), desk.alarms(first)) == ("cancelled", [], [])
    with pytest.raises(AlreadyEnded):
        desk.withdraw(second)
    with pytest.raises(AlreadyEnded):
        desk.reply(first, "Jednak nie działa.")


@pytest.mark.parametrize("answers", [{}, {"act": "dance"}, {"act": "take", "seriousness": "9"},
                                     {"act": "take", "note": "a" * 5001}])
def test_a_wrong_answer_changes_nothing(desk: Desk, answers: dict[str, object]) -> None:
    number = report(desk)
    before = desk.instance(number).state, desk.trail(number)

    with pytest.raises(BadAnswers):
        desk.complete(number, **answers)

    assert (desk.instance(number).state, desk.trail(number)) == before
    assert desk.item(number).element_id == "handle"


@pytest.mark.parametrize(("changes", "wrong"), [
    ({"subject": ""}, "subject"), ({"subject": "a" * 121}, "subject"), ({"description": " "}, "description"),
    ({"customer_reference": "a" * 61}, "customer_reference"),
])
def test_a_wrong_report_is_not_registered(desk: Desk, changes: dict[str, object], wrong: str) -> None:
    with pytest.raises(BadAnswers) as refused:
        desk.submit({**REPORT, **changes}, about="log")

    assert set(refused.value.filled.errors) == {wrong}


def test_only_the_team_handles_it(desk: Desk) -> None:
    number = report(desk)

    for stranger, refusal in {"clara": NotAllowed, "colin": NotFound, "beth": NotFound, "oskar": NotFound}.items():
        with pytest.raises(refusal):
            desk.complete(number, by=stranger, act="take")

    assert desk.item(number).holder_id is None
