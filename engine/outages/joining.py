"""Joining: a request becomes part of a known failure; its clock stands, and its client reads why."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload, lazyload

from engine.acts import one_step
from engine.outages.records import OutageTicket, find_open_link, hang
from engine.stage import open_stage
from engine.tickets import demand_on
from helpdesk import audit, outbox
from helpdesk.announcements.kinds import TROUBLES, State
from helpdesk.announcements.records import Announcement, AnnouncementService, audiences_of
from helpdesk.announcements.watchers import AlreadyOver
from helpdesk.catalogue import Classification
from helpdesk.conversation import Kind, say
from helpdesk.errors import Conflict, NotFound
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, may
from helpdesk.tickets import ENDED, AlreadyEnded, Status, Ticket, TicketTeam, get_ticket, lock_ticket
from sla.promises import SOLUTION_CLOCK, PauseReason

# Requests of these types report that something does not work.
REPORTS = ("incident", "ticket", "emergency_consent")
# People report before the desk knows since when it is.
BEFORE = timedelta(hours=1)
JOINABLE_MOST = 50
ANSWERED = frozenset({Status.SOLVED, Status.COMPLAINT})
JOINED = {
    "pl": "Zgłoszenie jest częścią znanej awarii {number}: {title}. Nie trzeba go ponawiać. Gdy awaria się skończy, "
          "napiszemy; do tego czasu termin rozwiązania nie biegnie.",
    "en": "The request is part of a known failure, {number}: {title}. There is no need to report it again. We shall "
          "write when it is over; until then the time for the solution does not run.",
}


class AlreadyJoined(Conflict):
    """This request is part of {number} already."""


class AlreadyAnswered(Conflict):
    """This request has its solution already."""


def join(session: Session, ticket_id: int, announcement_id: int, *, by: Person, now: datetime,
         is_told: bool = True) -> None:
    """Let the request hang on the announcement until that ends; joining twice is joining once.

    is_told: whether the client gets a letter, which they need not when they have joined themselves.
    Raises AlreadyEnded, AlreadyAnswered, AlreadyJoined, AlreadyOver, NotFound.
    """
    ticket = lock_ticket(session, ticket_id, now=now)
    demand_on(session, by, Act.JOIN_OUTAGE, ticket)
    announcement = _take(session, announcement_id, by)
    before = find_open_link(session, ticket.id)
    if before is not None and before.announcement_id == announcement.id:
        return
    if before is not None:
        raise AlreadyJoined(number=before.announcement.number)
    if ticket.is_ended:
        raise AlreadyEnded(number=ticket.number)
    if Status(ticket.status) in ANSWERED:
        raise AlreadyAnswered()
    hang(session, ticket.id, announcement.id, by=by, now=now)
    with one_step(session, ticket, "join_outage", by=by, now=now):
        stage = open_stage(session, ticket, by=by, now=now)
        stage.promises.pause(SOLUTION_CLOCK, PauseReason.KNOWN_FAILURE, now=now)
        stage.save()
    language = ticket.client.language
    words = JOINED["en" if language == "en" else "pl"].format(
        number=announcement.number, title=announcement.text("title", language))
    message_id = say(session, ticket.id, words, by=by, kind=Kind.SYSTEM, now=now)
    if is_told and ticket.client_id != by.id:
        outbox.queue(session, to=ticket.client, text="reply", now=now, ticket_id=ticket.id, number=ticket.number,
                     subject=ticket.subject, message_id=message_id)


def join_new(session: Session, number: str, announcement_id: int | None, *, by: Person, now: datetime) -> None:
    """Let a request that was just made hang on what its client said it is part of.

    Nothing happens if that is over meanwhile, or if the process has joined, solved or ended the request by itself.
    """
    if announcement_id is not None:
        with suppress(AlreadyOver, AlreadyJoined, AlreadyAnswered, AlreadyEnded, NotFound):
            join(session, get_ticket(session, number).id, announcement_id, by=by, now=now, is_told=False)


def leave(session: Session, ticket_id: int, *, by: Person, now: datetime) -> None:
    """The request turns out to be about something else: it goes its own way, and its clock runs on."""
    ticket = lock_ticket(session, ticket_id, now=now)
    demand_on(session, by, Act.LEAVE_OUTAGE, ticket)
    link = find_open_link(session, ticket.id)
    if link is None:
        return
    session.execute(delete(OutageTicket).where(OutageTicket.id == link.id))
    if not ticket.is_ended:
        with one_step(session, ticket, "leave_outage", by=by, now=now):
            stage = open_stage(session, ticket, by=by, now=now)
            stage.promises.resume(SOLUTION_CLOCK, now=now, reason=PauseReason.KNOWN_FAILURE)
            stage.save()
    audit.record(session, "outage_left", by=by.id, now=now, ticket_id=ticket.id, announcement=link.announcement_id)


def list_candidates(session: Session, announcement: Announcement, *, team_ids: Collection[int],
                    most: int = 200) -> list[Ticket]:
    """Reports of the same services since it began (or an hour before) that are open, seen by these teams, and free."""
    taken = select(OutageTicket.ticket_id).where(OutageTicket.told_at.is_(None))
    seen = select(TicketTeam.ticket_id).where(
        TicketTeam.ticket_id == Ticket.id, TicketTeam.team_id.in_(list(team_ids))).exists()
    return list(session.scalars(
        select(Ticket).join(Classification, Classification.id == Ticket.classification_id)
        .join(AnnouncementService, AnnouncementService.service_id == Classification.service_id)
        .where(AnnouncementService.announcement_id == announcement.id, Ticket.request_type.in_(REPORTS),
               Ticket.opened_at >= announcement.starts_at - BEFORE, seen, Ticket.id.not_in(taken),
               Ticket.status.in_([one.value for one in Status if one not in ENDED | ANSWERED]))
        .options(joinedload(Ticket.client)).order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(most)))


def list_joinable(session: Session, *, by: Person, now: datetime) -> list[Announcement]:
    """The troubles under way that requests can be joined to, the newest first; without their services and updates."""
    found = session.scalars(select(Announcement).where(
        Announcement.state == State.PUBLISHED.value, Announcement.starts_at <= now,
        Announcement.kind.in_([kind.value for kind in TROUBLES]),
        Announcement.audience.in_([audience.value for audience in audiences_of(by)]))
        .options(lazyload(Announcement.places), lazyload(Announcement.updates))
        .order_by(Announcement.starts_at.desc(), Announcement.id.desc()).limit(JOINABLE_MOST))
    return [one for one in found if one.is_under_way(now)]


def list_free(session: Session, tickets: Collection[Ticket], *, by: Person) -> frozenset[int]:
    """The ids of those requests that the person may join to an announcement: still without an answer, and theirs."""
    free = [one for one in tickets if not one.is_ended and Status(one.status) not in ANSWERED]
    teams: dict[int, set[int]] = {one.id: set() for one in free}
    for ticket_id, team_id in session.execute(select(TicketTeam.ticket_id, TicketTeam.team_id).where(
            TicketTeam.ticket_id.in_(teams))) if free else ():
        teams[ticket_id].add(team_id)
    return frozenset(one.id for one in free if may(by, Act.JOIN_OUTAGE, one, teams[one.id]))


def _take(session: Session, announcement_id: int, by: Person) -> Announcement:
    """The announcement, if the person may read it; it does not end before this transaction where that can be."""
    found = session.scalar(select(Announcement).where(Announcement.id == announcement_id)
                           .with_for_update(read=True, of=Announcement).execution_options(populate_existing=True))
    if found is None or found.kind not in TROUBLES or found.audience not in audiences_of(by):
        raise NotFound()
    if found.state != State.PUBLISHED.value:
        raise AlreadyOver()
    return found
