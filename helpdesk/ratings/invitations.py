"""Invitations: whose rating is asked for by letter. Nobody is asked more often than the desk has set."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from helpdesk import outbox
from helpdesk.notices.choices import Choice, Way, choices_of, choose
from helpdesk.notices.kinds import Kind
from helpdesk.outbox import Letter
from helpdesk.people.accounts import Person
from helpdesk.ratings.records import Invitation, Rating
from helpdesk.tickets import Ticket

MOST_AT_ONCE = 50
# Who was not asked for so long, because no worker ran, is not asked any more.
TOO_OLD = timedelta(days=3)


def invite_due(session: Session, *, every: timedelta, now: datetime) -> int:
    """Ask for ratings that became possible, a person at most once within `every`; how many were decided about."""
    # Claimed first, and nothing is passed over: the second of two workers waits, and then sees who was asked.
    due = (select(Rating.id).where(Rating.invitation == Invitation.NEW.value, Rating.opened_at <= now)
           .order_by(Rating.opened_at, Rating.id).limit(MOST_AT_ONCE).with_for_update())
    taken = session.scalars(
        update(Rating).where(Rating.id.in_(due), Rating.invitation == Invitation.NEW.value)
        .values(invitation=Invitation.SPARED.value).returning(Rating.id)
        .execution_options(synchronize_session=False)).all()
    new = session.scalars(select(Rating).where(Rating.id.in_(taken)).order_by(Rating.opened_at, Rating.id)
                          .execution_options(populate_existing=True)).all()
    for rating in new:
        if _is_spared(session, rating, every=every, now=now):
            continue
        rating.invitation, rating.asked_at = Invitation.SENT.value, now
        ticket = session.get_one(Ticket, rating.ticket_id)
        outbox.queue(session, to=rating.person, text="survey", now=now, ticket_id=ticket.id, number=ticket.number,
                     subject=ticket.subject)
        session.flush()
    session.flush()
    return len(new)


def is_refused(person: Person) -> bool:
    """Whether the person never wants to be asked."""
    return choices_of(person).of(Kind.SURVEY).way is Way.NONE


def refuse(session: Session, person: Person, *, now: datetime) -> None:
    """Never ask this person again; what waits to be read is no longer unread."""
    known = choices_of(person)
    choose(session, person, type(known)({**known.kinds, Kind.SURVEY: Choice(Way.NONE, in_page=False)},
                                        known.digest_hour, known.quiet), now=now)
    for letter in session.scalars(select(Letter).where(
            Letter.person_id == person.id, Letter.text == "survey", Letter.read_at.is_(None))):
        letter.read_at = now
    session.flush()


def _is_spared(session: Session, rating: Rating, *, every: timedelta, now: datetime) -> bool:
    if rating.given_at is not None or rating.opened_at < now - TOO_OLD or is_refused(rating.person):
        return True
    return rating.person.is_disabled or bool(session.scalar(select(exists().where(
        Rating.person_id == rating.person_id, Rating.asked_at > now - every))))
