"""Consents to the emergency procedure: numbered, valid for some hours, prolonged, ended, counted by firm and year."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from helpdesk import audit
from helpdesk.catalogue import Service
from helpdesk.database import Record
from helpdesk.errors import DeskError
from helpdesk.tickets import Ticket
from helpdesk.years import next_of_year

PREFIX = "PA"
# The code of additional information that marks a document made in the emergency procedure.
MARK = "3PL15"
LEAST_HOURS, MOST_HOURS = 1, 72
IDENTIFIER_MAX = 20


class ConsentState(StrEnum):
    """Whether a consent may be used."""

    ACTIVE = "active"
    ENDED = "ended"


class Consent(Record):
    """One consent of one ticket. identifier: of the firm, as it was given: EORI, NIP or ID SISC."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("year", "serial"), Index("ix_consent_firm", "identifier", "year"))
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    identifier: Mapped[str] = mapped_column(String(IDENTIFIER_MAX))
    state: Mapped[str] = mapped_column(String(12), default=ConsentState.ACTIVE.value)
    mark: Mapped[str] = mapped_column(String(20), default=MARK)
    prolongations: Mapped[int] = mapped_column(default=0)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    service: Mapped[Service] = relationship()
    ticket: Mapped[Ticket] = relationship()

    @property
    def number(self) -> str:
        """PA/2026/00001."""
        return f"{PREFIX}/{self.year}/{self.serial:05d}"

    def is_valid(self, now: datetime) -> bool:
        return self.state == ConsentState.ACTIVE.value and self.valid_from <= now < self.valid_until


class BadValidity(DeskError):
    """A consent is valid for {least} to {most} hours."""


def grant(session: Session, ticket: Ticket, *, service_id: int, identifier: str, hours: int, by_id: int | None,
          now: datetime) -> Consent:
    """A new consent for the ticket, or a longer one under the same number. Raises BadValidity."""
    if not LEAST_HOURS <= hours <= MOST_HOURS:
        raise BadValidity(least=LEAST_HOURS, most=MOST_HOURS)
    consent = find(session, ticket.id)
    until = now + timedelta(hours=hours)
    if consent is None:
        year, serial = next_of_year(session, PREFIX, now=now)
        consent = Consent(year=year, serial=serial, ticket_id=ticket.id, service_id=service_id,
                          identifier=normal_identifier(identifier), granted_by_id=by_id, valid_from=now,
                          valid_until=until)
        session.add(consent)
    else:
        consent.state, consent.ended_at = ConsentState.ACTIVE.value, None
        consent.valid_until, consent.prolongations = until, consent.prolongations + 1
    session.flush()
    audit.record(session, "consent_granted", by=by_id, now=now, ticket_id=ticket.id, number=consent.number,
                 hours=hours, prolongations=consent.prolongations)
    return consent


def end(session: Session, ticket_id: int, *, by_id: int | None, now: datetime) -> None:
    """The consent may be used no longer; nothing happens if it has ended or never was."""
    consent = find(session, ticket_id)
    if consent is None or consent.state == ConsentState.ENDED.value:
        return
    consent.state, consent.ended_at = ConsentState.ENDED.value, now
    session.flush()
    audit.record(session, "consent_ended", by=by_id, now=now, ticket_id=ticket_id, number=consent.number)


def find(session: Session, ticket_id: int) -> Consent | None:
    """The consent of a ticket."""
    return session.scalar(select(Consent).where(Consent.ticket_id == ticket_id))


def count_of_year(session: Session, identifier: str, *, year: int) -> int:
    """How many consents the firm was given in a year, each prolongation counted with its consent."""
    return session.scalar(select(func.count(Consent.id)).where(
        Consent.identifier == normal_identifier(identifier), Consent.year == year)) or 0


def list_valid(session: Session, *, now: datetime) -> list[Consent]:
    """Every consent that may be used now, the one that ends first before the others."""
    return list(session.scalars(select(Consent).where(
        Consent.state == ConsentState.ACTIVE.value, Consent.valid_until > now)
        .order_by(Consent.valid_until, Consent.id)))


def normal_identifier(identifier: str) -> str:
    """How identifiers of firms are compared: without spaces and dashes, in capitals."""
    return "".join(identifier.split()).replace("-", "").upper()[:IDENTIFIER_MAX]
