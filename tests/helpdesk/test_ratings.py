"""Ratings: asked for after the end, never more often than set, changed for some hours, and counted for the lead."""

from datetime import timedelta

import pytest

from engine.acts import Typed
from engine.clients import rating as ratings
from helpdesk.notices.choices import choices_of
from helpdesk.notices.kinds import Kind
from helpdesk.ratings.invitations import invite_due, refuse
from helpdesk.ratings.records import Invitation, Rating, TooLateToChange, find_given, mark_called
from helpdesk.ratings.results import Scope, list_low, read_results
from tests.desk import Desk

MONTH = timedelta(days=30)
TWELVE_HOURS = timedelta(hours=12)


def ended(desk: Desk, by: str = "clara") -> str:
    """A request that its client can rate."""
    number = desk.submit(by=by)
    desk.complete(number, "recognise", decision="solve", solution="Proszę odświeżyć.", priority="normal")
    desk.complete(number, "accept_solution", by=by, verdict="accepted")
    return number


def invite(desk: Desk) -> int:
    with desk.session() as session:
        return invite_due(session, every=MONTH, now=desk.now)


def rating(desk: Desk, number: str) -> Rating:
    return desk.rows(Rating, number)[-1]


def change(desk: Desk, number: str, stars: str) -> None:
    with desk.session() as session:
        found = find_given(session, desk.ticket(number).id)
        assert found is not None
        ratings.change(session, found, Typed.of(stars=stars, remark="Jednak tak."), by=desk.person(session, "clara"),
                       allowed=TWELVE_HOURS, now=desk.now)


def test_a_person_is_asked_once_in_thirty_days_however_many_requests_end(desk: Desk) -> None:
    numbers = [ended(desk), ended(desk), ended(desk, by="colin")]
    assert invite(desk) == 3 and invite(desk) == 0
    asked = [desk.letters(number).count("survey") for number in numbers]
    desk.later(days=29)
    too_soon = ended(desk)
    invite(desk)
    desk.later(days=2)
    later = ended(desk)
    invite(desk)

    assert asked == [1, 0, 1]
    assert "survey" not in desk.letters(too_soon)
    assert "survey" in desk.letters(later)


def test_who_refused_for_good_or_has_rated_already_is_not_asked(desk: Desk) -> None:
    with desk.session() as session:
        refuse(session, desk.person(session, "clara"), now=desk.now)
    refused, given = ended(desk), ended(desk, by="colin")
    desk.complete(given, "survey", by="colin", stars="5")

    invite(desk)

    assert "survey" not in desk.letters(refused) + desk.letters(given)
    assert rating(desk, given).invitation == rating(desk, refused).invitation == Invitation.SPARED.value
    assert not desk.ask(lambda session: choices_of(desk.person(session, "clara"))).of(Kind.SURVEY).in_page


def test_a_rating_can_be_changed_for_twelve_hours_and_not_after(desk: Desk) -> None:
    number = ended(desk)
    desk.complete(number, "survey", by="clara", stars="1", remark="Źle.")
    desk.later(hours=11, minutes=59)

    change(desk, number, "4")
    desk.later(minutes=2)
    with pytest.raises(TooLateToChange):
        change(desk, number, "5")

    found = rating(desk, number)
    assert (found.stars, found.comment) == (4, "Jednak tak.")
    assert found.team_id is not None and found.month == "2026-11"
    assert desk.acts(number).count("rating_changed") == 1


def test_the_lead_reads_average_share_and_trend_and_whom_to_call(desk: Desk) -> None:
    for stars in ("5", "4", "1"):
        number = ended(desk)
        invite(desk)
        desk.complete(number, "survey", by="clara", stars=stars)
        desk.later(days=31)
    ended(desk)
    invite(desk)
    scope = Scope(since=desk.now - timedelta(days=120), until=desk.now + timedelta(days=1))

    results = desk.ask(lambda session: read_results(session, scope, now=desk.now))
    low = desk.ask(lambda session: list_low(session, scope))
    with desk.session() as session:
        mark_called(session, session.get_one(Rating, low[0].id), note="Przeproszono.", by=desk.person(session, "lena"),
                    now=desk.now)

    assert results.all.average == pytest.approx(10 / 3)
    assert (results.asked, results.answered) == (4, 3)
    assert [tally.number for tally in results.by_month.values()][-4:] == [1, 1, 1, 0]
    assert [one.stars for one in low] == [1]
    team = rating(desk, number).team_id
    narrowed = [desk.ask(lambda session, ids=ids: read_results(
        session, Scope(scope.since, scope.until, ids), now=desk.now)) for ids in ([team], [10**6])]
    assert [one.all.number for one in narrowed] == [3, 0]
