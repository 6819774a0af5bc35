"""Announcements: four eyes, numbers without gaps, two authors at once, updates, and what time does to them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.outages import ending
from helpdesk.announcements import course, writing
from helpdesk.announcements.content import BadContent, missing_of
from helpdesk.announcements.kinds import Kind, Procedure, State, Step, Way
from helpdesk.announcements.moments import HourTwice, NoMoment, NoSuchHour, read_local, which_of, write_local
from helpdesk.announcements.records import find_active, find_planned
from helpdesk.audit import AuditEntry
from helpdesk.errors import NotAllowed
from helpdesk.outbox import Letter
from tests.desk import Desk
from tests.helpdesk.announcements.writing import content, do, drafted, published, read

NEWS = {"text_pl": "Trwa naprawa.", "text_en": "It is being repaired."}


def test_an_agent_writes_and_another_person_approves(desk: Desk) -> None:
    own = drafted(desk, by="lena")
    for who, error in (("lena", writing.OwnWords), ("amir", NotAllowed), ("clara", NotAllowed)):
        with pytest.raises(error):
            do(desk, who, lambda session, person: writing.approve(session, own, seen=1, by=person, now=desk.now))
    with pytest.raises(NotAllowed):
        do(desk, "clara", lambda session, person: writing.draft(session, content(desk), by=person, now=desk.now))
    with pytest.raises(writing.WrongStep):
        do(desk, "marek", lambda session, person: writing.publish(session, own, by=person, now=desk.now))

    do(desk, "marek", lambda session, person: writing.approve(session, own, seen=1, by=person, now=desk.now))
    changed = content(desk, title_pl="Awaria portalu i poczty")
    do(desk, "amir", lambda session, person: writing.change(
        session, own, changed, seen=1, by=person, now=desk.now))

    assert (read(desk, own).state, read(desk, own).approved_by_id) == (State.DRAFT, None)
    assert desk.ask(lambda session: session.scalars(select(AuditEntry.act).where(
        AuditEntry.act.startswith("announcement_")).order_by(AuditEntry.id)).all()) == [
        "announcement_drafted", "announcement_approved", "announcement_changed"]


def test_only_a_failure_goes_out_unread_and_a_third_pair_of_eyes_confirms_it(desk: Desk) -> None:
    calm = drafted(desk, kind=Kind.INFORMATION)
    urgent = drafted(desk)
    with pytest.raises(writing.OnlyFailures):
        do(desk, "lena", lambda session, person: writing.publish(
            session, calm, by=person, now=desk.now, is_urgent=True))

    do(desk, "lena", lambda session, person: writing.publish(session, urgent, by=person, now=desk.now, is_urgent=True))
    assert read(desk, urgent).needs_confirmation
    with pytest.raises(writing.OwnWords):
        do(desk, "lena", lambda session, person: writing.confirm(session, urgent, by=person, now=desk.now))
    desk.later(hours=25)
    ending.look(desk.database, now=desk.now)
    assert desk.ask(lambda session: [letter.text for letter in session.scalars(select(Letter))]) == [
        "announcement_unconfirmed"]

    do(desk, "marek", lambda session, person: writing.confirm(session, urgent, by=person, now=desk.now))
    assert not read(desk, urgent).needs_confirmation
    desk.later(hours=25)
    assert ending.look(desk.database, now=desk.now) == 0


def test_numbers_of_a_year_have_no_gaps_and_no_doubles(desk: Desk) -> None:
    ids = [drafted(desk) for _ in range(6)]
    broken = drafted(desk, advice_en="")

    def publish(one: int) -> None:
        do(desk, "lena", lambda session, person: writing.publish(
            session, one, by=person, now=desk.now, is_urgent=True))

    with pytest.raises(BadContent):
        publish(broken)

    def fail(session: Session) -> None:
        writing.publish(session, ids[5], by=desk.person(session, "lena"), now=desk.now, is_urgent=True)
        raise KeyError("the process died before the commit")

    with pytest.raises(KeyError):
        desk.database.run(fail)
    with ThreadPoolExecutor(5) as crowd:
        list(crowd.map(publish, ids))
    desk.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    new_year = drafted(desk)
    publish(new_year)

    assert sorted(read(desk, one).number for one in ids) == [f"KOM/2026/{place:04d}" for place in range(1, 7)]
    assert read(desk, new_year).number == "KOM/2027/0001"  # it is 0:30 in Warsaw


def test_the_second_of_two_authors_hears_of_the_first(desk: Desk) -> None:
    one = drafted(desk)
    first, second = content(desk, title_pl="Pierwszy"), content(desk, title_pl="Drugi")
    do(desk, "amir", lambda session, person: writing.change(session, one, first, seen=1, by=person, now=desk.now))

    with pytest.raises(writing.EditedMeanwhile) as caught:
        do(desk, "beth", lambda session, person: writing.change(session, one, second, seen=1, by=person, now=desk.now))

    assert (caught.value.seen, caught.value.edition) == (1, 2)
    kept = desk.ask(lambda session: [
        (found.content["title_pl"], found.by.name) for edition in (1, 2)
        if (found := writing.find_edition(session, one, edition))])
    assert kept == [("Awaria portalu", "Amir Nowak"), ("Pierwszy", "Amir Nowak")]
    do(desk, "beth", lambda session, person: writing.change(session, one, second, seen=2, by=person, now=desk.now))
    assert read(desk, one).title_pl == "Drugi"


def test_updates_a_later_end_and_the_end_are_told_with_their_moments(desk: Desk) -> None:
    one = published(desk, expected_end_at=desk.now + timedelta(hours=2))
    desk.later(minutes=10)
    do(desk, "lena", lambda session, person: course.add_update(session, one, by=person, now=desk.now, **NEWS))
    desk.later(minutes=10)
    with pytest.raises(BadContent):
        do(desk, "lena", lambda session, person: course.prolong(
            session, one, until=desk.now, by=person, now=desk.now, **NEWS))
    later = desk.now + timedelta(hours=5)
    do(desk, "lena", lambda session, person: course.prolong(
        session, one, until=later, by=person, now=desk.now, **NEWS))
    desk.later(minutes=10)
    with pytest.raises(course.EndsTooEarly):
        do(desk, "lena", lambda session, person: ending.end(
            session, one, by=person, now=desk.now, ended_at=desk.now + timedelta(hours=1), **NEWS))
    do(desk, "lena", lambda session, person: ending.end(session, one, by=person, now=desk.now, **NEWS))

    told = read(desk, one)
    assert [update.step for update in told.updates] == [Step.NEWS, Step.PROLONGED, Step.ENDED]
    assert [update.at for update in told.updates] == [desk.now - timedelta(minutes=left) for left in (20, 10, 0)]
    assert (told.state, told.ended_at, told.expected_end_at, told.sequence) == (State.ENDED, desk.now, later, 3)
    with pytest.raises(writing.WrongStep):
        do(desk, "lena", lambda session, person: course.add_update(session, one, by=person, now=desk.now, **NEWS))
    do(desk, "lena", lambda session, person: course.archive(session, one, by=person, now=desk.now))
    assert read(desk, one).state == State.ARCHIVED


def test_a_break_ends_by_itself_if_so_chosen_and_otherwise_its_owner_is_reminded(desk: Desk) -> None:
    hours = {"starts_at": desk.now + timedelta(hours=1), "expected_end_at": desk.now + timedelta(hours=3)}
    alone = published(desk, kind=Kind.PLANNED_BREAK, ends_by_itself=True, **hours)
    watched = published(desk, kind=Kind.PLANNED_BREAK, **hours)

    def ids(moment: datetime) -> list[int]:
        return desk.ask(lambda session: [one.id for one in find_active(session, now=moment)])

    assert desk.ask(lambda session: [one.id for one in find_planned(session, now=desk.now)]) == [alone, watched]
    assert ids(desk.now) == []
    desk.later(hours=2)
    assert sorted(ids(desk.now)) == [alone, watched]
    desk.later(hours=1, minutes=7)
    assert ids(desk.now) == [watched]  # nobody has looked at it yet, and it is over
    assert ending.look(desk.database, now=desk.now) == 2
    assert ending.look(desk.database, now=desk.now) == 0

    ended, open_ = read(desk, alone), read(desk, watched)
    assert (ended.state, ended.ended_at) == (State.ENDED, hours["expected_end_at"])
    assert open_.state == State.PUBLISHED and open_.look_at == desk.now + course.REMIND_EVERY
    assert desk.ask(lambda session: [letter.text for letter in session.scalars(select(Letter))]) == [
        "announcement_overdue"]


def test_an_end_does_not_wait_for_the_next_reminder(desk: Desk) -> None:
    end = desk.now + timedelta(hours=25)
    one = drafted(desk, kind=Kind.CENTRAL_FAILURE, expected_end_at=end, ends_by_itself=True)
    do(desk, "lena", lambda session, person: writing.publish(session, one, by=person, now=desk.now, is_urgent=True))

    desk.later(hours=24)
    assert ending.look(desk.database, now=desk.now) == 1  # nobody has confirmed it
    desk.later(hours=1)
    assert ending.look(desk.database, now=desk.now) == 1

    assert read(desk, one).state == State.ENDED


def test_failures_come_before_difficulties_and_only_those_of_the_service(desk: Desk) -> None:
    slow = published(desk, kind=Kind.DIFFICULTY, starts_at=desk.now - timedelta(minutes=5))
    down = published(desk, starts_at=desk.now - timedelta(hours=5), channels=(Way.PUSH,))
    published(desk, kind=Kind.CHANGE)
    portal = read(desk, down).service_ids

    found = desk.ask(lambda session: [[one.id for one in find_active(session, now=desk.now, service_ids=ids)]
                                      for ids in (None, portal, [987_654], [])])

    assert found == [[down, slow], [down, slow], [], []]


def test_what_is_called_off_before_it_began_is_over_and_was_never_under_way(desk: Desk) -> None:
    one = published(desk, kind=Kind.PLANNED_BREAK, starts_at=desk.now + timedelta(hours=1),
                    expected_end_at=desk.now + timedelta(hours=2))

    do(desk, "lena", lambda session, person: ending.call_off(session, one, by=person, now=desk.now, **NEWS))

    told = read(desk, one)
    assert told.is_called_off and told.state == State.ENDED
    assert not told.is_under_way(desk.now + timedelta(minutes=90))


def test_what_a_kind_needs_is_said_before_it_is_published(desk: Desk) -> None:
    whole = content(desk)
    wanting = {
        "offices": replace(whole, kind=Kind.LOCAL_FAILURE),
        "expected_end_at": replace(whole, kind=Kind.PLANNED_BREAK),
        "service_ids": replace(whole, service_ids=frozenset()),
        "advice_en": replace(whole, advice_en=""),
        "legal_basis": replace(whole, procedure=Procedure.YES, instruction_pl="x", instruction_en="x"),
        "valid_until": replace(whole, valid_from=desk.now, valid_until=desk.now),
        "title_pl": replace(whole, title_pl="x" * 161),
        "impact_en": replace(whole, impact_en="It is not possible to [send documents]."),
    }

    assert missing_of(whole) == []
    assert {key: [fault.field for fault in missing_of(one)] for key, one in wanting.items()} == {
        key: [key] for key in wanting}


@pytest.mark.parametrize(("written", "which", "utc"), [
    ("2026-11-25T07:30", "", "2026-11-25T06:30"), ("2026-07-01 07:30", "", "2026-07-01T05:30"),
    ("2026-10-25T02:30", "first", "2026-10-25T00:30"), ("2026-10-25T02:30", "second", "2026-10-25T01:30"),
    ("2026-10-25T01:59", "second", "2026-10-24T23:59"), ("2026-10-25T03:00", "", "2026-10-25T02:00")])
def test_moments_are_written_by_the_clock_of_warsaw(written: str, which: str, utc: str) -> None:
    moment = read_local(written, which)

    assert moment == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert write_local(moment) == written.replace(" ", "T")
    assert which_of(moment) == (which if "02:" in written else "")


@pytest.mark.parametrize(("written", "error"), [
    ("2026-10-25T02:30", HourTwice), ("2026-03-29T02:30", NoSuchHour), ("25.11.2026 7:30", NoMoment),
    ("2026-02-30T10:00", NoMoment)])
def test_an_hour_that_exists_twice_or_never_is_not_guessed(written: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_local(written)
