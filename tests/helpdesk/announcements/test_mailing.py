"""Letters about announcements: to those who chose the service, one each, though the worker dies in the middle."""

from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.outages import ending
from helpdesk.announcements import course, mailing, watchers
from helpdesk.announcements.kinds import Audience, Procedure
from helpdesk.announcements.records import get_announcement
from helpdesk.catalogue import Service
from helpdesk.interests import Interest
from helpdesk.outbox import Letter
from helpdesk.people.accounts import Person
from tests.desk import Desk
from tests.helpdesk.announcements.writing import do, published

READERS = 25
NEWS = {"text_pl": "Trwa naprawa.", "text_en": "It is being repaired."}


@pytest.fixture
def readers(desk: Desk) -> list[int]:
    """People who chose the portal; one of them has closed the account."""
    with desk.session() as session:
        service_id = session.scalars(select(Service.id).where(Service.key == "portal")).one()
        people = [Person(email=f"reader{place}@example.com", name=f"Reader {place}", created_at=desk.now,
                         is_disabled=place == 3) for place in range(READERS + 1)]
        session.add_all(people)
        session.flush()
        session.add_all(Interest(person_id=one.id, service_id=service_id) for one in people)
        return [one.id for one in people if not one.is_disabled]


def letters(desk: Desk, text: str) -> Counter[int]:
    return Counter(desk.ask(lambda session: list(session.scalars(
        select(Letter.person_id).where(Letter.text == text)))))


def test_each_reader_gets_one_letter_though_the_worker_dies_between_and_within_batches(
        desk: Desk, readers: list[int]) -> None:
    published(desk)

    def die(session: Session) -> None:
        mailing.mail_batch(session, now=desk.now, size=10)
        raise KeyboardInterrupt

    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            desk.database.run(die)
        desk.database.run(lambda session: mailing.mail_batch(session, now=desk.now, size=10))

    assert letters(desk, "announcement_published") == Counter(readers)
    assert mailing.mail_due(desk.database, now=desk.now) == 0


def test_the_first_letter_says_that_the_emergency_procedure_may_be_used(desk: Desk, readers: list[int]) -> None:
    published(desk, procedure=Procedure.YES, legal_basis="art. 6 UKC", mark="3PL15", instruction_pl="Wpisz numer.",
              instruction_en="Quote it.")

    mailing.mail_due(desk.database, now=desk.now)

    said = desk.ask(lambda session: session.scalars(select(Letter.facts).where(
        Letter.text == "announcement_published")).first())["said"]
    assert "Wolno stosować procedurę awaryjną" in said["pl"] and "Wpisz numer." in said["pl"]
    assert "You may use the emergency procedure" in said["en"] and "3PL15" in said["en"] and "KOM/" in said["en"]


def test_updates_and_the_end_also_go_to_those_who_asked_and_nobody_gets_two(desk: Desk, readers: list[int]) -> None:
    one = published(desk)
    assert mailing.mail_due(desk.database, now=desk.now) == READERS
    for who in ("clara", "clara", "colin"):
        do(desk, who, lambda session, person: watchers.watch(
            session, get_announcement(session, one), by=person, now=desk.now))
    do(desk, "colin", lambda session, person: watchers.unwatch(
        session, get_announcement(session, one), by=person, now=desk.now))
    clara = desk.ask(lambda session: desk.person(session, "clara").id)

    do(desk, "lena", lambda session, person: course.add_update(session, one, by=person, now=desk.now, **NEWS))
    do(desk, "lena", lambda session, person: ending.end(session, one, by=person, now=desk.now, **NEWS))
    mailing.mail_due(desk.database, now=desk.now)

    for text in ("announcement_updated", "announcement_ended"):
        assert letters(desk, text) == Counter([*readers, clara])
    facts = desk.ask(lambda session: session.scalars(select(Letter.facts).where(
        Letter.person_id == clara, Letter.text == "announcement_ended")).one())
    assert facts == {"announcement": "KOM/2026/0001", "path": "/status/2026/1",
                     "title": {"pl": "Awaria portalu", "en": "The portal has failed"},
                     "said": {"pl": "Trwa naprawa.", "en": "It is being repaired."}}


def test_nobody_is_written_to_when_the_authors_say_so(desk: Desk, readers: list[int]) -> None:
    published(desk, is_mailed=False)
    published(desk, audience=Audience.STAFF)

    assert mailing.mail_due(desk.database, now=desk.now) == 0
