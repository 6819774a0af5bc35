"""A rating: asked for when a request has ended, given once, and open to second thoughts for some hours."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from helpdesk import audit
from helpdesk.database import Record
from helpdesk.errors import Conflict, DeskError, NotFound
from helpdesk.people.accounts import Person, Team
from helpdesk.ratings.surveys import SurveyVersion, find_holding_id
from helpdesk.statements import rows
from helpdesk.tickets import Ticket
from helpdesk.years import ZONE

STARS = range(1, 6)
# What is so low that a lead should talk to the client.
LOW = 2
COMMENT_MAX, NOTE_MAX = 2000, 500


class Invitation(StrEnum):
    """Whether the client was asked for the rating. They may give it on the page of the request in any case."""

    NEW = "new"
    SENT = "sent"
    # Asked not long ago, wants no such letters, or has rated before the letter was written.
    SPARED = "spared"


class BadStars(DeskError):
    """A rating has from one to five stars."""


class TooLateToChange(Conflict):
    """A rating can be changed for {hours} hours after it was given, and that time is over."""


class Rating(Record):
    """A client's rating of one ended request: a row from the moment at which it can be given.

    item_id: the step of the process that asks. team_id: who worked on it last. month: of the rating, like 2026-11.
    survey_id: the owner's questions that are asked beside the stars; None if only the process asks.
    """

    __tablename__ = "rating"
    __table_args__ = (Index("ix_rating_invitation", "invitation", "opened_at"),
                      Index("ix_rating_person_asked", "person_id", "asked_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    request_type: Mapped[str] = mapped_column(String(60))
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey_version.id"))
    opened_at: Mapped[datetime]
    invitation: Mapped[str] = mapped_column(String(10), default=Invitation.NEW.value)
    asked_at: Mapped[datetime | None]
    stars: Mapped[int | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    given_at: Mapped[datetime | None] = mapped_column(index=True)
    changed_at: Mapped[datetime | None]
    month: Mapped[str] = mapped_column(String(7), default="")
    called_at: Mapped[datetime | None]
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    call_note: Mapped[str] = mapped_column(String(500), default="")
    ticket: Mapped[Ticket] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    called_by: Mapped[Person | None] = relationship(foreign_keys=[called_by_id])
    team: Mapped[Team | None] = relationship()
    survey: Mapped[SurveyVersion | None] = relationship()

    def changeable_until(self, allowed: timedelta) -> datetime | None:
        return self.given_at + allowed if self.given_at else None


def open_for(session: Session, ticket: Ticket, *, item_id: int, now: datetime) -> None:
    """The request can be rated from now on; whether its client is asked is decided soon afterwards."""
    rows.add(session, Rating, ticket_id=ticket.id, item_id=item_id, person_id=ticket.client_id, team_id=None,
             request_type=ticket.request_type, survey_id=find_holding_id(session, ticket.request_type), opened_at=now)


def give(session: Session, *, item_id: int, stars: int, comment: str, answers: Mapping[str, Any],
         team_id: int | None, now: datetime) -> Rating | None:
    """Keep what the client thinks; None if the step is no rating. Raises BadStars."""
    rating = session.scalar(select(Rating).where(Rating.item_id == item_id))
    if rating is None:
        return None
    _write(rating, stars, comment, answers)
    rating.team_id, rating.given_at = team_id, now
    rating.month = now.astimezone(ZONE).strftime("%Y-%m")
    if rating.invitation == Invitation.NEW.value:
        rating.invitation = Invitation.SPARED.value
    session.flush()
    return rating


def change(session: Session, rating: Rating, *, stars: int, comment: str, answers: Mapping[str, Any],
           allowed: timedelta, now: datetime) -> None:
    """Second thoughts of who gave it. Raises TooLateToChange, BadStars."""
    until = rating.changeable_until(allowed)
    if until is None or now > until:
        raise TooLateToChange(hours=int(allowed.total_seconds() // 3600))
    _write(rating, stars, comment, answers)
    rating.changed_at = now
    session.flush()


def list_of(session: Session, ticket_id: int) -> list[Rating]:
    """The ratings of a request, given or not, with the questions that are asked: the newest first."""
    return list(session.scalars(select(Rating).where(Rating.ticket_id == ticket_id).order_by(Rating.id.desc())
                                .options(joinedload(Rating.survey))))


def find_given(session: Session, ticket_id: int) -> Rating | None:
    """The last rating that was given to the request."""
    return session.scalar(select(Rating).where(Rating.ticket_id == ticket_id, Rating.given_at.is_not(None))
                          .order_by(Rating.id.desc()).limit(1))


def get_rating(session: Session, rating_id: int) -> Rating:
    rating = session.get(Rating, rating_id)
    if rating is None or rating.given_at is None:
        raise NotFound()
    return rating


def mark_called(session: Session, rating: Rating, *, note: str, by: Person, now: datetime) -> None:
    """Somebody has talked to the client about a low rating."""
    rating.called_at, rating.called_by_id, rating.call_note = now, by.id, " ".join(note.split())[:NOTE_MAX]
    session.flush()
    audit.record(session, "rating_called_back", by=by.id, now=now, rating_id=rating.id)


def _write(rating: Rating, stars: int, comment: str, answers: Mapping[str, Any]) -> None:
    if stars not in STARS:
        raise BadStars()
    rating.stars, rating.comment, rating.answers = stars, comment[:COMMENT_MAX], dict(answers)
