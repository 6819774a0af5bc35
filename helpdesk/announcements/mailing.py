"""Letters about announcements: to those who chose the service and those who asked to be told, some at a time.

A mailing is one row with how far it has come: the letters of a batch and the new place are one transaction, so a crash
leaves nobody out and tells nobody twice, and ten thousand readers never hold one transaction.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, or_, select, update
from sqlalchemy.orm import Mapped, Session, lazyload, mapped_column, relationship

from helpdesk import outbox
from helpdesk.announcements.kinds import Audience
from helpdesk.announcements.records import (
    Announcement,
    AnnouncementService,
    AnnouncementUpdate,
    AnnouncementWatcher,
)
from helpdesk.database import Database, Record
from helpdesk.interests import Interest
from helpdesk.languages import LANGUAGES, translations
from helpdesk.people.accounts import Person

BATCH = 200


class Occasion(StrEnum):
    """What the letters are about."""

    PUBLISHED = "published"
    UPDATED = "updated"
    ENDED = "ended"


class AnnouncementMailing(Record):
    """One round of letters. last_person_id: everybody up to this one has theirs."""

    __tablename__ = "announcement_mailing"
    __table_args__ = (UniqueConstraint("announcement_id", "occasion", "update_id"),
                      Index("ix_announcement_mailing_open", "done_at", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), index=True)
    update_id: Mapped[int | None] = mapped_column(ForeignKey("announcement_update.id"))
    occasion: Mapped[str] = mapped_column(String(10))
    last_person_id: Mapped[int] = mapped_column(default=0)
    count: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    announcement: Mapped[Announcement] = relationship()
    update: Mapped[AnnouncementUpdate | None] = relationship()


def queue_mailing(session: Session, announcement: Announcement, occasion: Occasion, *, now: datetime,
                  update_id: int | None = None) -> None:
    """Let the worker write to everybody who wants to know, unless the authors chose otherwise."""
    if announcement.is_mailed and announcement.audience != Audience.STAFF.value:
        session.add(AnnouncementMailing(announcement_id=announcement.id, occasion=occasion.value, update_id=update_id,
                                        made_at=now))
        session.flush()


def mail_due(database: Database, *, now: datetime, most: int = 500) -> int:
    """Go on with the mailings that are not done, up to `most` batches; how many letters were written."""
    written = 0
    for _ in range(most):
        found = database.run(lambda session: mail_batch(session, now=now))
        if found is None:
            break
        written += found
    return written


def mail_batch(session: Session, *, now: datetime, size: int = BATCH) -> int | None:
    """Write the next letters of the oldest mailing; how many, or None when nothing is left to do."""
    mailing = session.scalar(select(AnnouncementMailing).where(AnnouncementMailing.done_at.is_(None))
                             .order_by(AnnouncementMailing.id).limit(1)
                             .with_for_update(of=AnnouncementMailing, skip_locked=True))
    if mailing is None:
        return None
    before = mailing.last_person_id
    readers = _readers(session, mailing, size)
    last = readers[-1].id if readers else before
    # Whoever goes on from the same place at the same moment changes no row, and what they wrote is rolled back.
    moved = session.execute(
        update(AnnouncementMailing).where(
            AnnouncementMailing.id == mailing.id, AnnouncementMailing.last_person_id == before,
            AnnouncementMailing.done_at.is_(None))
        .values(last_person_id=last, count=AnnouncementMailing.count + len(readers),
                done_at=now if len(readers) < size else None)
        .returning(AnnouncementMailing.id).execution_options(synchronize_session=False)).all()
    if not moved:
        return 0
    facts = _facts(mailing, now=now)
    for reader in readers:
        outbox.queue(session, to=reader, text=f"announcement_{mailing.occasion}", now=now, **facts)
    return len(readers)


def _readers(session: Session, mailing: AnnouncementMailing, size: int) -> list[Person]:
    """The next people in the order of their ids: who chose a service of it, and who asked to be told."""
    services = select(AnnouncementService.service_id).where(
        AnnouncementService.announcement_id == mailing.announcement_id)
    chose = select(Interest.person_id).where(Interest.service_id.in_(services))
    asked = select(AnnouncementWatcher.person_id).where(AnnouncementWatcher.announcement_id == mailing.announcement_id)
    return list(session.scalars(
        select(Person).where(Person.id > mailing.last_person_id, Person.is_disabled.is_(False),
                             or_(Person.id.in_(chose), Person.id.in_(asked)))
        .order_by(Person.id).limit(size).options(lazyload(Person.memberships))))


def _facts(mailing: AnnouncementMailing, *, now: datetime) -> dict[str, Any]:
    announcement = mailing.announcement
    said = {language: mailing.update.text(language) if mailing.update else "\n\n".join(
        text for text in (announcement.text("impact", language), announcement.text("advice", language),
                          *_procedure(announcement, language, now=now)) if text)
        for language in LANGUAGES}
    return {"announcement": announcement.number, "said": said,
            "title": {language: announcement.text("title", language) for language in LANGUAGES},
            "path": announcement.path}


def _procedure(announcement: Announcement, language: str, *, now: datetime) -> list[str]:
    """That the emergency procedure may be used, what to quote, and how; nothing while it may not."""
    if not announcement.may_use_procedure(now):
        return []
    say = translations(language).gettext
    quoted = [f"{say('Number to quote')}: {announcement.number}"]
    if announcement.mark:
        quoted.append(f"{say('Mark on documents')}: {announcement.mark}")
    return [say("You may use the emergency procedure; you need not ask for consent."), "\n".join(quoted),
            announcement.text("instruction", language)]
