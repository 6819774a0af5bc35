"""The course of a published announcement: updates, a later end, its end, the archive; and what time does to it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import audit, outbox
from helpdesk.announcements.content import BadContent, Fault
from helpdesk.announcements.kinds import State, Step
from helpdesk.announcements.mailing import Occasion, queue_mailing
from helpdesk.announcements.records import TEXT_MAX, Announcement, AnnouncementUpdate, lock_announcement
from helpdesk.announcements.writing import WrongStep, move, next_look
from helpdesk.errors import DeskError
from helpdesk.languages import LANGUAGES, _
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, demand

# How often its owner is reminded of an announced end that has passed, or of what nobody has confirmed.
REMIND_EVERY = timedelta(hours=24)
ENDINGS: Mapping[str, str] = {
    "pl": "Zgodnie z zapowiedzią „{title}” zakończyło się o czasie.",
    "en": "“{title}” has ended at the announced time.",
}


class EndsTooEarly(DeskError):
    """It cannot have ended before it started, or in the future."""


def add_update(session: Session, announcement_id: int, *, text_pl: str, text_en: str, by: Person,
               now: datetime) -> AnnouncementUpdate:
    """Tell what is new. Raises BadContent, WrongStep."""
    demand(by, Act.DECIDE_ANNOUNCEMENTS)
    announcement = _lock_published(session, announcement_id)
    said = _say(announcement, Step.NEWS, text_pl, text_en, by=by, now=now)
    _tell(session, announcement, said, "announcement_updated", by=by, now=now)
    return said


def prolong(session: Session, announcement_id: int, *, until: datetime | None, text_pl: str, text_en: str, by: Person,
            now: datetime) -> AnnouncementUpdate:
    """Tell another expected end, later or earlier, or that it is not known. Raises BadContent, WrongStep."""
    demand(by, Act.DECIDE_ANNOUNCEMENTS)
    announcement = _lock_published(session, announcement_id)
    if until is not None and until <= max(now, announcement.starts_at):
        raise BadContent([Fault("until", _("The end must be later than now and than the beginning."))])
    if until is None:
        announcement.ends_by_itself = False
    announcement.expected_end_at = until
    announcement.look_at = next_look(announcement)
    said = _say(announcement, Step.PROLONGED, text_pl, text_en, by=by, now=now, expected_end_at=until)
    _tell(session, announcement, said, "announcement_prolonged", by=by, now=now)
    return said


def end(session: Session, announcement_id: int, *, text_pl: str, text_en: str, by: Person | None, now: datetime,
        ended_at: datetime | None = None) -> Announcement:
    """Tell that it is over. ended_at: when it really was, if before now. by: nobody when it ended by itself.

    Tickets that hang on it are told by engine.outages.ending, which calls this. Raises EndsTooEarly, BadContent.
    """
    if by is not None:
        demand(by, Act.DECIDE_ANNOUNCEMENTS)
    announcement = _lock_published(session, announcement_id)
    moment = ended_at or now
    if moment > now or moment < announcement.starts_at:
        raise EndsTooEarly()
    said = _say(announcement, Step.ENDED, text_pl, text_en, by=by, now=now)
    move(announcement, State.ENDED)
    announcement.ended_at, announcement.look_at = moment, None
    announcement.ending_pl, announcement.ending_en = said.text_pl, said.text_en
    _tell(session, announcement, said, "announcement_ended", by=by, now=now)
    return announcement


def call_off(session: Session, announcement_id: int, *, text_pl: str, text_en: str, by: Person,
             now: datetime) -> Announcement:
    """Tell that what was announced will not be, before it has started. Raises WrongStep, BadContent."""
    demand(by, Act.DECIDE_ANNOUNCEMENTS)
    announcement = _lock_published(session, announcement_id)
    if announcement.starts_at <= now:
        raise WrongStep()
    said = _say(announcement, Step.CALLED_OFF, text_pl, text_en, by=by, now=now)
    move(announcement, State.ENDED)
    announcement.is_called_off, announcement.look_at = True, None
    announcement.ended_at = announcement.starts_at
    _tell(session, announcement, said, "announcement_called_off", by=by, now=now)
    return announcement


def archive(session: Session, announcement_id: int, *, by: Person | None, now: datetime) -> None:
    """Put an ended announcement away, under its year."""
    if by is not None:
        demand(by, Act.DECIDE_ANNOUNCEMENTS)
    announcement = lock_announcement(session, announcement_id)
    move(announcement, State.ARCHIVED)
    announcement.archived_at, announcement.changed_at = now, now
    session.flush()
    audit.record(session, "announcement_archived", by=by.id if by else None, now=now, announcement=announcement.id)


def next_to_look_at(session: Session, *, now: datetime) -> int | None:
    """The announcement whose announced time has passed longest ago."""
    return session.scalar(select(Announcement.id).where(Announcement.look_at <= now)
                          .order_by(Announcement.look_at, Announcement.id).limit(1))


def is_to_end(announcement: Announcement, now: datetime) -> bool:
    """Whether its time has come and it ends by itself."""
    return (announcement.state == State.PUBLISHED.value and announcement.ends_by_itself
            and announcement.expected_end_at is not None and announcement.expected_end_at <= now)


def remind(session: Session, announcement: Announcement, *, now: datetime) -> None:
    """A letter to who published it, that its announced end has passed or that a second person must confirm it."""
    is_unconfirmed = announcement.confirm_by is not None and announcement.confirm_by <= now
    reader = announcement.published_by
    # Two moments share the place of the next look: the end must not wait for the next reminder.
    end, again = announcement.expected_end_at, now + REMIND_EVERY
    announcement.look_at = min(end, again) if end is not None and end > now else again
    session.flush()
    if reader is not None:
        outbox.queue(session, to=reader, now=now, **facts_for_letters(announcement),
                     text="announcement_unconfirmed" if is_unconfirmed else "announcement_overdue")
    audit.record(session, "announcement_reminded", by=None, now=now, announcement=announcement.id)


def facts_for_letters(announcement: Announcement) -> dict[str, Any]:
    """What letters about it name."""
    return {"announcement": announcement.number,
            "title": {language: announcement.text("title", language) for language in LANGUAGES},
            "path": f"/announcements/{announcement.id}"}


def usual_ending(announcement: Announcement, language: str) -> str:
    """What is said when it ends by itself."""
    return announcement.text("ending", language) or ENDINGS[language].format(title=announcement.text("title", language))


def _lock_published(session: Session, announcement_id: int) -> Announcement:
    announcement = lock_announcement(session, announcement_id)
    if announcement.state != State.PUBLISHED.value:
        raise WrongStep()
    return announcement


def _say(announcement: Announcement, step: Step, text_pl: str, text_en: str, *, by: Person | None, now: datetime,
         expected_end_at: datetime | None = None) -> AnnouncementUpdate:
    texts = {"text_pl": text_pl.strip(), "text_en": text_en.strip()}
    faults = [Fault(name, _("Write it in both languages.")) for name, text in texts.items() if not text]
    faults += [Fault(name, _("At most {most} characters fit here."), TEXT_MAX)
               for name, text in texts.items() if len(text) > TEXT_MAX]
    if faults:
        raise BadContent(faults)
    said = AnnouncementUpdate(step=step.value, at=now, by_id=by.id if by else None, expected_end_at=expected_end_at,
                              **texts)
    announcement.updates.append(said)
    return said


def _tell(session: Session, announcement: Announcement, said: AnnouncementUpdate, act: str, *, by: Person | None,
          now: datetime) -> None:
    announcement.sequence += 1
    announcement.changed_at = now
    session.flush()
    queue_mailing(session, announcement, OCCASIONS[Step(said.step)], now=now, update_id=said.id)
    audit.record(session, act, by=by.id if by else None, now=now, announcement=announcement.id, update=said.id)


OCCASIONS: Mapping[Step, Occasion] = {
    Step.NEWS: Occasion.UPDATED, Step.PROLONGED: Occasion.UPDATED, Step.ENDED: Occasion.ENDED,
    Step.CALLED_OFF: Occasion.ENDED,
}
