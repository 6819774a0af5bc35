"""The deletion of an account, played to each of its ends; every act restores the instance from the database."""

import pytest

from engine.acts import BadAnswers
from helpdesk.errors import NotAllowed, NotFound
from helpdesk.tickets import AlreadyEnded
from tests.desk import DELETION, Desk

PAPER: dict[str, object] = {"filed_on": "2026-11-16", "reference": "WRR/2026/117", "signature": "qualified"}
DONE: dict[str, object] = {"done": True, "deactivated_on": "2026-11-17"}
EXPLANATION = "Na koncie są otwarte zgłoszenia celne; najpierw trzeba je zamknąć."
REMARK = "Formularz nie jest podpisany. Proszę podpisać go i złożyć jeszcze raz."


def ask_to_delete(desk: Desk, *, by: str = "clara", **changes: object) -> str:
    return desk.submit({**DELETION, **changes}, by=by, about="delete_account")


def ask_to_delete_extended(desk: Desk) -> str:
    return ask_to_delete(desk, scope="extended", id_sisc="PL200251494500000")


def file_form(desk: Desk, number: str) -> None:
    desk.complete(number, "file_form", by="clara", **PAPER)


def deactivate(desk: Desk, number: str) -> None:
    desk.complete(number, "deactivate_account", by="beth", **DONE)


def state(desk: Desk, number: str) -> tuple[str, str, str]:
    """Status, outcome, and the element the process ended at."""
    ticket = desk.ticket(number)
    return ticket.status, ticket.outcome, desk.instance(number).end_element


def test_a_basic_account_is_deleted_and_the_handling_is_rated(desk: Desk) -> None:
    number = ask_to_delete(desk)
    desk.complete(number, "check_request", identity_confirmed=True, decision="delete")
    assert desk.ticket(number).status == "with_specialist"
    deactivate(desk, number)
    assert (desk.ticket(number).status, desk.ticket(number).outcome) == ("closed", "deleted")

    desk.complete(number, "survey", by="clara", stars="4")

    assert state(desk, number) == ("closed", "deleted", "rated")
    assert desk.letters(number, to="clara") == ["registered", "account_deleted"]
    assert desk.alarms(number) == [] and desk.open_items(number) == []
    assert desk.clock(number).met


def test_a_rating_nobody_gives_ends_after_fourteen_days(desk: Desk) -> None:
    number = ask_to_delete(desk)
    desk.complete(number, "check_request", decision="delete")
    deactivate(desk, number)

    desk.wait(days=13, hours=23)
    assert desk.item(number).element_id == "survey"
    desk.wait(hours=1)

    assert state(desk, number) == ("closed", "deleted", "not_rated")
    assert desk.open_items(number) == [] and desk.alarms(number) == []


def test_a_request_that_is_not_right_is_refused_with_an_explanation(desk: Desk) -> None:
    number = ask_to_delete(desk)

    desk.complete(number, "check_request", decision="refuse", explanation=EXPLANATION)

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert ("solution", EXPLANATION) in desk.messages(number)
    assert desk.letters(number, to="clara") == ["registered", "refused"]


def test_an_extended_account_needs_the_signed_form_and_stands_still_until_it_comes(desk: Desk) -> None:
    number = ask_to_delete_extended(desk)
    item = desk.item(number, "file_form")
    assert item.is_for_client and desk.ticket(number).status == "waiting_for_client"
    assert desk.clock(number).paused_because == "waiting_for_client"
    assert str(desk.clock(number).allowed) == "P10D @ office"

    desk.later(days=2)
    file_form(desk, number)
    assert desk.clock(number).is_running and desk.clock(number).used == 0
    desk.complete(number, "check_form", decision="correct")
    deactivate(desk, number)
    desk.complete(number, "survey", by="clara", stars="5")

    assert state(desk, number) == ("closed", "deleted", "rated")
    assert desk.letters(number, to="clara") == ["registered", "waiting_for_form", "account_deleted"]


