"""The complaint, played to each of its ends: the disputed matter waits, and somebody who had no part in it decides."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.acts import BadAnswers, Typed
from engine.complaints.filing import complain
from engine.complaints.records import Complaint, list_complaints
from engine.complaints.terms import ComplaintMade, NothingToDispute, Terms, TooLateToComplain
from engine.four_eyes import NeedsAnother
from engine.outside.delivering import deliver_due
from engine.records import TrailStep
from helpdesk.errors import NotAllowed, NotFound
from helpdesk.people.accounts import Membership, Team
from tests.desk import DELETION, Desk

SOLUTION = "Proszę wyczyścić pamięć przeglądarki i zalogować się ponownie."
WRONG = {"about": "does_not_work", "description": "Po wyczyszczeniu pamięci jest tak samo."}
TERMS = Terms()
REASONS = "Konsultant nie sprawdził dziennika systemu."


@pytest.fixture
def decider(desk: Desk) -> Desk:
    """The desk with Beth, Amir and Lena in the team of complaints; Lena leads it."""
    with desk.session() as session:
        team_id = session.scalars(select(Team.id).where(Team.key == "complaints")).one()
        for key in ("amir", "beth", "lena"):
            session.add(Membership(person_id=desk.person(session, key).id, team_id=team_id, is_lead=key == "lena"))
    return desk


def solved(desk: Desk, *, by: str = "amir") -> str:
    """An incident with a solution that waits for the client's judgement."""
    number = desk.submit()
    desk.complete(number, "recognise", by=by, decision="solve", solution=SOLUTION, priority="normal")
    return number


def accepted(desk: Desk) -> str:
    """One whose solution was accepted; its survey still waits."""
    number = solved(desk)
    desk.complete(number, "accept_solution", by="clara", verdict="accepted")
    return number


def ended(desk: Desk) -> str:
    """One whose process is over."""
    number = accepted(desk)
    desk.complete(number, "survey", by="clara", stars="3")
    return number


def dispute(desk: Desk, number: str, *, by: str = "clara", key: str | None = None, terms: Terms = TERMS,
            **typed: object) -> str:
    ticket_id = desk.ticket(number).id
    return desk.database.run(lambda session: complain(
        session, ticket_id, Typed.of(**(typed or WRONG)), by=desk.person(session, by), now=desk.now, terms=terms,
        key=key))


def decide(desk: Desk, complaint: str, verdict: str, *, by: str = "beth") -> None:
    desk.complete(complaint, "decide", by=by, verdict=verdict, reasons=REASONS)
    desk.later(seconds=5)
    deliver_due(desk.database, now=desk.now)


def status(desk: Desk, number: str) -> tuple[str, str]:
    ticket = desk.ticket(number)
    return ticket.status, ticket.outcome


def test_a_complaint_is_a_ticket_of_its_own_and_the_disputed_one_waits(decider: Desk) -> None:
    desk, number = decider, solved(decider)

    complaint = dispute(desk, number)

    assert complaint != number and desk.ticket(complaint).request_type == "complaint"
    assert desk.ticket(complaint).subject == f"Reklamacja: {number}"
    assert desk.ticket(number).status == "complaint" and desk.open_items(number) == []
    assert desk.item(complaint).element_id == "decide"
    assert desk.letters(complaint, to="clara") == ["complaint_registered"]
    assert "complaint_to_decide" in desk.letters(complaint, to="beth")
    clock = desk.clock(complaint)
    assert (str(clock.allowed), clock.is_paused) == ("P10D @ office", False)


def test_while_a_complaint_is_open_the_disputed_matter_is_not_closed_by_the_clock(decider: Desk) -> None:
    desk, number = decider, solved(decider)
    dispute(desk, number)

    desk.wait(days=30)

    assert desk.ticket(number).status == "complaint"


def test_an_upheld_complaint_brings_the_matter_back_with_its_history(decider: Desk) -> None:
    desk, number = decider, solved(decider)
    complaint = dispute(desk, number)

    decide(desk, complaint, "upheld")

    assert status(desk, complaint) == ("closed", "upheld") and desk.instance(complaint).ended_at is not None
    assert desk.ticket(number).status == "in_progress" and desk.item(number).element_id == "recognise"
    assert ("solution", SOLUTION) in desk.messages(number) and desk.clock(number).is_paused is False
    assert desk.letters(complaint, to="clara")[-1] == "complaint_upheld"
    assert ("solution", REASONS) in desk.messages(complaint)
    assert "reopened" in desk.letters(number, to="amir") and "complaint_upheld" in desk.acts(number)


