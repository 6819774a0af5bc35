"""Change of login data, played to each of its ends: four eyes, both addresses told, a day to object."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.clients.objections import TooLateToObject
from engine.four_eyes import NeedsAnother
from helpdesk.audit import AuditEntry
from helpdesk.tickets import Channel
from tests.engine.processes.conftest import ACCOUNT, DeskBesideDirectory, Directory, state, wrong_in

OLD, NEW, OTHER = "clara@example.com", "clara.nowa@example.com", "clara.inna@example.com"
CHANGE: dict[str, object] = {
    "variant": "emergency_password", "old_login": OLD, "new_email": NEW, "new_email_again": NEW,
    "first_name": "Clara", "last_name": "Wójcik", "id_kind": "pesel", "pesel": "44051401359",
    "phone": "+48 22 555 01 01", "signature": "trusted", "statement": True}
EXPLANATION = "Dane na dokumencie są inne niż na koncie."
Desk = DeskBesideDirectory


def ask(desk: Desk, **extra: object) -> str:
    """Variant a: the emergency password is known."""
    return desk.submit(CHANGE, about="login_change", **extra)


def ask_with_document(desk: Desk) -> str:
    """Variant b: both are forgotten."""
    return desk.submit_with_file({**CHANGE, "variant": "both_forgotten"}, field="document", about="login_change")


def announced(desk: Desk) -> str:
    """A change that is approved and announced; the day to object runs."""
    number = ask(desk)
    desk.complete(number, "check_password", result="confirmed")
    desk.complete(number, "approve_change", by="beth", decision="approve")
    return number


def test_with_the_emergency_password_the_address_is_changed_after_a_day(desk: Desk, directory: Directory) -> None:
    number = announced(desk)
    assert str(desk.clock(number).allowed) == "P10D @ office"
    assert desk.letters_to(number, OLD) == ["login_change_announced"]
    assert desk.letters_to(number, NEW) == ["login_change_announced_new"]

    desk.wait(hours=23, minutes=59)
    assert desk.item(number).element_id == "object" and "change_login" not in directory.operations()
    desk.wait(minutes=1)

    assert directory.asked[-1] == ("change_login", {"login": OLD, "new_login": NEW})
    assert desk.letters_to(number, OLD) == ["login_change_announced", "login_changed"]
    assert desk.letters_to(number, NEW) == ["login_change_announced_new", "login_changed"]
    desk.complete(number, "survey", by="clara", stars="4")
    assert state(desk, number) == ("closed", "solved", "rated")
    assert desk.letters(number, to="clara") == ["registered"] and desk.alarms(number) == []


def test_with_both_forgotten_the_second_line_checks_the_document(desk: Desk) -> None:
    number = ask_with_document(desk)
    assert desk.item(number).element_id == "check_documents"

    desk.complete(number, "check_documents", by="beth", result="confirmed", signature_valid=True)
    desk.complete(number, "approve_change", by="borys", decision="approve")
    desk.wait(hours=24)
    desk.wait(days=14)

    assert state(desk, number) == ("closed", "solved", "not_rated")
    assert [entry.details["outcome"] for entry in desk.rows(AuditEntry, number) if entry.act == "attempt"] == [
        "confirmed"]


def test_who_checked_cannot_approve(desk: Desk) -> None:
    number = ask_with_document(desk)
    desk.complete(number, "check_documents", by="beth", result="confirmed", signature_valid=True)

    with pytest.raises(NeedsAnother) as refused:
        desk.complete(number, "approve_change", by="beth", decision="approve")

    assert "Beth Kowalska" in str(refused.value)
    assert desk.item(number).element_id == "approve_change" and desk.letters_to(number, OLD) == []


def test_who_checked_or_approved_cannot_judge_the_objection(desk: Desk) -> None:
    number = ask_with_document(desk)
    desk.complete(number, "check_documents", by="beth", result="confirmed", signature_valid=True)
    desk.complete(number, "approve_change", by="borys", decision="approve")
    desk.complete(number, "object", by="clara", reason="To nie ja.")

    for person in ("beth", "borys"):
        with pytest.raises(NeedsAnother):
            desk.complete(number, "examine_objection", by=person, decision="go_on")
    desk.complete(number, "examine_objection", by="bruno", decision="stop", explanation=EXPLANATION)

    assert state(desk, number) == ("closed", "refused", "ended_refused")


def test_an_objection_of_the_client_stops_the_change(desk: Desk, directory: Directory) -> None:
    number = announced(desk)
    desk.wait(hours=23)

    desk.complete(number, "object", by="clara", reason="Rozmyśliłam się.")
    desk.wait(days=3)
    assert desk.item(number).element_id == "examine_objection" and desk.ticket(number).priority == "high"
    desk.complete(number, "examine_objection", by="bruno", decision="stop", explanation=EXPLANATION)

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert "change_login" not in directory.operations()
    assert desk.letters_to(number, OLD) == ["login_change_announced", "login_change_stopped"]
    assert desk.letters(number, to="clara") == ["registered", "refused"]


def test_whoever_has_the_letter_to_the_old_address_can_object(desk: Desk, directory: Directory) -> None:
    number = announced(desk)
    desk.wait(hours=5)

    desk.object_by_letter(number, OLD, "Nie prosiłam o to!")

    assert desk.item(number).element_id == "examine_objection"
    assert ("note", f"{OLD}: Nie prosiłam o to!") in desk.messages(number)
    assert "objected" in desk.acts(number)
    desk.wait(days=2)
    assert "change_login" not in directory.operations()
    with pytest.raises(TooLateToObject):
        desk.object_by_letter(number, NEW)


def test_an_objection_without_ground_lets_the_change_go_on(desk: Desk, directory: Directory) -> None:
    number = announced(desk)
    desk.object_by_letter(number, NEW)

    desk.complete(number, "examine_objection", by="bruno", decision="go_on")

    assert directory.operations()[-1] == "change_login" and desk.ticket(number).outcome == "solved"


def test_after_the_day_it_is_too_late_to_object(desk: Desk) -> None:
    number = announced(desk)
    desk.wait(hours=24)

    with pytest.raises(TooLateToObject):
        desk.object_by_letter(number, OLD)


@pytest.mark.parametrize("night", [datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2027, 3, 27, 12, tzinfo=UTC)])
def test_the_day_to_object_is_twenty_four_hours_when_the_clocks_change(desk: Desk, night: datetime) -> None:
    desk.now = night
    number = announced(desk)

    due = {alarm.due_at for alarm in desk.alarms(number) if alarm.kind == "timer"}

    assert due == {night + timedelta(hours=24)}


def test_three_wrong_emergency_passwords_refuse_and_point_to_other_ways(desk: Desk) -> None:
    number = ask(desk)

    for _ in range(3):
        desk.complete(number, "check_password", result="not_confirmed")

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert "osobiście" in desk.ticket(number).solution
    assert [entry.details["failed"] for entry in desk.rows(AuditEntry, number) if entry.act == "attempt"] == [1, 2, 3]


@pytest.mark.parametrize("element", ["check_documents", "approve_change"])
def test_a_specialist_or_the_second_person_may_refuse(desk: Desk, element: str) -> None:
    number = ask_with_document(desk)
    if element == "approve_change":
        desk.complete(number, "check_documents", by="beth", result="confirmed", signature_valid=True)
        desk.complete(number, element, by="borys", decision="reject", explanation=EXPLANATION)
    else:
        desk.complete(number, element, by="beth", result="not_confirmed", explanation=EXPLANATION)

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert desk.ticket(number).solution == EXPLANATION and desk.letters_to(number, NEW) == []


def test_an_account_that_is_not_there_is_refused(desk: Desk, directory: Directory) -> None:
    directory.says["find_account"] = {**ACCOUNT, "is_found": False}

    number = ask(desk)

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert "nie ma konta" in desk.ticket(number).solution


def test_an_address_that_is_not_free_is_asked_for_again(desk: Desk, directory: Directory) -> None:
    directory.says["is_login_free"] = {"is_free": False}
    number = ask(desk)
    assert desk.item(number).element_id == "give_other_address"
    assert desk.clock(number).paused_because == "waiting_for_client"
    assert desk.letters(number, to="clara") == ["registered", "question"]

    directory.says["is_login_free"] = {"is_free": True}
    desk.complete(number, "give_other_address", by="clara", new_email=OTHER, new_email_again=OTHER)

    assert directory.asked[-1] == ("is_login_free", {"login": OTHER}) and desk.clock(number).is_running
    desk.complete(number, "check_password", result="confirmed")
    desk.complete(number, "approve_change", by="beth", decision="approve")
    assert desk.letters_to(number, OTHER) == ["login_change_announced_new"] and desk.letters_to(number, NEW) == []


def test_an_address_nobody_gives_closes_the_matter(desk: Desk, directory: Directory) -> None:
    directory.says["is_login_free"] = {"is_free": False}
    number = ask(desk)

    desk.wait(days=15)

    assert state(desk, number) == ("closed", "no_answer", "ended_no_answer")
    assert desk.letters(number, to="clara")[-1] == "closed_without_answer"


def test_an_address_taken_in_the_meantime_goes_the_whole_way_again(desk: Desk, directory: Directory) -> None:
    number = announced(desk)
    directory.says |= {"change_login": "taken", "is_login_free": {"is_free": False}}

    desk.wait(hours=24)

    assert desk.item(number).element_id == "give_other_address"


def test_what_the_directory_refuses_is_cleared_up_by_a_specialist(desk: Desk, directory: Directory) -> None:
    directory.says["change_login"] = "not_found"
    for decision, outcome in (("changed", "solved"), ("refuse", "refused")):
        number = announced(desk)
        desk.wait(hours=24)
        assert ("note", "Katalog odmówił zmiany loginu: not_found") in desk.messages(number)
        desk.complete(number, "change_by_hand", by="beth", decision=decision,
                      explanation=EXPLANATION if decision == "refuse" else None)
        assert desk.ticket(number).outcome == outcome


def test_by_telephone_the_letters_go_to_the_addresses_all_the_same(desk: Desk) -> None:
    number = ask(desk, by="amir", client="clara", channel=Channel.PHONE)
    desk.complete(number, "check_password", by="amir", result="confirmed")
    desk.complete(number, "approve_change", by="beth", decision="approve")

    assert desk.letters_to(number, OLD) == ["login_change_announced"]


WRONG: list[tuple[dict[str, object], set[str]]] = [
    ({"new_email_again": OTHER}, {"new_email_again"}), ({"new_email": OLD, "new_email_again": OLD}, {"new_email"}),
    ({"new_email": "x"}, {"new_email", "new_email_again"}), ({"variant": "both_forgotten"}, {"document"}),
    ({"statement": False}, {"statement"}), ({"signature": "scan"}, {"signature"}), ({"old_login": ""}, {"old_login"}),
]


def test_a_request_with_a_wrong_answer_is_told_which() -> None:
    for changes, wrong in WRONG:
        assert wrong_in("login_change_request", {**CHANGE, **changes}) == wrong
