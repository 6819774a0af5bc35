"""Watchers: “tell me when it is over”, without making a request."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from helpdesk import audit
from helpdesk.announcements.kinds import State
from helpdesk.announcements.records import Announcement, AnnouncementWatcher
from helpdesk.errors import Conflict
from helpdesk.people.accounts import Person


class AlreadyOver(Conflict):
    """This announcement has ended, so there is nothing left to tell."""


def watch(session: Session, announcement: Announcement, *, by: Person, now: datetime) -> None:
    """The person is told about it from now on; asking twice is asking once. Raises AlreadyOver."""
    if announcement.state != State.PUBLISHED.value:
        raise AlreadyOver()
    if is_watched(session, announcement.id, by):
        return
    session.add(AnnouncementWatcher(announcement_id=announcement.id, person_id=by.id, at=now))
    session.flush()
    audit.record(session, "announcement_watched", by=by.id, now=now, announcement=announcement.id)


def unwatch(session: Session, announcement: Announcement, *, by: Person, now: datetime) -> None:
    """The person is no longer told about it."""
    session.execute(delete(AnnouncementWatcher).where(
        AnnouncementWatcher.announcement_id == announcement.id, AnnouncementWatcher.person_id == by.id))
    audit.record(session, "announcement_unwatched", by=by.id, now=now, announcement=announcement.id)


def is_watched(session: Session, announcement_id: int, person: Person) -> bool:
    return session.get(AnnouncementWatcher, (announcement_id, person.id)) is not None


def watched_ids(session: Session, person: Person) -> frozenset[int]:
    """The announcements the person watches."""
    return frozenset(session.scalars(select(AnnouncementWatcher.announcement_id).where(
        AnnouncementWatcher.person_id == person.id)))


def count_watchers(session: Session, announcement_id: int) -> int:
    return session.scalar(select(func.count()).select_from(AnnouncementWatcher).where(
        AnnouncementWatcher.announcement_id == announcement_id)) or 0