def test_a_rejected_complaint_closes_the_matter_and_gives_reasons(decider: Desk) -> None:
    desk, number = decider, solved(decider)
    complaint = dispute(desk, number)

    decide(desk, complaint, "rejected")

    assert status(desk, complaint) == ("closed", "rejected") and status(desk, number) == ("closed", "rejected")
    assert desk.letters(complaint, to="clara")[-1] == "complaint_rejected"
    assert desk.ticket(complaint).solution == REASONS and desk.ticket(number).solution == SOLUTION


def test_a_withdrawn_complaint_lets_the_client_judge_the_solution_again(decider: Desk) -> None:
    desk, number = decider, solved(decider)
    complaint = dispute(desk, number)

    desk.withdraw(complaint)
    deliver_due(desk.database, now=desk.now)

    assert desk.ticket(number).status == "solved" and desk.item(number).element_id == "accept_solution"
    again = dispute(desk, number)
    decide(desk, again, "upheld")
    assert desk.item(number).element_id == "recognise"


@pytest.mark.parametrize("before", [accepted, ended], ids=["survey waits", "process over"])
def test_a_closed_matter_begins_anew_when_its_complaint_is_upheld(
        decider: Desk, before: Callable[[Desk], str]) -> None:
    desk, number = decider, before(decider)
    trail = len(desk.rows(TrailStep, number))
    complaint = dispute(desk, number)
    assert desk.ticket(number).status == "complaint"

    decide(desk, complaint, "upheld")

    assert status(desk, number) == ("in_progress", "") and desk.item(number).element_id == "recognise"
    assert desk.instance(number).ended_at is None and not desk.clock(number).is_paused
    assert before is ended or ("cancelled", "survey") in desk.trail(number)
    assert len(desk.rows(TrailStep, number)) > trail and ("solution", SOLUTION) in desk.messages(number)
    assert "reopened" in desk.letters(number, to="amir")
    desk.complete(number, "recognise", decision="solve", solution="Poprawiliśmy konfigurację.", priority="normal")
    desk.complete(number, "accept_solution", by="clara", verdict="accepted")
    assert status(desk, number) == ("closed", "accepted")


@pytest.mark.parametrize("before", [accepted, ended], ids=["survey waits", "process over"])
def test_a_closed_matter_stays_closed_when_its_complaint_is_rejected(
        decider: Desk, before: Callable[[Desk], str]) -> None:
    desk, number = decider, before(decider)
    waiting = [item.element_id for item in desk.open_items(number)]
    complaint = dispute(desk, number)

    decide(desk, complaint, "rejected")

    assert status(desk, number) == ("closed", "accepted")
    assert [item.element_id for item in desk.open_items(number)] == waiting


@pytest.mark.parametrize("part", ["completed", "held", "wrote"])
def test_nobody_decides_about_what_they_had_a_part_in(decider: Desk, part: str) -> None:
    desk = decider
    if part == "completed":
        number = solved(desk, by="amir")
    else:
        number = desk.submit()
        if part == "held":
            desk.claim(number, by="amir")
            desk.release(number, by="amir")
        else:
            desk.note(number, "Znam tę sprawę.", by="amir")
        desk.complete(number, "recognise", by="lena", decision="solve", solution=SOLUTION, priority="normal")
    complaint = dispute(desk, number)

    with pytest.raises(NeedsAnother, match="Amir"):
        desk.claim(complaint, by="amir")
    with pytest.raises(NeedsAnother, match="Amir"):
        desk.assign(complaint, to="amir", by="lena")
    with pytest.raises(NeedsAnother):
        desk.complete(complaint, "decide", by="amir", verdict="rejected", reasons=REASONS)
    desk.assign(complaint, to="beth", by="lena")
    decide(desk, complaint, "rejected", by="beth")
    assert desk.ticket(complaint).status == "closed"


def test_a_solution_can_be_disputed_for_so_many_days(decider: Desk) -> None:
    desk, number = decider, ended(decider)
    terms = Terms(days=14)

    desk.later(days=14)
    on_time = dispute(desk, number, terms=terms)
    desk.withdraw(on_time)
    deliver_due(desk.database, now=desk.now)
    desk.later(seconds=1)

    with pytest.raises(TooLateToComplain, match="14 days"):
        dispute(desk, number, terms=terms)


