"""The outbox: letters that leave after the commit, at least once, with a stable identity.

A letter is also the notice that its reader sees in the page: one row says what happened, and its columns by which ways
the reader is told (docs/decisions/0017-a-letter-is-also-the-notice.md).
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, Text, func, select, text, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound
from helpdesk.notices.choices import Way, read_choices, way_by, way_of
from helpdesk.notices.kinds import kind_of, pile_of
from helpdesk.people.accounts import Person
from helpdesk.statements import rows

MOST_TRIES = 8
MOST_TOGETHER = 200
FIRST_PAUSE = timedelta(seconds=30)
CLAIMED_FOR = timedelta(minutes=2)
ADDRESS_MAX = 254
# So many letters that wait at the same moment become one.
PILE_FROM = 4
BOTH = {"pl", "en"}
UNREAD = "in_page AND read_at IS NULL"
# One mailbox and nothing else: no name, no second reader, no line end.
_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@,;:<>()\[\]\\\"]+\.[A-Za-z][A-Za-z0-9-]*")


class UnusableAddress(DeskError):
    """A letter cannot go to this address."""


class State(StrEnum):
    """Where a letter is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    # Its reader wants no letters of this kind; the row is the notice in the page, or only the trace that it happened.
    UNWANTED = "unwanted"


# What its reader did not want as a letter is no letter.
LETTERS = (State.WAITING, State.FAILED, State.SENT)


def spoken(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Facts in one language: words that are kept in both are told in this one."""
    return {name: fact[language] if isinstance(fact, Mapping) and fact.keys() == BOTH else fact
            for name, fact in facts.items()}


class Letter(Record):
    """One letter to one person: the key of its text and the facts it names; rendered when it is delivered.

    person_id: None for a letter to somebody who has no account yet; then `address` says where it goes and the fact
    `language` what it speaks.
    mail: the message it goes out in, fixed before the first try, so that a second try never puts it together with
    others; "" for a letter that always goes alone. way: whether it goes at once, waits for a digest, or does not go.
    in_page: whether the page shows it as a notice; read_at: when its reader has read it there.
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_state_due", "state", "try_at"),
        # Every page asks for the number of these, and they are few.
        Index("ix_letter_unread", "person_id", sqlite_where=text(UNREAD), postgresql_where=text(UNREAD)))
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    # Where it goes when that is not the person's own address: an old login, a new one, a firm's representative.
    address: Mapped[str] = mapped_column(String(254), default="")
    text: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(20), default=State.WAITING.value)
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    mail: Mapped[str] = mapped_column(String(80), default="", index=True)
    way: Mapped[str] = mapped_column(String(10), default=Way.AT_ONCE.value)
    in_page: Mapped[bool] = mapped_column(default=True)
    read_at: Mapped[datetime | None]
    person: Mapped[Person | None] = relationship(lazy="joined")

    @property
    def language(self) -> str:
        """The language its reader gets it in, before the desk's own is tried."""
        return self.person.language if self.person else str(self.facts.get("language", ""))


def queue(session: Session, *, to: Person, text: str, now: datetime, ticket_id: int | None = None,
          **facts: Any) -> None:
    """Tell somebody something by the ways they have chosen; it leaves only if this transaction commits.

    A fact called `path` is where the notice leads when it is not about a ticket: a path of this desk. Words that the
    desk has in both languages are a fact with `pl` and `en`: the page tells them in the language of whoever reads it.
    """
    rows.add(session, Letter, **_row(to.id, way_of(to, kind_of(text), now=now), text, now, ticket_id, facts))


def queue_to_many(session: Session, people: Mapping[int, Mapping[str, Any] | None], *, text: str, now: datetime,
                  ticket_id: int | None = None, **facts: Any) -> None:
    """Tell many people the same, each by the ways they have chosen; who has chosen none gets no row.

    people: what each of them has chosen, as it stands in their row, by id.
    """
    ways = {person_id: way_by(read_choices(told), kind_of(text), now=now) for person_id, told in people.items()}
    rows.add_all(session, Letter, [_row(person_id, way, text, now, ticket_id, facts) for person_id, way in ways.items()
                                   if way[0] is not Way.NONE or way[1]])