def test_a_form_with_a_mistake_goes_back_to_the_client_as_often_as_needed(desk: Desk) -> None:
    number = ask_to_delete_extended(desk)

    for _ in range(3):
        file_form(desk, number)
        desk.complete(number, "check_form", decision="incorrect", remark=REMARK)
        assert desk.item(number).element_id == "file_form"
        assert desk.clock(number).paused_because == "waiting_for_client"
    file_form(desk, number)
    desk.complete(number, "check_form", decision="correct")

    assert desk.messages(number).count(("question", REMARK)) == 3
    assert desk.item(number).element_id == "deactivate_account"


def test_a_form_can_be_refused_for_good(desk: Desk) -> None:
    number = ask_to_delete_extended(desk)
    file_form(desk, number)

    desk.complete(number, "check_form", decision="refuse", explanation=EXPLANATION)

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert ("solution", EXPLANATION) in desk.messages(number)


def test_a_form_that_never_comes_is_reminded_of_once_and_closes_the_matter(desk: Desk) -> None:
    number = ask_to_delete_extended(desk)

    desk.wait(days=2, hours=23)
    assert "reminder" not in desk.letters(number, to="clara")
    desk.wait(hours=2)
    assert desk.letters(number, to="clara").count("reminder") == 1
    desk.wait(days=14)

    assert state(desk, number) == ("closed", "no_answer", "ended_no_answer")
    assert desk.letters(number, to="clara")[-1] == "closed_without_answer"
    assert desk.letters(number, to="clara").count("reminder") == 1
    assert desk.open_items(number) == [] and desk.alarms(number) == []


def test_a_message_does_not_stand_for_the_signed_form(desk: Desk) -> None:
    number = ask_to_delete_extended(desk)

    desk.reply(number, "Wyślę formularz jutro.")

    assert desk.item(number).element_id == "file_form"
    assert desk.clock(number).paused_because == "waiting_for_client"


def test_lead_and_manager_hear_of_danger_while_the_work_goes_on(desk: Desk) -> None:
    number = ask_to_delete(desk)

    desk.wait(hours=3)
    assert desk.letters(number, to="lena") == ["escalation"]
    desk.wait(hours=1)
    assert desk.letters(number, to="lena") == ["escalation", "breach"]
    desk.wait(hours=2)

    assert desk.letters(number, to="marek") == ["overdue"]
    assert desk.item(number).element_id == "check_request"
    desk.complete(number, "check_request", decision="refuse", explanation=EXPLANATION)
    assert state(desk, number) == ("closed", "refused", "ended_refused")


def test_the_time_of_the_second_line_counts_too(desk: Desk) -> None:
    number = ask_to_delete(desk)
    desk.complete(number, "check_request", decision="delete")

    desk.wait(hours=4)

    assert desk.item(number).element_id == "deactivate_account"
    assert "breach" in desk.letters(number)


def test_waiting_for_the_form_escalates_nothing(desk: Desk) -> None:
    number = ask_to_delete_extended(desk)

    desk.wait(days=10)

    assert desk.letters(number, to="lena") == [] and desk.letters(number, to="marek") == []


@pytest.mark.parametrize("scope", ["basic", "extended"])
def test_a_client_can_withdraw_while_it_is_under_way(desk: Desk, scope: str) -> None:
    number = ask_to_delete(desk) if scope == "basic" else ask_to_delete_extended(desk)

    desk.withdraw(number, reason="Konto jednak się przyda.")

    assert state(desk, number) == ("cancelled", "withdrawn", "")
    assert desk.open_items(number) == [] and desk.alarms(number) == []
    desk.wait(days=30)
    assert desk.letters(number, to="clara") == ["registered", *(["waiting_for_form"] if scope == "extended" else []),
                                                "withdrawn"]


