"""Remarks about the desk: anybody says something, a lead answers, the answer arrives; strangers see nothing."""

import pytest

from helpdesk.errors import NotAllowed, NotFound
from helpdesk.people.signin import TooManyTries
from helpdesk.ratings import remarks
from helpdesk.ratings.remarks import BODY_MAX, EmptyRemark, OverlongRemark, RemarkKind
from tests.desk import Desk


def make(desk: Desk, body: str = "Przydałby się czat.", by: str = "clara") -> int:
    with desk.session() as session:
        return remarks.make(session, kind=RemarkKind.WISH, body=body, by=desk.person(session, by), now=desk.now).id


def answer(desk: Desk, remark_id: int, body: str, by: str) -> None:
    with desk.session() as session:
        person = desk.person(session, by)
        remarks.answer(session, remarks.get_remark(session, remark_id, by=person), body, by=person, now=desk.now)


def told(desk: Desk, to: str) -> list[tuple[str, object]]:
    from helpdesk.outbox import list_letters
    return desk.ask(lambda session: [(one.text, one.facts.get("said")) for one in list_letters(
        session, person_id=desk.person(session, to).id)])


def test_a_remark_gets_a_number_and_its_answers_reach_who_made_it(desk: Desk) -> None:
    remark_id = make(desk)
    assert told(desk, "marek") == [("remark_new", "Przydałby się czat.")]

    answer(desk, remark_id, "Rozważymy.", by="lena")
    answer(desk, remark_id, "Czat ruszy w maju.", by="marek")

    with desk.session() as session:
        remark = remarks.get_remark(session, remark_id, by=desk.person(session, "clara"))
        assert remark.number == f"UW/2026/{remark_id:04d}"
        assert remark.state == "answered"
        assert [one.body for one in remark.answers] == ["Rozważymy.", "Czat ruszy w maju."]
        remarks.close(session, remark, by=desk.person(session, "lena"), now=desk.now)
        assert remark.state == "closed"
    assert [said for _, said in told(desk, "clara")] == ["Czat ruszy w maju.", "Rozważymy."]


def test_others_see_no_remark_and_only_leads_and_managers_answer(desk: Desk) -> None:
    remark_id = make(desk)

    for stranger in ("colin", "amir", "ada"):
        with pytest.raises(NotFound):
            answer(desk, remark_id, "Nie.", by=stranger)
    with pytest.raises(NotAllowed):
        answer(desk, remark_id, "Sama sobie.", by="clara")


def test_nothing_too_much_and_too_often_are_refused(desk: Desk) -> None:
    with pytest.raises(EmptyRemark):
        make(desk, " \n")
    with pytest.raises(OverlongRemark):
        make(desk, "a" * (BODY_MAX + 1))
    for _ in range(remarks.MOST_A_DAY):
        make(desk)
    with pytest.raises(TooManyTries):
        make(desk)
