"""Account unlock, played to each of its ends; every act restores the instance from the database."""

import pytest

from engine.acts import BadAnswers
from engine.outside.client import SystemDown
from helpdesk.audit import AuditEntry
from helpdesk.errors import NotAllowed, NotFound
from helpdesk.tickets import Channel
from tests.desk import Desk
from tests.engine.processes.conftest import ACCOUNT, Directory, state, wrong_in

UNLOCK: dict[str, object] = {
    "login": "clara@example.com", "first_name": "Clara", "last_name": "Wójcik", "id_kind": "pesel",
    "pesel": "44051401359", "phone": "+48 22 555 01 01", "locked_since": "2026-11-16T08:00",
    "tried": "wrong_password", "may_call": True}
EXPLANATION = "Pod tym adresem nie ma konta; proszę założyć nowe."


def ask_to_unlock(desk: Desk, **extra: object) -> str:
    return desk.submit(UNLOCK, about="account_unlock", **extra)


def check(desk: Desk, number: str, result: str, **answers: object) -> None:
    desk.complete(number, "check_identity", method="emergency_password", result=result, **answers)


def attempts(desk: Desk, number: str) -> list[tuple[str, int]]:
    """Outcome and number of failed attempts so far, of every attempt in the audit."""
    return [(entry.details["outcome"], entry.details["failed"]) for entry in desk.rows(AuditEntry, number)
            if entry.act == "attempt"]


def test_a_confirmed_client_gets_the_account_unlocked_within_four_hours_at_night(desk: Desk,
                                                                                directory: Directory) -> None:
    desk.later(hours=16)  # one in the morning
    number = ask_to_unlock(desk)
    assert str(desk.clock(number).allowed) == "PT4H @ always"
    desk.later(hours=3, minutes=59)

    check(desk, number, "confirmed")

    assert directory.asked == [("find_account", {"login": "clara@example.com"}),
                               ("unlock_account", {"login": "clara@example.com"})]
    assert desk.ticket(number).outcome == "solved" and desk.clock(number).met
    desk.complete(number, "survey", by="clara", stars="5")
    assert state(desk, number) == ("closed", "solved", "rated")
    assert desk.letters(number, to="clara") == ["registered", "account_unlocked"]
    assert desk.alarms(number) == [] and desk.open_items(number) == []


def test_a_rating_nobody_gives_ends_after_fourteen_days(desk: Desk) -> None:
    number = ask_to_unlock(desk)
    check(desk, number, "confirmed")

    desk.wait(days=14)

    assert state(desk, number) == ("closed", "solved", "not_rated")


def test_who_cannot_sign_in_is_registered_by_the_agent_who_took_the_call(desk: Desk) -> None:
    number = ask_to_unlock(desk, by="amir", client="clara", channel=Channel.PHONE)

    assert desk.ticket(number).channel == "phone"
    check(desk, number, "confirmed")
    assert desk.letters(number, to="clara") == ["registered", "account_unlocked"]
    with pytest.raises(NotAllowed):
        ask_to_unlock(desk, by="colin", client="clara", channel=Channel.PHONE)


def test_the_third_failed_check_refuses_and_tells_how_to_go_on(desk: Desk, directory: Directory) -> None:
    number = ask_to_unlock(desk)

    for left in (2, 1):
        check(desk, number, "not_confirmed")
        assert desk.item(number).element_id == "check_identity", left
    check(desk, number, "not_confirmed")

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert attempts(desk, number) == [("not_confirmed", 1), ("not_confirmed", 2), ("not_confirmed", 3)]
    said = desk.ticket(number).solution
    assert "osobiście" in said and "podpisanym" in said
    assert desk.letters(number, to="clara") == ["registered", "refused"]
    assert "unlock_account" not in directory.operations()


def test_the_way_on_is_told_in_the_clients_language(desk: Desk) -> None:
    with desk.session() as session:
        desk.person(session, "clara").language = "en"
    number = ask_to_unlock(desk)

    for _ in range(3):
        check(desk, number, "not_confirmed")

    assert "in person" in desk.ticket(number).solution


def test_an_attempt_may_succeed_after_two_that_failed_and_every_one_is_audited_without_a_secret(desk: Desk) -> None:
    number = ask_to_unlock(desk)
    for result in ("not_confirmed", "unreachable", "not_confirmed", "confirmed"):
        check(desk, number, result)

    assert attempts(desk, number) == [("not_confirmed", 1), ("unreachable", 1), ("not_confirmed", 2), ("confirmed", 2)]
    details = [set(entry.details) for entry in desk.rows(AuditEntry, number) if entry.act == "attempt"]
    assert all(one == {"of", "outcome", "number", "failed"} for one in details)
    assert desk.letters(number, to="clara") == ["registered", "unlock_call_missed", "account_unlocked"]


@pytest.mark.parametrize(("answers", "demanded", "instead"), [
    ({}, "emergency_password", "stored_data"), ({"tried": "certificate"}, "stored_data", "document"),
    ({"id_kind": "other", "other_id": "AB 1234567"}, "document", "stored_data")])
