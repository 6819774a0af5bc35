"""What tests of announcements say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.announcements import writing
from helpdesk.announcements.content import Content
from helpdesk.announcements.kinds import Kind
from helpdesk.announcements.records import Announcement
from helpdesk.catalogue import Service
from helpdesk.people.accounts import Person
from tests.desk import Desk

Done = TypeVar("Done")
WORDS = Content(
    title_pl="Awaria portalu", title_en="The portal has failed", impact_pl="Portal nie przyjmuje zgłoszeń.",
    impact_en="The portal takes no declarations.", advice_pl="Proszę nie wysyłać ponownie.",
    advice_en="Please do not send again.")


def content(desk: Desk, **facts: object) -> Content:
    """A whole announcement about the portal that began an hour ago."""
    service_id = desk.ask(lambda session: session.scalars(select(Service.id).where(Service.key == "portal")).one())
    told = replace(WORDS, starts_at=desk.now - timedelta(hours=1), service_ids=frozenset({service_id}))
    return replace(told, **facts)  # type: ignore[arg-type]


def do(desk: Desk, who: str, act: Callable[[Session, Person], Done]) -> Done:
    """Somebody does something, in a transaction of its own."""
    return desk.database.run(lambda session: act(session, desk.person(session, who)))


def drafted(desk: Desk, *, by: str = "amir", **facts: object) -> int:
    words = content(desk, **facts)
    return do(desk, by, lambda session, person: writing.draft(session, words, by=person, now=desk.now).id)


def published(desk: Desk, *, kind: Kind = Kind.CENTRAL_FAILURE, **facts: object) -> int:
    """An announcement that Amir wrote, Lena approved and Marek published."""
    found = drafted(desk, kind=kind, **facts)
    do(desk, "lena", lambda session, person: writing.approve(session, found, seen=1, by=person, now=desk.now))
    do(desk, "marek", lambda session, person: writing.publish(session, found, by=person, now=desk.now))
    return found


def read(desk: Desk, announcement_id: int) -> Announcement:
    return desk.ask(lambda session: session.scalars(
        select(Announcement).where(Announcement.id == announcement_id)).one())
