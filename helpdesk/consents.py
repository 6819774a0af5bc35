"""Consents to the emergency procedure: numbered, valid for some hours, prolonged, ended, counted by firm and year.

A refusal is kept beside them, without a number; it counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from helpdesk import audit
from helpdesk.catalogue import Service
from helpdesk.database import Record
from helpdesk.errors import Conflict, DeskError
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket
from helpdesk.years import next_of_year, year_of

PREFIX = "PA"
# The code of additional information that marks a document made in the emergency procedure.
MARK = "3PL15"
LEAST_HOURS, MOST_HOURS = 1, 72
IDENTIFIER_MAX, FIRM_MAX = 20, 160
# The share of a firm's declarations of the year above which the decision table lets a person examine the request.
MOST_PERCENT = 2


class ConsentState(StrEnum):
    """What was done with a consent. overdue: it ended and nobody confirmed in time that the data were entered."""

    ACTIVE = "active"
    ENDED = "ended"
    OVERDUE = "overdue"
    REFUSED = "refused"


class Consent(Record):
    """The decision about one ticket. identifier: of the firm, as it was given: EORI, NIP or ID SISC.

    serial, valid_from, valid_until: none of a refusal. declarations: how many the firm sends in a year, as it said.
    """

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("year", "serial"), Index("ix_consent_firm", "identifier", "year"))
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int | None]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    identifier: Mapped[str] = mapped_column(String(IDENTIFIER_MAX))
    firm: Mapped[str] = mapped_column(String(FIRM_MAX), default="", server_default="")
    declarations: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12), default=ConsentState.ACTIVE.value)
    mark: Mapped[str] = mapped_column(String(20), default=MARK)
    prolongations: Mapped[int] = mapped_column(default=0)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    service: Mapped[Service] = relationship()
    ticket: Mapped[Ticket] = relationship()
    decided_by: Mapped[Person | None] = relationship()

    @property
    def number(self) -> str:
        """PA/2026/00001; empty for a refusal."""
        return f"{PREFIX}/{self.year}/{self.serial:05d}" if self.serial is not None else ""

    def is_valid(self, now: datetime) -> bool:
        return (self.state == ConsentState.ACTIVE.value and self.valid_from is not None
                and self.valid_until is not None and self.valid_from <= now < self.valid_until)


@dataclass(frozen=True)
class Firm:
    """Who asks: its number, its name and how many declarations it sends in a year, as the form was answered."""

    identifier: str
    name: str = ""
    declarations: int | None = None

    def as_columns(self) -> dict[str, Any]:
        name = " ".join(self.name.split())[:FIRM_MAX]
        return {"identifier": normal_identifier(self.identifier), "firm": name, "declarations": self.declarations}


@dataclass(frozen=True)
class Share:
    """How many consents a firm was given in a year, and how many declarations it said last that it sends."""

    consents: int
    declarations: int | None

    @property
    def percent(self) -> Decimal | None:
        """Consents to a hundred declarations, as the decision table counts them; None if the firm never said."""
        return Decimal(self.consents * 100) / self.declarations if self.declarations else None

    @property
    def is_over(self) -> bool:
        return self.percent is not None and self.percent > MOST_PERCENT


class BadValidity(DeskError):
    """A consent is valid for {least} to {most} hours."""


class AlreadyGranted(Conflict):
    """This request has its consent, {number}, so it cannot be refused."""


def grant(session: Session, ticket: Ticket, *, service_id: int, firm: Firm, hours: int, by_id: int | None,
          now: datetime) -> Consent:
    """A new consent for the ticket, or a longer one under the same number. Raises BadValidity."""
    if not LEAST_HOURS <= hours <= MOST_HOURS:
        raise BadValidity(least=LEAST_HOURS, most=MOST_HOURS)
    consent = find(session, ticket.id)
    if consent is not None and consent.serial is not None:
        consent.state, consent.ended_at = ConsentState.ACTIVE.value, None
        consent.prolongations += 1
    else:
        consent = consent or Consent(ticket_id=ticket.id, service_id=service_id)
        consent.year, consent.serial = next_of_year(session, PREFIX, now=now)
        consent.state, consent.valid_from = ConsentState.ACTIVE.value, now
        _decide(session, consent, firm, by_id=by_id, now=now)
    consent.valid_until = now + timedelta(hours=hours)
    session.flush()
    audit.record(session, "consent_granted", by=by_id, now=now, ticket_id=ticket.id, number=consent.number,
                 hours=hours, prolongations=consent.prolongations)
    return consent


def refuse(session: Session, ticket: Ticket, *, service_id: int, firm: Firm, by_id: int | None,
           now: datetime) -> Consent:
    """Keep that the ticket's firm was refused; twice is once. Raises AlreadyGranted."""
    consent = find(session, ticket.id)
    if consent is not None and consent.serial is not None:
        raise AlreadyGranted(number=consent.number)
    if consent is None:
        consent = Consent(ticket_id=ticket.id, service_id=service_id, year=year_of(now),
                          state=ConsentState.REFUSED.value)
        _decide(session, consent, firm, by_id=by_id, now=now)
        session.flush()
        audit.record(session, "consent_refused", by=by_id, now=now, ticket_id=ticket.id)
    return consent


