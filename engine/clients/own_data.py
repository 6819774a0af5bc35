"""What the desk holds about one person, gathered for that person: never notes of the staff, nor others' data.

Of other people there are only the names that the person is shown anyway. The keys are stable: programs may read them.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, lazyload

from engine.records import Answer
from helpdesk import audit
from helpdesk.announcements.records import Announcement, AnnouncementWatcher
from helpdesk.audit import AuditEntry
from helpdesk.catalogue import Service
from helpdesk.consents import Consent
from helpdesk.conversation import Kind, Message
from helpdesk.errors import DeskError
from helpdesk.files import Draft, StoredFile
from helpdesk.interests import Interest
from helpdesk.outbox import Letter
from helpdesk.people.accounts import Person
from helpdesk.people.firms import list_firms
from helpdesk.people.identities import list_identities
from helpdesk.people.passkeys import list_passkeys
from helpdesk.people.policy import Act, demand
from helpdesk.people.signin import list_signed_in
from helpdesk.people.tokens import AccessToken
from helpdesk.ratings.questions import answers_of
from helpdesk.ratings.records import Rating
from helpdesk.ratings.remarks import Remark
from helpdesk.tickets import Status, Ticket

FORMAT = "okienko-own-data-1"
MOST_A_DAY, DAY = 3, timedelta(days=1)
# The newest of each; what is more is counted as left out.
MOST_REQUESTS, MOST_LETTERS, MOST_ACTS, MOST_DRAFTS = 2_000, 5_000, 10_000, 200
CHUNK = 200
TOLD = frozenset({Status.SOLVED, Status.CLOSED, Status.COMPLAINT})


class TakenOften(DeskError):
    """You can take your data {most} times in a day. Come back tomorrow."""


def note_taken(session: Session, person_id: int, *, now: datetime) -> None:
    """Write down that the person takes their data. Raises TakenOften."""
    # The entry comes first: its chain is locked by it, so that several at once are counted one by one.
    audit.record(session, "data_taken", by=person_id, now=now)
    session.flush()
    lately = session.scalar(select(func.count(AuditEntry.id)).where(
        AuditEntry.by_id == person_id, AuditEntry.act == "data_taken", AuditEntry.at > now - DAY)) or 0
    if lately > MOST_A_DAY:
        raise TakenOften(most=MOST_A_DAY)


def gather(session: Session, person: Person, *, now: datetime) -> dict[str, Any]:
    """Everything about the person but the bytes of files, ready for JSON."""
    demand(person, Act.USE_DESK)
    requests = session.scalars(
        select(Ticket).where(Ticket.client_id == person.id).order_by(Ticket.id.desc()).limit(MOST_REQUESTS)
        .options(lazyload(Ticket.client), joinedload(Ticket.classification))).all()
    drafts = session.scalars(select(Draft).where(Draft.person_id == person.id)
                             .order_by(Draft.id.desc()).limit(MOST_DRAFTS)).all()
    numbers = {ticket.id: ticket.number for ticket in requests}
    return {
        "format": FORMAT, "made_at": _plain(now), "account": _account(person), "signing_in": _ways_in(
            session, person, now=now),
        "firms": [{"name": one.name, "numbers": one.firm.numbers if one.is_active else "", "state": one.state,
                   "basis": one.basis, "is_manager": one.is_manager, "sees_all": one.sees_all,
                   "since_at": _plain(one.since_at)}
                  for one in list_firms(session, person)],
        "services": _services(session, person), "announcements_watched": _watched(session, person),
        "requests": [one for start in range(0, len(requests), CHUNK)
                     for one in _requests(session, requests[start:start + CHUNK], person)],
        "consents": _consents(session, numbers), "remarks": _remarks(session, person),
        "ratings": _ratings(session, person, numbers), "letters": _letters(session, person, numbers),
        "drafts": [{"place": one.place, "typed": one.typed, "changed_at": _plain(one.changed_at)} for one in drafts],
        "acts": _acts(session, person, numbers),
        "left_out": {"requests": max(0, _count(session, Ticket, Ticket.client_id, person) - MOST_REQUESTS),
                     "letters": max(0, _count(session, Letter, Letter.person_id, person) - MOST_LETTERS),
                     "acts": max(0, _count(session, AuditEntry, AuditEntry.by_id, person) - MOST_ACTS)}}


def list_own_files(session: Session, person: Person) -> list[tuple[StoredFile, str]]:
    """The files that the person sent with their own requests or keeps on a draft, each with the request's number."""
    query = (select(StoredFile, Ticket.number).outerjoin(Ticket, Ticket.id == StoredFile.ticket_id)
             .outerjoin(Draft, Draft.id == StoredFile.draft_id)
             .where(StoredFile.by_id == person.id, StoredFile.is_internal.is_(False),
                    or_(Ticket.client_id == person.id, Draft.person_id == person.id))
             .order_by(StoredFile.id.desc()))
    return [(stored, number or "") for stored, number in session.execute(query)]