def test_a_table_says_which_check_is_demanded(desk: Desk, answers: dict[str, object], demanded: str,
                                              instead: str) -> None:
    number = desk.submit({**UNLOCK, **answers}, about="account_unlock")
    other, = {"emergency_password", "stored_data", "document"} - {demanded, instead}

    with pytest.raises(BadAnswers) as refused:
        desk.complete(number, "check_identity", method=other, result="confirmed")

    assert set(refused.value.filled.errors) == {"method"}
    desk.complete(number, "check_identity", method=instead, result="confirmed")
    assert desk.ticket(number).outcome == "solved"


def test_who_gives_up_is_refused_with_an_explanation(desk: Desk) -> None:
    number = ask_to_unlock(desk)

    check(desk, number, "given_up", explanation="Nie udało się nam skontaktować.")

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert ("solution", "Nie udało się nam skontaktować.") in desk.messages(number)


def test_an_unknown_login_is_cleared_up_and_looked_for_again(desk: Desk, directory: Directory) -> None:
    directory.says["find_account"] = {**ACCOUNT, "is_found": False, "login": ""}
    number = ask_to_unlock(desk)
    assert desk.item(number).element_id == "correct_login"

    directory.says["find_account"] = ACCOUNT
    desk.complete(number, "correct_login", decision="corrected", login="clara.wojcik@example.com")

    assert directory.asked[-1] == ("find_account", {"login": "clara.wojcik@example.com"})
    assert desk.item(number).element_id == "check_identity"


def test_an_account_that_is_not_there_is_refused(desk: Desk, directory: Directory) -> None:
    directory.says["find_account"] = {**ACCOUNT, "is_found": False, "login": ""}
    number = ask_to_unlock(desk)

    desk.complete(number, "correct_login", decision="refuse", explanation=EXPLANATION)

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert desk.ticket(number).solution == EXPLANATION


def test_what_the_directory_refuses_goes_to_a_specialist(desk: Desk, directory: Directory) -> None:
    code = directory.says["unlock_account"] = "security_hold"
    number = ask_to_unlock(desk)
    check(desk, number, "confirmed")

    assert desk.item(number).element_id == "examine_lock" and desk.ticket(number).status == "with_specialist"
    assert desk.ticket(number).priority == "high"
    assert ("note", f"Katalog odmówił odblokowania konta: {code}") in desk.messages(number)
    desk.complete(number, "examine_lock", by="beth", decision="unlocked")
    assert desk.ticket(number).outcome == "solved"


def test_a_lock_for_security_may_stay(desk: Desk, directory: Directory) -> None:
    directory.says["unlock_account"] = "security_hold"
    number = ask_to_unlock(desk)
    check(desk, number, "confirmed")

    desk.complete(number, "examine_lock", by="beth", decision="stays", explanation="Blokada bezpieczeństwa.")

    assert state(desk, number) == ("closed", "refused", "ended_refused")


def test_a_directory_that_is_down_is_asked_again_and_then_a_person_sees_it(desk: Desk, directory: Directory) -> None:
    directory.says["unlock_account"] = SystemDown(reason="no answer")
    number = ask_to_unlock(desk)
    check(desk, number, "confirmed")
    assert desk.open_items(number) == [] and desk.incidents(number) == []

    for _ in range(4):
        desk.later(minutes=10)
        desk.call_round()  # type: ignore[attr-defined]

    assert [incident.element_id for incident in desk.incidents(number)] == ["unlock_account"]
    assert not desk.ticket(number).is_ended


def test_lead_and_manager_hear_of_danger(desk: Desk) -> None:
    number = ask_to_unlock(desk)

    desk.wait(hours=6)

    assert desk.letters(number, to="lena") == ["escalation", "breach"]
    assert desk.letters(number, to="marek") == ["overdue"]
    assert desk.item(number).element_id == "check_identity"


WRONG: list[tuple[dict[str, object], set[str]]] = [
    ({"login": "nie adres"}, {"login"}), ({"pesel": "44051401358"}, {"pesel"}), ({"pesel": ""}, {"pesel"}),
    ({"id_kind": "other"}, {"other_id"}), ({"phone": "zadzwoń"}, {"phone"}), ({"may_call": False}, {"may_call"}),
    ({"id_sisc": "123"}, {"id_sisc"}), ({"tried": "other"}, {"tried_other"}), ({"locked_since": ""}, {"locked_since"}),
]


def test_a_request_with_a_wrong_answer_is_told_which() -> None:
    for changes, wrong in WRONG:
        assert wrong_in("account_unlock_request", {**UNLOCK, **changes}) == wrong


def test_only_the_first_line_checks_identities(desk: Desk) -> None:
    number = ask_to_unlock(desk)

    for stranger, refusal in {"clara": NotAllowed, "beth": NotFound, "colin": NotFound, "ada": NotFound}.items():
        with pytest.raises(refusal):
            desk.complete(number, "check_identity", by=stranger, method="document", result="confirmed")