def end(session: Session, ticket_id: int, *, by_id: int | None, now: datetime) -> Consent | None:
    """The consent may be used no longer; None if it has ended or never was."""
    consent = find(session, ticket_id)
    if consent is None or consent.state != ConsentState.ACTIVE.value:
        return None
    consent.state, consent.ended_at = ConsentState.ENDED.value, now
    session.flush()
    audit.record(session, "consent_ended", by=by_id, now=now, ticket_id=ticket_id, number=consent.number)
    return consent


def mark_overdue(session: Session, ticket_id: int, *, now: datetime) -> None:
    """Nobody has confirmed in time that the data were entered; nothing happens to what never was a consent."""
    consent = find(session, ticket_id)
    if consent is None or consent.state != ConsentState.ENDED.value:
        return
    consent.state = ConsentState.OVERDUE.value
    session.flush()
    audit.record(session, "consent_overdue", by=None, now=now, ticket_id=ticket_id, number=consent.number)


def find(session: Session, ticket_id: int) -> Consent | None:
    """The decision about a ticket."""
    return session.scalar(select(Consent).where(Consent.ticket_id == ticket_id))


def count_of_year(session: Session, identifier: str, *, year: int) -> int:
    """How many consents the firm was given in a year, each prolongation counted with its consent."""
    return session.scalar(select(func.count(Consent.id)).where(
        Consent.identifier == normal_identifier(identifier), Consent.year == year, Consent.serial.is_not(None))) or 0


def shares_of(session: Session, shown: Iterable[Consent]) -> dict[tuple[str, int], Share]:
    """The share of each firm in each year that is shown, by its number and the year."""
    keys = {(one.identifier, one.year) for one in shown}
    if not keys:
        return {}
    last = (select(Consent.identifier, Consent.year, func.count(Consent.serial).label("count"),
                   func.max(Consent.id).label("last_id"))
            .where(Consent.identifier.in_(sorted({one[0] for one in keys})),
                   Consent.year.in_(sorted({one[1] for one in keys})))
            .group_by(Consent.identifier, Consent.year).subquery())
    rows = session.execute(select(last.c.identifier, last.c.year, last.c.count, Consent.declarations)
                           .join(Consent, Consent.id == last.c.last_id))
    return {(row[0], row[1]): Share(row[2], row[3]) for row in rows}


def normal_identifier(identifier: str) -> str:
    """How identifiers of firms are compared: without spaces and dashes, in capitals."""
    return "".join(identifier.split()).replace("-", "").upper()[:IDENTIFIER_MAX]


def _decide(session: Session, consent: Consent, firm: Firm, *, by_id: int | None, now: datetime) -> None:
    for name, value in firm.as_columns().items():
        setattr(consent, name, value)
    consent.decided_by_id, consent.decided_at = by_id, now
    session.add(consent)
