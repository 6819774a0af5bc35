"""Many reports of one service in a short time: the leads hear of it once, until an announcement explains it."""

from datetime import timedelta

from sqlalchemy import select

from engine.outages.detection import Threshold, find_suspects, list_reports, list_suspicions, notice, settle
from helpdesk.outbox import Letter
from tests.desk import Desk
from tests.helpdesk.announcements.writing import do, published

FEW = Threshold(reports=3, within=timedelta(minutes=30))


def look(desk: Desk) -> int:
    return desk.database.run(lambda session: notice(session, now=desk.now, threshold=FEW))


def letters(desk: Desk) -> list[tuple[str, str, int]]:
    query = select(Letter).where(Letter.text == "mass_failure")
    return desk.ask(lambda session: [(letter.person.name, letter.facts["service"]["en"], letter.facts["count"])
                                     for letter in session.scalars(query)])


def test_leads_are_told_once_of_many_reports_and_not_of_few(desk: Desk) -> None:
    first = desk.submit()
    desk.submit(by="colin")
    assert look(desk) == 0
    desk.later(minutes=29)
    desk.submit(by="colin")

    assert (look(desk), look(desk)) == (1, 0)
    desk.submit()
    look(desk)

    assert letters(desk) == [("Lena Zielińska", "Portal", 3)]
    suspicion, = desk.ask(list_suspicions)
    assert suspicion.reports == 4
    assert desk.ask(lambda session: [one.number for one in list_reports(
        session, suspicion.service_id, since=desk.now - FEW.within)])[0] == first
    do(desk, "lena", lambda session, person: settle(session, suspicion.id, by=person, now=desk.now))
    assert desk.ask(list_suspicions) == []
    # The reports are still that many, and she has looked at them.
    assert look(desk) == 0


def test_what_is_announced_or_long_ago_is_no_suspicion(desk: Desk) -> None:
    for _ in range(3):
        desk.submit()
        desk.later(minutes=11)
    assert desk.ask(lambda session: find_suspects(session, now=desk.now, threshold=FEW)) == []
    desk.submit()
    assert look(desk) == 1

    published(desk)
    assert look(desk) == 0

    assert desk.ask(list_suspicions) == []
    assert desk.ask(lambda session: find_suspects(session, now=desk.now, threshold=FEW)) == []


def test_other_types_of_requests_can_be_counted_by_the_same_rule(desk: Desk) -> None:
    for _ in range(3):
        desk.submit()

    assert desk.ask(lambda session: find_suspects(
        session, now=desk.now, threshold=FEW, request_types=("account_deletion",))) == []
