"""Customs certificate, played to each of its ends: suspended at once, then revoked or lifted, at last by a timer."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.acts import BadAnswers
from engine.clients.requests import CannotWithdraw
from engine.four_eyes import NeedsAnother
from helpdesk.audit import AuditEntry
from tests.engine.processes.conftest import DeskBesideDirectory, Directory, state, wrong_in

Desk = DeskBesideDirectory
FIRM = "zarzad@firma.example.com"
SERIAL = "4F0A1B2C9D"
ASKED: dict[str, object] = {
    "operation": "suspend", "serial": "4f:0a:1b:2c:9d", "id_sisc": "PL123456321800000", "reason": "lost_key",
    "noticed_at": "2026-11-16T08:00", "phone": "+48 22 555 01 01", "representative_email": FIRM, "may_call": True}
EXPLANATION = "Takiego certyfikatu nie ma."


def ask(desk: Desk, operation: str = "suspend") -> str:
    return desk.submit({**ASKED, "operation": operation}, about="customs_certificate")


def check(desk: Desk, number: str, result: str = "confirmed") -> None:
    desk.complete(number, "check_identity", method="revocation_password", result=result)


def to_specialist(desk: Desk, operation: str) -> str:
    number = ask(desk, operation)
    for _ in range(3):
        check(desk, number, "not_confirmed")
    return number


@pytest.mark.parametrize("operation", ["suspend", "revoke"])
def test_it_is_suspended_at_once_in_the_middle_of_the_night(desk: Desk, directory: Directory, operation: str) -> None:
    desk.now = datetime(2026, 11, 15, 2, 30, tzinfo=UTC)  # a Sunday
    number = ask(desk, operation)

    assert directory.asked == [("suspend_certificate", {"serial": SERIAL})]
    assert desk.letters(number, to="clara") == ["registered", "certificate_suspended"]
    assert desk.letters_to(number, FIRM) == ["certificate_suspended"]
    assert desk.item(number).element_id == "check_identity" and desk.ticket(number).priority == "urgent"


def test_a_revocation_follows_as_soon_as_the_identity_is_confirmed(desk: Desk, directory: Directory) -> None:
    number = ask(desk, "revoke")

    check(desk, number)

    assert directory.operations() == ["suspend_certificate", "revoke_certificate"]
    assert desk.letters_to(number, FIRM) == ["certificate_suspended", "certificate_revoked"]
    assert desk.letters(number, to="clara")[-2:] == ["certificate_revoked", "closed"]
    desk.complete(number, "survey", by="clara", stars="5")
    assert state(desk, number) == ("closed", "solved", "rated") and desk.alarms(number) == []


@pytest.mark.parametrize(("decision", "operation", "letter"), [
    ("lift", "lift_suspension", "certificate_restored"), ("revoke", "revoke_certificate", "certificate_revoked")])
def test_the_client_of_a_suspended_certificate_decides(desk: Desk, directory: Directory, decision: str,
                                                       operation: str, letter: str) -> None:
    number = ask(desk)
    check(desk, number)
    assert desk.item(number).is_for_client and desk.clock(number).paused_because == "waiting_for_client"
    desk.wait(days=6)

    desk.complete(number, "decide", by="clara", decision=decision)
    desk.wait(days=14)

    assert directory.operations()[-1] == operation and desk.letters_to(number, FIRM)[-1] == letter
    assert state(desk, number) == ("closed", "solved", "not_rated")


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_after_seven_days_it_is_revoked_automatically(desk: Desk, directory: Directory, is_confirmed: bool) -> None:
    number = ask(desk)
    if is_confirmed:
        check(desk, number)

    desk.wait(days=6, hours=23, minutes=59)
    assert "revoke_certificate" not in directory.operations()
    desk.wait(minutes=1)

    assert directory.operations()[-1] == "revoke_certificate" and desk.ticket(number).outcome == "solved"
    assert desk.letters_to(number, FIRM) == ["certificate_suspended", "certificate_revoked"]
    assert any("Minęło 7 dni" in body for _, body in desk.messages(number))


@pytest.mark.parametrize("night", [datetime(2026, 10, 22, 12, tzinfo=UTC), datetime(2027, 3, 25, 12, tzinfo=UTC)])
def test_the_time_of_suspension_is_never_longer_when_the_clocks_change(desk: Desk, night: datetime) -> None:
    desk.now = night
    number = ask(desk)

    timers = {alarm.due_at for alarm in desk.alarms(number) if alarm.kind == "timer"}

    assert timers == {night + timedelta(days=7)}


def test_a_suspended_certificate_is_not_left_behind_by_withdrawing(desk: Desk) -> None:
    number = ask(desk)

    with pytest.raises(CannotWithdraw):
        desk.withdraw(number)

    assert not desk.ticket(number).is_ended and desk.item(number).element_id == "check_identity"


def test_a_suspension_is_lifted_only_for_a_confirmed_client(desk: Desk, directory: Directory) -> None:
    number = ask(desk, "lift")
    assert directory.asked == []

    check(desk, number)

    assert directory.operations() == ["lift_suspension"]
    assert desk.letters_to(number, FIRM) == ["certificate_restored"]


def test_a_lifting_nobody_confirms_changes_nothing(desk: Desk, directory: Directory) -> None:
    number = ask(desk, "lift")

    desk.wait(days=7)

    assert directory.asked == [] and state(desk, number) == ("closed", "refused", "ended_refused")


@pytest.mark.parametrize(("operation", "decision", "asked"), [
    ("suspend", "revoke", "revoke_certificate"), ("suspend", "lift", "lift_suspension"),
    ("lift", "leave", None), ("lift", "revoke", "revoke_certificate")])
def test_without_a_confirmed_identity_a_specialist_settles(desk: Desk, directory: Directory, operation: str,
                                                           decision: str, asked: str | None) -> None:
    number = to_specialist(desk, operation)
    assert [entry.details["failed"] for entry in desk.rows(AuditEntry, number) if entry.act == "attempt"] == [1, 2, 3]

    desk.complete(number, "settle", by="beth", decision=decision,
                  explanation=EXPLANATION if decision == "leave" else None)

    if asked is None:
        assert state(desk, number) == ("closed", "refused", "ended_refused") and directory.asked == []
    else:
        assert directory.operations()[-1] == asked and desk.ticket(number).outcome == "solved"


def test_what_is_suspended_cannot_just_be_left(desk: Desk) -> None:
    number = to_specialist(desk, "suspend")

    with pytest.raises(BadAnswers) as refused:
        desk.complete(number, "settle", by="beth", decision="leave", explanation=EXPLANATION)

    assert set(refused.value.filled.errors) == {"decision"}


def test_who_checked_cannot_settle(desk: Desk) -> None:
    desk.join("amir", "second_line")
    number = to_specialist(desk, "suspend")

    with pytest.raises(NeedsAnother):
        desk.complete(number, "settle", by="amir", decision="lift")


def test_a_number_the_directory_does_not_know_is_cleared_up_by_telephone(desk: Desk, directory: Directory) -> None:
    directory.says["suspend_certificate"] = "not_found"
    number = ask(desk)

    desk.complete(number, "clear_up_serial", explanation=EXPLANATION)

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert desk.letters_to(number, FIRM) == [] and desk.ticket(number).solution == EXPLANATION


def test_what_the_directory_refuses_at_the_end_is_finished_by_hand(desk: Desk, directory: Directory) -> None:
    directory.says |= {"revoke_certificate": "not_found", "lift_suspension": "revoked"}
    for operation, decision, outcome in (("revoke", "done", "solved"), ("lift", "refuse", "refused")):
        number = ask(desk, operation)
        check(desk, number)
        desk.complete(number, "finish_by_hand", by="beth", decision=decision,
                      explanation=EXPLANATION if decision == "refuse" else None)
        assert desk.ticket(number).outcome == outcome


def test_a_request_with_a_wrong_answer_is_told_which() -> None:
    for field, typed in (("serial", "xyz"), ("serial", "4F0A"), ("id_sisc", ""), ("operation", "delete"),
                         ("representative_email", ""), ("noticed_at", ""), ("reason", "")):
        assert wrong_in("certificate_request", {**ASKED, field: typed}) == {field}