def _account(person: Person) -> dict[str, Any]:
    return {"email": person.email, "name": person.name, "phone": person.phone, "firm": person.firm, "nip": person.nip,
            "language": person.language, "roles": person.roles, "made_at": _plain(person.created_at),
            "rules_agreed_at": _plain(person.rules_agreed_at), "second_step_since": _plain(person.second_step_at),
            "has_password": bool(person.password_hash), "notices": person.notices,
            "teams": [{"key": place.team.key, "is_lead": place.is_lead} for place in person.memberships]}


def _ways_in(session: Session, person: Person, *, now: datetime) -> dict[str, Any]:
    return {
        "signed_in": [{"since": _plain(one.since_at), "seen_at": _plain(one.seen_at), "browser": one.agent}
                      for one in list_signed_in(session, person, now=now)],
        "passkeys": [{"name": one.name, "added_at": _plain(one.added_at), "used_at": _plain(one.used_at)}
                     for one in list_passkeys(session, person)],
        "programs": [{"name": one.name, "scope": one.scope, "made_at": _plain(one.made_at),
                      "expires_at": _plain(one.expires_at), "used_at": _plain(one.used_at),
                      "revoked_at": _plain(one.revoked_at)}
                     for one in session.scalars(select(AccessToken).where(AccessToken.person_id == person.id)
                                                .order_by(AccessToken.id))],
        "providers": [{"issuer": one.issuer, "subject": one.subject, "label": one.label,
                       "linked_at": _plain(one.linked_at)} for one in list_identities(session, person)]}


def _services(session: Session, person: Person) -> list[str]:
    return list(session.scalars(select(Service.key).join(Interest, Interest.service_id == Service.id)
                                .where(Interest.person_id == person.id).order_by(Service.id)))


def _watched(session: Session, person: Person) -> list[str]:
    watched = session.scalars(
        select(Announcement).join(AnnouncementWatcher, AnnouncementWatcher.announcement_id == Announcement.id)
        .where(AnnouncementWatcher.person_id == person.id).order_by(Announcement.id)).unique()
    return [one.number for one in watched]


def _requests(session: Session, tickets: Iterable[Ticket], person: Person) -> list[dict[str, Any]]:
    found = {ticket.id: ticket for ticket in tickets}
    said: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for message in session.scalars(
            select(Message).where(Message.ticket_id.in_(found), Message.kind != Kind.NOTE.value)
            .order_by(Message.id).options(joinedload(Message.author).lazyload(Person.memberships))):
        said[message.ticket_id].append({
            "at": _plain(message.said_at), "kind": message.kind, "text": message.body,
            "author": message.author.name if message.author else "", "is_mine": message.author_id == person.id})
    # One's own answers, and those that somebody wrote down for them when the request was registered.
    answered: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for answer in session.scalars(
            select(Answer).join(Ticket, Ticket.id == Answer.ticket_id).where(
                Answer.ticket_id.in_(found), or_(Answer.by_id == person.id, and_(
                    Answer.by_id == Ticket.registered_by_id, Answer.given_at == Ticket.opened_at)))
            .order_by(Answer.id)):
        answered[answer.ticket_id].append({"form": answer.form, "at": _plain(answer.given_at),
                                           "content": answer.content})
    files: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for stored in session.scalars(select(StoredFile).where(
            StoredFile.ticket_id.in_(found), StoredFile.is_internal.is_(False)).order_by(StoredFile.id)):
        files[stored.ticket_id or 0].append({"name": stored.name, "size": stored.size, "sha256": stored.sha256,
                                             "added_at": _plain(stored.added_at),
                                             "is_mine": stored.by_id == person.id})
    return [{**_request(ticket), "answers": answered[ticket.id], "messages": said[ticket.id],
             "files": files[ticket.id]} for ticket in found.values()]


