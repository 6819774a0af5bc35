"""One-time password for migration, played to each of its ends; the desk never sees the password."""

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.audit import AuditEntry
from tests.engine.processes.conftest import ACCOUNT, DeskBesideDirectory, Directory, state, wrong_in

Desk = DeskBesideDirectory
ASKED: dict[str, object] = {
    "login": "clara@example.com", "first_name": "Clara", "last_name": "Wójcik", "number_kind": "pdr",
    "pdr_login": "CW0117", "way": "pdr", "phone": "+48 600 555 010", "may_call": True}


def issued(desk: Desk) -> str:
    """A password has been issued, and waits to be used."""
    number = desk.submit(ASKED, about="one_time_password")
    desk.complete(number, "check_identity", method="stored_data", result="confirmed")
    return number


def test_the_password_goes_by_one_channel_the_instructions_by_another(desk: Desk, directory: Directory) -> None:
    number = issued(desk)
    assert directory.asked[-1] == ("issue_one_time_password", {"login": "clara@example.com", "channel": "sms"})
    assert desk.letters(number, to="clara") == ["registered", "one_time_password"]
    assert desk.clock(number).paused_because == "waiting_for_client"

    desk.complete(number, "confirm_migration", by="clara", verdict="migrated")
    desk.complete(number, "survey", by="clara", stars="5")

    assert state(desk, number) == ("closed", "solved", "rated")
    assert desk.alarms(number) == [] and "expire_one_time_password" not in directory.operations()


def test_a_password_nobody_uses_expires_after_a_day(desk: Desk, directory: Directory) -> None:
    number = issued(desk)

    desk.wait(hours=23, minutes=59)
    assert desk.item(number).element_id == "confirm_migration"
    desk.wait(minutes=1)

    assert directory.operations()[-1] == "expire_one_time_password"
    assert state(desk, number) == ("closed", "expired", "ended_expired")
    assert desk.letters(number, to="clara")[-1] == "one_time_password_expired"


def test_a_password_used_without_a_word_has_done_its_work(desk: Desk, directory: Directory) -> None:
    directory.says["expire_one_time_password"] = {"is_expired": False, "was_used": True}
    number = issued(desk)

    desk.wait(days=1)
    assert desk.ticket(number).outcome == "solved"
    desk.wait(days=14)

    assert state(desk, number) == ("closed", "solved", "not_rated")


@pytest.mark.parametrize("night", [datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2027, 3, 27, 12, tzinfo=UTC)])
def test_a_day_is_twenty_four_hours_when_the_clocks_change(desk: Desk, night: datetime) -> None:
    desk.now = night
    number = issued(desk)

    assert {alarm.due_at for alarm in desk.alarms(number)} == {night + timedelta(hours=24)}


def test_a_password_that_did_not_work_is_expired_before_another_is_issued(desk: Desk, directory: Directory) -> None:
    number = issued(desk)

    desk.complete(number, "confirm_migration", by="clara", verdict="not_received")

    assert directory.operations()[-1] == "expire_one_time_password"
    assert desk.item(number).element_id == "check_identity" and desk.clock(number).is_running
    desk.complete(number, "check_identity", method="stored_data", result="confirmed")
    assert directory.operations().count("issue_one_time_password") == 2


def test_three_failed_checks_refuse_and_each_is_audited(desk: Desk, directory: Directory) -> None:
    number = desk.submit(ASKED, about="one_time_password")

    for _ in range(3):
        desk.complete(number, "check_identity", method="document", result="not_confirmed")

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert "osobiście" in desk.ticket(number).solution
    assert [entry.details["failed"] for entry in desk.rows(AuditEntry, number) if entry.act == "attempt"] == [1, 2, 3]
    assert "issue_one_time_password" not in directory.operations()


def test_what_the_directory_does_not_know_or_refuses_is_refused(desk: Desk, directory: Directory) -> None:
    directory.says["find_account"] = {**ACCOUNT, "is_found": False}
    unknown = desk.submit(ASKED, about="one_time_password")
    directory.says |= {"find_account": ACCOUNT, "issue_one_time_password": "closed"}
    refused = issued(desk)

    assert state(desk, unknown) == state(desk, refused) == ("closed", "refused", "ended_refused")
    assert "nie ma konta" in desk.ticket(unknown).solution and "odmówił" in desk.ticket(refused).solution


def test_a_request_with_a_wrong_answer_is_told_which() -> None:
    for changes, wrong in (({"way": "emcs"}, {"fingerprint"}), ({"number_kind": "id_sisc"}, {"id_sisc"}),
                           ({"pdr_login": ""}, {"pdr_login"}), ({"phone": ""}, {"phone"}),
                           ({"way": "emcs", "fingerprint": "zz"}, {"fingerprint"})):
        assert wrong_in("one_time_password_request", {**ASKED, **changes}) == wrong
