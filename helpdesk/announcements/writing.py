"""Writing: an agent drafts an announcement, a second person approves it, a lead publishes it with its number."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from helpdesk import audit
from helpdesk.announcements.content import BadContent, Content, missing_of, write
from helpdesk.announcements.kinds import FAILURES, NEXT, UNPUBLISHED, State
from helpdesk.announcements.mailing import Occasion, queue_mailing
from helpdesk.announcements.records import (
    NUMBER_PREFIX,
    Announcement,
    AnnouncementEdition,
    lock_announcement,
)
from helpdesk.errors import Conflict, DeskError
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, demand
from helpdesk.years import next_of_year

# Until when a second person has to confirm what went out without having been approved.
CONFIRM_WITHIN = timedelta(hours=24)


class WrongStep(Conflict):
    """This cannot be done with the announcement as it stands now."""


class EditedMeanwhile(Conflict):
    """Somebody else has saved this announcement meanwhile. Your text is kept below; look at what they changed, then save again."""  # noqa: E501

    def __init__(self, seen: int, edition: int) -> None:
        self.seen, self.edition = seen, edition
        super().__init__()


class OwnWords(DeskError):
    """Whoever wrote the announcement cannot be the one to approve it. Ask another person who may."""


class OnlyFailures(DeskError):
    """Only a failure can be published without having been approved."""


def draft(session: Session, content: Content, *, by: Person, now: datetime) -> Announcement:
    """A new draft. Raises BadContent."""
    demand(by, Act.WRITE_ANNOUNCEMENTS)
    announcement = Announcement(written_by_id=by.id, changed_by_id=by.id, written_at=now, changed_at=now, places=[])
    write(session, announcement, content)
    session.add(announcement)
    session.flush()
    _keep_edition(session, announcement, by=by, now=now)
    _record(session, "announcement_drafted", announcement, by=by, now=now)
    return announcement


def change(session: Session, announcement_id: int, content: Content, *, seen: int, by: Person,
           now: datetime) -> Announcement:
    """Save other words in an unpublished announcement; one that was approved has to be approved anew.

    seen: the edition that the author had before their eyes. Raises EditedMeanwhile, WrongStep, BadContent.
    """
    demand(by, Act.WRITE_ANNOUNCEMENTS)
    announcement = lock_announcement(session, announcement_id)
    if State(announcement.state) not in UNPUBLISHED:
        raise WrongStep()
    if announcement.edition != seen:
        raise EditedMeanwhile(seen, announcement.edition)
    write(session, announcement, content)
    announcement.edition += 1
    announcement.changed_by_id, announcement.changed_at = by.id, now
    if announcement.state == State.APPROVED.value:
        move(announcement, State.DRAFT)
        announcement.approved_by_id = announcement.approved_at = None
    session.flush()
    _keep_edition(session, announcement, by=by, now=now)
    _record(session, "announcement_changed", announcement, by=by, now=now)
    return announcement


def approve(session: Session, announcement_id: int, *, seen: int, by: Person, now: datetime) -> None:
    """A second person has read it and lets it be published. Raises OwnWords, BadContent, EditedMeanwhile."""
    demand(by, Act.DECIDE_ANNOUNCEMENTS)
    announcement = lock_announcement(session, announcement_id)
    if announcement.edition != seen:
        raise EditedMeanwhile(seen, announcement.edition)
    _demand_second_person(announcement, by)
    _demand_whole(announcement)
    move(announcement, State.APPROVED)
    announcement.approved_by_id, announcement.approved_at = by.id, now
    session.flush()
    _record(session, "announcement_approved", announcement, by=by, now=now)


def publish(session: Session, announcement_id: int, *, by: Person, now: datetime, is_urgent: bool = False,
            seen: int | None = None) -> Announcement:
    """Publish it: it gets its number, readers see it, letters are on their way.

    is_urgent: a failure that nobody has approved goes out at once; a second person confirms it within a day.
    seen: the edition that was read, where one is published that nobody has approved.
    Raises OnlyFailures, BadContent, EditedMeanwhile, WrongStep.
    """
    demand(by, Act.DECIDE_ANNOUNCEMENTS)
    announcement = lock_announcement(session, announcement_id)
    if seen is not None and announcement.edition != seen:
        raise EditedMeanwhile(seen, announcement.edition)
    is_unread = announcement.state == State.DRAFT.value
    if is_unread and not is_urgent:
        raise WrongStep()
    if is_unread and announcement.kind not in FAILURES:
        raise OnlyFailures()
    _demand_whole(announcement)
    move(announcement, State.PUBLISHED)
    announcement.year, announcement.serial = next_of_year(session, NUMBER_PREFIX, now=now)
    announcement.published_by_id, announcement.published_at, announcement.changed_at = by.id, now, now
    announcement.confirm_by = now + CONFIRM_WITHIN if is_unread else None
    announcement.look_at = next_look(announcement)
    session.flush()
    queue_mailing(session, announcement, Occasion.PUBLISHED, now=now)
    _record(session, "announcement_published", announcement, by=by, now=now, number=announcement.number,
            is_urgent=is_unread)
    return announcement


def confirm(session: Session, announcement_id: int, *, by: Person, now: datetime) -> None:
    """A second person confirms what went out urgently. Raises OwnWords, WrongStep."""
    demand(by, Act.DECIDE_ANNOUNCEMENTS)
    announcement = lock_announcement(session, announcement_id)
    if not announcement.needs_confirmation:
        raise WrongStep()
    _demand_second_person(announcement, by)
    if by.id == announcement.published_by_id:
        raise OwnWords()
    announcement.confirm_by = None
    announcement.approved_by_id, announcement.approved_at, announcement.changed_at = by.id, now, now
    announcement.look_at = next_look(announcement)
    session.flush()
    _record(session, "announcement_confirmed", announcement, by=by, now=now)


def discard(session: Session, announcement_id: int, *, by: Person, now: datetime) -> None:
    """Give up what was never published; it keeps no number."""
    demand(by, Act.WRITE_ANNOUNCEMENTS)
    announcement = lock_announcement(session, announcement_id)
    move(announcement, State.DISCARDED)
    announcement.changed_at = now
    session.flush()
    _record(session, "announcement_discarded", announcement, by=by, now=now)


def move(announcement: Announcement, state: State) -> None:
    """Move it along an arrow of NEXT. Raises WrongStep."""
    if state not in NEXT[State(announcement.state)]:
        raise WrongStep()
    announcement.state = state.value


def next_look(announcement: Announcement) -> datetime | None:
    """When the worker has something to do about it: its end has come, or nobody has confirmed it."""
    if announcement.state != State.PUBLISHED.value:
        return None
    return min((moment for moment in (announcement.expected_end_at, announcement.confirm_by) if moment is not None),
               default=None)


def find_edition(session: Session, announcement_id: int, edition: int) -> AnnouncementEdition | None:
    """What the announcement said at an earlier saving."""
    return session.get(AnnouncementEdition, (announcement_id, edition))



def _demand_second_person(announcement: Announcement, by: Person) -> None:
    if by.id in (announcement.written_by_id, announcement.changed_by_id):
        raise OwnWords()


def _demand_whole(announcement: Announcement) -> None:
    missing = missing_of(Content.of(announcement))
    if missing:
        raise BadContent(missing)


def _keep_edition(session: Session, announcement: Announcement, *, by: Person, now: datetime) -> None:
    session.add(AnnouncementEdition(announcement_id=announcement.id, edition=announcement.edition, by_id=by.id, at=now,
                                    content=Content.of(announcement).plain()))
    session.flush()


def _record(session: Session, act: str, announcement: Announcement, *, by: Person, now: datetime,
            **details: Any) -> None:
    audit.record(session, act, by=by.id, now=now, announcement=announcement.id, **details)
