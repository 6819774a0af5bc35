"""PESEL already in the system, played to each of its ends: own account, nobody's, somebody else's."""

import pytest

from engine.acts import BadAnswers
from engine.overview.progress import progress_of
from tests.engine.processes.conftest import ACCOUNT, DeskBesideDirectory, Directory, state, wrong_in
from tests.engine.processes.test_login_change import CHANGE, NEW, OLD

Desk = DeskBesideDirectory
ASKED: dict[str, object] = {
    "first_name": "Clara", "last_name": "Wójcik", "pesel": "44051401359", "wanted_email": NEW,
    "had_account": "not_sure", "statement": True}
EXPLANATION = "Sprawdziliśmy katalog kont."


def ask(desk: Desk) -> str:
    return desk.submit_with_file(ASKED, field="screenshot", about="pesel_exists")


def own(desk: Desk) -> str:
    """The account is the client's own, who is to ask for a change of login data."""
    number = ask(desk)
    desk.complete(number, "recognise_account", result="own")
    return number


def test_what_the_directory_has_is_noted_for_the_staff_only(desk: Desk, directory: Directory) -> None:
    number = ask(desk)

    assert directory.asked == [("find_account", {"pesel": "44051401359"})]
    assert ("note", f"Katalog zna konto z tym numerem PESEL. Login: {OLD}") in desk.messages(number)
    assert not any(OLD in body for kind, body in desk.messages(number) if kind != "note")
    assert str(desk.clock(number).allowed) == "P10D @ office"


def test_ones_own_account_goes_on_as_a_change_of_login_data(desk: Desk, directory: Directory) -> None:
    number = own(desk)
    assert desk.item(number).element_id == "file_login_change" and desk.ticket(number).status == "waiting_for_client"
    assert desk.letters(number, to="clara") == ["registered", "question"]

    desk.complete(number, "file_login_change", by="clara", **CHANGE)
    assert desk.clock(number).is_running
    desk.complete(number, "check_password", result="confirmed")
    desk.complete(number, "approve_change", by="beth", decision="approve")
    desk.wait(hours=24)
    assert directory.asked[-1] == ("change_login", {"login": OLD, "new_login": NEW})
    desk.complete(number, "survey", by="clara", stars="5")

    assert state(desk, number) == ("closed", "solved", "ended_as_change")
    assert desk.alarms(number) == [] and desk.open_items(number) == []


def test_the_client_sees_the_called_process_as_a_part_with_steps_and_a_drawing_of_its_own(desk: Desk) -> None:
    number = own(desk)
    desk.complete(number, "file_login_change", by="clara", **CHANGE)

    with desk.session() as session:
        progress = progress_of(session, desk.ticket(number))
        path = {(step.state, step.name): step.within for step in progress.path("en")}
        drawings = [(one.process, one.name) for one in progress.drawings("en")]

    assert path["now", "A consultant is confirming your identity"] == (
        "We are changing the login data",)
    assert [state for state, _ in path].count("next") > 1
    assert path["done", "Report received"] == ()
    assert drawings == [("pesel_exists", "The PESEL number is already in the system"),
                        ("login_change", "We are changing the login data")]


def test_an_objection_stops_the_change_here_too(desk: Desk) -> None:
    number = own(desk)
    desk.complete(number, "file_login_change", by="clara", **CHANGE)
    desk.complete(number, "check_password", result="confirmed")
    desk.complete(number, "approve_change", by="beth", decision="approve")

    desk.object_by_letter(number, OLD)
    desk.complete(number, "examine_objection", by="bruno", decision="stop", explanation=EXPLANATION)

    assert state(desk, number) == ("closed", "refused", "ended_as_change")


def test_a_request_that_never_comes_closes_the_matter(desk: Desk) -> None:
    number = own(desk)

    desk.wait(days=15)

    assert state(desk, number) == ("closed", "no_answer", "ended_no_request")
    assert desk.letters(number, to="clara")[-1] == "closed_without_answer"


def test_where_there_is_no_account_one_can_be_opened(desk: Desk, directory: Directory) -> None:
    directory.says["find_account"] = {**ACCOUNT, "is_found": False, "login": ""}
    number = ask(desk)
    assert ("note", "Katalog nie zna konta z tym numerem PESEL.") in desk.messages(number)

    desk.complete(number, "recognise_account", result="none", explanation=EXPLANATION)

    assert state(desk, number) == ("closed", "solved", "ended_no_account")
    assert desk.ticket(number).solution == EXPLANATION


def test_somebody_elses_account_is_a_matter_of_security(desk: Desk) -> None:
    number = ask(desk)
    desk.complete(number, "recognise_account", result="foreign")

    assert desk.item(number).element_id == "examine_security"
    assert (desk.ticket(number).priority, desk.ticket(number).status) == ("urgent", "with_specialist")
    with pytest.raises(BadAnswers):
        desk.complete(number, "examine_security", by="beth", result="foreign", explanation=EXPLANATION)
    desk.complete(number, "examine_security", by="beth", result="foreign", incident_reference="BI/2026/17",
                  explanation=EXPLANATION)

    assert state(desk, number) == ("closed", "refused", "ended_security")
    assert desk.letters(number, to="clara") == ["registered", "refused"]


def test_a_specialist_may_find_that_it_is_the_clients_own_after_all(desk: Desk) -> None:
    number = ask(desk)
    desk.complete(number, "recognise_account", result="foreign")

    desk.complete(number, "examine_security", by="beth", result="own")

    assert desk.item(number).element_id == "file_login_change"


def test_a_request_with_a_wrong_answer_is_told_which() -> None:
    for changes, wrong in (({}, {"screenshot"}), ({"pesel": "44051401358"}, {"pesel", "screenshot"}),
                           ({"statement": False}, {"statement", "screenshot"}),
                           ({"wanted_email": "x"}, {"wanted_email", "screenshot"})):
        assert wrong_in("pesel_exists_request", {**ASKED, **changes}) == wrong