def test_only_one_complaint_about_one_solution(decider: Desk) -> None:
    desk, number = decider, solved(decider)
    first = dispute(desk, number)

    with pytest.raises(ComplaintMade, match=first):
        dispute(desk, number)
    decide(desk, first, "rejected")
    with pytest.raises(ComplaintMade, match=first):
        dispute(desk, number)


def test_the_next_solution_may_be_disputed_anew(decider: Desk) -> None:
    desk, number = decider, solved(decider)
    decide(desk, dispute(desk, number), "upheld")
    desk.later(hours=1)
    desk.complete(number, "recognise", decision="solve", solution="Inna rada.", priority="normal")

    second = dispute(desk, number)

    with desk.session() as session:
        assert list_complaints(session, desk.ticket(number).id)[0].ticket.number == second


def test_the_database_itself_lets_only_one_complaint_be_open(decider: Desk) -> None:
    desk, number = decider, solved(decider)
    other = desk.submit()
    dispute(desk, number)

    with pytest.raises(IntegrityError), desk.session() as session:
        session.add(Complaint(ticket_id=desk.ticket(other).id, disputed_id=desk.ticket(number).id,
                              solved_at=desk.now, status_before="solved", made_at=desk.now))


def test_without_a_solution_there_is_nothing_to_dispute(decider: Desk) -> None:
    desk = decider
    number = desk.submit()
    with pytest.raises(NothingToDispute):
        dispute(desk, number)

    complaint = dispute(desk, solved(desk))
    decide(desk, complaint, "rejected")
    with pytest.raises(NothingToDispute):
        dispute(desk, complaint)


def test_only_the_client_may_complain(decider: Desk) -> None:
    desk, number = decider, solved(decider)

    with pytest.raises(NotFound):
        dispute(desk, number, by="colin")
    with pytest.raises(NotAllowed):
        dispute(desk, number, by="amir")


def test_a_complaint_sent_twice_is_made_once(decider: Desk) -> None:
    desk, number = decider, solved(decider)

    assert dispute(desk, number, key="once") == dispute(desk, number, key="once")
    assert len(desk.rows(Complaint, dispute(desk, number, key="once"))) == 1


def test_a_complaint_without_reasons_is_not_made(decider: Desk) -> None:
    desk, number = decider, solved(decider)

    with pytest.raises(BadAnswers):
        dispute(desk, number, about="other")

    assert desk.ticket(number).status == "solved" and desk.item(number).element_id == "accept_solution"


def test_the_team_that_decides_sees_the_disputed_matter(decider: Desk) -> None:
    desk, number = decider, solved(decider)

    dispute(desk, number)
    desk.note(number, "Czytam historię sprawy.", by="beth")

    assert ("note", "Czytam historię sprawy.") in desk.messages(number)


def test_a_late_decision_is_told_to_lead_and_manager(decider: Desk) -> None:
    desk, number = decider, solved(decider)
    complaint = dispute(desk, number, terms=Terms(allowed="P2D @ office"))

    desk.wait(days=10)

    assert {"escalation", "breach"} <= set(desk.letters(complaint, to="lena"))
    assert "overdue" in desk.letters(complaint, to="marek")
    decide(desk, complaint, "rejected")
    assert desk.ticket(number).status == "closed"


def test_a_refusal_can_be_disputed_too(decider: Desk) -> None:
    desk = decider
    number = desk.submit()
    desk.complete(number, "recognise", decision="refuse", refusal_reason="etoll", priority="low",
                  explanation="Sprawami e-TOLL zajmuje się osobny Help Desk.")

    complaint = dispute(desk, number)
    decide(desk, complaint, "upheld")

    assert desk.item(number).element_id == "recognise"


def test_a_process_without_a_place_for_complaints_begins_anew(decider: Desk) -> None:
    desk = decider
    number = desk.submit(DELETION, about="delete_account")
    desk.complete(number, "check_request", identity_confirmed=True, decision="refuse",
                  explanation="Konta nie można usunąć.")
    before = desk.ticket(number)
    assert before.solution and before.status == "closed"

    decide(desk, dispute(desk, number), "upheld")

    assert desk.item(number).element_id == "check_request" and desk.ticket(number).status == "in_progress"