def queue_to_address(session: Session, address: str, *, about: Person | None, text: str, now: datetime,
                     ticket_id: int, **facts: Any) -> Letter | None:
    """Put a letter to an address beside the accounts into the outbox; None if that very letter waits already.

    about: the client of the ticket, whose language it speaks; None for an office: the fact `language` is its own.
    Raises UnusableAddress.
    """
    address = address.strip()
    if len(address) > ADDRESS_MAX or not _ADDRESS.fullmatch(address):
        raise UnusableAddress()
    waiting = session.scalar(select(Letter.id).where(
        Letter.ticket_id == ticket_id, Letter.text == text, Letter.queued_at == now,
        func.lower(Letter.address) == address.lower()).limit(1))
    if waiting is not None:
        return None
    letter = Letter(person_id=about.id if about else None, ticket_id=ticket_id, text=text, facts=facts, queued_at=now,
                    try_at=now, address=address, in_page=False)
    session.add(letter)
    session.flush()
    return letter


def queue_beside(session: Session, address: str, *, about: Person | None, text: str, language: str, now: datetime,
                 **facts: Any) -> None:
    """Put a letter about an account to another address than the person's own into the outbox; it names nobody.

    about: None while there is no account yet.
    """
    rows.add(session, Letter, person_id=about.id if about else None, ticket_id=None, text=text,
             facts={**facts, "language": language}, queued_at=now, try_at=now, address=address, in_page=False)


def claim(session: Session, *, now: datetime, most: int = 20) -> list[Letter]:
    """Letters to deliver now, put off for two minutes so that nobody else takes them meanwhile.

    Of a reader's digest, and of a pile that is high enough to become one letter, everything that waits is taken.
    """
    waiting = (Letter.state == State.WAITING.value, Letter.try_at <= now)
    letters = _read(session, _take(
        session, select(Letter.id).where(*waiting).order_by(Letter.try_at, Letter.id).limit(most), now=now))
    more = _rest_of_piles(session, letters, waiting)
    if more:
        letters += _read(session, _take(session, select(Letter.id).where(*waiting, Letter.id.in_(more)), now=now))
    mails = {letter.mail for letter in letters if letter.mail}
    if mails:
        # What was once put together is due together; none of it may stay behind.
        letters += _read(session, _take(session, select(Letter.id).where(*waiting, Letter.mail.in_(mails)), now=now))
    return sorted(letters, key=lambda letter: letter.id)


def pile_name(person_id: int | None, text: str, way: str, address: str = "") -> tuple[int, str] | None:
    """What a letter may be put together with; None for one that always goes alone."""
    pile = None if address else pile_of(text)
    return (person_id, Way.DIGEST.value if way == Way.DIGEST else pile) if pile and person_id is not None else None


def hold(letters: Collection[Letter], until: datetime) -> None:
    """Let claimed letters that were never tried wait for each other, as if their reader wanted a digest."""
    for letter in letters:
        letter.way, letter.try_at, letter.tries, letter.mail = Way.DIGEST.value, until, 0, ""


def list_sent_lately(session: Session, person_id: int, texts: Collection[str], *,
                     since: datetime) -> dict[str, datetime]:
    """The messages with letters of these texts that have left to the person since then, with the moment of each."""
    found = session.execute(select(Letter.mail, Letter.sent_at).where(
        Letter.person_id == person_id, Letter.text.in_(texts), Letter.mail != "",
        Letter.state == State.SENT.value, Letter.sent_at > since))
    return {row.mail: row.sent_at for row in found}


def put_together(letters: Collection[Letter], mail: str) -> None:
    """Fix the message in which claimed letters go out, at this and at every later try."""
    for letter in letters:
        letter.mail = mail


def take_out(session: Session, letter: Letter) -> None:
    """Let a letter that could not even be written go out by itself later."""
    letter.mail = ""
    session.execute(update(Letter).where(Letter.id == letter.id).values(mail=""))


def mark_sent(session: Session, letter_id: int, *, now: datetime) -> None:
    session.execute(update(Letter).where(Letter.id == letter_id).values(
        state=State.SENT.value, sent_at=now, error=""))