def _request(ticket: Ticket) -> dict[str, Any]:
    return {"number": ticket.number, "type": ticket.request_type, "subject": ticket.subject,
            "classification": ticket.classification.key if ticket.classification else "", "channel": ticket.channel,
            "status": ticket.status, "outcome": ticket.outcome, "received_on": _plain(ticket.received_on),
            "opened_at": _plain(ticket.opened_at), "solved_at": _plain(ticket.solved_at),
            "closed_at": _plain(ticket.closed_at),
            "solution": ticket.solution if Status(ticket.status) in TOLD else ""}


def _consents(session: Session, numbers: dict[int, str]) -> list[dict[str, Any]]:
    """The consents to the emergency procedure that were given on the person's requests."""
    ids = list(numbers)
    found = [one for start in range(0, len(ids), CHUNK) for one in session.scalars(
        select(Consent).where(Consent.ticket_id.in_(ids[start:start + CHUNK])).order_by(Consent.id))]
    return [{"number": one.number, "request": numbers[one.ticket_id], "identifier": one.identifier, "state": one.state,
             "valid_from": _plain(one.valid_from), "valid_until": _plain(one.valid_until)} for one in found]


def _remarks(session: Session, person: Person) -> list[dict[str, Any]]:
    """What the person thought of the help desk, and what was answered."""
    made = session.scalars(select(Remark).where(Remark.person_id == person.id).order_by(Remark.id.desc())
                           .limit(MOST_REQUESTS))
    return [{"number": one.number, "kind": one.kind, "text": one.body, "state": one.state,
             "made_at": _plain(one.made_at),
             "answers": [{"text": answer.body, "at": _plain(answer.said_at)} for answer in one.answers]}
            for one in made]


def _ratings(session: Session, person: Person, numbers: dict[int, str]) -> list[dict[str, Any]]:
    given = session.scalars(select(Rating).where(Rating.person_id == person.id, Rating.given_at.is_not(None))
                            .order_by(Rating.id.desc()).limit(MOST_REQUESTS)).all()
    answers = answers_of(session, [one.id for one in given], person.language)
    return [{"request": numbers.get(one.ticket_id, ""), "stars": one.stars, "comment": one.comment,
             "answers": [{"question": question, "answer": answer} for question, answer in answers.get(one.id, ())],
             "given_at": _plain(one.given_at)} for one in given]


def _letters(session: Session, person: Person, numbers: dict[int, str]) -> list[dict[str, Any]]:
    """Letters to the person, without what their links open with."""
    found = session.execute(
        select(Letter.id, Letter.text, Letter.ticket_id, Letter.address, Letter.state, Letter.queued_at, Letter.sent_at,
               Letter.read_at)
        .where(Letter.person_id == person.id).order_by(Letter.id.desc()).limit(MOST_LETTERS))
    return [{"id": one.id, "text": one.text, "request": numbers.get(one.ticket_id or 0, ""),
             "address": one.address or person.email, "state": one.state, "queued_at": _plain(one.queued_at),
             "sent_at": _plain(one.sent_at), "read_at": _plain(one.read_at)} for one in found]


def _acts(session: Session, person: Person, numbers: dict[int, str]) -> list[dict[str, Any]]:
    found = session.execute(select(AuditEntry.at, AuditEntry.act, AuditEntry.ticket_id).where(
        AuditEntry.by_id == person.id).order_by(AuditEntry.id.desc()).limit(MOST_ACTS))
    return [{"at": _plain(one.at), "act": one.act, "request": numbers.get(one.ticket_id or 0, "")} for one in found]


def _count(session: Session, kind: Any, column: Any, person: Person) -> int:
    return session.scalar(select(func.count()).select_from(kind).where(column == person.id)) or 0


def _plain(moment: datetime | date | None) -> str | None:
    return moment.isoformat() if moment is not None else None