def test_a_deleted_account_cannot_be_withdrawn_any_more(desk: Desk) -> None:
    number = ask_to_delete(desk)
    desk.complete(number, "check_request", decision="delete")
    deactivate(desk, number)

    with pytest.raises(AlreadyEnded):
        desk.withdraw(number)

    assert desk.item(number).element_id == "survey"


@pytest.mark.parametrize(("changes", "wrong"), [
    ({"login": ""}, "login"), ({"login": "nie adres"}, "login"), ({"scope": ""}, "scope"),
    ({"scope": "everything"}, "scope"), ({"understood": False}, "understood"),
    ({"scope": "extended", "id_sisc": "123"}, "id_sisc"), ({"reason": "a" * 1001}, "reason"),
])
def test_a_request_with_a_wrong_answer_is_not_registered(desk: Desk, changes: dict[str, object], wrong: str) -> None:
    with pytest.raises(BadAnswers) as refused:
        ask_to_delete(desk, **changes)

    assert set(refused.value.filled.errors) == {wrong}


@pytest.mark.parametrize(("element", "answers"), [
    ("check_request", {}), ("check_request", {"decision": "refuse"}), ("check_request", {"decision": "maybe"}),
    ("check_request", {"decision": "refuse", "explanation": "   "}),
    ("file_form", {}), ("file_form", {**PAPER, "signature": "scan"}), ("file_form", {**PAPER, "reference": "abc"}),
    ("file_form", {**PAPER, "filed_on": "16 listopada"}),
    ("check_form", {}), ("check_form", {"decision": "incorrect"}), ("check_form", {"decision": "refuse"}),
    ("deactivate_account", {"done": False, "deactivated_on": "2026-11-17"}), ("deactivate_account", {"done": True}),
    ("survey", {}), ("survey", {"stars": "6"}), ("survey", {"stars": "0"}),
])
def test_a_step_with_a_wrong_answer_stays_as_it_was(desk: Desk, element: str, answers: dict[str, object]) -> None:
    number = arrive_at(desk, element)
    who = {"file_form": "clara", "survey": "clara", "deactivate_account": "beth"}.get(element, "amir")
    before = (desk.instance(number).state, desk.answers(number), desk.trail(number), desk.messages(number))

    with pytest.raises(BadAnswers):
        desk.complete(number, element, by=who, **answers)

    assert desk.item(number).element_id == element
    assert desk.instance(number).state == before[0]
    assert len(desk.answers(number)) == len(before[1])
    assert (desk.trail(number), desk.messages(number)) == before[2:]


def test_everybody_finishes_only_their_own_steps(desk: Desk) -> None:
    number = ask_to_delete_extended(desk)
    for stranger, refusal in {"amir": NotAllowed, "beth": NotFound, "colin": NotFound, "ada": NotFound}.items():
        with pytest.raises(refusal):
            desk.complete(number, "file_form", by=stranger, **PAPER)
    file_form(desk, number)

    for stranger, refusal in {"clara": NotAllowed, "colin": NotFound, "beth": NotFound}.items():
        with pytest.raises(refusal):
            desk.complete(number, "check_form", by=stranger, decision="correct")
    desk.complete(number, "check_form", decision="correct")

    for stranger, refusal in {"amir": NotAllowed, "lena": NotAllowed, "clara": NotAllowed}.items():
        with pytest.raises(refusal):
            desk.complete(number, "deactivate_account", by=stranger, **DONE)
    assert desk.item(number).element_id == "deactivate_account"


def arrive_at(desk: Desk, element: str) -> str:
    """A request whose open step is `element`."""
    if element == "check_request":
        return ask_to_delete(desk)
    number = ask_to_delete_extended(desk)
    if element == "file_form":
        return number
    file_form(desk, number)
    if element == "check_form":
        return number
    desk.complete(number, "check_form", decision="correct")
    if element == "survey":
        deactivate(desk, number)
    return number