def mark_failed(session: Session, letter: Letter, error: str, *, now: datetime) -> None:
    """Try again later, twice as late each time; after the last try a person must look."""
    is_last = letter.tries >= MOST_TRIES
    session.execute(update(Letter).where(Letter.id == letter.id).values(
        state=State.FAILED.value if is_last else State.WAITING.value, error=error[:500],
        try_at=now + FIRST_PAUSE * 2 ** letter.tries))


def oldest_waiting(session: Session) -> datetime | None:
    """When the oldest undelivered letter was queued."""
    return session.scalar(select(func.min(Letter.queued_at)).where(Letter.state == State.WAITING.value))


def try_again(session: Session, letter: Letter, *, now: datetime) -> None:
    """Give a letter that failed all its tries another round."""
    session.execute(update(Letter).where(Letter.id == letter.id, Letter.state == State.FAILED.value).values(
        state=State.WAITING.value, tries=0, try_at=now))


def get_letter(session: Session, letter_id: int) -> Letter:
    letter = session.get(Letter, letter_id)
    if letter is None:
        raise NotFound()
    return letter


def list_letters(session: Session, *, ticket_id: int | None = None, person_id: int | None = None,
                 states: Collection[State] = (), most: int = 200, skip: int = 0) -> list[Letter]:
    """Letters of a ticket, to a person, in some states, or all of them: the newest first."""
    query = _filtered(select(Letter), ticket_id, person_id, states).options(
        joinedload(Letter.person).lazyload(Person.memberships))
    return list(session.scalars(query.order_by(Letter.id.desc()).limit(most).offset(skip)))


def count_letters(session: Session, *, person_id: int | None = None, states: Collection[State] = ()) -> int:
    return session.scalar(_filtered(select(func.count(Letter.id)), None, person_id, states)) or 0


def _row(person_id: int, by: tuple[Way, bool, datetime], text: str, now: datetime, ticket_id: int | None,
         facts: Mapping[str, Any]) -> dict[str, Any]:
    way, in_page, leaves_at = by
    return {"person_id": person_id, "ticket_id": ticket_id, "text": text, "facts": dict(facts), "queued_at": now,
            "try_at": leaves_at, "way": way.value, "in_page": in_page,
            "state": (State.UNWANTED if way is Way.NONE else State.WAITING).value}


def _filtered(query: Select[Any], ticket_id: int | None, person_id: int | None,
              states: Collection[State]) -> Select[Any]:
    if ticket_id is not None:
        query = query.where(Letter.ticket_id == ticket_id)
    if person_id is not None:
        query = query.where(Letter.person_id == person_id)
    if states:
        query = query.where(Letter.state.in_([state.value for state in states]))
    return query


def _take(session: Session, due: Select[Any], *, now: datetime) -> list[int]:
    return list(session.scalars(
        update(Letter).where(Letter.id.in_(due.with_for_update(skip_locked=True)), Letter.state == State.WAITING.value)
        .values(try_at=now + CLAIMED_FOR, tries=Letter.tries + 1).returning(Letter.id)))


def _read(session: Session, ids: Collection[int]) -> list[Letter]:
    return list(session.scalars(select(Letter).where(Letter.id.in_(ids)).order_by(Letter.id)
                                .execution_options(populate_existing=True)))


def _rest_of_piles(session: Session, claimed: Collection[Letter], waiting: Collection[Any]) -> list[int]:
    """The letters that belong to what the claimed ones begin: the rest of a digest, or of a high pile."""
    fresh = [letter for letter in claimed if not letter.mail and letter.tries == 1]
    named = [pile_name(letter.person_id, letter.text, letter.way, letter.address) for letter in fresh]
    heights = Counter(name for name in named if name is not None)
    if not heights:
        return []
    others: dict[tuple[int, str], list[int]] = {}
    for row in session.execute(select(Letter.id, Letter.person_id, Letter.text, Letter.way, Letter.address).where(
            *waiting, Letter.person_id.in_({person_id for person_id, _ in heights}), Letter.mail == "",
            Letter.tries == 0).order_by(Letter.id).limit(MOST_TOGETHER)):
        name = pile_name(row.person_id, row.text, row.way, row.address)
        if name is not None and name in heights:
            others.setdefault(name, []).append(row.id)
    return [letter_id for name, ids in others.items() for letter_id in ids
            if name[1] == Way.DIGEST or heights[name] + len(ids) >= PILE_FROM]
