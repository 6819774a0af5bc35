"""Ending: one decision ends an announcement, and each request that hangs on it hears of it in its own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import ColumnElement, exists, insert, literal, select
from sqlalchemy.orm import Session

from engine.outages.records import OutageTicket
from engine.outside.events import EventKind, EventState, TicketEvent
from helpdesk import outbox
from helpdesk.announcements import course
from helpdesk.announcements.kinds import State
from helpdesk.announcements.records import Announcement, get_announcement
from helpdesk.conversation import Kind, say
from helpdesk.database import Database, is_lost_race
from helpdesk.errors import Conflict
from helpdesk.people.accounts import Person
from sla.promises import SOLUTION_CLOCK, PauseReason

if TYPE_CHECKING:
    from engine.stage import Stage

log = structlog.get_logger()
# The message by which a diagram with a place for it hears that what its ticket hangs on is over.
MESSAGE = "announcement_ended"
MOST_A_ROUND = 100
OVER = (State.ENDED.value, State.ARCHIVED.value)


def end(session: Session, announcement_id: int, *, text_pl: str, text_en: str, by: Person | None, now: datetime,
        ended_at: datetime | None = None) -> Announcement:
    """End the announcement, and let every request that hangs on it hear of it after the commit."""
    announcement = course.end(session, announcement_id, text_pl=text_pl, text_en=text_en, by=by, now=now,
                              ended_at=ended_at)
    _queue(session, OutageTicket.announcement_id == announcement.id, now=now)
    return announcement


def call_off(session: Session, announcement_id: int, *, text_pl: str, text_en: str, by: Person,
             now: datetime) -> Announcement:
    """Call off what was announced; a request may hang on it already."""
    announcement = course.call_off(session, announcement_id, text_pl=text_pl, text_en=text_en, by=by, now=now)
    _queue(session, OutageTicket.announcement_id == announcement.id, now=now)
    return announcement


def look(database: Database, *, now: datetime, most: int = MOST_A_ROUND) -> int:
    """The worker's round: end what ends by itself, remind owners of what does not; how many were looked at."""
    for looked in range(most):
        try:
            if not database.run(lambda session: _look_at_next(session, now=now)):
                return looked
        except Exception as error:
            if not (isinstance(error, Conflict) or is_lost_race(error)):
                raise
            # Somebody has ended it at this very moment; the next round sees what is left.
            log.info("announcement_passed_over", error=type(error).__name__)
            return looked
    return most


def catch_up(session: Session, *, now: datetime) -> None:
    """Let requests hear of the end that joined at the very moment of it."""
    over = select(Announcement.id).where(Announcement.state.in_(OVER))
    queued = exists().where(TicketEvent.ticket_id == OutageTicket.ticket_id, TicketEvent.name == MESSAGE,
                            TicketEvent.state.in_([EventState.WAITING.value, EventState.FAILED.value]))
    waiting = (OutageTicket.announcement_id.in_(over)) & ~queued
    if session.scalar(select(OutageTicket.id).where(OutageTicket.told_at.is_(None), waiting).limit(1)) is not None:
        _queue(session, waiting, now=now)


def mark_told(session: Session, ticket_id: int, payload: Mapping[str, Any], *, now: datetime) -> bool:
    """Note that the request has heard of the end; False when it had before, or went its own way meanwhile."""
    link = session.scalar(select(OutageTicket).where(
        OutageTicket.ticket_id == ticket_id, OutageTicket.announcement_id == payload["announcement"],
        OutageTicket.told_at.is_(None)).execution_options(populate_existing=True))
    if link is None:
        return False
    link.told_at = now
    session.flush()
    return True


def take(stage: "Stage", payload: Mapping[str, Any]) -> bool:
    """Give the end to the request's process; one without a place for it only gets the words. Whether it was heard."""
    stage.promises.resume(SOLUTION_CLOCK, now=stage.now, reason=PauseReason.KNOWN_FAILURE)
    if stage.ticket.is_ended:
        return False
    if stage.run.message(MESSAGE, {"number": payload["number"]}):
        return True
    ticket = stage.ticket
    message_id = say(stage.session, ticket.id, words_of_end(stage, payload["announcement"]), by=None, kind=Kind.REPLY,
                     now=stage.now)
    outbox.queue(stage.session, to=ticket.client, text="reply", now=stage.now, ticket_id=ticket.id,
                 message_id=message_id, **stage.facts_for_letters())
    return False


def words_of_end(stage: "Stage", announcement_id: int | None = None) -> str:
    """What the announcement that the request hung on last says at its end, in the client's language."""
    if announcement_id is None:
        announcement_id = stage.session.scalar(
            select(OutageTicket.announcement_id).where(OutageTicket.ticket_id == stage.ticket.id)
            .order_by(OutageTicket.told_at.desc(), OutageTicket.id.desc()).limit(1))
    if announcement_id is None:
        raise ValueError("the request hangs on no announcement")
    announcement, language = get_announcement(stage.session, announcement_id), stage.ticket.client.language
    said = announcement.updates[-1].text(language) if announcement.updates else ""
    parts = [f"{announcement.number}: {announcement.text('title', language)}", said,
             announcement.text("afterwards", language)]
    return "\n\n".join(part for part in parts if part)


def _look_at_next(session: Session, *, now: datetime) -> bool:
    found = course.next_to_look_at(session, now=now)
    if found is None:
        return False
    announcement = get_announcement(session, found)
    if course.is_to_end(announcement, now):
        end(session, found, text_pl=course.usual_ending(announcement, "pl"),
            text_en=course.usual_ending(announcement, "en"), by=None, now=now, ended_at=announcement.expected_end_at)
    else:
        course.remind(session, announcement, now=now)
    return True


def _queue(session: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    """One message for every request that waits for the end; whoever gets two hears the first."""
    table = TicketEvent.__table__
    facts: dict[str, Any] = {"kind": EventKind.MESSAGE.value, "name": MESSAGE, "state": EventState.WAITING.value,
                             "tries": 0, "try_at": now, "queued_at": now}
    for announcement in session.scalars(select(Announcement).where(Announcement.id.in_(
            select(OutageTicket.announcement_id).where(OutageTicket.told_at.is_(None), which)))).all():
        payload = {"announcement": announcement.id, "number": announcement.number}
        session.execute(insert(TicketEvent).from_select(["ticket_id", "payload", *facts], select(
            OutageTicket.ticket_id, literal(payload, table.c["payload"].type),
            *(literal(value, table.c[column].type) for column, value in facts.items()))
            .where(OutageTicket.announcement_id == announcement.id, OutageTicket.told_at.is_(None), which)))
